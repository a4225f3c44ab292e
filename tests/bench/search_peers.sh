#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# One space of 50 paramsets, searched at an equal budget of epochs by sweepnet, by Optuna and by
# Keras Tuner, both of which drive Keras; prints the table of tests/bench/results/search.md: after
# how many seconds each had the accuracy that all three came to.
#   tests/bench/search_peers.sh [--rounds 3] [--rows 10000] [--only mnist,fashion_mnist]
#                               [--backend jax|tensorflow] [--keep FILE]
# The first rows of both sets are trained on, all of their 10,000 test rows judge. MNIST and
# FASHION_MNIST name directories of IDX files: without them the 10,000 embedded rows, and Debian's
# dataset-fashion-mnist. What was measured is added to FILE (build/search-peers.jsonl) and not measured
# again: an hour may be divided. The peers' Python environment is build/search-peers-env, made here
# from PyPI (PYTHON names the interpreter).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"

export PYTHONDONTWRITEBYTECODE=1
environment=build/search-peers-env
requirements=tests/bench/requirements-search.txt
if ! cmp -s $requirements $environment/requirements.txt; then
  "${PYTHON:-python3}" -m venv $environment
  $environment/bin/pip install --quiet --requirement $requirements
  cp $requirements $environment/requirements.txt
fi

cmake --preset release
cmake --build build/release --target sweepnet_program
exec $environment/bin/python tests/bench/search_peers.py "$@"
