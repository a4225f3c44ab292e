# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""The tables of tables.py as CSV files: those of installed packages, and drawn ones."""

import importlib.resources
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas
import polars
from sklearn import datasets
from sklearn.model_selection import train_test_split

SPLITS = 5
GIGABYTE = 1_000_000_000


@dataclass
class Table:
    target: str
    epochs: int = 200  # scikit-learn's default
    repeats: int = 3  # seeds of the training, for each split
    missing: str = "error"


SETS = {"breast_cancer": Table("target"), "wine": Table("target"), "iris": Table("target"),
        "digits": Table("target"), "Default": Table("default"), "Caravan": Table("Purchase"),
        "penguins": Table("species", missing="mean"), "million": Table("outcome", epochs=5, repeats=1)}


def of_scikit_learn(name: str) -> pandas.DataFrame:
    bunch = getattr(datasets, f"load_{name}")(as_frame=True)
    frame = bunch.frame
    if name != "digits":  # whose classes are numbers
        frame["target"] = bunch.target_names[frame["target"]]
    return frame


def million(rows: int = 1_000_000) -> pandas.DataFrame:
    """20 numbers of unlike scales and two columns of 8 and 50 categories; five classes, drawn by the
    softmax of a random network of them."""
    draw = np.random.default_rng(1)
    x = draw.normal(size=(rows, 20))
    categories = {"region": 8, "plan": 50}
    codes = {name: draw.integers(0, count, rows) for name, count in categories.items()}
    hidden = x @ draw.normal(size=(20, 30)) / 3
    for name, count in categories.items():
        hidden += draw.normal(size=(count, 30))[codes[name]]
    logits = 1.5 * np.tanh(hidden) @ draw.normal(size=(30, 5)) / 2
    outcome = np.argmax(logits + draw.gumbel(size=logits.shape), axis=1)
    scale, mean = 10 ** draw.uniform(-2, 3, 20), draw.normal(size=20) * 5
    frame = pandas.DataFrame((scale * (x + mean)).round(5), columns=[f"n{i}" for i in range(20)])
    for name, count in categories.items():
        frame[name] = np.array([f"{name}_{code:02}" for code in range(count)])[codes[name]]
    frame["outcome"] = np.array(["none", "light", "medium", "severe", "fatal"])[outcome]
    return frame


def frame_of(name: str) -> pandas.DataFrame:
    """Texts as they stand in the file; what is missing is empty."""
    if name == "million":
        return million()
    if name in ("Default", "Caravan"):
        return pandas.read_csv(importlib.resources.files("ISLP") / "data" / f"{name}.csv")
    if name == "penguins":
        return pandas.read_csv(importlib.resources.files("palmerpenguins") / "data" / "penguins.csv")
    return of_scikit_learn(name)


def write(content, path: Path) -> Path:
    """What content(file) writes, whole or not at all."""
    beside = path.with_suffix(".part")
    with beside.open("w", newline="") as file:
        content(file)
    beside.rename(path)
    return path


def table(folder: Path, name: str) -> Path:
    path = folder / f"{name}.csv"
    return path if path.exists() else write(lambda file: frame_of(name).to_csv(file, index=False), path)


def split(folder: Path, name: str, seed: int) -> dict:
    """A quarter of the rows to test on, drawn within each class."""
    paths = {part: folder / f"{name}-{seed}-{part}.csv" for part in ("train", "test")}
    if not all(path.exists() for path in paths.values()):
        whole = table(folder, name)
        header, *rows = whole.read_text().splitlines(keepends=True)
        classes = pandas.read_csv(whole, usecols=[SETS[name].target])
        for path, part in zip(paths.values(), train_test_split(rows, test_size=0.25, stratify=classes, random_state=seed)):
            write(lambda file, part=part: file.writelines([header, *part]), path)
    return {part: str(path) for part, path in paths.items()}


def rows_of(path: str) -> int:
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) - 1


def gigabyte(folder: Path) -> Path:
    """Eight columns of numbers with all their digits, eight with four, four of integers, two of
    categories, until the file has 1 GB."""
    path = folder / "gigabyte.csv"
    if path.exists():
        return path
    draw, beside = np.random.default_rng(2), path.with_suffix(".part")
    with beside.open("wb") as file:
        while file.tell() < GIGABYTE:
            rows = 200_000
            columns = {f"full{i}": draw.normal(size=rows) * 10.0 ** i for i in range(8)}
            columns |= {f"short{i}": draw.normal(size=rows).round(4) for i in range(8)}
            columns |= {f"count{i}": draw.integers(0, 10 ** (i + 1), rows) for i in range(4)}
            columns |= {f"category{count}": np.array([f"level_{k}" for k in range(count)])[
                draw.integers(0, count, rows)] for count in (6, 300)}
            columns["outcome"] = np.array(["no", "yes"])[draw.integers(0, 2, rows)]
            polars.DataFrame(columns).write_csv(file, include_header=file.tell() == 0)
    beside.rename(path)
    return path
