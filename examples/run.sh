#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Sets up, builds the example program and runs the main job: the paramset of hyperparam_list.yml at
# AWS_BATCH_JOB_ARRAY_INDEX (0 if unset), on the embedded MNIST rows, into build/output.
# Further arguments go to `sweepnet train`. tests/run.sh goes on in the same build folder.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

cmake/bootstrap.sh
mkdir -p build
cmake --preset release >build/configure.log 2>&1 || {
  cat build/configure.log >&2
  exit 1
}
[ -e build/release/sweepnet ] ||
  echo "Building the program: one large unit, for some 2 to 4 minutes the first time"
cmake --build build/release --target sweepnet_program

export AWS_BATCH_JOB_ARRAY_INDEX=${AWS_BATCH_JOB_ARRAY_INDEX:-0}
exec build/release/sweepnet train examples/hyperparam_list.yml --output build/output "$@"
