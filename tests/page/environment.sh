#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes build/page-env: axe-core, Deque's checker of accessibility, out of a Python package that carries
# it. Does nothing where it already holds the requirements. PYTHON names the interpreter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=$here/../../build/page-env

cmp -s "$here/requirements.txt" "$target/requirements.txt" && exit
mkdir -p "$here/../../build"
"${PYTHON:-python3}" -m venv "$target"
# Of the package only the script is wanted, not the browsers that it could drive.
"$target/bin/pip" install --quiet --require-hashes --no-deps --requirement "$here/requirements.txt"
cp "$here/requirements.txt" "$target/requirements.txt"
