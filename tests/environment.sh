# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the environment.sh of a folder.

# make_environment NAME REQUIREMENTS [OPTIONS]: makes build/NAME, a Python environment of the
# requirements, from PyPI; OPTIONS are pip's. Does nothing where it already holds them. PYTHON names
# the interpreter.
make_environment() {
  local build target
  build=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/build
  target=$build/$1
  cmp -s "$2" "$target/requirements.txt" && return
  mkdir -p "$build"
  "${PYTHON:-python3}" -m venv "$target"
  "$target/bin/pip" install --quiet --require-hashes "${@:3}" --requirement "$2"
  cp "$2" "$target/requirements.txt"
}
