#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes build/keras-env (Keras 3, TensorFlow's Keras 2, ONNX) and, where a Python 3.6 is at hand, build/keras2-env (Keras
# 2.1.6). Does nothing where they already hold their requirements. PYTHON and PYTHON36 name
# the interpreters.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$here/../../build

make_environment() { # interpreter, folder, requirements
  cmp -s "$3" "$2/requirements.txt" && return
  "$1" -m venv "$2"
  "$2/bin/pip" install --quiet --upgrade 'pip>=21'
  "$2/bin/pip" install --quiet --requirement "$3"
  # tf-keras asks for the TensorFlow with GPUs; the one for CPUs is there.
  ! grep -q '^tensorflow-cpu' "$3" || "$2/bin/pip" install --quiet --no-deps tf-keras==2.21.0
  cp "$3" "$2/requirements.txt"
}

mkdir -p "$build"
make_environment "${PYTHON:-python3}" "$build/keras-env" "$here/requirements.txt"
python36=${PYTHON36:-python3.6}
if "$python36" -c '' 2>/dev/null; then
  make_environment "$python36" "$build/keras2-env" "$here/requirements-keras2.txt"
else
  echo "environment.sh: no Python 3.6, so no build/keras2-env: Keras 2.1.6's golden files cannot be remade" >&2
fi
