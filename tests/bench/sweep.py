# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Whole sweeps, one way after the other, round by round; see sweep.sh."""

import argparse
import json
import os
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PROGRAM = ROOT / "build" / "release" / "sweepnet"
CORES = len(os.sched_getaffinity(0))
LONGEST = 3600  # seconds that one way may take


def mixed(count: int) -> list[dict]:
    """Widths 16 to 512, one to four layers before the last, batch sizes, optimizers, 5 to 20 epochs."""
    draw = random.Random(7)
    paramsets = []
    for index in range(count):
        widths = [draw.choice([16, 32, 64, 128, 256, 512]) for _ in range(draw.randint(1, 4))]
        paramsets.append({
            "batch_size": draw.choice([32, 64, 128, 256]), "epochs": draw.randint(5, 20),
            "input_units": widths[0], "hidden_nodes": widths[1:],
            "optimizer": draw.choice(["adam", "sgd", "rmsprop"]),
            "activate_fn": draw.choice(["relu", "tanh"]), "dropout_rate": draw.choice([0, 0.1, 0.3]),
            "final_dropout": 0, "seed": index})
    return paramsets


def alike(count: int) -> list[dict]:
    """Equal shapes, batches, optimizer and epochs: what vmap can take."""
    return [{"batch_size": 128, "epochs": 5, "input_units": 32, "hidden_nodes": [32], "optimizer": "sgd",
             "activate_fn": "relu", "dropout_rate": 0, "final_dropout": 0, "seed": i,
             "learning_rate": 0.01 * (1 + i % 10)} for i in range(count)]


def tiny(count: int) -> list[dict]:
    """256 rows of 8 features, two classes."""
    return [{"batch_size": 32, "epochs": 2, "input_units": 8, "hidden_nodes": [], "optimizer": "adam",
             "final_dropout": 0, "seed": i} for i in range(count)]


def write_tiny_data(folder: Path) -> None:
    draw = random.Random(1)
    folder.mkdir()
    for part, rows in (("train", 256), ("t10k", 64)):
        pixels = [bytes(draw.randrange(256) for _ in range(8)) for _ in range(rows)]
        (folder / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 0x803, rows, 2, 4) + b"".join(pixels))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(
            struct.pack(">II", 0x801, rows) + bytes(p[0] + p[1] > 255 for p in pixels))


def wait_measured(process: subprocess.Popen) -> dict:
    """Processor seconds of its children too, where it waits for them."""
    killer = threading.Timer(LONGEST, process.kill)
    killer.start()
    _, status, used = os.wait4(process.pid, 0)
    killer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return {"code": process.returncode, "processor": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024}


def timed(command: list, **how) -> dict:
    begin = time.monotonic()
    measured = wait_measured(subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, **how))
    return {"seconds": time.monotonic() - begin, **measured}


class Way:
    """One way to train a list of paramsets; `place` is its own directory."""

    def __init__(self, place: Path, paramsets: list[dict], data: str):
        self.place, self.count, self.data = place, len(paramsets), data
        self.sweep = place / "sweep.yml"
        self.sweep.write_text("".join(f"- {json.dumps(p)}\n" for p in paramsets))

    def output(self) -> Path:
        output = self.place / "out"
        shutil.rmtree(output, ignore_errors=True)
        return output

    def whole(self, threads: int) -> dict:
        return timed([PROGRAM, "sweep", self.sweep, "--data", self.data, "--output", self.output(), "--threads", threads,
                      "--verbose", "0"])

    def loop(self) -> dict:
        """As the README had it: one process each, all cores."""
        return timed(["sh", "-c", f"for i in $(seq 0 {self.count - 1}); do {PROGRAM} train {self.sweep} --index $i "
                      f"--data {self.data} --output {self.output()} --verbose 0 || exit 1; done"])

    def xargs(self) -> dict:
        return timed(["sh", "-c", f"seq 0 {self.count - 1} | xargs -P {CORES} -I{{}} {PROGRAM} train {self.sweep} "
                      f"--index {{}} --threads 1 --data {self.data} --output {self.output()} --verbose 0"])

    def arithmetic(self) -> float:
        """Seconds of training and validating in all results."""
        return sum(r["seconds"]["train"] + r["seconds"]["validate"] for r in
                   (json.loads(f.read_text()) for f in (self.place / "out").glob("result_*.json")))

    def peer(self, script: str) -> dict:
        environment = {**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": str(HERE / "peers")}
        return timed([sys.executable, HERE / "peers" / script, self.sweep, CORES], env=environment)


def svg(bars: list[tuple[str, float]], title: str) -> str:
    longest = max(value for _, value in bars)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="720" height="{40 + 26 * len(bars)}" '
             'font-family="sans-serif" font-size="13">', f'<text x="10" y="20">{title}</text>']
    for place, (name, value) in enumerate(bars):
        y = 34 + 26 * place
        lines += [f'<text x="210" y="{y + 15}" text-anchor="end">{name}</text>',
                  f'<rect x="218" y="{y}" width="{430 * value / longest:.1f}" height="20" fill="#4878a8"/>',
                  f'<text x="{224 + 430 * value / longest:.1f}" y="{y + 15}">{value:.1f} s</text>']
    return "\n".join(lines + ["</svg>"]) + "\n"


def processor_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "an unknown processor"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="sweep,one,loop,xargs,tiny,keras,torch,sklearn,jax")
    parser.add_argument("--note", default="", help="a sentence on the machine, for the report")
    parser.add_argument("--output", type=Path, default=HERE / "results")
    wanted = parser.parse_args()
    only = wanted.only.split(",")
    titles = {"sweep": f"sweep, {CORES} threads", "one": "sweep, 1 thread", "loop": "(a) a loop of processes",
              "xargs": f"(b) xargs -P {CORES}", "keras": "(c) Keras on JAX, one process", "torch": "(c) PyTorch, one process",
              "sklearn": "(d) scikit-learn, joblib"}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "mixed").mkdir()
        way = Way(place / "mixed", mixed(wanted.runs), "mnist")
        ways = {"sweep": lambda: way.whole(CORES), "one": lambda: way.whole(1), "loop": way.loop, "xargs": way.xargs,
                "keras": lambda: way.peer("sweep_keras.py"), "torch": lambda: way.peer("sweep_torch.py"),
                "sklearn": lambda: way.peer("sweep_sklearn.py")}
        found = {each: [] for each in ways if each in only}
        for turn in range(wanted.rounds):
            for each in found:
                if each in ("keras", "torch", "sklearn") and turn > 0:
                    continue  # they take long, and their spread is small beside the difference
                measured = ways[each]()
                print(turn, each, json.dumps(measured), flush=True)
                if measured["code"] == 0:
                    found[each].append(measured)
        found = {each: rounds for each, rounds in found.items() if rounds}
        seconds = {each: statistics.median(r["seconds"] for r in rounds) for each, rounds in found.items()}
        report = [f"{wanted.runs} mixed networks (widths 16 to 512, one to four layers before the last, four batch sizes, "
                  f"three optimizers, 5 to 20 epochs) on 10,000 + 10,000 MNIST rows; {CORES} processors of {processor_name()}; "
                  f"medians of {wanted.rounds} rounds, the peers once. Busy is the share of the processors' time that the "
                  "processes had.", "", "| way | seconds | times `sweep` | busy | peak memory, MB |",
                  "| --- | --- | --- | --- | --- |"]
        for each, rounds in found.items():
            busy = statistics.median(r["processor"] / r["seconds"] / (1 if each == "one" else CORES) for r in rounds)
            report.append(f"| {titles[each]} | {seconds[each]:.1f} | {seconds[each] / seconds.get('sweep', 1):.2f} | "
                          f"{busy:.2f} | {max(r['memory'] for r in rounds):.0f} |")
        if "tiny" in only:
            write_tiny_data(place / "data")
            report += ["", "Tiny networks (256 rows of 8 features, 2 epochs): what a run takes beyond training and "
                       "validating, of all workers' time.", "",
                       "| runs | seconds | arithmetic, s | ms a run beyond it | peak memory, MB |", "| --- | --- | --- | --- | --- |"]
            for count in (1_000, 10_000):
                (place / f"tiny{count}").mkdir()
                small = Way(place / f"tiny{count}", tiny(count), str(place / "data"))
                measured = small.whole(CORES)
                arithmetic = small.arithmetic()
                print("tiny", count, json.dumps(measured), arithmetic, flush=True)
                beyond = 1000 * (measured["seconds"] * CORES - arithmetic) / count
                report.append(f"| {count:,} | {measured['seconds']:.1f} | {arithmetic:.1f} | {beyond:.2f} | {measured['memory']:.0f} |")
                again = timed([PROGRAM, "status", small.place / "out"])
                report.append(f"| `status` of them | {again['seconds']:.1f} | | | {again['memory']:.0f} |")
        if "jax" in only:
            (place / "alike").mkdir()
            equal = Way(place / "alike", alike(wanted.runs), "mnist")
            ours, theirs = equal.whole(CORES), equal.peer("sweep_jax.py")
            print("alike", json.dumps(ours), json.dumps(theirs), flush=True)
            report += ["", f"{wanted.runs} networks of equal shape (784-32-32-10, batches of 128, 5 epochs):", "",
                       "| way | seconds |", "| --- | --- |", f"| sweep | {ours['seconds']:.1f} |",
                       f"| (e) JAX, vmap over models in one jit | {theirs['seconds']:.1f} |"]
        wanted.output.mkdir(exist_ok=True)
        (wanted.output / "sweep.svg").write_text(svg([(titles[e], s) for e, s in seconds.items()],
                                                     f"{wanted.runs} mixed networks on MNIST, seconds"))
        head = ["# Whole sweeps", "", f"`tests/bench/sweep.sh`, {time.strftime('%Y-%m-%d')}. {wanted.note}".strip(), ""]
        picture = ["", "![seconds of each way](sweep.svg)"]
        (wanted.output / "sweep.md").write_text("\n".join(head + report + picture) + "\n")
        print("\n".join(report))


if __name__ == "__main__":
    main()
