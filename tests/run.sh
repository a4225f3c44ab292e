#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Sets up, builds and runs all tests through CTest.
#   tests/run.sh [--preset dev|release|asan] [--with-keras] [--with-cloud] [--with-cuda-libraries]
#                [--with-search] [--with-tables] [--with-browser] [-- CTEST_ARGUMENTS]
# --with-keras also installs real Keras, ONNX and safetensors under build/, and checks the golden
# files against Keras and the model files against all of them. --with-cloud also installs an S3
# server, the AWS CLI and linters there, and checks storage and job files against them, a real Slurm
# and a container image where their tools are installed. --with-cuda-libraries also installs NVIDIA's
# cuBLASLt and cuDNN there (1.1 GB) and holds the GPU backend's descriptors to them: no GPU is needed.
# --with-search installs W&B's package sweeps, Optuna, TensorBoard, tbparse and pandas there, compares
# search spaces, TPE and early termination with them, and has them read what report writes.
# --with-tables installs pandas, scikit-learn, Keras and onnxruntime there and compares what pandas and
# Python's csv make of files of hostile structure with what tables are here, and what the others make of
# tables and of the models that were trained on them.
# --with-browser also installs Debian's Chromium (300 MB) and axe-core, so that the page of a report is
# tested, not skipped, and judged.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

preset=release
with_keras=false
with_cloud=false
with_cuda_libraries=false
with_search=false
with_tables=false
with_browser=
while [ $# -gt 0 ]; do
  case $1 in
    --preset) preset=${2:?--preset takes dev, release or asan}; shift 2 ;;
    --with-keras) with_keras=true; shift ;;
    --with-cloud) with_cloud=true; shift ;;
    --with-cuda-libraries) with_cuda_libraries=true; shift ;;
    --with-search) with_search=true; shift ;;
    --with-tables) with_tables=true; shift ;;
    --with-browser) with_browser=--with-browser; shift ;;
    --) shift; break ;;
    *) echo "tests/run.sh: unknown argument '$1'" >&2; exit 64 ;;
  esac
done

cmake/bootstrap.sh ${with_browser:+"$with_browser"}
cmake --preset "$preset"
[ -e "build/$preset/tests/test_crash" ] ||
  echo "Building the program and all tests: some 20 processor minutes the first time, $(nproc) at once"
cmake --build "build/$preset"
if $with_keras; then
  tests/keras/environment.sh
  build/keras-env/bin/python tests/keras/make_golden.py --check
  build/keras-env/bin/python tests/keras/model_files.py --program "build/$preset/sweepnet" \
    --data examples/data/mnist --report "build/model-files.md"
fi
if $with_cloud; then
  tests/cloud/environment.sh
  SWEEPNET_BUILD=$PWD/build/$preset build/cloud-env/bin/python -m pytest -q -p no:cacheprovider \
    tests/cloud
  tests/cloud/slurm.sh "build/$preset/sweepnet"
  tests/cloud/image.sh "build/$preset/sweepnet"
else
  echo "skipped: tests/cloud (S3, AWS Batch, Slurm, Kubernetes); --with-cloud runs them"
fi
if $with_cuda_libraries; then
  tests/emulated/libraries.sh "build/$preset/tests/emulated/test_cuda_libraries"
fi
if $with_search; then
  tests/search/environment.sh
  build/search-env/bin/python tests/search/judge.py "build/$preset/tests/search_probe"
  build/search-env/bin/python tests/search/stopping_judge.py "build/$preset/tests/stopping_probe"
  build/search-env/bin/python tests/search/tpe_judge.py "build/$preset/tests/search_probe"
  build/search-env/bin/python tests/search/report_judge.py "build/$preset/sweepnet"
fi
if $with_tables; then
  tests/tables/environment.sh
  build/tables-env/bin/python tests/tables/judge.py "build/$preset/tests/table_probe"
  tests/tables/models_environment.sh
  build/tables-models-env/bin/python tests/tables/models_judge.py "build/$preset/sweepnet"
  build/tables-models-env/bin/python tests/tables/describe_judge.py "build/$preset/sweepnet"
fi
if [ -n "$with_browser" ]; then
  tests/page/environment.sh
  build/page-env/bin/python tests/page/axe_judge.py "build/$preset/tests/write_page"
fi
ctest --preset "$preset" -j "$(nproc)" "$@"
