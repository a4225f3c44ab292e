#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Everything that only a GPU can show, in three stages, each under 9 minutes, with a log and an exit
# code of its own:
#   tests/gpu/run.sh build    builds, runs the typed tests on the GPU, times a step and each kernel
#   tests/gpu/run.sh checks   compute-sanitizer; equal bytes from two runs and from a killed one
#   tests/gpu/run.sh peers    times the job beside PyTorch and JAX, one model and many at once; ends
#                             with a table for tests/bench/results/gpu.md, also in build/gpu-table.md
# Without a word it runs one after the other and stops at the first that fails. The second needs what
# the first has built, and the third's table takes the first's times. Logs: build/gpu-STAGE.log. Exit
# codes: 0; 1 something failed; 66 nothing is built; 69 no usable GPU.
# Needs nvcc 13, CMake, ninja, a C++ compiler; cuBLAS and cuDNN in the toolkit or in Python's
# site-packages/nvidia; torch and jax in `python3` for the peers; and the Debian packages of
# cmake/bootstrap.sh, installed or brought along by tests/gpu/carry.sh. Each stage ends with
# "STAGE: all passed".
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
mkdir -p build

case ${1:-} in
  build | checks | peers) stage=$1 ;;
  "")
    for stage in build checks peers; do bash tests/gpu/run.sh "$stage"; done
    exit ;;
  *) echo "tests/gpu/run.sh: expected build, checks or peers, got '$1'" >&2; exit 64 ;;
esac
exec > >(tee "build/gpu-$stage.log") 2>&1

echo "GPU: $(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader | head -1)"
nvcc --version | tail -2
capability=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -1 | tr -d .)

# cuBLAS and cuDNN, where pip put them.
site=$(python3 -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/nvidia
where() { find "$site" -name "$1" -printf '%h\n' 2>/dev/null | head -1 || true; }
options=(-DCMAKE_BUILD_TYPE=Release -DSWEEPNET_WITH_CUDA=ON -DSWEEPNET_WITH_HDF5=OFF
  -DSWEEPNET_WITH_LIBZIP=OFF -DSWEEPNET_WITH_S3=OFF
  "-DCMAKE_CUDA_ARCHITECTURES=${capability/#90/90a}-real"
  "-DCMAKE_PREFIX_PATH=$root/build/gpu-needs/usr")
cublas=$(where cublasLt.h)
cudnn=$(where cudnn.h)
[ -z "$cublas" ] || options+=("-DSWEEPNET_CUBLAS_INCLUDE_DIR=$cublas")
[ -z "$cudnn" ] || options+=("-DSWEEPNET_CUDNN_INCLUDE_DIR=$cudnn")
# Appended: a toolkit of the system's own goes first.
for library in libcublasLt.so.13 libcudnn.so.9; do
  directory=$(where "$library")
  [ -z "$directory" ] || LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$directory
done
export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}

# Runs a Catch2 program for at most two minutes, shows what it says, keeps that in LOG, and fails
# unless it passed with at least LEAST assertions: a test that is skipped, or that no filter finds,
# passes with none.
#   asserting LOG LEAST COMMAND...
asserting() {
  local log=$1 least=$2 passed
  shift 2
  if ! timeout 120 "$@" 2>&1 | tee "$log"; then
    echo "tests/gpu/run.sh: failed: $*" >&2
    return 1
  fi
  passed=$(sed -n 's/^All tests passed (\([0-9]*\) assertion.*/\1/p' "$log" | tail -1)
  [ "${passed:-0}" -ge "$least" ] && return
  echo "tests/gpu/run.sh: expected at least $least assertions, found ${passed:-0}: $*" >&2
  return 1
}

tests=build/gpu/tests/test_gpu
build() {
  echo "== build"
  # Another compiler's new warnings should not stop this.
  cmake -S . -B build/gpu -G Ninja -DCMAKE_COMPILE_WARNING_AS_ERROR=OFF "${options[@]}" \
    >build/gpu-configure.log || { cat build/gpu-configure.log; exit 1; }
  cmake --build build/gpu --target sweepnet_program test_gpu bench_gpu

  echo "== tests on the GPU"
  why=$("$tests" "asking for the GPU of this machine" || true)
  if reason=$(grep '^skipped: ' <<<"$why"); then
    echo "tests/gpu/run.sh: there is no usable GPU: $reason" >&2
    exit 69
  fi
  # Each test must assert something; the number is for those that do so in loops: on the emulated device
  # they have 1,286 in all, a few of which need a second GPU.
  asserting build/gpu-tests.log 1200 "$tests" -w NoAssertions

  echo "== times"
  build/gpu/tests/bench_gpu examples/data/mnist
}

checks() {
  if [ ! -x "$tests" ]; then
    echo "tests/gpu/run.sh: expected $tests: run tests/gpu/run.sh build first" >&2
    exit 66
  fi
  echo "== compute-sanitizer"
  # 2 assertions on each of 2 paths, one for each of 8 members and 2 of one that leaves; a comma in a
  # name is escaped.
  for tool in memcheck racecheck initcheck synccheck; do
    sanitized() {
      asserting "build/gpu-$tool-$1.log" "$2" compute-sanitizer --tool "$tool" --error-exitcode 1 \
        "$tests" "$3"
    }
    sanitized alone 4 'two runs on the GPU give the same bytes\, however often they are observed'
    sanitized group 10 'members evaluate together what each evaluates alone'
  done

  echo "== two runs, and a killed one"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  for index in 0 1; do
    job=(build/gpu/sweepnet train examples/hyperparam_list.yml --index "$index" --device cuda
      --keep-state --set "model_path=model_{index}.safetensors" --set epochs=400 --verbose 0)
    "${job[@]}" --output "$work/a$index"
    "${job[@]}" --output "$work/b$index"
    # Killed as soon as it has saved its state; the same command then goes on.
    state=$work/k$index/state_$index.safetensors
    result=$work/k$index/result_$index.json
    "${job[@]}" --output "$work/k$index" --save-every 0.05 &
    child=$!
    until [ -e "$state" ] || ! kill -0 "$child" 2>/dev/null; do sleep 0.01; done
    kill -KILL "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
    if [ ! -e "$state" ] || [ -e "$result" ]; then
      echo "tests/gpu/run.sh: expected a run killed after its first state and before its result" >&2
      ls -l "$work/k$index" >&2 || true
      exit 1
    fi
    "${job[@]}" --output "$work/k$index"
    for file in "model_$index.safetensors" "state_$index.safetensors"; do
      cmp "$work/a$index/$file" "$work/b$index/$file"
      cmp "$work/a$index/$file" "$work/k$index/$file"
    done
    echo "index $index: equal bytes"
  done
}

peers() {
  python3 tests/gpu/peers.py examples/data/mnist | tee build/gpu-peers-times.log
  tests/gpu/table.sh build/gpu-build.log build/gpu-peers-times.log | tee build/gpu-table.md
}

"$stage"
echo "$stage: all passed"
