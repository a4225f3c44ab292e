#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""What nvcc makes of the GPU's kernels, without a GPU: registers, memory, spills, and the instructions
of the fused kernels' loops.

    tests/bench/gpu_kernels.py [--before REVISION] [--nvcc PATH] [--nvdisasm PATH]

Compiles the backend for sm_80, sm_90a and PTX, warnings as errors, and prints tables for
tests/bench/results/gpu-kernels.md; exits 1 if a kernel spills. nvdisasm is a part of NVIDIA's toolkit,
and PyPI's package nvidia-cuda-nvdisasm.
"""

import argparse
import contextlib
import datetime
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
ARCHITECTURES = ["sm_80", "sm_90a"]
LOOPS_OF = "sm_90a"
FUSED = ["first_layer_kernel", "tail_kernel", "fused_update_kernel"]
# What a loop's instructions are, by the beginning of their names; the first that fits counts.
KINDS = {
    "FFMA": ["FFMA"],
    "load": ["LDG"],
    "shared load": ["LDS"],
    "shared store": ["STS"],
    "conversion": ["I2F", "F2F", "F2I"],
    "double": ["DMUL", "DADD", "DFMA", "DSETP"],
}
# Shapes of the reference network's kernels; those of the plain path depend on a layer's.
SHAPES = """
#include <iostream>
#include "sweepnet/backend/cuda/fused_step.hpp"
#include "sweepnet/backend/cuda/kernels/plain.hpp"
#if __has_include("sweepnet/backend/cuda/kernels/evaluation.hpp")
#include "sweepnet/backend/cuda/kernels/evaluation.hpp"
#endif
#include "sweepnet/sweep/paramset.hpp"
using namespace sweepnet;
template <class Kernel> void show(const char* name, const Kernel& kernel, bool has_grid = false) {
  const auto shape = kernel.shape();
  std::cout << name << " " << (has_grid ? std::to_string(shape.blocks) : "-") << " " << Kernel::threads
            << " " << shape.shared_bytes << "\\n";
}
int main() {
  const paramset p{.hidden_nodes = {30, 50, 70}, .dropout_rate = 0.7, .input_units = 512};
  const model_spec model = build_model(p, 784, 10);
  const auto plan = cuda::plan_fused_step(model, {}, 128, 227 * 1024);
  const auto step = cuda::make_fused_step(*plan, model, {}, {.features = {.width = 784}}, {});
  show("first_layer_kernel", step.first, true);
  show("tail_kernel", step.tail, true);
  show("fused_update_kernel", step.update, true);
  show("gather_kernel", cuda::gather_kernel{});
  show("activate_kernel", cuda::activate_kernel{});
  show("differentiate_kernel", cuda::differentiate_kernel{});
  show("dropout_kernel", cuda::dropout_kernel{});
  show("score_kernel", cuda::score_kernel{.loss = step.tail.loss});
  show("column_sum_kernel", cuda::column_sum_kernel{});
  show("penalty_kernel", cuda::penalty_kernel{});
  show("clip_norm_kernel", cuda::clip_norm_kernel{});
  show("update_kernel", cuda::update_kernel{});
  show("total_kernel", cuda::total_kernel{});
#if __has_include("sweepnet/backend/cuda/kernels/evaluation.hpp")
  show("evaluated_layer_kernel", cuda::evaluated_layer_kernel{});
  show("whole_row_kernel", cuda::whole_row_kernel{});
#endif
}
"""


def output_of(command, **more):
    done = subprocess.run([str(c) for c in command], text=True, capture_output=True, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(str(c) for c in command)}:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def kernel_of(symbol):
    """first_layer_kernel of _ZN8sweepnet4cuda3runINS0_18first_layer_kernelEEEvT_; of a launch for many
    models, with 7batchedI before it, batched<first_layer_kernel>."""
    name = re.search(r"\d([a-z_]+)E", symbol).group(1)
    return f"batched<{name}>" if "7batchedI" in symbol else name


def one_model(kernel):
    return re.sub(r"batched<(.*)>", r"\1", kernel)


def resources(log):
    """{kernel: (registers, stack, spilled bytes)} from ptxas -v."""
    found = {}
    for part in re.split(r"Compiling entry function '", log)[1:]:
        number = lambda pattern: int(re.search(pattern, part).group(1))
        found[kernel_of(part.split("'")[0])] = (
            number(r"Used (\d+) registers"), number(r"(\d+) bytes stack frame"),
            number(r"(\d+) bytes spill stores") + number(r"(\d+) bytes spill loads"))
    return found


def name_of(instruction):
    """Without its predicate; a load from an address of any kind counts as one from global memory."""
    return re.sub(r"^LD\.", "LDG.", re.sub(r"^@!?U?P\w+\s+", "", instruction))


def executed(code, labels, inner):
    """What a whole round of a loop runs: the way with most products, then through most of the blocks
    that load from memory in its widest pieces or store to shared memory, then the shortest; without
    the loops within it."""
    starts = {code[0][0]} | {a for a in labels.values()} | {
        code[i + 1][0] for i, (_, text) in enumerate(code[:-1]) if "BRA" in text}
    blocks = {}
    for address, text in code:
        if address in starts:
            block = blocks.setdefault(address, [])
        block.append((address, text))
    order = sorted(blocks)
    follows = {}
    for i, start in enumerate(order):
        address, last = blocks[start][-1]
        target = re.search(r"`\(\.(\w+)\)", last) if "BRA" in last else None
        ways = [labels[target.group(1)]] if target and target.group(1) in labels else []
        if not re.match(r"(BRA|EXIT|RET)", last) and i + 1 < len(order):
            ways.append(order[i + 1])
        # Back to the beginning of a loop within: it is left instead.
        follows[start] = [w for w in ways if w in blocks and w > start]
    is_inner = lambda start: any(begin <= start <= end for begin, end in inner)
    cost = lambda start: 0 if is_inner(start) else len(blocks[start])
    holds = lambda start, wanted: any(name_of(t).startswith(wanted) for _, t in blocks[start])
    outer = [s for s in order if not is_inner(s)]
    needed = set()
    for widths in (("LDG.E.128", "LDG.E.U8", "LDG"), ("STS",)):
        needed |= next((found for w in widths if (found := {s for s in outer if holds(s, w)})), set())
    products = lambda start: 0 if is_inner(start) else sum(
        name_of(t).startswith("FFMA") for _, t in blocks[start])
    of = lambda start: (-products(start), -(start in needed), cost(start))  # the least is best
    best = {order[0]: (of(order[0]), [order[0]])}
    for start in order:
        if start not in best:
            continue
        so_far, way = best[start]
        for after in follows[start]:
            found = tuple(map(sum, zip(so_far, of(after)))), way + [after]
            if after not in best or found[0] < best[after][0]:
                best[after] = found
    way = best.get(order[-1], (0, order))[1]
    return [text for start in way if not is_inner(start) for _, text in blocks[start]]


def loops_of(disassembly):
    """{kernel: [(depth, own instructions, those of one round)]}: each loop without those within it."""
    found = {}
    for section in re.split(r"\.section\s+\.text\.", disassembly)[1:]:
        labels, code, waiting = {}, [], []  # code: (address, instruction)
        for line in section.split("\n"):
            if label := re.match(r"\s*\.(L_x?_?\w+):", line):
                waiting.append(label.group(1))
            elif instruction := re.match(r"\s*/\*([0-9a-f]{4,})\*/\s+(.*?)\s*;", line):
                address = int(instruction.group(1), 16)
                labels.update(dict.fromkeys(waiting, address))
                waiting = []
                code.append((address, instruction.group(2)))
        ends = {}
        for address, text in code:
            target = re.search(r"BRA\S* .*`\(\.(\w+)\)", text)
            begin = labels.get(target.group(1), address) if target else address
            if begin < address:
                ends[begin] = max(ends.get(begin, 0), address)
        loops = sorted(ends.items(), key=lambda loop: (loop[0], -loop[1]))
        within = lambda a, b: a != b and b[0] <= a[0] and a[1] <= b[1]
        of_kernel = []
        for loop in loops:
            inner = [other for other in loops if within(other, loop)]
            inside = [(a, text) for a, text in code if loop[0] <= a <= loop[1]]
            own = [t for a, t in inside if not any(b <= a <= e for b, e in inner)]
            near = {name: a for name, a in labels.items() if loop[0] <= a <= loop[1]}
            of_kernel.append((sum(within(loop, other) for other in loops), own,
                              executed(inside, near, inner)))
        found[kernel_of(section.split(",")[0])] = of_kernel
    return found


def counts(instructions):
    numbers = dict.fromkeys(KINDS, 0)
    for text in instructions:
        name = name_of(text)
        for kind, beginnings in KINDS.items():
            if any(name.startswith(b) for b in beginnings):
                numbers[kind] += 1
                break
    return numbers


@contextlib.contextmanager
def tree_of(revision):
    if revision is None:
        yield ROOT
        return
    place = tempfile.mkdtemp()
    output_of(["git", "-C", ROOT, "worktree", "add", "--detach", place, revision])
    try:
        yield pathlib.Path(place)
    finally:
        output_of(["git", "-C", ROOT, "worktree", "remove", "--force", place])


def measure(tree, tools):
    includes = ["-I", tree / "include", "-I", tree / "examples", "-isystem", "/usr/include/eigen3"]
    nvcc = [tools.nvcc, "-std=c++20", "-O3", "-Werror", "all-warnings", *includes,
            tree / "examples/gpu.cu"]
    result = {}
    with tempfile.TemporaryDirectory() as place:
        for architecture in ARCHITECTURES:
            cubin = pathlib.Path(place) / "gpu.cubin"
            log = output_of([*nvcc, "-cubin", f"-arch={architecture}", "-Xptxas", "-v", "-o", cubin])
            result[architecture] = (resources(log), loops_of(output_of([tools.nvdisasm, "-c", cubin])))
        output_of([*nvcc, "-ptx", "-arch=compute_90", "-o", pathlib.Path(place) / "gpu.ptx"])
        program = pathlib.Path(place) / "shapes"
        output_of(["g++", "-std=c++20", *includes, "-x", "c++", "-", "-o", program, "-lfmt",
                   "-lyaml-cpp"], input=SHAPES)
        shapes = [line.split() for line in output_of([program]).splitlines()]
    return result, {name: numbers for name, *numbers in shapes}


def show(title, measured):
    result, shapes = measured
    print(f"## {title}\n")
    print("| kernel | " + " | ".join(f"{a}: registers | stack | spilled" for a in ARCHITECTURES)
          + " | blocks | threads | shared bytes |\n| --- | "
          + "---: | " * (2 + 3 * len(ARCHITECTURES)) + "---: |")
    kernels = sorted(result[ARCHITECTURES[0]][0], key=lambda k: (k not in FUSED, k))
    for kernel in kernels:
        cells = [str(n) for a in ARCHITECTURES for n in result[a][0][kernel]]
        blocks, threads, shared = shapes[one_model(kernel)]
        cells += [blocks if kernel == one_model(kernel) else "-", threads, shared]
        print(f"| `{kernel}` | {' | '.join(cells)} |")
    print(f"\n| loop, {LOOPS_OF} | instructions | a whole round | " + " | ".join(KINDS)
          + " | other |\n" + "| --- | " + "---: | " * (2 + len(KINDS)) + "---: |")
    for kernel in [k for k in kernels if one_model(k) in FUSED]:
        for depth, own, run in result[LOOPS_OF][1][kernel]:
            numbers = counts(run)
            hands_on = numbers["load"] and (numbers["FFMA"] or numbers["shared store"])
            if hands_on or 2 * numbers["FFMA"] > len(run):
                print(f"| `{kernel}`, depth {depth} | {len(own)} | {len(run)} | "
                      + " | ".join(str(n) for n in numbers.values())
                      + f" | {len(run) - sum(numbers.values())} |")
    print()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--before")
    arguments.add_argument("--nvcc", default=shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc")
    arguments.add_argument("--nvdisasm", default=shutil.which("nvdisasm"))
    chosen = arguments.parse_args()
    if chosen.nvdisasm is None:
        sys.exit("gpu_kernels.py: expected nvdisasm on the PATH, or by --nvdisasm; PyPI has it as "
                 "nvidia-cuda-nvdisasm")
    version = output_of([chosen.nvcc, "--version"]).split("release ")[1].split("\n")[0]
    print(f"{datetime.date.today()}, nvcc {version}\n")
    spilled = False
    for revision in [chosen.before] * (chosen.before is not None) + [None]:
        with tree_of(revision) as tree:
            measured = measure(tree, chosen)
        show(f"At {revision}" if revision else "Now", measured)
        spilled = any(r[2] for kernels, _ in measured[0].values() for r in kernels.values())
    return 1 if spilled else 0


if __name__ == "__main__":
    sys.exit(main())
