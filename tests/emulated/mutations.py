#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Puts deliberate faults into the GPU backend, one at a time, and tells which test finds each.

    tests/emulated/mutations.py [--only EXPRESSION] [--build build/release] [--check]

The build directory must have test_emulated, from this tree. Each fault is in a copy of one header, with
which the backend alone is compiled anew (examples/gpu.cu), to be linked with the tests as they are; what
the backend includes of other rooms is compiled once. The quick tests run first, slower ones if they
found nothing. Prints a table for tests/bench/results/gpu-emulated.md; exits 1 if a fault is not found,
or has no place any more: --check looks at the places alone.
"""

import argparse
import bisect
import collections
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BACKEND = "include/sweepnet/backend/cuda/"
LIMIT = 120  # seconds of the processor
WAIT = 600  # seconds of the clock: a fault may stop threads that wait for each other
BOUNDS = (0.2, 0.8, 5)  # seconds: each of these sets of tests runs if the quicker ones found nothing

# (file, what is wrong, [(as it is, as it should not be)])
MUTATIONS = [
    ("launch.cuh", "half the threads", [("dim3(Kernel::threads)", "dim3(Kernel::threads / 2)")]),
    ("launch.cuh", "no shared memory", [("arguments, shape.shared_bytes, on", "arguments, 0, on")]),
    ("launch.cuh", "one block too many", [
        ("static_cast<unsigned>(shape.blocks)", "static_cast<unsigned>(shape.blocks + 1)")]),
    ("launch.cuh", "more shared memory is not asked for", [
        ("shape.shared_bytes > default_shared_bytes", "shape.shared_bytes > 4 * default_shared_bytes")]),
    ("resources.cuh", "a copy by cudaMemcpy, which other streams do not wait for", [
        ("SWEEPNET_CUDA(cudaMemcpyAsync(get(), values.data(), bytes(), cudaMemcpyHostToDevice, on.get()));\n    on.synchronize();",
         "SWEEPNET_CUDA(cudaMemcpy(get(), values.data(), bytes(), cudaMemcpyHostToDevice)); (void)on;")]),
    ("resources.cuh", "values that are read before they are there", [("  on.synchronize();\n  return values;", "  return values;")]),
    ("resources.cuh", "a copy without its last value", [
        ("from.data(), from.size_bytes(),", "from.data(), from.size_bytes() - sizeof(T),")]),
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
        ("memory_.parameters,\n                            gradients_.get(), penalties_.get()", "memory_.parameters,\n                            nullptr, penalties_.get()")]),
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
    ("plain_network.cuh", "dropout is left out of the backward pass", [
        ("        to.add(dropout_kernel{cursor, true, drop->mask, drop->size, delta, delta});\n", "")]),
    ("plain_network.cuh", "a gradient's product with its operands swapped", [
        ("*d.weight_gradient, input_of(i), delta,", "*d.weight_gradient, delta, input_of(i),")]),
    ("executor.cuh", "an epoch that was left goes on a row too early", [
        (".first = progress.rows, .total", ".first = progress.rows - (progress.rows > 0), .total")]),
    ("executor.cuh", "the step before the capture is not undone", [
        ("    train_uncaptured();\n    start_from(initial);\n", "    train_uncaptured();\n")]),
    ("executor.cuh", "no step before the capture's end is waited for", [
        ("end = cuda::copy_to_host(cursor_, on()).front(); });", "end = {.pending = {.step = steps_done() + static_cast<std::uint64_t>(steps), .first = rows}}; });")]),
    ("shared_device.cuh", "another GPU's work on this one", [
        ("    turns::turn taken = turns_.take();\n    select();", "    turns::turn taken = turns_.take();")]),
    ("executor.cuh", "an evaluation's steps are those of training", [("evaluation_->step(), steps,", "step_, steps,")]),
    ("executor.cuh", "an evaluation goes on from where it began", [("progress = progress_at(copy_to_host(evaluation_->cursor(), on()).front());", "progress.rows = progress_at(copy_to_host(evaluation_->cursor(), on()).front()).rows;")]),
    ("executor.cuh", "the best weights' copy the wrong way", [
        ("copy_on_device(parameters_, best_,", "copy_on_device(best_, parameters_,")]),
    ("executor.cuh", "the first slot for each", [("static_cast<std::ptrdiff_t>(k * size_)", "static_cast<std::ptrdiff_t>(0 * k * size_)")]),
    ("executor.cuh", "best weights are not taken from a state", [
        ("if (has_best_) cuda::copy_to_device(std::span(*state.best_parameters)", "if (false) cuda::copy_to_device(std::span(*state.best_parameters)")]),
    ("executor.cuh", "memory for a slot too few", [("slots_(size_ * slot_count_)", "slots_(size_ * slot_count_ - 1)")]),
    ("executor.cuh", "a member's memory without its best weights", [
        ("sizeof(float) * size * (2 + initial", "sizeof(float) * size * (1 + initial")]),
    ("kernels/batched.hpp", "a model's first block works for the model before it", [
        ("first_block[middle] <= block.index()", "first_block[middle] < block.index()")]),
    ("kernels/batched.hpp", "blocks counted from the first model's", [("Block::index() - first_;", "Block::index();")]),
    ("merged.cuh", "shared memory of the last model", [
        ("to.shared_bytes = std::max(to.shared_bytes, shape.shared_bytes);", "to.shared_bytes = shape.shared_bytes;")]),
    ("merged.cuh", "the first model's kernel for each", [
        ("*std::get_if<Kernel>(each);", "*std::get_if<Kernel>(kernels.front());")]),
    ("merged.cuh", "blocks of models that are through", [("all.ends[count - 1]", "all.ends.back()")]),
    ("merged.cuh", "a model's kernel although it is through", [
        ("std::ranges::lower_bound(each.models, count)", "each.models.begin() + static_cast<std::ptrdiff_t>(std::min(each.models.size(), count))")]),
    ("merged.cuh", "kernels where those of the first launch are", [
        ("to.kernels = staged_end();", "to.kernels = 0 * staged_end();")]),
    ("merged.cuh", "first blocks where the kernels are", [
        ("to.first_blocks = staged_end();", "to.first_blocks = to.kernels;")]),
    ("merged.cuh", "memory that does not grow", [("memory_.size() < staged_.size()", "memory_.size() == 0")]),
    ("merged.cuh", "a library's call of one model alone", [(".first = &all[next[m]], .models = {m}", ".first = &all[next[m]], .models = {0}")]),
    ("shared_rounds.cuh", "members go on when they are through", [
        ("      while (members[count - 1]->left <= i) --count;\n", "")]),
    ("shared_rounds.cuh", "steps of members that are gone", [("if (gone > 0) is_assigned_ = false;", "(void)gone;"),
        ("    if (count > 0) is_assigned_ = false;\n", "")]),
    ("shared_rounds.cuh", "a captured step of members that are gone", [("      captured_.reset();\n", "")]),
    ("shared_rounds.cuh", "the captured step of all although some are through", [
        ("if (captured_ && count == members.size())", "if (captured_)")]),
    ("evaluation.cuh", "each layer reads the data's rows", [
        (".x_is_data = &each == &layers_.front()", ".x_is_data = true")]),
    ("evaluation.cuh", "each layer reads the data", [
        ("      x = {.reals = each.output.get(), .width = each.weights.units};\n", "")]),
    ("evaluation.cuh", "softmax is left out", [("if (needs_whole_rows(last.activate))", "if (false)")]),
    ("evaluation.cuh", "a member's memory without whether rows are right", [("model.outputs() + 2;", "model.outputs() + 1;")]),
    ("evaluation.cuh", "rows in steps of more than there is memory for", [
        ("layered_.emplace(model, parameters, batch_)", "layered_.emplace(model, parameters, batch_ - 1)")]),
    ("kernels/evaluation.hpp", "the first rows again and again", [("x_is_data ? at.first * x.width : 0", "x_is_data ? 0 * at.first : 0")]),
    ("kernels/evaluation.hpp", "a whole batch where there are fewer rows", [
        ("static_cast<int>(at.rows(batch))", "static_cast<int>(batch)")]),
    ("kernels/evaluation.hpp", "no bias", [("body(sums[n] + bias[column],", "body(sums[n],")]),
    ("kernels/evaluation.hpp", "the last row is not counted", [
        ("const std::int64_t rows = cursor->current.rows(batch);", "const std::int64_t rows = cursor->current.rows(batch) - 1;")]),
    ("turns.hpp", "two threads have their turn at once", [
        ("    free_.wait(lock, [this] { return !taken_; });\n", "")]),
    ("cublaslt.cuh", "a wrong leading dimension", [
        ("static_cast<std::uint64_t>(columns), rows);", "static_cast<std::uint64_t>(columns), columns);")]),
    ("cublaslt.cuh", "transpositions swapped", [
        ("set(CUBLASLT_MATMUL_DESC_TRANSA, s.b_transposed", "set(CUBLASLT_MATMUL_DESC_TRANSA, s.a_transposed"),
        ("set(CUBLASLT_MATMUL_DESC_TRANSB, s.a_transposed", "set(CUBLASLT_MATMUL_DESC_TRANSB, s.b_transposed")]),
    ("cublaslt.cuh", "the heuristic is told of better alignments", [
        ("const std::uint32_t alignment = sizeof(float);", "const std::uint32_t alignment = 16;")]),
    ("cublaslt.cuh", "the heuristic sees no bias", [
        ("      set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, s.bias);\n", ""),
        ("    algorithm_ = found.algo;\n", "    algorithm_ = found.algo;\n    if (s.bias != nullptr) SWEEPNET_CUBLASLT(cublasLtMatmulDescSetAttribute, &told_.product, CUBLASLT_MATMUL_DESC_BIAS_POINTER, &s.bias, sizeof s.bias);\n")]),
    ("cublaslt.cuh", "sums may be split", [("reductions = CUBLASLT_REDUCTION_SCHEME_NONE;", "reductions = 7;")]),
    ("cublaslt.cuh", "a workspace larger than it is", [
        ("cublaslt_handle::workspace_bytes, on.get());", "2 * cublaslt_handle::workspace_bytes, on.get());")]),
    ("cublaslt.cuh", "operands not swapped", [("&one, b, &told.left, a,\n", "&one, a, &told.left, b,\n")]),
    ("cublaslt.cuh", "added to what was there", [("const float zero = 0;\n    product_description", "const float zero = 1;\n    product_description")]),
    ("cublaslt.cuh", "fp32 for tf32", [("CUBLAS_COMPUTE_32F_FAST_TF32", "CUBLAS_COMPUTE_32F")]),
    ("cudnn.cuh", "backward with its arguments swapped", [
        ("tensor_.get(), y, tensor_.get(), delta, &zero", "tensor_.get(), delta, tensor_.get(), y, &zero")]),
    ("cudnn.cuh", "rows for columns", [("static_cast<int>(rows), static_cast<int>(width)", "static_cast<int>(width), static_cast<int>(rows)")]),
    ("cudnn.cuh", "the logarithm for softmax", [("CUDNN_SOFTMAX_ACCURATE", "CUDNN_SOFTMAX_LOG")]),
    ("cudnn.cuh", "no stream", [("    SWEEPNET_CUDNN(cudnnSetStream, handle, on.get());\n", "    (void)on;\n")]),
    ("fused_step.hpp", "handed-on values for a row too few", [
        ("static_cast<std::size_t>(batch * layers.row_floats)", "static_cast<std::size_t>((batch - 1) * layers.row_floats)")]),
    ("fused_step.hpp", "a member's memory without its gradients", [
        ("sizeof(float) * 3 * activations()", "sizeof(float) * 2 * activations()")]),
    ("fused_step.hpp", "the first layer's rows as if there were no others", [
        (".pitch = plan.layers.row_floats", ".pitch = first.units")]),
    ("kernels/first_layer.hpp", "the epoch's first rows in each step", [
        ("order[at.first + row0 + t]", "order[row0 + t]")]),
    ("kernels/first_layer.hpp", "each tile the mask of the first one", [
        ("mask.keeps(step, (row0 + row) * units + column)", "mask.keeps(step, row * units + column)")]),
    ("kernels/first_layer.hpp", "bytes as they are", [
        ("byte_values::fill(shared.table, features.scale, t, threads)", "byte_values::fill(shared.table, 1.0, t, threads)")]),
    ("kernels/first_layer.hpp", "no bias", [("sums[n] + bias[column]", "sums[n]")]),
    ("kernels/tail.hpp", "a barrier missing between parts and sums, forward", [
        ("i / units, slices, inputs);\n      }\n    });\n    block.each([&](int t) {\n", "i / units, slices, inputs);\n      }\n")]),
    ("kernels/tail.hpp", "a barrier missing between parts and sums, backward", [
        ("first, neighbours, units);\n      }\n    });\n    block.each([&](int t) {\n", "first, neighbours, units);\n      }\n")]),
    ("kernels/tail.hpp", "dropout is left out of the backward pass", [
        ("const bool kept = below.mask.keeps(step, row * inputs + i);", "const bool kept = true;")]),
    ("kernels/tail.hpp", "a last batch's mean over a whole one", [
        ("1.0F / static_cast<float>(at.rows(batch))", "1.0F / static_cast<float>(batch)")]),
    ("kernels/tail.hpp", "outputs between the layers stay in the block", [("if (is_read)", "if (false)")]),
    ("kernels/tail.hpp", "shared memory without the parts of dot products", [
        ("3 * layers.row_floats + parts)", "3 * layers.row_floats)")]),
    ("kernels/fused_update.hpp", "the epoch's first rows in each gradient", [("ordered = order + at.first;", "ordered = order;")]),
    ("kernels/fused_update.hpp", "half of the step's order", [("has_room && r < rows;", "has_room && r < rows / 2;")]),
    ("kernels/fused_update.hpp", "no memory for the order", [("      result.shared_bytes += sizeof(std::uint32_t) * static_cast<std::size_t>(batch);\n", "")]),
    ("kernels/fused_update.hpp", "a column of ones one too far", [
        ("{x, values, input0, inputs};", "{x, values, input0, inputs + 1};")]),
    ("kernels/fused_update.hpp", "no tile for a bias alone", [
        ("parts_of(l.inputs + 1, tile)", "parts_of(l.inputs, tile)")]),
    ("kernels/fused_update.hpp", "the first layer's outputs for every layer", [
        ("output + layers[index - 1].place", "output + layers[0].place")]),
    ("kernels/tile_product.hpp", "a barrier missing between a panel and its products", [
        ("        b.stage(t, next_b[t], shared.staged.b);\n      });\n      block.each([&](int t) {\n", "        b.stage(t, next_b[t], shared.staged.b);\n")]),
    ("kernels/tile_product.hpp", "one panel again and again", [
        ("next_a[t] = a.fetch(t, k0 + Depth);", "next_a[t] = a.fetch(t, k0);")]),
    ("kernels/tile_product.hpp", "a group's sums are left out", [
        ("for (int g = 0; g < groups; ++g) total", "for (int g = 1; g < groups; ++g) total")]),
    ("kernels/panel.hpp", "rows beyond the matrix", [
        ("row < from.rows ? from.columns - column : 0", "from.columns - column")]),
    ("kernels/panel.hpp", "a row's last value is left out", [
        ("values.value[i] = i < count ? from[i]", "values.value[i] = i + 1 < count ? from[i]")]),
    ("kernels/block_sum.hpp", "a quarter of a sum", [("int half = threads / 2", "int half = threads / 4")]),
    ("arguments.hpp", "the first slot for each", [("s[k][n] = slots[k * size + places[n]];", "s[k][n] = slots[places[n]];")]),
    ("kernels/plain.hpp", "rows beyond the step's are activated", [("      if (i >= used) {", "      if (i >= used + capacity * width) {")]),
]


def run(command, **more):
    return subprocess.run(command, text=True, capture_output=True, **more)


def mutant_of(name, edits):
    """The header with the fault in it, and what is wrong with the fault's places."""
    path = ROOT / BACKEND / name
    text = path.read_text() if path.exists() else ""
    lost = []
    for before, after in edits:
        if text.count(before) != 1:
            lost.append(f"expected once, found {text.count(before)} times: {before!r}")
        text = text.replace(before, after)
    return text, lost


def check_places():
    """Says which faults have no place any more; returns how many."""
    lost = [(name, what, reason) for name, what, edits in MUTATIONS
            for reason in mutant_of(name, edits)[1]]
    for name, what, reason in lost:
        print(f"mutations.py: {name}: {what}: {reason}", file=sys.stderr)
    return len(lost)


def others_of(backend):
    """What the backend's headers include of other rooms and libraries."""
    lines = {line.strip() for path in backend.rglob("*") if path.is_file()
             for line in path.read_text().splitlines() if line.startswith("#include ")}
    return sorted(line for line in lines if "sweepnet/backend/cuda/" not in line)


def tests_by_time(program):
    """The tests' names in sets, the quickest first; each a pattern for Catch2."""
    outcome = run([program, "--durations", "yes", "~[long]~a program*"], check=True)
    sets = [[] for _ in range(len(BOUNDS) + 1)]
    for seconds, name in re.findall(r"^([0-9.]+) s: (.*)$", outcome.stdout, re.M):
        sets[bisect.bisect(BOUNDS, float(seconds))].append(re.sub(r"([\\,\[])", r"\\\1", name))
    return [",".join(names) for names in sets if names]


def failing_test(output):
    """The name of the first test that failed, from Catch2's report."""
    found = re.search(r"^-{70,}\n(.+?)\n-{70,}", output, re.M | re.S)
    return found.group(1).split("\n")[0].strip() if found else "the process ended"


def finder_of(mutant, tests):
    """The test that finds the fault, with what the device said; None if none does."""
    for some in tests:
        try:
            outcome = run(
                [mutant, "--abort", some], env=os.environ | {"SWEEPNET_FUZZ": "6"}, timeout=WAIT,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT + 1)))
            ended = outcome.returncode != -signal.SIGXCPU
        except subprocess.TimeoutExpired:
            ended = False
        if not ended:
            print(f"mutations.py: no end in {LIMIT} s, which finds nothing", file=sys.stderr)
            return None
        if outcome.returncode != 0:
            defect = re.search(r"^emulated device: (.*)", outcome.stderr, re.M)
            return failing_test(outcome.stdout) + (
                f" (the device: {defect.group(1)})" if defect else "")
    return None


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--only", default="", help="faults in whose file and words this expression is found")
    arguments.add_argument("--build", default="build/release")
    arguments.add_argument("--check", action="store_true")
    chosen = arguments.parse_args()
    if check_places() > 0:
        return 1
    if chosen.check:
        return 0
    build = ROOT / chosen.build
    target = "tests/emulated/test_emulated"
    unit = "tests/emulated/CMakeFiles/emulated_gpu.dir/__/__/examples/gpu.cu.o"

    def last_command(of):
        return run(["ninja", "-C", build, "-t", "commands", of],
                   check=True).stdout.rstrip().split("\n")[-1]

    compile_unit, link = last_command(unit), last_command(target).split(" && cd ")[0]
    tests = tests_by_time(build / target)  # without a fault all pass
    place = pathlib.Path(tempfile.mkdtemp())
    mutant = place / "test_emulated"
    compile_unit = re.sub(r" -I", f" -I{place} -I", compile_unit, count=1)
    # Nothing inlined: the tests' own calls of the header's functions go to this unit, linked first.
    flags = re.sub(r" -M[DTF]( [^-]\S*)?", "", compile_unit.partition(" -o ")[0])
    flags = re.sub(r"^ccache | -x c\+\+ ", " ", re.sub(r"-O[123]\b", "-O0", flags)) + " -w"
    others = place / "others.hpp"
    others.write_text("\n".join(others_of(ROOT / BACKEND)) + "\n")
    compiled, take = f"{others}.gch", f"-include {others}"
    if clang := shutil.which("clang++"):  # takes half of GCC's time
        flags = re.sub(r"\S+", clang, flags, count=1)
        compiled, take = f"{others}.pch", f"-include-pch {others}.pch"
    run(f"{flags} -x c++-header -c -o {compiled} {others}", shell=True, cwd=build, check=True)
    compile_unit = f"{flags} {take} -x c++ -o {place}/gpu.o -c {ROOT}/examples/gpu.cu"
    if shutil.which("ld.lld"):
        link += " -fuse-ld=lld"
    link = link.replace(unit, f"{place}/gpu.o").replace(f"-o {target}", f"-o {mutant}")

    print("| file | fault | found by |\n| --- | --- | --- |", flush=True)
    tried, missed = collections.Counter(), collections.Counter()
    for name, what, edits in MUTATIONS:
        if not re.search(chosen.only, f"{name}: {what}"):
            continue
        path = place / BACKEND.removeprefix("include/") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(mutant_of(name, edits)[0])
        begun = time.monotonic()
        built = run(f"{compile_unit} && {link}", shell=True, cwd=build)
        path.unlink()
        if built.returncode != 0:
            sys.exit(f"{name}: {what}: does not compile:\n{built.stdout}{built.stderr[-3000:]}")
        found = finder_of(mutant, tests)
        tried[name] += 1
        missed[name] += found is None
        print(f"| `{name}` | {what} | {found or 'NO TEST'} |", flush=True)
        print(f"{tried.total()}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    print(f"\n{tried.total()} faults, {missed.total()} not found.")
    return 1 if missed.total() else 0


if __name__ == "__main__":
    sys.exit(main())
