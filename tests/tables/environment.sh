#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes build/tables-env: pandas, which judges tables. Does nothing where it already holds the
# requirements. PYTHON names the interpreter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/environment.sh
source "$here/../environment.sh"

make_environment tables-env "$here/requirements.txt"
