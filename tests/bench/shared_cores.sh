#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# `train` with one and two threads beside 0, 1 and 2 processes that spin, in turn; prints a table.
#   tests/bench/shared_cores.sh [--rounds 10] [--busy 0,1,2] [--threads 1,2] [--before PROGRAM]
#                               [--output FILE]
# --before runs another build of the program, too, in turn. Leave the machine alone while it runs.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
cmake --preset release
cmake --build build/release --target sweepnet_program
exec python3 tests/bench/shared_cores.py --program build/release/sweepnet "$@"
