# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# What tests of the README share. Sourced with SOURCE_DIR PROGRAM_DIR, it goes to a scratch directory
# that has the examples.

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

# run_and_compare COMMANDS LINES: runs the commands, and fails unless each of the lines is printed.
run_and_compare() {
  bash -euo pipefail -c "$1" | tee printed
  while IFS= read -r line; do
    grep -Fxq -- "$line" printed || {
      echo "README.md shows what is not printed: $line"
      exit 1
    }
  done <<<"$2"
}
