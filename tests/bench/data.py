# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the jobs' data as .npz files (x_train, y_train, x_test, y_test), once.

    data.py OUTPUT NAME=IDX_DIRECTORY...
"""

import argparse
import gzip
from pathlib import Path

import numpy as np

DENSE_ROWS = 10_000


def read_idx(folder: Path, name: str) -> np.ndarray:
    raw = gzip.decompress((folder / f"{name}.gz").read_bytes())
    shape = np.frombuffer(raw, ">u4", raw[3], offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def idx_directory(folder: Path) -> dict[str, np.ndarray]:
    return {f"{axis}_{to}": read_idx(folder, f"{part}-{kind}-ubyte").reshape(shape)
            for to, part in (("train", "train"), ("test", "t10k"))
            for axis, kind, shape in (("x", "images-idx3", (-1, 784)), ("y", "labels-idx1", (-1,)))}


def dense() -> dict[str, np.ndarray]:
    """Standard-normal rows, labelled by the largest of ten random linear functions."""
    random = np.random.default_rng(1)
    teacher = random.standard_normal((784, 10), np.float32)
    x = random.standard_normal((2 * DENSE_ROWS, 784), np.float32)
    y = (x @ teacher).argmax(1).astype(np.uint8)
    return {"x_train": x[:DENSE_ROWS], "y_train": y[:DENSE_ROWS],
            "x_test": x[DENSE_ROWS:], "y_test": y[DENSE_ROWS:]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("sets", nargs="*", metavar="NAME=IDX_DIRECTORY")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    makers = {"dense": dense}
    for name, folder in (item.split("=", 1) for item in options.sets):
        makers[name] = lambda folder=folder: idx_directory(Path(folder))
    for name, make in makers.items():
        path = options.output / f"{name}.npz"
        if not path.exists():
            partial = path.with_name(f"partial_{path.name}")
            np.savez(partial, **make())
            partial.rename(path)


if __name__ == "__main__":
    main()
