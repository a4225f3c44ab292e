# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Tables, part by part, each way in turn; see tables.sh."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas
from sweep import timed
from tables_data import SETS, SPLITS, gigabyte, rows_of, split, table
from tables_report import TITLES, told

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PEERS = HERE / "peers"
CORES = len(os.sched_getaffinity(0))
UNITS, RATE, BATCH = 100, 0.001, 200  # scikit-learn's defaults
ROWS, TIMES = 1_000_000, 5  # of bare predictions
ADAM = {"name": "adam", "learning_rate": RATE}
PLAIN = {"dropout_rate": 0, "final_dropout": 0, "activate_fn": "relu"}
QUALITY = {"sweepnet": None, "sweepnet_raw": None, "sklearn": "tables_sklearn.py", "sklearn_raw": "tables_sklearn.py",
           "keras": "tables_keras.py"}
SEARCHED = {"breast_cancer": 50, "Default": 20, "digits": 50}  # epochs
SPACE = """method: random
run_cap: 50
seed: 0
metric: {{name: val_accuracy, goal: maximize}}
parameters:
  learning_rate: {{distribution: log_uniform_values, min: 3e-4, max: 0.03}}
  input_units: {{values: [16, 32, 64, 128]}}
  hidden_nodes: {{values: [[], [32], [64, 32]]}}
  batch_size: {{values: [32, 64, 128]}}
  epochs: {{value: {epochs}}}
  optimizer: {{value: adam}}
  dropout_rate: {{value: 0}}
  final_dropout: {{value: 0}}
  model_path: {{value: "m_{{index}}.safetensors"}}
"""


class Bench:
    def __init__(self, asked: argparse.Namespace):
        self.asked, self.folder, self.rounds = asked, asked.keep.with_suffix(""), asked.rounds
        self.folder.mkdir(parents=True, exist_ok=True)

    def found(self) -> list[dict]:
        return [json.loads(line) for line in self.asked.keep.read_text().splitlines()] if self.asked.keep.exists() else []

    def measure(self, key: dict, work) -> None:
        """work(a directory of its own), unless it is there."""
        if key["by"] not in self.asked.by or any(key.items() <= each.items() for each in self.found()):
            return
        load = os.getloadavg()[0]
        with tempfile.TemporaryDirectory() as place:
            measured = {**key, "date": time.strftime("%Y-%m-%d"), "load": load, **work(Path(place))}
        print(json.dumps({name: value for name, value in measured.items() if name != "runs"}), flush=True)
        with self.asked.keep.open("a", encoding="utf-8") as file:
            file.write(json.dumps(measured) + "\n")

    def run(self, command: list, **how) -> dict:
        measured = timed(command, **how)
        if measured.pop("code") != 0:
            raise SystemExit(f"failed: {' '.join(map(str, command))}")
        return measured

    def program(self, place: Path, command: str, name: str, split_of: dict, sweep: str, *options: str) -> dict:
        (place / "sweep.yml").write_text(sweep)
        of = SETS[name]
        return self.run([self.asked.program, command, place / "sweep.yml", "--data", split_of["train"], "--test-data",
                         split_of["test"], "--target", of.target, "--missing", of.missing, *options, "--output",
                         place / "runs", "--threads", CORES, "--verbose", "0"])

    def peer(self, place: Path, script: str, job: dict) -> dict:
        """What it tells is under `runs`."""
        job = {"threads": CORES, **job, "result": str(place / "result.json")}
        (place / "job.json").write_text(json.dumps(job))
        threads = str(job["threads"])
        environment = {**os.environ, "KERAS_BACKEND": "jax", "OMP_NUM_THREADS": threads,
                       "OPENBLAS_NUM_THREADS": threads, "POLARS_MAX_THREADS": threads, "JAX_PLATFORMS": "cpu"}
        measured = self.run([sys.executable, PEERS / script, place / "job.json"], env=environment)
        return {**measured, "runs": json.loads((place / "result.json").read_text())}


def judged(bench: Bench, model: Path, file: str, target: str) -> dict:
    """By the rows of a file; probabilities clipped as the peers do it."""
    output = model.with_name("predictions.csv")
    subprocess.run([bench.asked.program, "predict", model, file, "--output", output], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=True)
    told, y = pandas.read_csv(output), pandas.read_csv(file, usecols=[target])[target]
    of_class = told.iloc[:, 1:].to_numpy()[range(len(y)), told.columns.get_indexer(target + "_" + y.astype(str)) - 1]
    return {"accuracy": float((told[target] == y).mean()), "loss": float(-np.log(np.maximum(of_class, 1e-7)).mean())}


def quality_of_sweepnet(bench: Bench, name: str, of: list[dict], batch: int, options: list, place: Path) -> dict:
    """A process for each network; the training loss tells which epoch is kept, so no test row has a say."""
    runs, whole = [], {"seconds": 0, "processor": 0, "memory": 0}
    for number, each in enumerate(of):
        for repeat in range(SETS[name].repeats):
            own = place / f"{number}-{repeat}"
            own.mkdir()
            p = {**PLAIN, "batch_size": batch, "epochs": SETS[name].epochs, "input_units": UNITS, "hidden_nodes": [],
                 "optimizer": ADAM, "seed": number + 5 * repeat, "monitor": "loss"}
            took = bench.program(own, "train", name, each, f"- {json.dumps(p)}\n", *options)
            result = json.loads((own / "runs" / "result_0.json").read_text())
            runs.append({"split": number, **judged(bench, own / "runs" / "model_0.h5", each["test"], SETS[name].target),
                         "epoch": result["best"]["epoch"], "folding": result["folding_difference"],
                         "train": result["seconds"]["train"], "fit_processor": took["processor"]})
            whole = {"seconds": whole["seconds"] + took["seconds"], "processor": whole["processor"] + took["processor"],
                     "memory": max(whole["memory"], took["memory"])}
    return {**whole, "runs": runs}


def quality(bench: Bench) -> None:
    for name in bench.asked.sets:
        of = [split(bench.folder, name, seed) for seed in range(SPLITS)]
        rows = rows_of(of[0]["train"])
        batch = min(BATCH, rows)
        job = {"part": "quality", "splits": of, "target": SETS[name].target, "missing": SETS[name].missing,
               "epochs": SETS[name].epochs, "repeats": SETS[name].repeats, "units": UNITS, "rate": RATE, "batch": batch}
        for by, script in QUALITY.items():
            threads = 1 if by.startswith("sklearn") else CORES  # it is the quickest on one where a step is small
            options = ["--no-standardize"] if by == "sweepnet_raw" else []
            of_peer = {**job, "scaled": by != "sklearn_raw", "threads": threads}
            bench.measure({"part": "quality", "set": name, "by": by, "rows": rows, "epochs": SETS[name].epochs},
                          (lambda place: quality_of_sweepnet(bench, name, of, batch, options, place)) if script is None else
                          (lambda place: bench.peer(place, script, of_peer)))


def search(bench: Bench) -> None:
    def sweepnet(name: str, of: dict, space: str, place: Path) -> dict:
        took = bench.program(place, "sweep", name, of, space)
        results = [json.loads(path.read_text()) for path in (place / "runs").glob("result_*.json")]
        return {**took, "runs": [result["history"]["val_accuracy"][-1] for result in results]}

    def peer(by: str, name: str, of: dict, space: str, place: Path) -> dict:
        (place / "space.yml").write_text(space)
        plan = subprocess.run([bench.asked.program, "plan", place / "space.yml", "--json"], check=True,
                              stdout=subprocess.PIPE, text=True).stdout
        return bench.peer(place, f"tables_{by}.py", {
            "part": "search", "splits": [of], "target": SETS[name].target, "missing": SETS[name].missing,
            "paramsets": json.loads(plan)["paramsets"]})

    for round in range(bench.asked.rounds):
        for name, epochs in SEARCHED.items():
            if name not in bench.asked.sets:
                continue
            of, space = split(bench.folder, name, 0), SPACE.format(epochs=epochs)
            for turn, by in enumerate(("sweepnet", "sklearn", "sweepnet", "keras", "sweepnet")):
                bench.measure({"part": "search", "set": name, "round": round, "turn": turn, "by": by, "epochs": epochs},
                              (lambda place: sweepnet(name, of, space, place)) if by == "sweepnet" else
                              (lambda place: peer(by, name, of, space, place)))


def reading(bench: Bench) -> None:
    """Each in a process of its own; of peers the import is not counted, but its memory is."""
    file = gigabyte(bench.folder)

    def probe(threads: int, place: Path) -> dict:
        took = bench.run([bench.asked.probe, "read", file, threads, place / "told.json"])
        return {**took, "runs": json.loads((place / "told.json").read_text())}

    def peer(by: str, threads: int, place: Path) -> dict:
        return bench.peer(place, "tables_read.py", {"file": str(file), "by": by, "threads": threads})

    for round in range(bench.asked.rounds):
        file.read_bytes()  # into the page cache
        for threads in (1, CORES):
            for by in ("sweepnet", "pandas", "polars"):
                if by == "pandas" and threads > 1:  # its C engine has one thread
                    continue
                bench.measure({"part": "reading", "round": round, "threads": threads, "by": by,
                               "bytes": file.stat().st_size},
                              (lambda place: probe(threads, place)) if by == "sweepnet" else
                              (lambda place: peer(by, threads, place)))


def model_of_million(bench: Bench) -> tuple[Path, Path, dict]:
    """The model as .safetensors and as .onnx, and its schema."""
    native, onnx = bench.folder / "million.safetensors", bench.folder / "million.onnx"
    if not onnx.exists():
        with tempfile.TemporaryDirectory() as name:
            place = Path(name)
            p = {**PLAIN, "batch_size": BATCH, "epochs": 1, "input_units": UNITS, "hidden_nodes": [],
                 "optimizer": ADAM, "model_path": native.name}
            bench.program(place, "train", "million", split(bench.folder, "million", 0), f"- {json.dumps(p)}\n")
            native.write_bytes((place / "runs" / native.name).read_bytes())
        subprocess.run([bench.asked.program, "export", native, onnx], check=True)
    inspected = subprocess.run([bench.asked.program, "inspect", native, "--json"], check=True, stdout=subprocess.PIPE,
                               text=True).stdout
    return native, onnx, json.loads(inspected)["training"]["table"]


def input_names(schema: dict) -> list[str]:
    """As pandas.get_dummies has them."""
    numbers = [column["name"] for column in schema["columns"] if column["type"] == "number"]
    return numbers + [f"{column['name']}_{text}" for column in schema["columns"] for text in column.get("categories", [])]


def predict(bench: Bench) -> None:
    native, onnx, schema = model_of_million(bench)
    file = table(bench.folder, "million")

    def of_table(by: str, threads: int, form: str, place: Path) -> dict:
        output = place / f"predictions{form}"
        if by == "sweepnet":
            took = bench.run([bench.asked.program, "predict", native, file, "--output", output, "--threads", threads])
        else:
            took = bench.peer(place, "tables_predict.py", {
                "model": str(onnx), "file": str(file), "output": str(output), "threads": threads,
                "target": SETS["million"].target, "inputs": input_names(schema), "classes": schema["classes"],
                "rows_at_once": 0})
        return {**took, "runs": {"rows": rows_of(str(file)), "bytes": output.stat().st_size}}

    def bare(by: str, threads: int, place: Path) -> dict:
        if by == "sweepnet":
            took = bench.run([bench.asked.probe, "predict", native, ROWS, threads, TIMES, place / "told.json"])
            return {**took, "runs": json.loads((place / "told.json").read_text())}
        # 8,192 rows at once were its quickest way here.
        return bench.peer(place, "tables_predict.py", {"model": str(onnx), "rows": ROWS, "times": TIMES,
                                                       "threads": threads, "rows_at_once": 8192})

    for round in range(bench.asked.rounds):
        for threads in (1, CORES):
            for what, work in {".csv": lambda by, place: of_table(by, threads, ".csv", place),
                               ".npy": lambda by, place: of_table(by, threads, ".npy", place),
                               "bare": lambda by, place: bare(by, threads, place)}.items():
                for by in ("sweepnet", "onnxruntime"):
                    bench.measure({"part": "predict", "round": round, "threads": threads, "what": what, "by": by},
                                  lambda place: work(by, place))


def main() -> None:
    parts = {"quality": quality, "search": search, "reading": reading, "predict": predict}
    parser = argparse.ArgumentParser()
    parser.add_argument("--parts", type=lambda text: text.split(","), default=list(parts))
    parser.add_argument("--sets", type=lambda text: text.split(","), default=list(SETS))
    parser.add_argument("--by", type=lambda text: text.split(","), default=list(TITLES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "release" / "sweepnet")
    parser.add_argument("--probe", type=Path, default=ROOT / "build" / "release" / "tests" / "bench" / "bench_tables")
    parser.add_argument("--keep", type=Path, default=ROOT / "build" / "tables-measured.jsonl")
    asked = parser.parse_args()
    bench = Bench(asked)
    for part in asked.parts:
        parts[part](bench)
    print("\n".join(told(bench.found())))


if __name__ == "__main__":
    main()
