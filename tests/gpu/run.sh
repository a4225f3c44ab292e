#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Everything that only a GPU can show: the typed tests on it, compute-sanitizer, equal bytes from
# two runs and from a killed one, then times beside PyTorch and JAX. One command, under 9 minutes.
#   tests/gpu/run.sh [--without-peers]
# Needs nvcc 13, CMake, ninja, a C++ compiler; cuBLAS and cuDNN in the toolkit or in Python's
# site-packages/nvidia; torch and jax in `python3` for the peers; and the Debian packages of
# cmake/bootstrap.sh, installed or brought along by tests/gpu/carry.sh. Ends with "all passed".
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
peers=true
[ "${1:-}" != --without-peers ] || peers=false

nvidia-smi --query-gpu=name,driver_version --format=csv,noheader
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

echo "== build"
cmake -S . -B build/gpu -G Ninja "${options[@]}" >build/gpu-configure.log ||
  { cat build/gpu-configure.log; exit 1; }
cmake --build build/gpu --target sweepnet_program test_gpu bench_gpu

echo "== tests on the GPU"
tests=build/gpu/tests/test_gpu
out=$("$tests")
echo "$out"
if grep -q '^skipped: ' <<<"$out"; then
  echo "tests/gpu/run.sh: there is no usable GPU" >&2
  exit 69
fi

echo "== compute-sanitizer"
for tool in memcheck racecheck; do
  compute-sanitizer --tool "$tool" --error-exitcode 1 "$tests" \
    "two runs on the GPU give the same bytes, however often they are observed"
done

echo "== two runs, and a killed one"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for index in 0 1; do
  job=(build/gpu/sweepnet train examples/hyperparam_list.yml --index "$index" --device cuda
    --keep-state --set model_path=model.safetensors --set epochs=400 --verbose 0)
  "${job[@]}" --output "$work/a$index"
  "${job[@]}" --output "$work/b$index"
  # Killed as soon as it has saved its state; the same command then goes on.
  "${job[@]}" --output "$work/k$index" --save-every 0.05 &
  child=$!
  for _ in $(seq 400); do
    [ -e "$work/k$index/state_$index.safetensors" ] && break
    sleep 0.01
  done
  kill -KILL "$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
  "${job[@]}" --output "$work/k$index"
  for file in model.safetensors "state_$index.safetensors"; do
    cmp "$work/a$index/$file" "$work/b$index/$file"
    cmp "$work/a$index/$file" "$work/k$index/$file"
  done
  echo "index $index: equal bytes"
done

echo "== times"
build/gpu/tests/bench_gpu examples/data/mnist
if $peers; then
  python3 tests/gpu/peers.py examples/data/mnist
fi
echo "all passed"
