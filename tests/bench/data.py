# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the jobs' data as .npz files (x_train, y_train, x_test, y_test), once.

    data.py OUTPUT

Full MNIST and Fashion-MNIST are looked for where the program looks for them: in $SWEEPNET_DATA_DIR,
~/.cache/sweepnet and /usr/share/datasets. What is not there is named, and its jobs are skipped.
"""

import gzip
import os
import sys
from pathlib import Path

import numpy as np

EMBEDDED = Path(__file__).parent.parent.parent / "examples" / "data" / "mnist"
ROOTS = [Path(os.environ.get("SWEEPNET_DATA_DIR", "/nonexistent")),
         Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "sweepnet",
         Path("/usr/share/datasets")]


def read_idx(folder: Path, part: str) -> np.ndarray:
    path = min(folder.glob(f"{part}*"))
    raw = path.read_bytes() if path.suffix != ".gz" else gzip.decompress(path.read_bytes())
    shape = np.frombuffer(raw, ">u4", raw[3], offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def idx_directory(folder: Path) -> dict[str, np.ndarray]:
    return {"x_train": read_idx(folder, "train-images").reshape(-1, 784), "y_train": read_idx(folder, "train-labels"),
            "x_test": read_idx(folder, "t10k-images").reshape(-1, 784), "y_test": read_idx(folder, "t10k-labels")}


def known(name: str) -> dict[str, np.ndarray]:
    for root in ROOTS:
        if (root / name).is_dir():
            return idx_directory(root / name)
    raise FileNotFoundError(f"{name}: not in {', '.join(map(str, ROOTS))}")


def dense(rows: int = 10_000) -> dict[str, np.ndarray]:
    """Standard-normal rows, labelled by the largest of ten random linear functions."""
    random = np.random.default_rng(1)
    teacher = random.standard_normal((784, 10), np.float32)
    x = random.standard_normal((2 * rows, 784), np.float32)
    y = (x @ teacher).argmax(1).astype(np.uint8)
    return {"x_train": x[:rows], "y_train": y[:rows], "x_test": x[rows:], "y_test": y[rows:]}


def repeated(times: int = 10) -> dict[str, np.ndarray]:
    data = idx_directory(EMBEDDED)
    return data | {name: np.concatenate([data[name]] * times) for name in ("x_train", "y_train")}


MAKERS = {
    "mnist_10000": lambda: idx_directory(EMBEDDED),
    "mnist_60000": lambda: known("mnist"),
    "fashion_mnist": lambda: known("fashion-mnist"),
    "dense": dense,
    "mnist_100000": repeated,
}


def main() -> None:
    output = Path(sys.argv[1])
    output.mkdir(parents=True, exist_ok=True)
    for name, make in MAKERS.items():
        path = output / f"{name}.npz"
        if path.exists():
            continue
        try:
            arrays = make()
        except FileNotFoundError as error:
            print(f"data.py: {error}", file=sys.stderr)
            continue
        partial = output / f"partial_{name}.npz"
        np.savez(partial, **arrays)
        partial.rename(path)


if __name__ == "__main__":
    main()
