#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Sets up, builds and runs all tests through CTest.
#   tests/run.sh [--preset dev|release|asan] [--with-keras] [-- CTEST_ARGUMENTS]
# --with-keras also installs real Keras, ONNX and safetensors under build/, and checks the golden
# files against Keras and the model files against all of them.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

preset=release
with_keras=false
while [ $# -gt 0 ]; do
  case $1 in
    --preset) preset=${2:?--preset takes dev, release or asan}; shift 2 ;;
    --with-keras) with_keras=true; shift ;;
    --) shift; break ;;
    *) echo "tests/run.sh: unknown argument '$1'" >&2; exit 64 ;;
  esac
done

cmake/bootstrap.sh
cmake --preset "$preset"
cmake --build "build/$preset"
if $with_keras; then
  tests/keras/environment.sh
  build/keras-env/bin/python tests/keras/make_golden.py --check
  build/keras-env/bin/python tests/keras/model_files.py --program "build/$preset/sweepnet" \
    --data examples/data/mnist --report "build/model-files.md"
fi
ctest --preset "$preset" -j "$(nproc)" "$@"
