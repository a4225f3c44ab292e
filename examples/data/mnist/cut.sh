#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Cuts this directory's files from the full MNIST: the first 10,000 training rows, all test rows.
# Usage: cut.sh DIRECTORY_WITH_THE_FOUR_ORIGINAL_GZ_FILES
# Equal input and zlib give equal files; SHA256SUMS says which are here.
set -euo pipefail
from=${1:?usage: cut.sh DIRECTORY}
to=$(cd "$(dirname "$0")" && pwd)
rows=10000

# cut FILE HEADER_BYTES ROW_BYTES: rewrites the count in the IDX header and keeps the first rows.
cut_rows() {
  { gzip -dc "$from/$1" | head -c 4
    printf "\\x$(printf '%08x' "$rows" | sed 's/../&\\x/g; s/\\x$//')"
    gzip -dc "$from/$1" | tail -c +9 | head -c $(($2 - 8 + rows * $3)); } |
    gzip -n -9 >"$to/$1"
}

set +o pipefail  # head closes the pipe early
cut_rows train-images-idx3-ubyte.gz 16 784
cut_rows train-labels-idx1-ubyte.gz 8 1
cut_rows t10k-images-idx3-ubyte.gz 16 784
cut_rows t10k-labels-idx1-ubyte.gz 8 1
cd "$to" && sha256sum ./*.gz >SHA256SUMS
