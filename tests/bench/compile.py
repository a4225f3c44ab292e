# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Times compilers on single units; see compile.sh."""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ["-std=c++20", "-O3", "-DNDEBUG"]
WITH_ALL = ["-DSWEEPNET_HAS_HDF5", "-DSWEEPNET_HAS_LIBZIP", "-DSWEEPNET_HAS_S3"]
COMPILED = ["-DSWEEPNET_COMPILED"]


@dataclass
class Unit:
    """One row of the table: a source below `tree`, and the options that are its own."""

    tree: str  # "before" or "after"
    name: str
    source: str
    options: list[str]


def units_of(tree: str, root: Path) -> list[Unit]:
    """The units of one revision; on the compiled library only where there is one."""
    names = {
        "`train.hpp` alone": "train.cpp",
        "`sweepnet.hpp` alone": "sweepnet.cpp",
        "`contracts/matrices.cpp`": root / "tests/contracts/matrices.cpp",
        "`examples/embedding.cpp`": root / "examples/embedding.cpp",
        "`examples/main.cpp`": root / "examples/main.cpp",
    }
    ways = {"headers": []}
    if (root / "include/sweepnet/core/linkage.hpp").exists():
        ways["compiled"] = COMPILED
    return [
        Unit(tree, f"{name}, {way}", str(source), WITH_ALL + options)
        for way, options in ways.items()
        for name, source in names.items()
    ]


def without_sweepnet(source: str) -> str:
    """What is left of matrices.cpp: its other includes and the data that it makes."""
    includes = [line for line in source.splitlines() if re.match(r"#include(?!.*sweepnet)", line)]
    data = [line for line in source.splitlines() if "= spirals(" in line]
    return "\n".join([*includes, "int main() {", *data, "  return x.rows() == y.size() ? 0 : 1;", "}", ""])


def cost(compiler: str, root: Path, unit: Unit, scratch: Path) -> tuple[float, float]:
    """User seconds and peak MB of compiling a unit once. Fails if it does not compile."""
    hdf5 = subprocess.run(["pkg-config", "--cflags-only-I", "hdf5"], capture_output=True, text=True)
    command = [compiler, *OPTIONS, *unit.options, f"-I{root}/include", "-isystem/usr/include/eigen3",
               *hdf5.stdout.split(), "-c", unit.source, "-o", str(scratch / "unit.o")]
    child = subprocess.Popen(command, cwd=scratch)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit(f"compile.py: failed: {' '.join(command)}")
    return usage.ru_utime, usage.ru_maxrss * 1024 / 1e6


def check_out(revision: str, scratch: Path) -> Path:
    """The files of a revision, below `scratch`."""
    tree = scratch / "before"
    tree.mkdir()
    archive = subprocess.run(["git", "-C", ROOT, "archive", revision], check=True, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", tree], input=archive.stdout, check=True)
    return tree


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", metavar="REVISION")
    parser.add_argument("--compilers", default="g++,clang++")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()

    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        for name in ("train", "sweepnet"):
            (scratch / f"{name}.cpp").write_text(f'#include "sweepnet/{name}.hpp"\n')
        program = (ROOT / "tests/contracts/matrices.cpp").read_text()
        (scratch / "spirals.hpp").write_text((ROOT / "tests/contracts/spirals.hpp").read_text())
        (scratch / "without.cpp").write_text(without_sweepnet(program))

        trees = {"after": ROOT}
        units = [Unit("after", "`contracts/matrices.cpp` without sweepnet", "without.cpp", [])]
        if asked.before:
            trees["before"] = check_out(asked.before, scratch)
            units += units_of("before", trees["before"])
        units += units_of("after", ROOT)

        for compiler in asked.compilers.split(","):
            if not shutil.which(compiler):
                print(f"skipped: {compiler} is not here")
                continue
            costs = {}
            for _ in range(asked.rounds):
                for unit in units:
                    once = cost(compiler, trees[unit.tree], unit, scratch)
                    costs.setdefault((unit.tree, unit.name), []).append(once)
            version = subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout
            print(f"\n{version.splitlines()[0]}\n")
            print("| unit | before: user s | MB | after: user s | MB |\n| --- | --- | --- | --- | --- |")
            for name in dict.fromkeys(unit.name for unit in units):
                cells = [name]
                for tree in ("before", "after"):
                    of_unit = costs.get((tree, name))
                    cells += ["", ""] if not of_unit else [
                        f"{statistics.median(s for s, _ in of_unit):.1f}",
                        f"{statistics.median(m for _, m in of_unit):.0f}",
                    ]
                print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
