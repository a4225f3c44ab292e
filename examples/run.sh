#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Sets up, builds the example program and runs the main job: the paramset of hyperparam_list.yml at
# AWS_BATCH_JOB_ARRAY_INDEX (0 if unset), on the embedded MNIST rows, into build/output.
# Further arguments go to `sweepnet train`.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

cmake/bootstrap.sh
mkdir -p build
cmake --preset release -DSWEEPNET_BUILD_TESTS=OFF -B build/example >build/example.log 2>&1 || {
  cat build/example.log >&2
  exit 1
}
cmake --build build/example

export AWS_BATCH_JOB_ARRAY_INDEX=${AWS_BATCH_JOB_ARRAY_INDEX:-0}
exec build/example/sweepnet train examples/hyperparam_list.yml --output build/output "$@"
