# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Trains a job of whole_run.py with sweepnet, once per seed, and appends one JSON line per run.

    whole_run_sweepnet.py --program build/release/sweepnet --job index1 --seeds 1-40 --output F

mnist_mlp needs all 60,000 rows: SWEEPNET_DATA_DIR=DIR, with the IDX files in DIR/mnist. Seeds that
F already holds are skipped, so an interrupted series goes on. Standard library only.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
SEED_SWEEP = HERE.parent.parent / "examples" / "hyperparam_list.yml"
JOBS = {
    "index0": (SEED_SWEEP, 0, "mnist"),
    "index1": (SEED_SWEEP, 1, "mnist"),
    "mnist_mlp": (HERE / "mnist_mlp.yml", 0, "mnist:60000"),
}


def run(program: str, job: str, seed: int, threads: int) -> dict:
    sweep, index, data = JOBS[job]
    with tempfile.TemporaryDirectory() as output:
        command = [program, "train", sweep, "--index", index, "--data", data, "--seed", seed,
                   "--threads", threads, "--verbose", 0, "--output", output]
        subprocess.run([str(word) for word in command], check=True)
        result = json.loads((pathlib.Path(output) / f"result_{index}.json").read_text())
    epochs = len(result["history"]["loss"])
    seconds = result["seconds"]["train"] + result["seconds"]["validate"]
    return {
        "job": job,
        "seed": seed,
        "best_val_accuracy": result["best"]["val_accuracy"],
        "best_epoch": result["best"]["epoch"],
        "val_accuracy": result["history"]["val_accuracy"],
        "seconds_per_epoch": seconds / epochs,
        "version": result["version"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--job", choices=JOBS, required=True)
    parser.add_argument("--seeds", default="1-10", help="FIRST-LAST")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    first, last = map(int, arguments.seeds.split("-"))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    done = set()
    if arguments.output.exists():
        done = {json.loads(line)["seed"] for line in arguments.output.read_text().splitlines()}
    for seed in range(first, last + 1):
        if seed in done:
            continue
        record = run(arguments.program, arguments.job, seed, arguments.threads)
        with arguments.output.open("a") as lines:
            lines.write(json.dumps(record) + "\n")
        print(arguments.job, seed, record["best_val_accuracy"], flush=True)


if __name__ == "__main__":
    main()
