#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Puts deliberate faults into the GPU backend, one at a time, and tells which test finds each.

    tests/emulated/mutations.py [--only TEXT] [--build build/release]

The build directory must have test_emulated, from this tree. Each fault is in a copy of one header, with
which the backend alone is compiled anew (examples/gpu.cu), to be linked with the tests as they are.
Prints a table for tests/bench/results/gpu-emulated.md; exits 1 if a fault is not found.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BACKEND = "include/sweepnet/backend/cuda/"
LIMIT = 600  # seconds

# (file, what is wrong, [(as it is, as it should not be)])
MUTATIONS = [
    ("launch.cuh", "half the threads", [("dim3(Kernel::threads)", "dim3(Kernel::threads / 2)")]),
    ("launch.cuh", "no shared memory", [("arguments, shape.shared_bytes, on", "arguments, 0, on")]),
    ("launch.cuh", "one block too few", [
        ("static_cast<unsigned>(shape.blocks)", "static_cast<unsigned>(shape.blocks - (shape.blocks > 1))")]),
    ("launch.cuh", "more shared memory is not asked for", [
        ("shape.shared_bytes > default_shared_bytes", "shape.shared_bytes > 4 * default_shared_bytes")]),
    ("resources.cuh", "a copy by cudaMemcpy, which other streams do not wait for", [
        ("SWEEPNET_CUDA(cudaMemcpyAsync(get(), values.data(), bytes(), cudaMemcpyHostToDevice, on.get()));\n    on.synchronize();",
         "SWEEPNET_CUDA(cudaMemcpy(get(), values.data(), bytes(), cudaMemcpyHostToDevice)); (void)on;")]),
    ("resources.cuh", "a copy without its last value", [
        ("from.size_bytes(), cudaMemcpyHostToDevice", "from.size_bytes() - sizeof(T), cudaMemcpyHostToDevice")]),
    ("resources.cuh", "memory for one value too few", [
        ("cudaMalloc(&handle, bytes())", "cudaMalloc(&handle, bytes() - sizeof(T))")]),
    ("resources.cuh", "memory that is not freed", [
        ("  detail::owner<T*, cudaFree> handle_;", "  detail::owner<T*, cudaEventDestroyNot> handle_;"),
        ("/// `size` values in device memory", "inline cudaError_t cudaEventDestroyNot(void*) { return cudaSuccess; }\n/// `size` values in device memory")]),
    ("resources.cuh", "a failed capture's error stays", [
        ("(void)cudaGetLastError();  // else", "// else")]),
    ("resources.cuh", "a failed capture is left open", [
        ("      (void)cudaStreamEndCapture(on.get(), &captured);\n", "")]),
    ("plain_step.cuh", "penalties without gradients", [
        ("memory_.parameters, gradients_.get(),\n                          penalties_.get()", "memory_.parameters, nullptr,\n                          penalties_.get()")]),
    ("plain_step.cuh", "no clipping by norm", [(".part_count = count(clipped_)", ".part_count = 0")]),
    ("plain_step.cuh", "no clipping by value", [(".clip_value = clip_value_", ".clip_value = 1e30F")]),
    ("plain_step.cuh", "weights for slots", [(".slots = memory_.slots", ".slots = memory_.parameters")]),
    ("plain_step.cuh", "penalties missing from the loss", [(".penalty_count = count(penalties_)", ".penalty_count = 0")]),
    ("plain_step.cuh", "gradients for one weight too few", [
        ("gradients_(static_cast<std::size_t>(parameter_layout(model).size))", "gradients_(static_cast<std::size_t>(parameter_layout(model).size) - 1)")]),
    ("plain_network.cuh", "a kernel for a bias", [(".bias = parameters_ + s.bias", ".bias = parameters_ + s.kernel")]),
    ("plain_network.cuh", "gradients do not change places", [("      std::swap(delta, next);\n", "")]),
    ("plain_network.cuh", "a bias's gradient without the last row", [
        ("column_sum_kernel{capacity_, d", "column_sum_kernel{capacity_ - 1, d")]),
    ("plain_network.cuh", "gradients for one row too few", [
        ("delta = device_memory<float>(size_of(widest))", "delta = device_memory<float>(size_of(widest) - static_cast<std::size_t>(widest))")]),
    ("plain_network.cuh", "dropout's backward by another step's mask", [("dropout_kernel{cursor, true,", "dropout_kernel{cursor, false,")]),
    ("plain_network.cuh", "a gradient's product with its operands swapped", [
        ("operator()(input_of(i), delta, gradients", "operator()(delta, input_of(i), gradients")]),
    ("executor.cuh", "an epoch begins anew where it was left", [(".first = progress.rows, .total", ".first = 0, .total")]),
    ("executor.cuh", "the step before the capture is not undone", [
        ("    train_uncaptured();\n    start_from(initial);\n", "    train_uncaptured();\n")]),
    ("executor.cuh", "no step before the capture's end is waited for", [
        ("const cuda::step_cursor end = cuda::copy_to_host(cursor_, libraries_.on).front();", "const cuda::step_cursor end = {.pending = {.step = steps_done() + static_cast<std::uint64_t>(steps), .first = rows}};")]),
    ("executor.cuh", "another GPU's work on this one", [
        ("                      const step_observer& observe) override {\n    selected_.select();", "                      const step_observer& observe) override {")]),
    ("executor.cuh", "evaluation of the first rows again and again", [("{nullptr, nullptr, first, count}", "{nullptr, nullptr, 0, count}")]),
    ("executor.cuh", "the best weights' copy the wrong way", [
        ("copy_on_device(parameters_, best_,", "copy_on_device(best_, parameters_,")]),
    ("executor.cuh", "the first slot for each", [("static_cast<std::ptrdiff_t>(k * size_)", "static_cast<std::ptrdiff_t>(0 * k * size_)")]),
    ("executor.cuh", "best weights are not taken from a state", [
        ("if (has_best_) cuda::copy_to_device(std::span(*state.best_parameters)", "if (false) cuda::copy_to_device(std::span(*state.best_parameters)")]),
    ("executor.cuh", "an evaluation adds to the one before", [
        ("    cuda::copy_to_device(std::span(&none, 1), total_, on);\n", "    (void)none;\n")]),
    ("executor.cuh", "memory for a slot too few", [("slots_(size_ * slot_count_)", "slots_(size_ * slot_count_ - 1)")]),
    ("cublaslt.cuh", "a wrong leading dimension", [
        ("static_cast<std::uint64_t>(columns), rows);", "static_cast<std::uint64_t>(columns), columns);")]),
    ("cublaslt.cuh", "transpositions swapped", [
        ("set(CUBLASLT_MATMUL_DESC_TRANSA, s.b_transposed", "set(CUBLASLT_MATMUL_DESC_TRANSA, s.a_transposed"),
        ("set(CUBLASLT_MATMUL_DESC_TRANSB, s.a_transposed", "set(CUBLASLT_MATMUL_DESC_TRANSB, s.b_transposed")]),
    ("cublaslt.cuh", "the heuristic is told of better alignments", [("alignment = sizeof(float);", "alignment = 16;")]),
    ("cublaslt.cuh", "the heuristic sees no bias", [
        ("      set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, s.bias);\n", ""),
        ("    choose_algorithm();\n  }", "    choose_algorithm();\n    if (s.bias != nullptr) set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, s.bias);\n  }")]),
    ("cublaslt.cuh", "sums may be split", [("reductions = CUBLASLT_REDUCTION_SCHEME_NONE;", "reductions = 7;")]),
    ("cublaslt.cuh", "a workspace larger than it is", [
        ("cublaslt_handle::workspace_bytes, on.get());", "2 * cublaslt_handle::workspace_bytes, on.get());")]),
    ("cublaslt.cuh", "operands not swapped", [("&one, b, &left, a, &right", "&one, a, &left, b, &right")]),
    ("cublaslt.cuh", "added to what was there", [("const float zero = 0;\n    cublasLtMatmulDescOpaque_t", "const float zero = 1;\n    cublasLtMatmulDescOpaque_t")]),
    ("cublaslt.cuh", "fp32 for tf32", [("CUBLAS_COMPUTE_32F_FAST_TF32", "CUBLAS_COMPUTE_32F")]),
    ("cudnn.cuh", "backward with its arguments swapped", [
        ("tensor_.get(), y, tensor_.get(), delta, &zero", "tensor_.get(), delta, tensor_.get(), y, &zero")]),
    ("cudnn.cuh", "rows for columns", [("static_cast<int>(rows), static_cast<int>(width)", "static_cast<int>(width), static_cast<int>(rows)")]),
    ("cudnn.cuh", "the logarithm for softmax", [("CUDNN_SOFTMAX_ACCURATE", "CUDNN_SOFTMAX_LOG")]),
    ("cudnn.cuh", "no stream", [("    SWEEPNET_CUDNN(cudnnSetStream, handle, on.get());\n", "    (void)on;\n")]),
    ("fused_step.hpp", "partial gradients for a slice too few", [
        ("slices() * layers.tail_size);", "(slices() - 1) * layers.tail_size);")]),
    ("kernels/tail.hpp", "a barrier missing between parts and sums", [
        ("        parts[i] = sum;\n      }\n    });\n    block.each([&](int t) {\n", "        parts[i] = sum;\n      }\n")]),
    ("kernels/plain.hpp", "rows beyond the step's are activated", [("      if (i >= used) {", "      if (i >= used + capacity * width) {")]),
]


def run(command, **more):
    return subprocess.run(command, text=True, capture_output=True, **more)


def failing_test(output):
    """The name of the first test that failed, from Catch2's report."""
    found = re.search(r"^-{70,}\n(.+?)\n-{70,}", output, re.M | re.S)
    return found.group(1).split("\n")[0].strip() if found else "the process ended"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--only", default="")
    arguments.add_argument("--build", default="build/release")
    chosen = arguments.parse_args()
    build = ROOT / chosen.build
    target = "tests/emulated/test_emulated"
    unit = "tests/emulated/CMakeFiles/emulated_gpu.dir/__/__/examples/gpu.cu.o"
    last_command = lambda of: run(["ninja", "-C", build, "-t", "commands", of],
                                  check=True).stdout.rstrip().split("\n")[-1]
    compile_unit, link = last_command(unit), last_command(target).split(" && cd ")[0]
    test = [build / target, "--abort", "~[long]~a program*"]
    run(test, check=True)  # without a fault all pass
    print("| file | fault | found by |\n| --- | --- | --- |", flush=True)
    place = pathlib.Path(tempfile.mkdtemp())
    mutant = [place / "test_emulated", *test[1:]]
    compile_unit = re.sub(r" -I", f" -I{place} -I", compile_unit, count=1)
    # Nothing inlined: the tests' own calls of the header's functions go to this unit, linked first.
    compile_unit = re.sub(r"-O[123]\b", "-O0", compile_unit).replace(unit, str(place / "gpu.o"))
    link = link.replace(unit, str(place / "gpu.o")).replace(f"-o {target}", f"-o {mutant[0]}")
    tried = missed = 0
    for name, what, edits in MUTATIONS:
        if chosen.only not in name + what:
            continue
        text = (ROOT / BACKEND / name).read_text()
        for before, after in edits:
            if text.count(before) != 1:
                sys.exit(f"{name}: expected once, found {text.count(before)} times: {before}")
            text = text.replace(before, after)
        path = place / BACKEND.removeprefix("include/") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        built = run(f"{compile_unit} && {link}", shell=True, cwd=build)
        path.unlink()
        if built.returncode != 0:
            sys.exit(f"{name}: {what}: does not compile:\n{built.stdout}{built.stderr[-3000:]}")
        try:
            outcome = run(mutant, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            sys.exit(f"{name}: {what}: expected an end in {LIMIT} s: a loop without one, or a slow machine")
        found = failing_test(outcome.stdout) if outcome.returncode != 0 else None
        defect = re.search(r"^emulated device: (.*)", outcome.stderr, re.M)
        if found and defect:
            found += f" (the device: {defect.group(1)})"
        tried += 1
        missed += found is None
        print(f"| `{name}` | {what} | {found or 'NO TEST'} |", flush=True)
    print(f"\n{tried} faults, {missed} not found.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
