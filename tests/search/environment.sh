#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes build/search-env: W&B's package sweeps and Optuna, which judge search spaces, TPE and early
# termination, and TensorBoard, tbparse and pandas, which with Optuna read what report writes. Does
# nothing where it already holds the requirements. PYTHON names the interpreter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/environment.sh
source "$here/../environment.sh"

make_environment search-env "$here/requirements.txt"
