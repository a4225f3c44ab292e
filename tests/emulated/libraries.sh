#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Holds the GPU backend's descriptors, and the tests' stand-ins, to NVIDIA's cuBLASLt and cuDNN, which
# need no GPU for that. Installs both (1.1 GB) into build/cuda-libraries unless they are there.
#   tests/emulated/libraries.sh TEST_CUDA_LIBRARIES
# PYTHON names the interpreter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tests=${1:?libraries.sh takes the path of test_cuda_libraries}
target=$here/../../build/cuda-libraries
if [ ! -x "$tests" ]; then
  echo "tests/emulated/libraries.sh: expected $tests, which a build with sanitizers leaves out" >&2
  exit 66
fi

if ! cmp -s "$here/requirements.txt" "$target/requirements.txt"; then
  mkdir -p "$here/../../build"
  "${PYTHON:-python3}" -m venv "$target"
  "$target/bin/pip" install --quiet --no-deps --require-hashes --requirement "$here/requirements.txt"
  cp "$here/requirements.txt" "$target/requirements.txt"
fi

nvidia=$("$target/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/nvidia
said=$(mktemp)
trap 'rm -f "$said"' EXIT
LD_LIBRARY_PATH=$nvidia/cu13/lib:$nvidia/cudnn/lib "$tests" | tee "$said"
if grep -q '^skipped: ' "$said"; then
  echo "tests/emulated/libraries.sh: expected the libraries below $nvidia, found none that opens" >&2
  exit 1
fi
