#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes build/page-env: axe-core, Deque's checker of accessibility, out of a Python package that carries
# it. Does nothing where it already holds the requirements. PYTHON names the interpreter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/environment.sh
source "$here/../environment.sh"

# Of the package only the script is wanted, not the browsers that it could drive.
make_environment page-env "$here/requirements.txt" --no-deps
