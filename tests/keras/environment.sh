#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes build/keras-env (Keras 3, TensorFlow's Keras 2, ONNX) and, where a Python 3.6 is at hand,
# build/keras2-env (Keras 2.1.6; by versions alone, not by digests). Does nothing where they already
# hold their requirements. PYTHON and PYTHON36 name the interpreters.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$here/../../build

make_environment() { # interpreter, folder, requirements, further options of pip
  cmp -s "$3" "$2/requirements.txt" && return
  "$1" -m venv "$2"
  # Python 3.6 brings a pip that knows no wheels of today.
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 7))' ||
    "$2/bin/pip" install --quiet --require-hashes --requirement "$here/requirements-pip.txt"
  "$2/bin/pip" install --quiet "${@:4}" --requirement "$3"
  # tf-keras asks for the TensorFlow with GPUs; the one for CPUs is there.
  ! grep -q '^tensorflow-cpu' "$3" ||
    "$2/bin/pip" install --quiet --no-deps --require-hashes \
      --requirement "$here/requirements-tf-keras.txt"
  cp "$3" "$2/requirements.txt"
}

mkdir -p "$build"
make_environment "${PYTHON:-python3}" "$build/keras-env" "$here/requirements.txt" \
  --require-hashes
python36=${PYTHON36:-python3.6}
if "$python36" -c '' 2>/dev/null; then
  make_environment "$python36" "$build/keras2-env" "$here/requirements-keras2.txt"
else
  echo "environment.sh: no Python 3.6, so no build/keras2-env: Keras 2.1.6's golden files cannot be remade" >&2
fi
