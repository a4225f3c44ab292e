# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Reads a CSV file by pandas or polars, once: the job's `by`."""

import importlib

from tables_job import JOB, Clock, tell

library = importlib.import_module(JOB["by"])
clock = Clock()
frame = library.read_csv(JOB["file"], **({"engine": "c"} if JOB["by"] == "pandas" else {}))
tell({**clock.told("read"), "rows": frame.shape[0], "columns": frame.shape[1]})
