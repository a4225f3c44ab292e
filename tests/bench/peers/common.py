# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""What the Python peers share: the job they are given, its data, and the record they print.

A peer is called with a job file (jobs.py's fields, `threads`, the paths `data` and `model`) and
prints one JSON object as its last line:

    version             of the library
    import, load        seconds from the start of the process to the library being there; for the data
    compile             seconds of compilation that stand apart from the first epoch
    train, validate     seconds of each epoch, saving left out
    val_accuracy        of each epoch
"""

import json
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np


def read_job() -> SimpleNamespace:
    return json.loads(Path(sys.argv[1]).read_text(), object_hook=lambda fields: SimpleNamespace(**fields))


def read_data(job: SimpleNamespace) -> tuple:
    """x_train, y_train, x_test, y_test: features float32 (rows x inputs), labels int64."""
    with np.load(job.data) as archive:
        x_train, y_train = archive["x_train"][: job.train_rows], archive["y_train"][: job.train_rows]
        x_test, y_test = archive["x_test"], archive["y_test"]
    return features(x_train), y_train.astype(np.int64), features(x_test), y_test.astype(np.int64)


def features(x: np.ndarray) -> np.ndarray:
    """Rows of floats; pixels are scaled to [0, 1]."""
    rows = x.reshape(len(x), -1).astype(np.float32)
    return rows / np.float32(255) if x.dtype == np.uint8 else rows


def network(job: SimpleNamespace) -> list[tuple[int, int, str, float]]:
    """Each dense layer as (inputs, units, activation, rate of the dropout before it)."""
    widths = [job.inputs, job.input_units, *job.hidden, job.classes]
    activations = ["relu", *(job.activation for _ in job.hidden), "linear"]
    rates = [0.0, *(job.dropout for _ in job.hidden), job.final_dropout]
    return list(zip(widths, widths[1:], activations, rates))


class Record:
    """Made as soon as the library is imported."""

    def __init__(self, version: str):
        self.fields = {"version": version, "import": time.time() - float(os.environ["BENCH_START"]),
                       "load": 0.0, "compile": 0.0, "train": [], "validate": [], "val_accuracy": []}

    def read_data(self, job: SimpleNamespace) -> tuple:
        begin = time.perf_counter()
        data = read_data(job)
        self.fields["load"] = time.perf_counter() - begin
        return data

    def epoch(self, train: float, validate: float, val_accuracy: float) -> bool:
        """Whether this epoch is the best so far."""
        is_best = val_accuracy > max(self.fields["val_accuracy"], default=-1)
        for name, value in (("train", train), ("validate", validate), ("val_accuracy", val_accuracy)):
            self.fields[name].append(float(value))
        return is_best

    def write(self) -> None:
        print(json.dumps(self.fields), flush=True)
