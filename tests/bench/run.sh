#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Trains the same jobs with sweepnet and with other libraries, in turn, and writes tests/bench/results.
#   tests/bench/run.sh [--rounds 5] [--jobs NAME,...] [--peers NAME,...] [--growth [3]] [--output DIR]
# The Python peers come from PyPI into build/bench-env (8 GB, as PyPI's PyTorch brings CUDA's
# libraries); PYTHON names the interpreter. SWEEPNET_DATA_DIR/mnist has MNIST's IDX files for mnist_mlp;
# Fashion-MNIST is Debian's dataset-fashion-mnist. MINIDNN_DIR, a checkout of yixuan/MiniDNN, adds that
# library. What is not there is skipped by name. Leave the machine alone while it runs.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"

export PYTHONDONTWRITEBYTECODE=1
environment=build/bench-env
requirements=tests/bench/requirements.txt
if ! cmp -s $requirements $environment/requirements.txt; then
  "${PYTHON:-python3}" -m venv $environment
  $environment/bin/pip install --quiet --require-hashes --requirement $requirements
  cp $requirements $environment/requirements.txt
fi

cmake/bootstrap.sh
cmake --preset release
cmake --build build/release --target sweepnet_program
torch=$($environment/bin/python -c \
  'from importlib.util import find_spec; print(find_spec("torch").submodule_search_locations[0])')
cmake -G Ninja -S tests/bench/peers -B build/bench-peers -DCMAKE_BUILD_TYPE=Release \
  -DTORCH_DIR="$torch" -DMINIDNN_DIR="${MINIDNN_DIR:-}"
cmake --build build/bench-peers

$environment/bin/python tests/bench/data.py build/bench-data
exec $environment/bin/python tests/bench/run.py "$@"
