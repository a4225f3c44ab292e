#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes build/tables-models-env: scikit-learn, Keras and onnxruntime, which judge the models of tables,
# and packages with tables. Does nothing where it already holds the requirements. PYTHON names the
# interpreter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=$here/../../build/tables-models-env

requirements=("$here/models_requirements.txt" "$here/models_requirements_data.txt")
cat "${requirements[@]}" | cmp -s - "$target/requirements.txt" && exit
mkdir -p "$here/../../build"
"${PYTHON:-python3}" -m venv "$target"
"$target/bin/pip" install --quiet --require-hashes --requirement "${requirements[0]}"
"$target/bin/pip" install --quiet --require-hashes --no-deps --requirement "${requirements[1]}"
cat "${requirements[@]}" > "$target/requirements.txt"
