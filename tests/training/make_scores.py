# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Makes golden/scores.json, what scikit-learn's metrics say of hard cases, or checks it.

    tests/tables/models_environment.sh
    build/tables-models-env/bin/python tests/training/make_scores.py [--check]
"""

import json
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import f1_score, mean_absolute_error, mean_squared_error, r2_score, roc_auc_score

GOLDEN = Path(__file__).parent / "golden" / "scores.json"
warnings.simplefilter("ignore")


def number(value: float):
    return float(value) if np.isfinite(value) else None


def auc_cases(random):
    """Labels and outputs: without ties, with many, nearly certain, all equal, one class missing."""
    labels = random.integers(0, 2, 60)
    yield labels, random.random(60)
    yield labels, np.round(random.random(60) * 4) / 4
    yield labels, np.where(labels == 1, 1 - 1e-7, 1e-7) * np.where(random.random(60) < 0.9, 1, 0.5)
    yield labels, np.full(60, 0.25)
    yield (random.random(500) < 0.01).astype(int), np.round(random.random(500), 2)
    yield np.ones(8, int), random.random(8)
    yield np.zeros(8, int), random.random(8)


def label_cases(random):
    """Truths and outputs (rows x labels): a label that is never there, one never found, neither."""
    truths = random.integers(0, 2, (40, 4))
    outputs = random.random((40, 4))
    yield truths, outputs
    truths, outputs = truths.copy(), outputs.copy()
    truths[:, 0] = 0
    outputs[:, 1] = 0.25
    truths[:, 2], outputs[:, 2] = 0, 0.5  # 0.5 does not say that it holds
    yield truths, outputs
    yield np.zeros((6, 2), int), np.zeros((6, 2))


def value_cases(random):
    """Values and outputs (rows x values): good, worse than the mean, constant, met exactly."""
    values = random.normal(3, 2, (50, 1))
    yield values, values + random.normal(0, 0.5, values.shape)
    yield values, random.normal(-20, 9, values.shape)
    several = random.normal(0, [1, 100, 1e-3], (30, 3))
    yield several, several + random.normal(0, [0.5, 20, 1e-3], several.shape)
    constant = several.copy()
    constant[:, 1] = 7
    yield constant, constant + random.normal(0, 1, several.shape) * [1, 0, 1]
    yield constant, constant + random.normal(0, 1, several.shape)


def as_floats(outputs):
    return np.float32(outputs).astype(float)


def made() -> dict:
    random = np.random.default_rng(27)
    cases = {"oracle": f"scikit-learn {sklearn.__version__}", "auc": [], "f1": [], "r2": []}
    for labels, outputs in auc_cases(random):
        outputs = as_floats(outputs)
        score = roc_auc_score(labels, outputs) if 0 < labels.sum() < len(labels) else np.nan
        cases["auc"].append({"labels": labels.tolist(), "outputs": outputs.tolist(), "auc": number(score)})
    for truths, outputs in label_cases(random):
        outputs = as_floats(outputs)
        score = {way: number(f1_score(truths, outputs > 0.5, average=way, zero_division=0)) for way in ("micro", "macro")}
        cases["f1"].append({"truths": truths.tolist(), "outputs": outputs.tolist(), **score})
    for values, outputs in value_cases(random):
        values, outputs = as_floats(values), as_floats(outputs)
        cases["r2"].append({"values": values.tolist(), "outputs": outputs.tolist(), "r2": number(r2_score(values, outputs)),
                            "mae": number(mean_absolute_error(values, outputs)),
                            "mse": number(mean_squared_error(values, outputs))})
    return cases


def main() -> None:
    text = json.dumps(made()) + "\n"
    if "--check" not in sys.argv[1:]:
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)
    elif {**json.loads(text), "oracle": 0} != {**json.loads(GOLDEN.read_text()), "oracle": 0}:
        sys.exit(f"{GOLDEN} differs from what scikit-learn {sklearn.__version__} says")


if __name__ == "__main__":
    main()
