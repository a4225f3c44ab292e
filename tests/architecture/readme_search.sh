#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# The README's search, from W&B's file to the best model: its commands word for word, and what they
# print as it stands there.
#   readme_search.sh SOURCE_DIR PROGRAM_DIR
set -euo pipefail
source_dir=$1
export PATH=$2:$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
ln -s "$source_dir/examples" examples

# block BEGIN: the README's lines from the one that begins so to the end of its block.
block() {
  awk -v begin="$1" 'index($0, begin) == 1 { there = 1 } /^```/ { there = 0 } there' \
    "$source_dir/README.md"
}
commands=$(block 'sweepnet plan examples/wandb_sweep.yml')
shown=$(block 'note: program says')
[ "$(wc -l <<<"$commands")" = 3 ] && [ "$(wc -l <<<"$shown")" -ge 3 ] || {
  echo "README.md lacks the commands of its search, or what they print"
  exit 1
}

bash -euo pipefail -c "$commands" | tee printed
while IFS= read -r line; do
  grep -Fxq -- "$line" printed || {
    echo "README.md shows what is not printed: $line"
    exit 1
  }
done <<<"$shown"
