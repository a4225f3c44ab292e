#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# The README's table, from a CSV file to predictions: its commands word for word, and what they print
# as it stands there.
#   readme_tables.sh SOURCE_DIR PROGRAM_DIR
set -euo pipefail
# shellcheck source=/dev/null
source "$1/tests/architecture/readme_block.sh"

commands=$(block 'sweepnet describe examples/tables/patients.csv')
shown=$(block 'note: examples/tables/patients.csv')
sweep=$(block 'data:')
[ "$(wc -l <<<"$commands")" = 4 ] && [ "$(wc -l <<<"$shown")" -ge 2 ] && [ "$(wc -l <<<"$sweep")" -ge 8 ] || {
  echo "README.md lacks the commands of its table, its sweep, or what they print"
  exit 1
}
while IFS= read -r line; do
  grep -Fxq -- "$line" examples/tables/sweep.yml || {
    echo "README.md shows what is not in examples/tables/sweep.yml: $line"
    exit 1
  }
done <<<"$sweep"

run_and_compare "$commands" "$shown"
[ "$(grep -c '^\(readmitted\|well\),' printed)" = 5 ]
