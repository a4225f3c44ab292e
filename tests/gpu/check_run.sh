#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Holds run.sh to its word without a GPU: with stand-ins for nvidia-smi, nvcc, Python, CMake, the
# tests, the sanitizer and the program each stage must end in "all passed" when all is well, and fail,
# saying why, when something did not run. It shows the script, not the GPU code.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir -p "$place"/{bin,tests/gpu,made/tests}
cp "$here"/{run,table}.sh "$place/tests/gpu/"

stand_in() { cat >"$place/$1"; chmod +x "$place/$1"; }
stand_in bin/nvidia-smi <<'E2'
#!/bin/sh
case $1 in *compute_cap*) echo 9.0 ;; *) echo "Stand-in, 0" ;; esac
E2
stand_in bin/nvcc <<'E2'
#!/bin/sh
printf 'Cuda compilation tools, release 13.0, V13.0.88\nstand-in\n'
E2
stand_in bin/python3 <<'E2'
#!/bin/sh
case "$1" in
  -c) echo /nowhere ;;
  tests/gpu/peers.py)
    if [ "$CASE" = "no peers" ]; then echo "time_jax(1, fp32): failed: no JAX"; exit 1; fi
    behind="val_accuracy 0.9300 (78 steps an epoch)"
    echo "PyTorch 2.9.1 eager fp32: 412.0 us a step, 20 epochs 0.700 s, compile 3.1 s, $behind"
    echo "JAX 0.10.2 scan+jit fp32: 160.0 us a step, 20 epochs 0.300 s, compile 2.5 s, $behind"
    echo "JAX 0.10.2 vmap, 100 models, fp32: 32.5 us a step, 20 epochs 5.100 s, compile 4.0 s, $behind" ;;
esac
E2
stand_in bin/cmake <<'E2'
#!/bin/sh
case $1 in --build) mkdir -p build/gpu && cp -r made/. build/gpu ;; esac
E2
stand_in bin/compute-sanitizer <<'E2'
#!/bin/sh
while [ "${1#-}" != "$1" ]; do shift; case $1 in *check | 1) shift ;; esac; done
exec "$@"
E2
# Catch2 2 takes a comma that is not escaped for "or", finds no such test, and succeeds.
stand_in made/tests/test_gpu <<'E2'
#!/bin/sh
if [ "${1:-}" = -w ]; then
  if [ "$CASE $2" = "a test without assertions NoAssertions" ]; then
    echo "No assertions in test case 'a test'"; exit 1
  fi
  shift 2
fi
case "$CASE: ${1:-all}" in
  "no GPU: "*) echo "skipped: a test: no CUDA driver"; echo "All tests passed (1 assertion in 1 test case)" ;;
  "few tests: all") echo "No tests ran" ;;
  "failing: all") echo "a test: FAILED: CHECK( 1 == 2 )"; exit 1 ;;
  "unsanitized: two runs"*) echo "No tests ran" ;;
  "unsanitized group: members evaluate"*) echo "All tests passed (2 assertions in 1 test case)" ;;
  *": all") echo "All tests passed (1286 assertions in 30 test cases)" ;;
  *": two runs on the GPU give the same bytes\\, however often they are observed")
    echo "All tests passed (4 assertions in 1 test case)" ;;
  *": members evaluate together what each evaluates alone")
    echo "All tests passed (10 assertions in 1 test case)" ;;
  *": asking for the GPU of this machine") echo "All tests passed (1 assertion in 1 test case)" ;;
  *) echo "No tests ran" ;;
esac
E2
stand_in made/sweepnet <<'E2'
#!/bin/bash
while [ $# -gt 0 ]; do
  case $1 in --index) index=$2 ;; --output) output=$2 ;; esac
  shift
done
mkdir -p "$output"
begun=$([ -e "$output/state_$index.safetensors" ] && echo true || echo false)
if [ "$CASE" != "no state" ] || [ "${output##*/}" != "k$index" ]; then
  echo state >"$output/state_$index.safetensors"
fi
if [ "${output##*/}" = "k$index" ] && ! $begun && [ "$CASE" != "too fast" ] && [ "$CASE" != "no state" ]; then
  exec sleep 60  # killed here
fi
if [ "$CASE" = "other bytes" ]; then echo "$output"; else echo model; fi >"$output/model_$index.safetensors"
[ "$CASE" = "no state" ] || echo result >"$output/result_$index.json"
E2
stand_in made/tests/bench_gpu <<'E2'
#!/bin/sh
echo "sweepnet fused fp32: 40.0 us a step, 3 launches a step, 20 epochs 0.081 s, first step 0.412 s, \
5.04 TFLOP/s, 8% of the fp32 floor of 3.1 us, val_accuracy 0.9312; cuda (a stand-in)"
echo "sweepnet 100 models together: 13.0 us a step, 20 epochs 2.050 s, val_accuracy 0.9300"
echo "mixed sweep of 100 models, 20 epochs each: 2.100 s together, 15.0 us of it a step; 8.000 s one after the other"
echo "kernel fused: first layer: 21.34 us"
E2

failures=0
# expect CASE EXIT_CODE TEXT
expect() {
  local code=0 said
  rm -rf "$place/build"
  said=$(cd "$place" && CASE=$1 PATH=$place/bin:$PATH bash tests/gpu/run.sh ${stages:+"$stages"} 2>&1) || code=$?
  if [ "$code" -eq "$2" ] && grep -qF -- "$3" <<<"$said"; then
    echo "as expected: $1: exit $code, \"$3\""
  else
    printf '%s: expected exit %s and "%s", found exit %s and:\n%s\n' "$1" "$2" "$3" "$code" "$said"
    failures=$((failures + 1))
  fi
}
stages=
expect "all well" 0 "build: all passed"
expect "all well" 0 "checks: all passed"
expect "all well" 0 "peers: all passed"
expect "all well" 0 "## Stand-in, 0, CUDA 13.0"
expect "all well" 0 "| sweepnet fused fp32 | 40.0 | 0.081 | 0.4 | 0.9312 | 4.0 |"
expect "all well" 0 "| sweepnet 100 models together | 13.0 | 2.050 |  | 0.9300 | 2.5 |"
expect "all well" 0 "Mixed sweep of 100 models, 20 epochs each: 2.100 s together, "
expect "all well" 0 "| JAX 0.10.2 vmap, 100 models, fp32 | 32.5 | 5.100 | 4.0 | 0.9300 |  |"
expect "all well" 0 "| fused: first layer | 21.34 |"
expect "no peers" 1 "time_jax(1, fp32): failed: no JAX"
expect "no GPU" 69 "there is no usable GPU: skipped: a test: no CUDA driver"
expect "few tests" 1 "expected at least 1200 assertions, found 0"
expect "failing" 1 "a test: FAILED: CHECK( 1 == 2 )"
expect "a test without assertions" 1 "No assertions in test case 'a test'"
expect "unsanitized" 1 "expected at least 4 assertions, found 0"
expect "unsanitized group" 1 "expected at least 10 assertions, found 2"
expect "no state" 1 "expected a run killed after its first state and before its result"
expect "too fast" 1 "expected a run killed after its first state and before its result"
expect "other bytes" 1 "differ"
stages=checks
expect "all well" 66 "expected build/gpu/tests/test_gpu: run tests/gpu/run.sh build first"
stages=peers
expect "all well" 0 "table.sh: there is no build/gpu-build.log"
stages=check
expect "all well" 64 "expected build, checks or peers, got 'check'"
exit "$failures"
