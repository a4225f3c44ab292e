# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the same jobs on sweepnet and its peers in turn, and writes raw lines and a table.

Each peer first tries 1, 2, 4, ... threads on each job and keeps the fastest. Then every round runs
every job on every peer, one after the other, starting with another peer each time.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
from pathlib import Path

import report
from jobs import JOBS, growth, job
from peer import BUILD, HERE, PEERS, available, run

INSTRUCTION_SETS = ("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "asimd", "sve")


def machine() -> dict:
    info = dict(line.split(":", 1) for line in Path("/proc/cpuinfo").read_text().splitlines() if ":" in line)
    info = {key.strip(): value.strip() for key, value in info.items()}
    flags = info.get("flags", info.get("Features", "")).split()
    release = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return {"kind": "machine", "date": datetime.date.today().isoformat(),
            "processor": info.get("model name", platform.machine()),
            "family": f"family {info.get('cpu family', '?')}, model {info.get('model', '?')}",
            "cores": len(os.sched_getaffinity(0)), "instruction_sets": [f for f in INSTRUCTION_SETS if f in flags],
            "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "system": f"{release}, Linux {platform.release()}, Python {platform.python_version()}",
            "load_average": os.getloadavg()[0]}


def thread_counts() -> list[int]:
    cores = len(os.sched_getaffinity(0))
    return sorted({1, cores, *(2**i for i in range(cores.bit_length()) if 2**i <= cores)})


class Log:
    def __init__(self, path: Path):
        self.path = path
        self.lines = []

    def add(self, line: dict) -> None:
        self.lines.append(line)
        with self.path.open("a") as file:
            print(json.dumps(line), file=file)
        words = [str(line[key]) for key in ("kind", "round", "job", "axis", "value", "peer", "threads") if key in line]
        outcome = line.get("error") or f"{report.epoch_seconds(line):.4f} s/epoch, {line['wall']:.1f} s"
        print(*words, outcome, flush=True)


def best_threads(log: Log, name: str, peer: str, task: dict) -> int | None:
    """None where the peer cannot run the job."""
    tried = {}
    for threads in thread_counts():
        outcome = run(peer, task | {"epochs": min(3, task["epochs"])}, threads)
        log.add({"kind": "trial", "job": name, "peer": peer, "threads": threads, **outcome})
        if "error" not in outcome:
            tried[threads] = report.epoch_seconds(outcome)
    return min(tried, key=tried.get, default=None)


def measure_jobs(log: Log, jobs: dict[str, dict], peers: list[str], rounds: int) -> None:
    threads = {(name, peer): best_threads(log, name, peer, task) for name, task in jobs.items() for peer in peers}
    for number in range(rounds):
        order = peers[number % len(peers):] + peers[:number % len(peers)]
        for name, task in jobs.items():
            for peer in order:
                if threads[name, peer] is None:
                    continue
                outcome = run(peer, task | {"seed": number + 1}, threads[name, peer])
                log.add({"kind": "run", "round": number + 1, "job": name, "peer": peer,
                         "threads": threads[name, peer], **outcome})


def measure_growth(log: Log, peers: list[str], data: Path, rounds: int) -> None:
    for number in range(rounds):
        for axis, value, task in growth():
            for threads in thread_counts():
                for peer in peers:
                    outcome = run(peer, task | {"data": str(data / f"{task['data']}.npz")}, threads)
                    log.add({"kind": "growth", "round": number + 1, "axis": axis, "value": value, "peer": peer,
                             "threads": threads, **outcome})


def fastest_peer(log: Log, peers: list[str]) -> str | None:
    """By the time of an epoch, summed over the jobs' medians relative to sweepnet's."""
    table = report.summary(log.lines)
    ratios = {peer: [rows[peer]["epoch_ratio"] for rows in table.values() if peer in rows]
              for peer in peers if peer != "sweepnet"}
    means = {peer: statistics.geometric_mean(values) for peer, values in ratios.items() if values}
    return min(means, key=means.get, default=None)


def names_in(known: dict):
    def parse(text: str) -> list[str]:
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"unknown name '{name}'; there are {', '.join(known)}")
        return names
    return parse


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/bench/run.sh", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, help="fewer than the jobs' own, for a try")
    parser.add_argument("--jobs", type=names_in(JOBS), default=list(JOBS), metavar=",".join(JOBS))
    parser.add_argument("--peers", type=names_in(PEERS), default=list(PEERS), metavar=",".join(PEERS))
    parser.add_argument("--growth", type=int, nargs="?", default=0, const=3, metavar="ROUNDS",
                        help="also time an epoch against rows, width and depth, 3 rounds if no number is given")
    parser.add_argument("--output", type=Path, default=HERE / "results", metavar="DIR")
    options = parser.parse_args()

    data = BUILD / "bench-data"
    jobs = {}
    for name in options.jobs:
        task = job(name)
        task["epochs"] = options.epochs or task["epochs"]
        path = data / f"{task['data']}.npz"
        if path.exists():
            jobs[name] = task | {"data": str(path)}
        else:
            print(f"skipped: job {name}: no {path}")
    peers = [name for name in dict.fromkeys(["sweepnet", *options.peers]) if available(name)]
    for name in options.peers:
        if name not in peers:
            print(f"skipped: peer {name}: {PEERS[name].command[-1]} was not built")

    options.output.mkdir(parents=True, exist_ok=True)
    log = Log(options.output / "cpu.jsonl")
    log.path.write_text("")
    log.lines.append(machine())
    log.path.write_text(json.dumps(log.lines[0]) + "\n")
    measure_jobs(log, jobs, peers, options.rounds)
    if options.growth:
        fastest = fastest_peer(log, peers)
        measure_growth(log, ["sweepnet"] + [fastest] * (fastest is not None), data, options.growth)
    report.write(log.lines, options.output)


if __name__ == "__main__":
    main()
