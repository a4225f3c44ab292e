#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Two units that are configured differently do not link; two that are configured alike do.
#   units_differ.sh COMPILER INCLUDE_DIR
set -euo pipefail
compiler=$1
include_dir=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# unit NAME OPTION...: an object of the header that reads and writes models.
unit() {
  echo '#include "sweepnet/model/model_file.hpp"' >"$1.cpp"
  "$compiler" -std=c++20 "-I$include_dir" -DSWEEPNET_COMPILED "${@:2}" -c "$1.cpp" -o "$1.o"
}
unit with -DSWEEPNET_HAS_HDF5
unit with_too -DSWEEPNET_HAS_HDF5
unit without

ld -r with.o with_too.o -o alike.o
if ld -r with.o without.o -o mixed.o 2>complaint; then
  echo "units with and without HDF5 were linked"
  exit 1
fi
grep -o 'multiple definition of .sweepnet_units_differ_in_HDF5' complaint
