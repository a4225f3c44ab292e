#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# What it costs to compile with the library: user seconds and peak memory of single units at -O3, by
# headers alone and on sweepnet::compiled. Prints a table for each compiler.
#   tests/bench/compile.sh [--before REVISION] [--compilers g++,clang++] [--rounds 3]
# --before compiles the units of an older revision, too, in turn. Leave the machine alone while it
# runs.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
cmake/bootstrap.sh
exec python3 tests/bench/compile.py "$@"
