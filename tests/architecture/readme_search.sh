#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# The README's search, from W&B's file to the best model: its commands word for word, and what they
# print as it stands there.
#   readme_search.sh SOURCE_DIR PROGRAM_DIR
set -euo pipefail
# shellcheck source=/dev/null
source "$1/tests/architecture/readme_block.sh"

commands=$(block 'sweepnet plan examples/wandb_sweep.yml')
shown=$(block 'note: program says')
[ "$(wc -l <<<"$commands")" = 3 ] && [ "$(wc -l <<<"$shown")" -ge 3 ] || {
  echo "README.md lacks the commands of its search, or what they print"
  exit 1
}

run_and_compare "$commands" "$shown"
