#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes build/cloud-env: moto's server, boto3, the AWS CLI and linters. Does nothing where it already
# holds the requirements. PYTHON names the interpreter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/environment.sh
source "$here/../environment.sh"

make_environment cloud-env "$here/requirements.txt"
