# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""onnxruntime on a table's model: from a CSV file to predictions in a file, by pandas; or, where the
job has no file, drawn rows alone."""

import statistics

import numpy as np
import onnxruntime
from tables_job import JOB, Clock, tell

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = JOB["threads"]
session = onnxruntime.InferenceSession(JOB["model"], options, providers=["CPUExecutionProvider"])
entry = session.get_inputs()[0].name


def outputs(x: np.ndarray) -> np.ndarray:
    step = JOB["rows_at_once"] or len(x)
    return np.concatenate([session.run(None, {entry: x[first:first + step]})[0] for first in range(0, len(x), step)])


def of_table() -> None:
    import pandas

    frame = pandas.read_csv(JOB["file"]).drop(columns=JOB["target"])
    x = pandas.get_dummies(frame, dtype=np.float32).reindex(columns=JOB["inputs"], fill_value=0).to_numpy(np.float32)
    result = outputs(x)
    if JOB["output"].endswith(".npy"):
        np.save(JOB["output"], result)
    else:
        named = pandas.DataFrame(result, columns=JOB["classes"])
        named.insert(0, "predicted", named.columns.to_numpy()[result.argmax(axis=1)])
        named.to_csv(JOB["output"], index=False)
    tell({"rows": len(x)})


def bare() -> None:
    x = np.random.default_rng(3).normal(size=(JOB["rows"], session.get_inputs()[0].shape[1])).astype(np.float32)
    times = []
    for _ in range(JOB["times"]):
        clock = Clock()
        outputs(x)
        times.append(clock.told("predict"))
    tell({key: statistics.median(each[key] for each in times) for key in times[0]} | {"rows": len(x)})


of_table() if "file" in JOB else bare()
