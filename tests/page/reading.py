# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""How long it takes to read the results of 10,000 runs, and to make their page.

  reading.py SWEEPNET READ_OUTPUTS [RUNS]

Trains as many small networks of 27 epochs first, some seconds of work, so that the files are what
runs leave. Tells the median of five of wall clock, processor time and the most memory held.
"""

import os
import pathlib
import random
import statistics
import struct
import subprocess
import sys
import tempfile

SPACE = """method: random
metric: {name: val_accuracy, goal: maximize}
parameters:
  learning_rate: {distribution: log_uniform_values, min: 0.0001, max: 0.1}
  batch_size: {min: 16, max: 128}
  input_units: {values: [4, 6, 8]}
  hidden_nodes: {values: [[], [4]]}
  dropout_rate: {min: 0.0, max: 0.6}
  optimizer: {values: [adam, sgd, rmsprop]}
  activate_fn: {values: [relu, tanh]}
  epochs: {value: 27}
  model_path: {value: "models/m_{index}.safetensors"}
"""


def write_data(folder):
    """Rows of noise as IDX files: what is learnt is of no matter."""
    draw = random.Random(1)
    folder.mkdir()
    for part, rows, side in (("train", 120, 4), ("t10k", 60, 4)):
        (folder / f"{part}-images-idx3-ubyte").write_bytes(
            struct.pack(">IIII", 0x803, rows, side, side) + draw.randbytes(rows * side * side))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(
            struct.pack(">II", 0x801, rows) + bytes(draw.randrange(3) for _ in range(rows)))


def measure(command):
    """Seconds by the clock and of processors, the most memory in MB, and what was printed."""
    with tempfile.TemporaryFile() as out:
        began = os.times().elapsed
        process = subprocess.Popen(command, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        wall = os.times().elapsed - began
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, f"{command} ended with {process.returncode}"
        out.seek(0)
        return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3, out.read().decode()


def main(program, reader, runs="10000"):
    with tempfile.TemporaryDirectory() as scratch:
        place = pathlib.Path(scratch)
        write_data(place / "data")
        (place / "space.yml").write_text(SPACE + f"run_cap: {runs}\n")
        outputs = place / "out"
        subprocess.run([program, "sweep", place / "space.yml", "--data", place / "data", "--output", outputs,
                        "--verbose", "0"], check=True)
        measure([reader, outputs])  # the files' pages are in memory then
        for what, command in (("reading", [reader, outputs]), ("report", [program, "report", outputs])):
            all_five = [measure(command) for _ in range(5)]
            wall, processors, memory = (statistics.median(each[i] for each in all_five) for i in range(3))
            if what == "reading":
                wall = statistics.median(float(each[3].split()[0]) for each in all_five)
                assert all(each[3].split()[1] == runs for each in all_five), all_five
            print(f"{what}, {runs} runs: {wall:.2f} s, {processors:.2f} s of processors, {memory:.0f} MB; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
