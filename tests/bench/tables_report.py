# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""The tables that tables.py prints of what it measured."""

import statistics

import numpy as np
from scipy import stats

TITLES = {"sweepnet": "sweepnet", "sweepnet_raw": "sweepnet, unscaled", "sklearn": "scikit-learn",
          "sklearn_raw": "scikit-learn, unscaled", "keras": "Keras", "pandas": "pandas, C engine", "polars": "polars", "onnxruntime": "onnxruntime"}


def by_split(of: dict, key: str) -> np.ndarray:
    """The mean over the seeds of each split."""
    splits = sorted({run["split"] for run in of["runs"]})
    return np.array([np.mean([run[key] for run in of["runs"] if run["split"] == split]) for split in splits])


def over_splits(values: np.ndarray) -> str:
    return f"{values.mean():.4f} ± {values.std(ddof=1):.4f}"


def difference(ours: np.ndarray, theirs: np.ndarray) -> str:
    """Mean over the splits, and the half of its interval of 95% by Student's t."""
    d = ours - theirs
    half = stats.t.ppf(0.975, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d))
    return f"{d.mean():+.4f} ± {half:.4f}"


def quality(found: list[dict]) -> list[str]:
    lines = ["| set | by | accuracy | ours less theirs | log-loss | ours less theirs | a fit, processor s | all, processor s |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    order = {key: place for place, key in enumerate(TITLES)}
    for of in sorted(found, key=lambda each: (each["rows"], each["set"], order[each["by"]])):
        like = "sweepnet_raw" if of["by"] == "sklearn_raw" else "sweepnet"
        ours = next((each for each in found if (each["set"], each["by"]) == (of["set"], like)), None)
        accuracy, loss = by_split(of, "accuracy"), by_split(of, "loss")
        compared = ours is not None and not of["by"].startswith("sweepnet")
        lines.append(
            f"| {of['set']} | {TITLES[of['by']]} | {over_splits(accuracy)} "
            f"| {difference(by_split(ours, 'accuracy'), accuracy) if compared else ''} | {over_splits(loss)} "
            f"| {difference(by_split(ours, 'loss'), loss) if compared else ''} "
            f"| {statistics.median(run['fit_processor'] for run in of['runs']):.2f} | {of['processor']:.1f} |")
    return lines


def groups(found: list[dict], *keys: str) -> dict:
    result: dict[tuple, list] = {}
    for each in found:
        result.setdefault(tuple(each[key] for key in keys), []).append(each)
    return result


def median(of: list[dict], key: str) -> float:
    return statistics.median(each[key] for each in of)


def spread(of: list[dict], key: str) -> str:
    values = [each[key] for each in of]
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def search(found: list[dict]) -> list[str]:
    lines = ["| set | by | times | seconds | times ours | processor s | times ours | best accuracy | load before |",
             "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    of_all = groups(found, "set", "by")
    for (name, by), of in of_all.items():
        ours = of_all.get((name, "sweepnet"), of)
        ratios = [median(of, key) / median(ours, key) for key in ("seconds", "processor")]
        lines.append(f"| {name} | {TITLES[by]} | {len(of)} | {spread(of, 'seconds')} | {ratios[0]:.1f} "
                     f"| {spread(of, 'processor')} | {ratios[1]:.1f} | {max(max(each['runs']) for each in of):.4f} "
                     f"| {median(of, 'load'):.1f} |")
    return lines


def reading(found: list[dict]) -> list[str]:
    lines = ["| by | threads | times | seconds | processor s | MB/s | peak memory, MB | load before |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for (threads, by), of in sorted(groups(found, "threads", "by").items()):
        runs = [each["runs"] for each in of]
        lines.append(f"| {TITLES[by]} | {threads} | {len(of)} | {spread(runs, 'read')} | {spread(runs, 'read_processor')} "
                     f"| {of[0]['bytes'] / 1e6 / median(runs, 'read'):.0f} | {median(of, 'memory'):.0f} "
                     f"| {median(of, 'load'):.1f} |")
    return lines


def predict(found: list[dict]) -> list[str]:
    lines = ["| what | threads | by | times | seconds | processor s | rows/s | peak memory, MB | load before |",
             "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for (what, threads, by), of in groups(found, "what", "threads", "by").items():
        bare = what == "bare"
        timed = [each["runs"] for each in of] if bare else of
        seconds, processor = ("predict", "predict_processor") if bare else ("seconds", "processor")
        lines.append(f"| {what} | {threads} | {TITLES[by]} | {len(of)} | {spread(timed, seconds)} | {spread(timed, processor)} "
                     f"| {of[0]['runs']['rows'] / median(timed, seconds):,.0f} | {median(of, 'memory'):.0f} "
                     f"| {median(of, 'load'):.1f} |")
    return lines


def told(found: list[dict]) -> list[str]:
    lines = []
    for part, table in {"quality": quality, "search": search, "reading": reading, "predict": predict}.items():
        of = [each for each in found if each["part"] == part]
        lines += [f"## {part}", "", *table(of), ""] if of else []
    return lines
