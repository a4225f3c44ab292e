# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""What the Python peers share: the job they are given, its data, and the record they print.

A peer is called with the path of a job description (see ../README.md) and prints one JSON object as
its last line. Times are seconds.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace


def read_job() -> SimpleNamespace:
    return json.loads(Path(sys.argv[1]).read_text(), object_hook=lambda fields: SimpleNamespace(**fields))


def read_data(job: SimpleNamespace) -> tuple:
    """x_train, y_train, x_test, y_test: features float32 (rows x inputs), labels int64."""
    import numpy as np

    with np.load(job.data) as archive:
        parts = [archive[name] for name in ("x_train", "y_train", "x_test", "y_test")]
    parts[:2] = parts[0][: job.train_rows], parts[1][: job.train_rows]
    for i in (0, 2):
        features = parts[i].reshape(len(parts[i]), -1)
        scale = 1 / 255 if features.dtype == np.uint8 else 1
        parts[i] = features.astype(np.float32) * np.float32(scale)
    parts[1], parts[3] = parts[1].astype(np.int64), parts[3].astype(np.int64)
    return tuple(parts)


def network(job: SimpleNamespace) -> list[tuple[int, int, str, float]]:
    """Each dense layer as (inputs, units, activation, rate of the dropout before it)."""
    widths = [job.inputs, job.input_units, *job.hidden, job.classes]
    activations = ["relu", *(job.activation for _ in job.hidden), "linear"]
    rates = [0, *(job.dropout for _ in job.hidden), job.final_dropout]
    return list(zip(widths, widths[1:], activations, rates))


class Record:
    """Collects what a run reports; keeps the model of the best validation accuracy."""

    def __init__(self, version: str):
        self.fields = {"version": version, "import": 0.0, "load": 0.0, "compile": 0.0,
                       "train": [], "validate": [], "val_accuracy": []}

    def is_best(self, val_accuracy: float) -> bool:
        before = self.fields["val_accuracy"]
        return not before or val_accuracy > max(before)

    def epoch(self, train: float, validate: float, val_accuracy: float) -> None:
        for name, value in (("train", train), ("validate", validate), ("val_accuracy", val_accuracy)):
            self.fields[name].append(float(value))

    def write(self) -> None:
        print(json.dumps(self.fields), flush=True)
