# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Data for pages to test: sweeps of every size and state, made up, the same on every machine."""

import base64
import math
import random
import struct
import zlib

STATES = ["done", "stopped", "budget", "interrupted", "failed", "damaged", "missing"]
PARAMETERS = [
    {"name": "optimizer.learning_rate", "type": "number", "log": True, "low": 1e-4, "high": 1e-1},
    {"name": "batch_size", "type": "integer", "log": False, "low": 16, "high": 256},
    {"name": "layers[0].units", "type": "integer", "log": True, "low": 8, "high": 512},
    {"name": "layers[0].activation", "type": "category", "choices": ["relu", "tanh", "sigmoid", "gelu"]},
    {"name": "dropout_rate", "type": "number", "log": False, "low": 0.0, "high": 0.6},
    {"name": "optimizer.name", "type": "category", "choices": ["sgd", "adam", "rmsprop"]},
    {"name": "seed", "type": "integer", "log": False, "low": 7, "high": 7},
]


def png(pixels):
    """A picture of grey pixels, rows of bytes, as a data URL."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes(row) for row in pixels)
    data = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", len(pixels[0]), len(pixels), 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))
    return "data:image/png;base64," + base64.b64encode(data).decode()


def blob(draw):
    """A smudge of 28 x 28 pixels."""
    strokes = [(draw.uniform(8, 20), draw.uniform(6, 22)) for _ in range(5)]
    return png([[min(255, int(sum(255 * math.exp(-((x - a) ** 2 + (y - b) ** 2) / 5) for a, b in strokes)))
                 for x in range(28)] for y in range(28)])


def point(draw):
    rate = 10 ** draw.uniform(-4, -1)
    return [rate, draw.randint(16, 256), round(8 * 64 ** draw.random()), draw.randrange(4),
            draw.uniform(0, 0.6), draw.randrange(3), 7]


def quality(values, draw):
    """What the accuracy of a point tends to."""
    rate, batch, units, activation, dropout, optimizer, _ = values
    ideal = {0: -1.6, 1: -2.9, 2: -2.7}[optimizer]
    lost = (0.012 + 0.03 * (math.log10(rate) - ideal) ** 2 + 0.012 * (math.log2(512 / units) / 6) ** 2
            + [0, 0.006, 0.03, 0.002][activation] + 0.03 * max(0, dropout - 0.3) ** 2 + 0.00004 * batch)
    return max(0.1, 0.988 - lost * draw.uniform(0.8, 1.3))


def significant(x, digits=5):
    return float(f"{x:.{digits}g}")


def sweep(count, *, seed=1, name="examples/early_termination.yml", epochs=27, repeats=1, running=0, failed=0,
          stopping=True, best=True, importance=True, workers=4, most_points=60):
    """`running` of the runs are not there yet, and `failed` failed."""
    draw = random.Random(seed)
    runs = {key: [] for key in ("index", "state", "value", "best_epoch", "epochs", "seconds", "began", "worker",
                                "band", "threshold", "detail")}
    values = [[] for _ in PARAMETERS]
    curves = []
    free = [1_760_000_000.0] * workers
    chosen = None
    for index in range(count):
        if index % repeats == 0:
            chosen = point(draw)
        if index >= count - running:
            state, ran = ("interrupted", draw.randint(1, 5)) if draw.random() < 0.2 else ("missing", 0)
        elif failed and index % (count // failed) == 0:
            state, ran = "failed", 0
        else:
            state, ran = "done", epochs
        top = quality(chosen, draw)
        band = threshold = None
        detail = ""
        if state == "done" and stopping:
            for rung, bound in ((3, 0.86), (9, 0.945)):
                if top < bound + draw.uniform(-0.03, 0.02):
                    state, ran, band, threshold = "stopped", rung, rung, bound
                    detail = f"stopped by hyperband at epoch {rung}: {top - 0.02:.4f} is below {bound}"
                    break
        if state == "failed":
            detail = "epoch 1: the loss is not finite"
        slow = draw.uniform(2, 6)
        shape = [top * (1 - 0.55 * math.exp(-epoch / slow)) + draw.gauss(0, 0.002) for epoch in range(1, ran + 1)]
        runs["index"].append(index)
        runs["state"].append(STATES.index(state))
        value = significant(max(shape), 4) if shape else None
        runs["value"].append(value)
        runs["best_epoch"].append(shape.index(max(shape)) + 1 if shape else None)
        runs["epochs"].append(ran)
        seconds = ran * (0.5 + chosen[2] / 300 + 20 / chosen[1]) * draw.uniform(0.9, 1.1)
        lane = min(range(workers), key=lambda worker: free[worker])
        timed = state != "missing"
        runs["seconds"].append(round(seconds, 3) if timed else None)
        runs["began"].append(round(free[lane], 3) if timed else None)
        runs["worker"].append(lane if timed else None)
        free[lane] += seconds if timed else 0
        runs["band"].append(band)
        runs["threshold"].append(threshold)
        runs["detail"].append(detail)
        for column, each in zip(values, chosen):
            column.append(significant(each, 6) if isinstance(each, float) else each)
        if ran:
            kept = range(ran) if ran <= most_points else [round(i * (ran - 1) / (most_points - 1)) for i in range(most_points)]
            one = {"values": [[significant(2.3 * (1.02 - shape[i])) for i in kept],
                              [significant(min(1, shape[i] + 0.004)) for i in kept],
                              [significant(2.3 * (1.03 - shape[i])) for i in kept], [significant(shape[i]) for i in kept]]}
            if ran > most_points:
                one["epochs"] = [i + 1 for i in kept]
            curves.append(one)
        else:
            curves.append(None)
    runs["values"] = values
    totals = {state: sum(1 for each in runs["state"] if STATES[each] == state) for state in STATES}
    totals |= {"runs": count, "epochs": sum(runs["epochs"]), "seconds": sum(x or 0 for x in runs["seconds"])}
    finite = [(value, index) for index, value in enumerate(runs["value"]) if value is not None]
    return {
        "name": name, "output": "out", "method": "random", "seed": seed, "repeats": repeats, "data": "mnist",
        "data_digest": "6f1d2c9b80e34a57", "metric": {"name": "val_accuracy", "goal": "maximize"}, "totals": totals,
        "notes": [], "notes_in_all": 0, "parameters": PARAMETERS, "states": STATES, "runs": runs,
        "curves": {"metrics": ["loss", "accuracy", "val_loss", "val_accuracy"], "runs": curves},
        "importance": [
            {"parameter": 0, "importance": 0.52, "low": 0.41, "high": 0.63, "correlation": -0.31},
            {"parameter": 2, "importance": 0.21, "low": 0.12, "high": 0.30, "correlation": 0.44},
            {"parameter": 3, "importance": 0.14, "low": 0.06, "high": 0.23, "correlation": None},
            {"parameter": 5, "importance": 0.08, "low": 0.02, "high": 0.15, "correlation": None},
            {"parameter": 1, "importance": 0.03, "low": 0.0, "high": 0.09, "correlation": -0.06},
            {"parameter": 4, "importance": 0.02, "low": 0.0, "high": 0.06, "correlation": -0.12},
        ] if importance and len(finite) >= 20 else None,
        "command": "sweepnet train examples/early_termination.yml --index {index} --output out",
        "best": best_model(draw, max(finite)[1]) if best and finite else None,
    }


def best_model(draw, index):
    confusion = [[0] * 10 for _ in range(10)]
    for truth in range(10):
        for _ in range(1000):
            confusion[truth][truth if draw.random() < 0.975 else draw.choice([(truth + 5) % 10, (truth + 2) % 10, 8])] += 1
    calibration = []
    for i in range(10):
        count = [0, 0, 2, 11, 38, 70, 96, 140, 330, 9313][i]
        confidence = (i + 0.55) / 10 if i < 9 else 0.985
        calibration.append({"low": i / 10, "high": (i + 1) / 10, "count": count, "confidence": confidence,
                            "accuracy": min(1, max(0, confidence - 0.06 * math.sin(i))) if count else 0.0})
    truths = [draw.randrange(10) for _ in range(16)]
    mistakes = [{"row": draw.randrange(10000), "truth": truth, "predicted": (truth + draw.randrange(1, 10)) % 10,
                 "probability": round(0.9999 - 0.01 * i, 4), "image": blob(draw)} for i, truth in enumerate(truths)]
    pairs = sorted(([i, j, confusion[i][j]] for i in range(10) for j in range(10) if i != j and confusion[i][j]), key=lambda pair: -pair[2])
    return {"index": index, "rows": 10000, "right": sum(confusion[i][i] for i in range(10)), "class_count": 10,
            "classes": [str(i) for i in range(10)], "confusion": confusion, "confused": pairs[:25],
            "mistakes": mistakes, "calibration": calibration}


HOSTILE = ["\"><script>window.hurt = 1</script>", "<img src=x onerror=\"window.hurt = 2\">", "</script><script>window.hurt = 3</script>",
           "<!--<script>", "a\0b", "\u202egnp.exe", "x" * 10_000_000, "'; window.hurt = 4; '", "=cmd|' /C calc'!A0", "{index}",
           "javascript:window.hurt=5", "\u2028\u2029", "__proto__", "constructor"]


def hostile():
    """A sweep whose every text wants to be more than text."""
    made = sweep(40, failed=4)
    made |= {"name": HOSTILE[0], "output": HOSTILE[1], "data": HOSTILE[2], "data_digest": HOSTILE[3], "notes": [each[:1000] for each in HOSTILE],
             "notes_in_all": 2 * len(HOSTILE), "command": "sweepnet train " + HOSTILE[2] + " --index {index}"}
    made["metric"] = {"name": HOSTILE[2], "goal": "maximize"}
    made["curves"]["metrics"] = [HOSTILE[0], "__proto__", HOSTILE[1], HOSTILE[2]]
    made["parameters"] = [dict(each, name=name) for each, name in zip(made["parameters"], HOSTILE[:5] + ["__proto__", "constructor"])]
    made["parameters"][3]["choices"] = HOSTILE[:3] + HOSTILE[6:7]
    made["parameters"][5]["choices"] = ["__proto__", HOSTILE[5], HOSTILE[4]]
    made["runs"]["detail"] = (HOSTILE + [each[:1000] for each in HOSTILE] * 2)[:40]
    made["best"]["classes"] = HOSTILE[:6] + HOSTILE[7:11]
    made["best"]["mistakes"][0]["image"] = "https://example.com/x.png"
    made["best"]["mistakes"][1]["image"] = "data:image/svg+xml;base64,PHN2Zz48L3N2Zz4="
    return made


def bare(count):
    """As little as a report may tell: outputs of which nothing else is known."""
    made = sweep(count, best=False, importance=False, stopping=False)
    for key in ("method", "seed", "data", "data_digest", "command"):
        made[key] = None
    made["parameters"] = []
    made["runs"] |= {"values": [], "began": [None] * count, "worker": [None] * count, "seconds": [None] * count}
    made["curves"] = {"metrics": [], "runs": [None] * count}
    return made


def choosy(count):
    """A parameter that has another choice in each run."""
    made = sweep(count, best=False)
    choices = [f"[{8 + index}, {index % 7}]" for index in range(count)]
    made["parameters"] = made["parameters"][:3] + [dict(made["parameters"][3], choices=choices)] + made["parameters"][4:]
    made["runs"]["values"][3] = list(range(count))
    return made


def many_classes(count):
    """A best model of more classes than a matrix shows, whose outputs are no probabilities."""
    made = sweep(count)
    made["best"] |= {"class_count": 1000, "classes": [], "confusion": [], "calibration": [],
                     "confused": [[7, 700 + i, 40 - i] for i in range(25)]}
    for each in made["best"]["mistakes"]:
        each["probability"] = None
    return made


def regression(count):
    """A loss that is to be small, one of them wild."""
    made = sweep(count, seed=5, best=False, stopping=False)
    made["metric"] = {"name": "val_loss", "goal": "minimize"}
    made["runs"]["value"] = [None if x is None else significant(1.5 * (1 - x) ** 1.3) for x in made["runs"]["value"]]
    made["runs"]["value"][3] = 1e12
    return made


def report(*sweeps):
    return {"format": 1, "version": "0.1.0", "sweeps": list(sweeps)}


def all_reports():
    """What makes each page, by name."""
    return {
        "empty": lambda: report(sweep(0)),
        "two": lambda: report(sweep(2, stopping=False, epochs=5)),
        "hundred": lambda: report(sweep(100)),
        "thousand": lambda: report(sweep(1000)),
        "many": lambda: report(sweep(10_000, epochs=27, workers=64)),
        "running": lambda: report(sweep(60, running=22)),
        "failed": lambda: report(sweep(30, failed=30, best=False)),
        "some_failed": lambda: report(sweep(60, failed=9, repeats=1) | {"notes": ["result_17.json is no result: line 1 ends within a text"], "notes_in_all": 1}),
        "repeats": lambda: report(sweep(60, repeats=5, stopping=False)),
        "compare": lambda: report(sweep(80, name="random.yml"), sweep(60, seed=3, name="tpe.yml")),
        "minimize": lambda: report(regression(50)),
        "stopped": lambda: report(sweep(30, seed=4, importance=False)),
        "classes": lambda: report(many_classes(60)),
        "choosy": lambda: report(choosy(1500)),
        "bare": lambda: report(bare(12)),
        "hostile": lambda: report(hostile()),
    }
