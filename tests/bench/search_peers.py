# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""One space and budget of epochs, searched by several programs in turn; see search_peers.sh."""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PROGRAM = ROOT / "build" / "release" / "sweepnet"
DATA = {"mnist": Path(os.environ.get("MNIST", ROOT / "examples" / "data" / "mnist")),
        "fashion_mnist": Path(os.environ.get("FASHION_MNIST", "/usr/share/datasets/fashion-mnist"))}

# 5 x 5 x 2 = 50 paramsets
SPACE = {"learning_rate": [0.0003, 0.001, 0.003, 0.01, 0.03],
         "hidden_nodes": [[], [32], [64], [64, 32], [128]],
         "dropout_rate": [0.0, 0.2]}
FIXED = {"input_units": 64, "batch_size": 64, "epochs": 9}
# What sweepnet's successive halving of all 50 takes: 50 to epoch 1, 17 to 3, 6 to 9.
BUDGET = 50 + 17 * 2 + 6 * 6

# One after the other, so that what else the machine does meets all of them.
TURNS = ["sweepnet", "optuna", "sweepnet", "keras_tuner"]
TITLES = {"sweepnet": "sweepnet, successive_halving", "optuna": "Optuna, TPE and Hyperband",
          "keras_tuner": "Keras Tuner, Hyperband"}


def sweepnet(place: Path, data: Path, rows: int, seed: int) -> list:
    """[seconds, val_accuracy] of each epoch, which counts from when its run's result was written."""
    values = "".join(f"  {key}: {{values: {json.dumps(of)}}}\n" for key, of in SPACE.items())
    fixed = {**FIXED, "activate_fn": "relu", "optimizer": "adam", "final_dropout": 0, "seed": seed,
             "model_path": "m_{index}.safetensors"}
    values += "".join(f"  {key}: {{value: {json.dumps(value)}}}\n" for key, value in fixed.items())
    (place / "space.yml").write_text(
        f"method: random\nrun_cap: 50\nseed: {seed}\nmetric: {{name: val_accuracy}}\n"
        f"early_terminate: {{type: successive_halving, eta: 3}}\nparameters:\n{values}")
    started = time.time()
    subprocess.run([PROGRAM, "sweep", place / "space.yml", "--output", place / "runs", "--data", data,
                    "--train-rows", str(rows), "--verbose", "0"], check=True)
    epochs = []
    for path in (place / "runs").glob("result_*.json"):
        written = path.stat().st_mtime - started
        epochs += [[written, value] for value in json.loads(path.read_text())["history"]["val_accuracy"]]
    return sorted(epochs)


def peer(by: str, place: Path, data: Path, rows: int, seed: int, backend: str) -> list:
    record = place / "record.jsonl"
    job = {"by": by, "data": str(data), "rows": rows, "seed": seed, "budget": BUDGET, "space": SPACE, "fixed": FIXED,
           "record": str(record), "directory": str(place / "tuner"), "started": time.time()}
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "2"}
    subprocess.run([sys.executable, HERE / "peers" / "search_keras.py"], input=json.dumps(job), text=True,
                   env=environment, stdout=subprocess.DEVNULL, check=True)
    return [json.loads(line) for line in record.read_text().splitlines()]


def search(by: str, place: Path, data: Path, rows: int, seed: int, backend: str) -> dict:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    started, before = time.monotonic(), processor_seconds()
    epochs = sweepnet(place, data, rows, seed) if by == "sweepnet" else peer(by, place, data, rows, seed, backend)
    return {"seconds": time.monotonic() - started, "processor": processor_seconds() - before, "epochs": epochs}


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def first(epochs: list, accuracy: float) -> float:
    return min(seconds for seconds, value in epochs if value is not None and value >= accuracy)


def best(epochs: list) -> float:
    return max(value for _, value in epochs if value is not None)


def tables(found: list[dict]) -> list[str]:
    lines = ["| data | rows | round | search | epochs | best accuracy | seconds | processor seconds | all have | after seconds | times as long |",
             "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    ratios: dict[tuple, list] = {}
    for data, rows, seed in sorted({(each["data"], each["rows"], each["seed"]) for each in found}):
        those = [[each for each in found
                  if (each["data"], each["rows"], each["seed"], each["by"]) == (data, rows, seed, by)] for by in TITLES]
        if sum(map(len, those)) < len(TURNS):
            continue
        common = min(best(each["epochs"]) for of in those for each in of)
        reached = [statistics.mean(first(each["epochs"], common) for each in of) for of in those]
        for of, after, title in zip(those, reached, TITLES.values()):
            mean = {key: statistics.mean(each[key] for each in of) for key in ("seconds", "processor")}
            ratios.setdefault((data, rows, title), []).append(after / reached[0])
            lines.append(f"| {data} | {rows:,} | {seed} | {title} | {len(of[0]['epochs'])} | {best(of[0]['epochs']):.4f} "
                         f"| {mean['seconds']:.1f} | {mean['processor']:.1f} | {common:.4f} | {after:.1f} "
                         f"| {after / reached[0]:.1f} |")
    lines.append("")
    for (data, rows, title), of in sorted(ratios.items()):
        if title != TITLES["sweepnet"]:
            lines.append(f"- {data}, {rows:,} rows, {title}: {statistics.median(of):.1f} times as long as sweepnet "
                         f"({min(of):.1f} to {max(of):.1f}, {len(of)} rounds)")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(DATA))
    parser.add_argument("--backend", choices=["jax", "tensorflow"], default="jax")
    parser.add_argument("--keep", type=Path, default=ROOT / "build" / "search-peers.jsonl")
    asked = parser.parse_args()
    found = [json.loads(line) for line in asked.keep.read_text().splitlines()] if asked.keep.exists() else []
    place = asked.keep.with_suffix("")
    for seed in range(asked.rounds):
        for data in asked.only:
            if not DATA[data].exists():
                print(f"skipped: {data} ({DATA[data]} is not there)")
                continue
            for turn, by in enumerate(TURNS):
                key = {"data": data, "rows": asked.rows, "seed": seed, "turn": turn}
                if any(key.items() <= each.items() for each in found):
                    continue
                measured = {**key, "by": by, "backend": asked.backend, "date": time.strftime("%Y-%m-%d"),
                            **search(by, place / f"{data}-{asked.rows}-{seed}-{turn}", DATA[data], asked.rows, seed,
                                     asked.backend)}
                with asked.keep.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(measured) + "\n")
                found.append(measured)
    print("\n".join(tables(found)))


if __name__ == "__main__":
    main()
