#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Fuzzes the readers with clang's libFuzzer, from the committed corpus on.
#   tests/fuzz/run.sh [SECONDS each, 600] [READER...]
# Ends with a line for each reader: executions, seconds, corpus, and what was found. New inputs go to
# build/fuzz/found/READER, inputs that crash, leak, hang or take too much memory to
# build/fuzz/findings/READER. Exits with 1 if there are any of these.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"

seconds=${1:-600}
shift || true
command -v clang++ >/dev/null || {
  echo "tests/fuzz/run.sh: needs clang++ with libFuzzer: apt-get install clang libclang-rt-14-dev" >&2
  exit 78
}
cmake --preset release -B build/fuzz -DSWEEPNET_BUILD_FUZZERS=ON \
  -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ >build/fuzz.log

readers=("$@")
if [ ${#readers[@]} -gt 0 ]; then
  cmake --build build/fuzz --target "${readers[@]/#/fuzz_}"
else
  cmake --build build/fuzz --target fuzzers
  for program in build/fuzz/tests/fuzz/fuzz_*; do readers+=("${program##*/fuzz_}"); done
fi

summary=()
status=0
for reader in "${readers[@]}"; do
  found=build/fuzz/found/$reader
  findings=build/fuzz/findings/$reader
  mkdir -p "$found" "$findings"
  case $reader in
    hdf5 | keras) longest=24576 ;;  # the smallest files that Keras writes have 20 KB
    sweep | result | state | xml) longest=65536 ;;  # what repeats or nests itself needs some room
    *) longest=4096 ;;
  esac
  echo "== $reader: $seconds s"
  log=build/fuzz/$reader.log
  failed=0
  nice -n 10 "build/fuzz/tests/fuzz/fuzz_$reader" -max_total_time="$seconds" -timeout=5 \
    -rss_limit_mb=512 -malloc_limit_mb=256 -max_len=$longest -print_final_stats=1 \
    -artifact_prefix="$findings/" "$found" "tests/fuzz/corpus/$reader" >"$log" 2>&1 || failed=1
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
  verdict=clean
  if [ $failed -ne 0 ]; then
    verdict="FAILED: $(grep -m 1 -E 'ERROR|SUMMARY|runtime error' "$log" || echo "see $log")"
    status=1
  fi
  summary+=("$reader: ${executions:-?} executions, ${seconds} s, ${coverage:-?} edges: $verdict")
done
printf '%s\n' "${summary[@]}"
exit $status
