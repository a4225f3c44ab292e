# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""From raw lines (cpu.jsonl) to the table (cpu.md) and the plot (growth.svg).

    report.py DIRECTORY
"""

import json
import statistics
import sys
from pathlib import Path

from jobs import ABOUT
from peer import PEERS

HEADER = """\
# sweepnet beside other libraries

{date}, {processor} ({family}), {cores} cores, {instruction_sets}; {memory:.0f} GB; {system}. Made by
`tests/bench/run.sh`: {rounds} rounds, each of which runs every job on every library in turn, each run a
process of its own. Load average before the first run: {load_average:.1f}.

All train in float32 on the same rows, in memory before any clock starts, with the same network, batch
size, Glorot-uniform weights and Keras 3's RMSprop; rows are shuffled anew every epoch; all 10,000 test
rows are validated after every epoch; the model of the best epoch is written. The seed is the round's
number. Each ran with the number of threads that was fastest in a trial of three epochs.

- **s/epoch**: training and validation, saving left out: the median epoch after the first of each
  round; shown is the median round, and the fastest and slowest in brackets. **train** and **validate**
  are its parts.
- **whole job**: from the start of the process to its end, with the model on disk. **start**: until the
  library is imported (for sweepnet: what its own clock does not see). **compile**: what compilation,
  and the first epoch beyond a median one, take.
- **memory**: the process' peak resident size.
- Ratios are to sweepnet; above 1 means that sweepnet is faster or smaller.
"""


def epoch_seconds(record: dict, parts: tuple = ("train", "validate")) -> float:
    """The median epoch after the first, which may compile."""
    epochs = [sum(values) for values in zip(*(record[part] for part in parts))]
    return statistics.median(epochs[1:] or epochs)


def measures(record: dict) -> dict:
    epoch = epoch_seconds(record)
    return {"epoch": epoch, "train": epoch_seconds(record, ("train",)),
            "validate": epoch_seconds(record, ("validate",)), "wall": record["wall"], "start": record["import"],
            "compile": record["compile"] + max(0.0, record["train"][0] + record["validate"][0] - epoch),
            "memory": record["peak_rss"] / 1e6, "val_accuracy": max(record["val_accuracy"])}


def summary(lines: list[dict]) -> dict[str, dict[str, dict]]:
    """job -> peer -> medians over rounds, the spread of an epoch, ratios to sweepnet."""
    runs = {}
    for line in lines:
        if line["kind"] == "run" and "error" not in line:
            runs.setdefault(line["job"], {}).setdefault(line["peer"], []).append(line)
    table = {}
    for job, peers in runs.items():
        rows = table[job] = {}
        for peer, records in peers.items():
            measured = [measures(record) for record in records]
            rows[peer] = {name: statistics.median(m[name] for m in measured) for name in measured[0]}
            epochs = [m["epoch"] for m in measured]
            rows[peer] |= {"fastest": min(epochs), "slowest": max(epochs), "threads": records[0]["threads"]}
        for row in rows.values():
            for name in ("epoch", "wall", "memory"):
                row[f"{name}_ratio"] = row[name] / rows["sweepnet"][name] if "sweepnet" in rows else float("nan")
    return table


def job_table(rows: dict[str, dict]) -> list[str]:
    names = ["", "threads", "s/epoch", "train", "validate", "ratio", "whole job, s", "ratio", "start", "compile",
             "memory, MB", "ratio", "best val_accuracy"]
    lines = [f"| {' | '.join(names)} |", "|" + " --- |" * len(names)]
    for peer in sorted(rows, key=lambda peer: rows[peer]["epoch"]):
        r = rows[peer]
        cells = [PEERS[peer].title, r["threads"], f"{r['epoch']:.4f} ({r['fastest']:.4f}-{r['slowest']:.4f})",
                 f"{r['train']:.4f}", f"{r['validate']:.4f}", f"{r['epoch_ratio']:.2f}", f"{r['wall']:.2f}",
                 f"{r['wall_ratio']:.1f}", f"{r['start']:.2f}", f"{r['compile']:.2f}", f"{r['memory']:.0f}",
                 f"{r['memory_ratio']:.1f}", f"{r['val_accuracy']:.4f}"]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def markdown(lines: list[dict]) -> str:
    runs = [line for line in lines if line["kind"] == "run"]
    machine = lines[0] | {"instruction_sets": ", ".join(lines[0]["instruction_sets"]),
                          "memory": lines[0]["memory"] / 1e9, "rounds": max((r["round"] for r in runs), default=0)}
    text = [HEADER.format(**machine), "## What was done for each", ""]
    versions = {line["peer"]: line["version"] for line in lines if "version" in line}
    text += [f"- **{PEERS[peer].title}** {version}: {PEERS[peer].how}." for peer, version in versions.items()]
    for job, rows in summary(lines).items():
        text += ["", f"## {job}", "", f"{ABOUT[job][0].upper()}{ABOUT[job][1:]}.", "", *job_table(rows)]
    failures = {(line["job"], line["peer"]): line["error"].strip().splitlines()[-1]
                for line in lines if "error" in line and "job" in line}
    text += [""] * bool(failures) + [f"{PEERS[peer].title} failed on {job}: {error}"
                                     for (job, peer), error in failures.items()]
    if any(line["kind"] == "growth" for line in lines):
        text += ["", "## Growth", "", "Training time of an epoch at the better number of threads, medians of the "
                 "rounds; MNIST's rows, repeated as needed; batch 128.", "", "![growth](growth.svg)"]
    return "\n".join(text) + "\n"


def growth_points(lines: list[dict]) -> dict[str, dict[str, dict[int, float]]]:
    """axis -> peer -> value -> training seconds of an epoch: medians at the best number of threads."""
    runs = {}
    for line in lines:
        if line["kind"] == "growth" and "error" not in line:
            place = (line["axis"], line["peer"], line["value"], line["threads"])
            runs.setdefault(place, []).append(epoch_seconds(line, ("train",)))
    points = {}
    for (axis, peer, value, _), seconds in runs.items():
        curve = points.setdefault(axis, {}).setdefault(peer, {})
        curve[value] = min(statistics.median(seconds), curve.get(value, float("inf")))
    return points


def plot(points: dict, path: Path) -> None:
    import matplotlib
    matplotlib.use("svg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import FixedLocator, LogLocator, NullLocator, StrMethodFormatter

    plt.rcParams |= {"svg.hashsalt": "sweepnet", "font.size": 10}
    labels = {"rows": ("training rows", "784-512-30-50-70-10"),
              "width": ("units of each of two layers", "784-width-width-10, 10,000 rows"),
              "depth": ("layers of 128 units", "784-128-...-128-10, 10,000 rows")}
    figure, panels = plt.subplots(1, len(points), figsize=(4.2 * len(points), 3.8), squeeze=False)
    for panel, (axis, curves) in zip(panels[0], points.items()):
        for (peer, curve), style in zip(curves.items(), ("o-", "s--")):
            panel.plot(list(curve), list(curve.values()), style, label=PEERS[peer].title, markersize=4)
        panel.set(xscale="log", yscale="log", xlabel=labels[axis][0], ylabel="training time per epoch (s)",
                  title=labels[axis][1])
        panel.title.set_fontsize(10)
        ticks = sorted({value for curve in curves.values() for value in curve})
        panel.xaxis.set_major_locator(FixedLocator(ticks[::2] if len(ticks) > 5 else ticks))
        panel.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panel.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        for ruler in (panel.xaxis, panel.yaxis):
            ruler.set_minor_locator(NullLocator())
        panel.grid(alpha=0.3)
        panel.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def write(lines: list[dict], output: Path) -> None:
    text = markdown(lines)
    (output / "cpu.md").write_text(text)
    if points := growth_points(lines):
        plot(points, output / "growth.svg")
    print(text)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    write([json.loads(line) for line in (folder / "cpu.jsonl").read_text().splitlines()], folder)
