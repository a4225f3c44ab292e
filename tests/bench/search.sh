#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Searches of one space of 200 paramsets at equal cost, and all of it: random, bayes, i_epoch,
# successive_halving, hyperband, asha; prints the tables of tests/bench/results/search.md.
#   tests/bench/search.sh [--seeds 3] [--only SET,...] [--keep DIR]
# SETS: mnist, fashion_mnist, digits. Fashion-MNIST is Debian's dataset-fashion-mnist, the digits are
# scikit-learn's (build/search-env, tests/search/environment.sh makes it); what is not there is
# skipped by name. Each search keeps its files in DIR (build/search-bench): one that is over is not
# trained again, one that was interrupted goes on, so that an hour may be divided.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"

export PYTHONDONTWRITEBYTECODE=1
tests/search/environment.sh
cmake --preset release
cmake --build build/release --target sweepnet_program
exec build/search-env/bin/python tests/bench/search.py "$@"
