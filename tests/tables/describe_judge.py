# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""What `sweepnet describe` tells of tables against NumPy and scikit-learn.

    python tests/tables/describe_judge.py build/release/sweepnet

Statistics of each column of numbers, the counts of classes and of rows that are duplicates, AUC
(roc_auc_score of each class against all others) and R2 of a straight line. Prints a line for each
table, and ends with 1 if one differs.
"""

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.metrics import roc_auc_score

PROGRAM = Path(sys.argv[1])
CLOSE = 1e-12  # beside 1, or what is compared where that is larger
FEWEST = 5  # rows of a class whose AUC is told


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scales far apart, ties, missing cells, classes that follow from two columns."""
    draw = np.random.default_rng(seed)
    rows = 3000
    columns = [draw.normal(1e3 * k, 10.0**k, rows) for k in range(-3, 5)]
    features = np.column_stack([*columns, draw.integers(0, 5, rows), draw.integers(0, 200, rows)])
    features[draw.random(features.shape) < 0.1] = np.nan
    known = np.nan_to_num(features)
    classes = (known[:, 3] + draw.normal(0, 0.1, rows) > 0).astype(int) + (known[:, 9] > 100) * (seed % 2)
    features[-20:], classes[-20:] = features[:20], classes[:20]
    return features, classes


def described(features: np.ndarray, target: np.ndarray) -> dict:
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "table.csv"
        with file.open("w", newline="") as opened:
            out = csv.writer(opened)
            out.writerow([f"x{i}" for i in range(features.shape[1])] + ["y"])
            for row, y in zip(features, target):
                out.writerow(["" if np.isnan(x) else repr(float(x)) for x in row] + [repr(y.item())])
        call = [PROGRAM, "describe", file, "--target", "y", "--json"]
        return json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)


def expected(x: np.ndarray, target: np.ndarray) -> dict:
    """Of a column: what describe should tell of it."""
    there = ~np.isnan(x)
    values, y = x[there], target[there]
    found = {"missing": int((~there).sum()), "distinct": len(np.unique(values))}
    if found["distinct"] > 1:
        found |= {"min": values.min(), "mean": values.mean(), "deviation": values.std(),
                  "median": np.median(values), "max": values.max()}
    if target.dtype.kind == "f":
        if found["distinct"] > 1:
            found["r2"] = np.corrcoef(values, y)[0, 1] ** 2
        return found
    classes = [c for c in np.unique(y) if FEWEST <= (y == c).sum() <= len(y) - FEWEST]
    if classes:
        found["auc"] = max(max(auc, 1 - auc) for auc in (roc_auc_score(y == c, values) for c in classes))
    return found


def told(column: dict) -> dict:
    found = {"missing": column["missing"], "distinct": column["distinct"]}
    if column["type"] == "number":
        found |= column["numbers"]
    if "telling" in column:
        found[column["telling"]["measure"]] = column["telling"]["value"]
    return found


def differences(features: np.ndarray, target: np.ndarray) -> tuple[int, float, list[str]]:
    """How many numbers were compared, the largest difference, and those that are too large."""
    profile = described(features, target)
    count, largest, wrong = 0, 0.0, []

    def compare(what: str, found, wanted) -> None:
        nonlocal count, largest
        difference = abs(found - wanted) / max(1, abs(wanted))
        count, largest = count + 1, max(largest, difference)
        if not difference <= CLOSE:
            wrong.append(f"{what}: {found} instead of {wanted}")

    for i, column in enumerate(profile["columns"][:-1]):
        found, wanted = told(column), expected(features[:, i], target)
        if found.keys() != wanted.keys():
            wrong.append(f"x{i}: {sorted(found)} instead of {sorted(wanted)}")
        for key in found.keys() & wanted.keys():
            compare(f"x{i}, {key}", found[key], wanted[key])
    if target.dtype.kind != "f":
        counts = np.unique(target, return_counts=True)[1]
        for each, wanted in zip(profile["target"]["classes"], counts, strict=True):
            compare(f"class {each['value']}", each["rows"], wanted)
    rows = np.nan_to_num(np.column_stack([features, target]), nan=-1e99)
    compare("duplicates", profile["duplicate_rows"], len(rows) - len(np.unique(rows, axis=0)))
    return count, largest, wrong


failed = False
tables = {load.__name__[5:]: load(return_X_y=True)
          for load in (load_iris, load_wine, load_breast_cancer, load_digits, load_diabetes)}
tables |= {f"drawn by {seed}": drawn(seed) for seed in range(6)}
for name, (features, target) in tables.items():
    count, largest, wrong = differences(features, target)
    failed = failed or bool(wrong)
    print(f"{'FAIL' if wrong else 'ok  '} {name}: {count} numbers, largest difference {largest:.2g}", *wrong,
          sep="\n     ", flush=True)
sys.exit(failed)
