# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Searches of one space at equal cost, one after the other; see search.sh."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PROGRAM = ROOT / "build" / "release" / "sweepnet"
FASHION = Path(os.environ.get("FASHION_MNIST", "/usr/share/datasets/fashion-mnist"))
LONGEST = 9  # epochs of a run
BUDGET = 27 * LONGEST

# 5 x 5 x 4 x 2 = 200 paramsets
PARAMETERS = f"""
  learning_rate: {{values: [0.0003, 0.001, 0.003, 0.01, 0.03]}}
  hidden_nodes: {{values: [[], [16], [32], [64], [64, 32]]}}
  dropout_rate: {{values: [0, 0.1, 0.3, 0.5]}}
  activate_fn: {{values: [relu, tanh]}}
  input_units: {{value: 32}}
  batch_size: {{value: 64}}
  optimizer: {{value: adam}}
  epochs: {{value: {LONGEST}}}
  model_path: {{value: 'm_{{index}}.safetensors'}}
"""

# Each with so many points that it trains about BUDGET epochs: where results decide, the nearest
# that does so on average. The grid is the yardstick: all of the space, to the end.
SEARCHES = {
    "grid": ("method: grid", ""),
    "random": ("method: random\nrun_cap: 27", ""),
    "bayes (TPE)": ("method: bayes\nparallel: 3\nrun_cap: 27", ""),
    "i_epoch": ("method: random\nrun_cap: 200", "{type: i_epoch, epochs: 1, keep: 5}"),
    "successive_halving": ("method: random\nrun_cap: 103", "{type: successive_halving, eta: 3}"),
    "hyperband": ("method: random\nrun_cap: 54", "{type: hyperband, min_epochs: 1, max_epochs: 9}"),
    "asha": ("method: random\nrun_cap: 103", "{type: asha, eta: 3, parallel: 4}"),
}


def digits(folder: Path) -> list[str]:
    """scikit-learn's digits, four in five rows for training."""
    import numpy as np
    from sklearn.datasets import load_digits

    path = folder / "digits.npz"
    if not path.exists():
        x, y = load_digits(return_X_y=True)
        order = np.random.RandomState(0).permutation(len(y))
        x, y = (x[order] / 16).astype(np.float32), y[order].astype(np.int64)
        rows = len(y) * 4 // 5
        np.savez(path, x_train=x[:rows], y_train=y[:rows], x_test=x[rows:], y_test=y[rows:])
    return ["--data", str(path)]


def sets(folder: Path) -> dict[str, list[str]]:
    found = {"mnist": ["--data", "mnist"], "digits": digits(folder)}
    if FASHION.exists():
        found["fashion_mnist"] = ["--data", str(FASHION), "--train-rows", "10000"]
    else:
        print(f"skipped: fashion_mnist ({FASHION} is not there)")
    return found


def search(folder: Path, data: list[str], name: str, seed: int) -> dict:
    """What a search came to; its files stay, so that nothing is trained twice."""
    done = folder / "measured.json"
    if done.exists():
        return json.loads(done.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    head, early = SEARCHES[name]
    rule = f"early_terminate: {early}\n" if early else ""
    (folder / "space.yml").write_text(
        f"{head}\nseed: {seed}\nmetric: {{name: val_accuracy}}\n{rule}parameters:{PARAMETERS}")
    clock = folder / "seconds"
    before = float(clock.read_text()) if clock.exists() else 0.0
    started = time.monotonic()
    code = subprocess.run([PROGRAM, "sweep", folder / "space.yml", "--output", folder / "runs", *data,
                           "--verbose", "0"]).returncode
    seconds = before + time.monotonic() - started
    clock.write_text(str(seconds))
    if code != 0:
        sys.exit(f"search.py: {name} on {folder}: exit code {code}; the same command goes on")
    epochs, best, diverged = 0, 0.0, 0
    for path in (folder / "runs").glob("result_*.json"):
        result = json.loads(path.read_text())
        values = [v for v in result["history"]["val_accuracy"] if v is not None]
        epochs += len(result["history"]["loss"])
        best = max([best, *values])
        diverged += result["model"] is None
    measured = {"accuracy": best, "epochs": epochs, "seconds": seconds, "diverged": diverged}
    done.write_text(json.dumps(measured))
    return measured


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=Path, default=ROOT / "build" / "search-bench")
    asked = parser.parse_args()
    asked.keep.mkdir(parents=True, exist_ok=True)
    names = [name for name in asked.only.split(",") if name]
    print(f"{time.strftime('%Y-%m-%d')}, {len(os.sched_getaffinity(0))} processors, {asked.seeds} draw "
          f"seeds; about {BUDGET} epochs a search, runs of up to {LONGEST}.\n")
    print("| data | search | accuracy, mean (least to most) | epochs | seconds |\n"
          "| --- | --- | --- | --- | --- |")
    for data, arguments in sets(asked.keep).items():
        if names and data not in names:
            continue
        for name in SEARCHES:
            found = [search(asked.keep / data / f"{name.split()[0]}-{seed}", arguments, name, seed)
                     for seed in range(1 if name == "grid" else asked.seeds)]
            accuracy = [each["accuracy"] for each in found]
            mean = {key: statistics.mean(each[key] for each in found) for key in ("epochs", "seconds")}
            print(f"| {data} | {name} | {statistics.mean(accuracy):.4f} ({min(accuracy):.4f} to "
                  f"{max(accuracy):.4f}) | {mean['epochs']:.0f} | {mean['seconds']:.1f} |", flush=True)


if __name__ == "__main__":
    main()
