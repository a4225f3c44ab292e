# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0

# See shared_cores.sh.

import argparse
import datetime
import itertools
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

REFERENCE = ("reference job", "examples/hyperparam_list.yml", 1)
# A step of a few microseconds, in which threads meet most often.
SMALL = ("784-16-10", "- {epochs: 20, hidden_nodes: [], input_units: 16, dropout_rate: 0.0}\n", 0)


def seconds(program, sweep, index, threads):
    with tempfile.TemporaryDirectory() as output:
        begin = time.perf_counter()
        subprocess.run([program, "train", sweep, "--index", str(index), "--threads", str(threads),
                        "--output", output, "--device", "cpu", "--verbose", "0"], check=True)
        return time.perf_counter() - begin


class Busy:
    """So many processes that spin."""

    def __init__(self, count):
        self.count = count

    def __enter__(self):
        self.processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"])
                          for _ in range(self.count)]
        time.sleep(0.2 if self.count else 0)

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()


def interval(ratios):
    """The geometric mean of paired ratios, and its 95% interval by 10,000 bootstrap samples."""
    logs = [math.log(r) for r in ratios]
    draw = random.Random(1)
    means = sorted(statistics.fmean(draw.choices(logs, k=len(logs))) for _ in range(10000))
    return [math.exp(x) for x in (statistics.fmean(logs), means[249], means[9749])]


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return f"{len(os.sched_getaffinity(0))} processors of {names[0] if names else 'unknown name'}"


def numbers(text):
    return [int(n) for n in text.split(",")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--before")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--busy", type=numbers, default=[0, 1, 2])
    parser.add_argument("--threads", type=numbers, default=[1, 2])
    parser.add_argument("--output")
    options = parser.parse_args()
    programs = {"now": options.program}
    if options.before:
        programs["before"] = options.before
    measured = {}
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as small:
        small.write(SMALL[1])
        small.flush()
        jobs = {REFERENCE[0]: REFERENCE[1:], SMALL[0]: (small.name, SMALL[2])}
        for _ in range(options.rounds):
            for busy in options.busy:
                with Busy(busy):
                    cases = list(itertools.product(jobs, options.threads, programs))
                    for job, threads, which in cases:
                        taken = seconds(programs[which], *jobs[job], threads)
                        measured.setdefault((job, which, busy, threads), []).append(taken)

    least, most = options.threads[0], options.threads[-1]
    lines = [f"{datetime.date.today()}, {processor()}, {options.rounds} rounds in turn; load "
             f"{os.getloadavg()[1]:.1f} within the last 5 minutes, with these processes.", "",
             "| job | program | busy processes | "
             + " | ".join(f"{t} thread{'s' if t > 1 else ''}, s" for t in options.threads)
             + f" | {most} over {least}, 95% | of the undisturbed speed |",
             "| --- | --- | --- | " + "--- | " * len(options.threads) + "--- | --- |"]
    for job, which, busy in itertools.product([REFERENCE[0], SMALL[0]], programs, options.busy):
        taken = [measured[job, which, busy, t] for t in options.threads]
        medians = [statistics.median(t) for t in taken]
        ratio = interval([b / a for a, b in zip(taken[0], taken[-1])])
        quiet = [statistics.median(measured[job, which, options.busy[0], t])
                 for t in options.threads]
        kept = ", ".join(f"{q / m:.2f}" for q, m in zip(quiet, medians))
        lines.append(f"| {job} | {which} | {busy} | " + " | ".join(f"{m:.2f}" for m in medians)
                     + f" | {ratio[0]:.2f} [{ratio[1]:.2f}, {ratio[2]:.2f}] | {kept} |")
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if options.output:
        with open(options.output, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
