#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Tables: sweepnet beside scikit-learn's MLPClassifier, Keras, pandas, polars and onnxruntime; prints
# the tables of tests/bench/results/tables.md.
#   tests/bench/tables.sh [--parts quality,search,reading,predict] [--sets iris,...]
#                         [--by sweepnet,keras,...] [--rounds 3] [--program FILE] [--probe FILE]
#                         [--keep FILE]
# quality: five splits of each set, equal networks and epochs. search: 50 paramsets of each of three
# sets. reading: a CSV of 1 GB. predict: a million rows by a model file. What was measured is added to
# FILE (build/tables-measured.jsonl) and not measured again: an hour may be divided. PROGRAM and PROBE
# name what is built elsewhere instead of here. The peers' Python environment is
# build/tables-bench-env, made here from PyPI (PYTHON names the interpreter); the sets are those of
# installed packages, or drawn.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"

export PYTHONDONTWRITEBYTECODE=1
environment=build/tables-bench-env
requirements=tests/bench/requirements-tables
if ! cat $requirements.txt $requirements-data.txt | cmp -s - $environment/requirements.txt; then
  "${PYTHON:-python3}" -m venv $environment
  $environment/bin/pip install --quiet --requirement $requirements.txt
  $environment/bin/pip install --quiet --no-deps --requirement $requirements-data.txt
  cat $requirements.txt $requirements-data.txt > $environment/requirements.txt
fi

if [[ " $* " != *" --program "* ]]; then
  cmake --preset release
  cmake --build build/release --target sweepnet_program bench_tables
fi
exec $environment/bin/python tests/bench/tables.py "$@"
