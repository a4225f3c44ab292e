# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Compares two series of whole runs of one job, as a markdown table.

    python tests/keras/compare_runs.py keras.jsonl sweepnet.jsonl --job index0

Both files hold one JSON object per line with at least `job`, `seed` and `best_val_accuracy`, as
whole_run.py writes them. The difference is B - A, its 95% interval Welch's. index0 sometimes
collapses, so for it the rank test and each side's share of collapsed runs are given too.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy import stats

COLLAPSED_BELOW = 0.93


def best_accuracies(path: Path, job: str) -> np.ndarray:
    records = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    best = {record["seed"]: record["best_val_accuracy"] for record in records if record["job"] == job}
    if len(best) < 2:
        raise SystemExit(f"{path}: {len(best)} runs of {job}, at least 2 are needed")
    return np.array(list(best.values()))


def table(rows: list[tuple[str, ...]]) -> str:
    head, *body = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ("---",) * len(head), *body])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("a", type=Path, metavar="A.jsonl")
    parser.add_argument("b", type=Path, metavar="B.jsonl")
    parser.add_argument("--job", required=True)
    options = parser.parse_args()
    a, b = (best_accuracies(path, options.job) for path in (options.a, options.b))

    interval = stats.ttest_ind(b, a, equal_var=False).confidence_interval(0.95)
    rows = [
        (options.job, options.a.name, options.b.name),
        ("runs", str(len(a)), str(len(b))),
        ("mean best accuracy", f"{a.mean():.5f}", f"{b.mean():.5f}"),
        ("standard deviation", f"{a.std(ddof=1):.5f}", f"{b.std(ddof=1):.5f}"),
    ]
    if options.job == "index0":
        rows.append((f"collapsed (best < {COLLAPSED_BELOW})",
                     *(f"{(side < COLLAPSED_BELOW).sum()} ({(side < COLLAPSED_BELOW).mean():.0%})" for side in (a, b))))
    rows += [
        ("difference of means", "", f"{b.mean() - a.mean():+.5f}"),
        ("95% interval (Welch)", "", f"[{interval.low:+.5f}, {interval.high:+.5f}]"),
        ("ratio of deviations", "", f"{b.std(ddof=1) / a.std(ddof=1):.3f}"),
    ]
    if options.job == "index0":
        rows.append(("Mann-Whitney p", "", f"{stats.mannwhitneyu(a, b).pvalue:.3f}"))
    print(table(rows))


if __name__ == "__main__":
    main()
