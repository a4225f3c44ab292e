#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Whole sweeps: `sweepnet sweep` beside a loop of processes, `xargs -P`, and other libraries; prints the
# tables of tests/bench/results/sweep.md and draws its sweep.svg.
#   tests/bench/sweep.sh [--runs 100] [--rounds 3] [--only NAME,...] [--keep FILE] [--output DIR]
# NAMES: sweep, one, loop, xargs, tiny, and the peers keras, torch, sklearn, jax, whose Python
# environment is build/sweep-env (made here from PyPI; PYTHON names the interpreter; PyTorch is taken
# if it is there: build/sweep-env/bin/pip install torch). What was measured is added to FILE
# (build/sweep-measured.jsonl), and the tables tell of all that is there: an hour may be divided. Leave
# the machine alone while it runs.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"

export PYTHONDONTWRITEBYTECODE=1
environment=build/sweep-env
requirements=tests/bench/requirements-sweep.txt
if [[ " $* " != *" --only "* || " $* " =~ (keras|torch|sklearn|jax) ]] &&
   ! cmp -s $requirements $environment/requirements.txt; then
  "${PYTHON:-python3}" -m venv $environment
  $environment/bin/pip install --quiet --requirement $requirements
  cp $requirements $environment/requirements.txt
fi

cmake --preset release
cmake --build build/release --target sweepnet_program
python=$environment/bin/python
[[ -x $python ]] || python=python3
exec "$python" tests/bench/sweep.py "$@"
