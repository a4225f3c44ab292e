# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Whole sweeps, one way after the other, round by round; see sweep.sh."""

import argparse
import itertools
import json
import os
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
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


# A process of its own for each command: a child's peak memory begins with that of who started it.
LAUNCHER = """
import json, os, sys, time
begin = time.monotonic()
_, status, used = os.wait4(os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ), 0)
print(json.dumps({"seconds": time.monotonic() - begin, "code": os.waitstatus_to_exitcode(status),
                  "processor": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024}),
      file=open(sys.argv[1], "w"))
"""


def timed(command: list, **how) -> dict:
    """Processor seconds of its children too, where it waits for them."""
    with tempfile.NamedTemporaryFile("r") as told:
        subprocess.run([sys.executable, "-I", "-S", "-c", LAUNCHER, told.name, *map(str, command)],
                       stdout=subprocess.DEVNULL, timeout=LONGEST, check=True, **how)
        return json.load(told)


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


TITLES = {"sweep": f"sweep, {CORES} threads", "one": "sweep, 1 thread", "loop": "(a) a loop of processes",
          "xargs": f"(b) xargs -P {CORES}", "keras": "(c) Keras on JAX, one process", "torch": "(c) PyTorch, one process",
          "sklearn": "(d) scikit-learn, joblib"}
PEERS = ("keras", "torch", "sklearn")  # they take long: once, and their spread is small beside the difference
ALIKE = {"alike": "sweep", "jax": "(e) JAX, vmap over models in one jit"}


class Measurements:
    """What was measured, way by way, also in earlier calls: a line a time in a file."""

    def __init__(self, file: Path):
        self.file, self.of = file, {}
        if file.exists():
            for line in file.read_text().splitlines():
                self.take(**json.loads(line))

    def take(self, way: str, measured: dict) -> None:
        self.of.setdefault(way, []).append(measured)

    def add(self, way: str, measured: dict) -> None:
        line = json.dumps({"way": way, "measured": measured})
        print(line, flush=True)
        if measured["code"] != 0:
            raise SystemExit(f"{way}: exit code {measured['code']}")
        with self.file.open("a") as file:
            file.write(line + "\n")
        self.take(way, measured)

    def median(self, way: str, key: str) -> float:
        return statistics.median(m[key] for m in self.of[way])

    def most(self, way: str, key: str) -> float:
        return max(m[key] for m in self.of[way])


def measure(place: Path, wanted: argparse.Namespace, found: Measurements) -> None:
    def way(name: str, paramsets: list[dict], data: str) -> Way:
        (place / name).mkdir(exist_ok=True)
        return Way(place / name, paramsets, data)

    many = way("mixed", mixed(wanted.runs), "mnist")
    equal = way("alike", alike(wanted.runs), "mnist")
    ways = {"sweep": lambda: many.whole(CORES), "one": lambda: many.whole(1), "loop": many.loop, "xargs": many.xargs,
            **{peer: lambda peer=peer: many.peer(f"sweep_{peer}.py") for peer in PEERS},
            "jax": lambda: equal.peer("sweep_jax.py")}
    for turn in range(wanted.rounds):
        for name in ways:
            if name not in wanted.only or (name in PEERS and turn > 0):
                continue
            if name == "jax":
                found.add("alike", equal.whole(CORES))
            found.add(name, ways[name]())
    if "tiny" not in wanted.only:
        return
    write_tiny_data(place / "data")
    for form, count in itertools.product((".h5", ".safetensors"), (1_000, 10_000)):
        model = {"model_path": f"model_{{index}}{form}"}
        small = way(f"tiny{count}{form}", [{**p, **model} for p in tiny(count)], str(place / "data"))
        measured = small.whole(CORES)
        found.add(f"tiny {count} {form}", {**measured, "arithmetic": small.arithmetic()})
        found.add(f"status {count} {form}", timed([PROGRAM, "status", small.place / "out"]))


def tables(runs: int, found: Measurements) -> list[str]:
    several = [way for way in TITLES if way in found.of]
    lines = [f"{runs} mixed networks (widths 16 to 512, one to four layers before the last, four batch sizes, "
             f"three optimizers, 5 to 20 epochs) on 10,000 + 10,000 MNIST rows; {CORES} processors of {processor_name()}; "
             "medians. Busy is the share of the processors' time that the processes had.", "",
             "| way | rounds | seconds | times `sweep` | processor s | times `sweep` | busy | peak memory, MB |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for way in several:
        seconds, processor = found.median(way, "seconds"), found.median(way, "processor")
        busy = processor / seconds / (1 if way == "one" else CORES)
        lines.append(f"| {TITLES[way]} | {len(found.of[way])} | {seconds:.1f} | {seconds / found.median('sweep', 'seconds'):.2f} "
                     f"| {processor:.1f} | {processor / found.median('sweep', 'processor'):.2f} | {busy:.2f} "
                     f"| {found.most(way, 'memory'):.0f} |")
    small = [way for way in found.of if way.startswith("tiny")]
    if small:
        lines += ["", "Tiny networks (256 rows of 8 features, 2 epochs). Beyond: what a run takes beyond training and "
                  "validating, by the clock, and of all processors' time.", "",
                  "| runs | models | seconds | beyond, ms a run | of processors' time | peak memory, MB | `status`, s | its memory, MB |",
                  "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for way in small:
        _, count, form = way.split()
        seconds, arithmetic = found.median(way, "seconds"), found.median(way, "arithmetic")
        status = f"status {count} {form}"
        beyond = [1000 / int(count) * (seconds - arithmetic / CORES), 1000 / int(count) * (found.median(way, "processor") - arithmetic)]
        lines.append(f"| {int(count):,} | {form} | {seconds:.1f} | {beyond[0]:.2f} | {beyond[1]:.2f} | {found.most(way, 'memory'):.0f} "
                     f"| {found.median(status, 'seconds'):.1f} | {found.most(status, 'memory'):.0f} |")
    if "jax" in found.of:
        lines += ["", f"{runs} networks of equal shape (784-32-32-10, batches of 128, 5 epochs):", "",
                  "| way | rounds | seconds | processor s |", "| --- | --- | --- | --- |"]
        lines += [f"| {title} | {len(found.of[way])} | {found.median(way, 'seconds'):.1f} "
                  f"| {found.median(way, 'processor'):.1f} |" for way, title in ALIKE.items()]
    return lines


def svg(bars: list[tuple[str, float]], title: str) -> str:
    longest = max(value for _, value in bars)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="720" height="{40 + 26 * len(bars)}" '
             'font-family="sans-serif" font-size="13">',
             f'<rect width="720" height="{40 + 26 * len(bars)}" fill="white"/>', f'<text x="10" y="20">{title}</text>']
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
    parser.add_argument("--only", type=lambda text: text.split(","),
                        default=["sweep", "one", "loop", "xargs", "tiny", *PEERS, "jax"])
    parser.add_argument("--keep", type=Path, default=ROOT / "build" / "sweep-measured.jsonl")
    parser.add_argument("--output", type=Path, default=HERE / "results")
    wanted = parser.parse_args()
    found = Measurements(wanted.keep)
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), wanted, found)
    bars = [(TITLES[way], found.median(way, "seconds")) for way in TITLES if way in found.of]
    wanted.output.mkdir(exist_ok=True)
    (wanted.output / "sweep.svg").write_text(svg(bars, f"{wanted.runs} mixed networks on MNIST, seconds"))
    print("\n".join(tables(wanted.runs, found)))


if __name__ == "__main__":
    main()
