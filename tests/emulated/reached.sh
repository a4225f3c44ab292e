#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Lists every function of CUDA, cuBLASLt and cuDNN that the GPU backend calls, each with a test that
# reaches it; fails if there is none, or if the stand-in headers declare what the backend does not use.
#   tests/emulated/reached.sh TEST_EMULATED
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/../.."

named() { grep -ohE '\b(cuda|cublasLt|cudnn)[A-Z][A-Za-z0-9_]*' | sort -u; }
# cudaMemcpy is there for those who should not call it.
declared=$(sed 's,//.*,,' tests/emulated/include/*.h | grep -oE '\b\w+\(' | tr -d '(' | named |
  grep -vx cudaMemcpy)
used=$(find include/sweepnet/backend/cuda -name '*.cuh' -exec sed 's,//.*,,' {} + | named)
called=$(comm -12 <(echo "$declared") <(echo "$used"))
unused=$(comm -23 <(echo "$declared") <(echo "$used"))

# A comma in a test's name is escaped: it would mean "or".
tests=(
  'what computes is told\, and is the same for the same network'
  'penalties\, clipping\, schedules and losses on the GPU'
  'a fused step may take more shared memory than a block has without asking'
  'a softmax between the layers is trained on the GPU'
  "events time a stream's work"
  'a network too large for the GPU says how much was asked for and is free'
  'each call may fail\, and nothing leaks'
)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
declare -A reached_by
for test in "${tests[@]}"; do
  : >"$log"
  SWEEPNET_EMULATED_REACHED=$log "$program" "$test" >/dev/null
  while read -r function; do
    [ -n "${reached_by[$function]:-}" ] || reached_by[$function]=${test//\\/}
  done <"$log"
done

failed=false
printf '| function | reached by |\n| --- | --- |\n'
# shellcheck disable=SC2016  # backquotes are Markdown's
for function in $called; do
  if [ -n "${reached_by[$function]:-}" ]; then
    printf '| `%s` | %s |\n' "$function" "${reached_by[$function]}"
  else
    printf '| `%s` | NO TEST |\n' "$function"
    failed=true
  fi
done
printf '\n%s functions, each reached.\n' "$(wc -l <<<"$called")"
if [ -n "$unused" ]; then
  echo "declared by the stand-in headers, and not called: ${unused//$'\n'/ }" >&2
  failed=true
fi
if $failed; then
  echo "tests/emulated/reached.sh: expected a test for each function, found none for some" >&2
  exit 1
fi
