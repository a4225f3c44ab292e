#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes build/tables-env: pandas, which judges tables. Does nothing where it already holds the
# requirements. PYTHON names the interpreter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=$here/../../build/tables-env

cmp -s "$here/requirements.txt" "$target/requirements.txt" && exit
mkdir -p "$here/../../build"
"${PYTHON:-python3}" -m venv "$target"
"$target/bin/pip" install --quiet --require-hashes --requirement "$here/requirements.txt"
cp "$here/requirements.txt" "$target/requirements.txt"
