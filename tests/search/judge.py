# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Compares search spaces with W&B's package sweeps: what its schema takes, the values of its
distributions, and the order of its grids.

    build/search-env/bin/python tests/search/judge.py build/release/tests/search_probe
"""
import itertools
import json
import math
import random
import subprocess
import sys

from sweeps import next_runs, schema_violations_from_proposed_config
from sweeps.params import HyperParameter


class Probe:
    def __init__(self, program):
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, space, us=()):
        return self.ask_for({"space": space, "us": list(us)})

    def ask_for(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def random_space(**parameters):
    return {"method": "random", "run_cap": 1, "parameters": parameters}


def of(**keys):
    """A space whose one parameter has these keys."""
    return random_space(a=keys)


def top(**keys):
    """A grid of one point, with these keys at the top."""
    return {"method": "grid", "parameters": {"a": {"value": 1}}, **keys}


def stopping_rows():
    metric = {"name": "val_loss", "goal": "minimize"}
    rules = [
        dict(min_iter=3), dict(min_iter=3, eta=2.5), dict(min_iter=3, strict=True),
        dict(min_iter=0), dict(min_iter=1.5), dict(min_iter="3"), dict(min_iter=3, eta=1),
        dict(min_iter=3, strict="yes"), dict(min_iter=3, other=1), dict(max_iter=27, s=2),
        dict(max_iter=27, s=2, min_iter=3), dict(max_iter=27), dict(s=2), dict(),
        dict(max_iter=0, s=2),
    ]
    yield from (top(metric=metric, early_terminate={"type": "hyperband", **rule}) for rule in rules)
    yield top(metric=metric, early_terminate={"type": "envelope"})
    yield top(metric=metric, early_terminate={"min_iter": 3})
    yield top(metric=metric, early_terminate="hyperband")


def bayes(**keys):
    """A space of bayes, with these keys at the top; without those that are None."""
    space = {"method": "bayes", "run_cap": 5, "metric": {"name": "loss", "goal": "minimize"},
             "parameters": {"a": {"min": 1.5, "max": 4.5}}, **keys}
    return {key: value for key, value in space.items() if value is not None}


def grammar_rows():
    good_bad = [
        of(value=1), of(value="x"), of(value=None), of(value=[1, 2]), of(value={"b": 1}),
        of(values=[1, 2.5, "x", True, None]), of(values=[[1], {"b": 2}]), of(values=[]),
        of(values=3), of(values="abc"), of(), random_space(a=0.1), random_space(a=[1, 2]),
        random_space(a=None), of(value=1, values=[1]), of(value=1, description="d"),
        of(values=[1, 2], probabilities=[0.5, 0.5]), of(values=[1, 2], probabilities=[0.5]),
        of(values=[1, 2], probabilities=[0.5, 0.6]), of(values=[1, 2], probabilities=[1.5, -0.5]),
        of(values=[1, 2], probabilities=["a", "b"]),
        of(min=1, max=4), of(min=1, max=4.5), of(min=1.5, max=4.5), of(min=4, max=1),
        of(min=1, max=1), of(min=1), of(max=1), of(min="1", max=4), of(min=True, max=4),
        of(min=1, max=4, q=1), of(min=1.5, max=4.5, q=0.5),
        of(distribution="uniform", min=0, max=1), of(distribution="uniform", min=0),
        of(distribution="int_uniform", min=0, max=5), of(distribution="int_uniform", min=0.5, max=5),
        of(distribution="q_uniform", min=0, max=5), of(distribution="q_uniform", min=0, max=5, q=2),
        of(distribution="q_uniform", min=0, max=5, q=0), of(distribution="q_uniform", min=0, max=5, q=-1),
        of(distribution="log_uniform_values", min=0.1, max=5),
        of(distribution="log_uniform_values", min=0, max=5),
        of(distribution="q_log_uniform_values", min=1, max=50, q=5),
        of(distribution="inv_log_uniform_values", min=0.1, max=5),
        of(distribution="log_uniform", min=-3, max=-1),
        of(distribution="normal"), of(distribution="normal", mu=1, sigma=2),
        of(distribution="normal", mu=1, sigma=-2), of(distribution="normal", mu="x"),
        of(distribution="q_normal", mu=1, sigma=2, q=0.5), of(distribution="log_normal", mu=0, sigma=1),
        of(distribution="q_log_normal", mu=0, sigma=1, q=2), of(distribution="beta"),
        of(distribution="beta", a=2, b=3), of(distribution="q_beta", a=2, b=3, q=0.1),
        of(distribution="beta", a=-1, b=3), of(distribution="beta", a=0, b=3),
        of(distribution="gamma", a=1), of(distribution="constant", value=3),
        of(distribution="constant"), of(distribution="categorical", values=[1]),
        of(distribution="categorical", values=[1, 2], probabilities=[0.5, 0.5]),
        of(distribution="categorical_w_probabilities", values=[1, 2], probabilities=[0.5, 0.5]),
        of(distribution="uniform", min=0, max=1, mu=3), of(parameters={"b": {"value": 1}}),
        of(parameters={"b": {"parameters": {"c": {"min": 1, "max": 2}}}}), of(parameters={}),
        of(parameters={"b": {"vale": 1}}), of(parameters={"b": {"value": 1}}, value=2),
        of(parameters={"b": {"min": 3, "max": 1}}),
        random_space(**{"1a": {"value": 1}}), random_space(**{"a-b.c_d": {"value": 1}}),
        random_space(**{"a b": {"value": 1}}), random_space(),
        {"method": "grid"}, {"parameters": {"a": {"value": 1}}}, top(), top(method="Grid"),
        top(method="other"), top(metric={"name": "loss"}),
        top(metric={"name": "loss", "goal": "minimize"}), top(metric={"name": "loss", "goal": "min"}),
        top(metric={"goal": "minimize"}), top(metric="loss"), top(metric={"name": "loss", "x": 1}),
        top(metric={"name": "loss", "impute": "best"}), top(metric={"name": "loss", "impute": "mean"}),
        top(metric={"name": "loss", "target": 0.1}), top(metric={"name": "f1"}),
        top(run_cap=3), top(run_cap=0), top(run_cap="3"), top(run_cap=1.5), top(program="a.py"),
        top(program=3), top(command=["a"]), top(command="a"), top(project="p"), top(entity="e"),
        top(name="n"), top(description="d"), top(kind="sweep"), top(kind="job"), top(unknown=1),
        top(controller={"type": "local"}), top(controller={"type": "elsewhere"}),
        top(early_terminate={"type": "hyperband", "min_iter": 3}), *stopping_rows(),
        top(method="custom"),
        bayes(), bayes(metric=None), bayes(metric={"goal": "minimize"}), bayes(run_cap=0),
        bayes(metric={"name": "loss", "impute": "latest"}),
        bayes(metric={"name": "loss", "impute": "mean"}),
        bayes(metric={"name": "loss", "impute_while_running": "best"}),
        bayes(metric={"name": "loss", "impute_while_running": "mean"}),
        bayes(parameters={"a": {"distribution": "normal"}, "b": {"values": [1, 2]}}),
        bayes(parallel=4), bayes(parameters={"a": {"value": 1}}),
    ]
    return good_bad


# Where the two differ, and why. The key is the space as JSON.
def deviation(space):
    parameters = space.get("parameters") or {}
    a = parameters.get("a")
    a = a if isinstance(a, dict) else {}
    metric = space.get("metric")
    if space.get("method") == "custom":
        return "the method is not here"
    if "early_terminate" in space and metric is None:
        return "early_terminate needs a metric; W&B says so when runs are compared"
    if isinstance(space.get("early_terminate"), dict) and space["early_terminate"].get("max_iter") == 0:
        return "there is no band; W&B says so when runs are compared"
    if "parallel" in space:
        return "a key that W&B does not have: how many points bayes asks for at once"
    if space.get("method") == "bayes" and metric is None:
        return "W&B finds out that bayes has no metric when it draws"
    if space.get("method") == "bayes" and a.get("value") is not None:
        return "W&B finds out that nothing varies when it draws"
    if isinstance(metric, dict) and metric.get("name") == "f1":
        return "a metric that no run here has"
    if a.get("distribution") in ("log_uniform", "inv_log_uniform", "q_log_uniform"):
        return "W&B wants the form with values; exponents are taken here, with a note"
    if a.get("distribution") in ("beta", "q_beta") and 0 in (a.get("a"), a.get("b")):
        return "beta of a shape of 0 has no values"
    if a.get("parameters", {}) and a["parameters"].get("b") == {"min": 3, "max": 1}:
        return "W&B does not look at nested bounds before it draws"
    if isinstance(space.get("program"), int):
        return "a number is a text where a text is wanted"
    return None


def violations(space):
    try:
        return schema_violations_from_proposed_config(json.loads(json.dumps(space)))
    except Exception as e:  # what its schema takes may still be of no distribution
        return [str(e)]


def check_grammar(probe):
    rows = grammar_rows()
    differences, deviations = [], 0
    for space in rows:
        theirs = violations(space)
        ours = probe.ask(space).get("error")
        if bool(theirs) == bool(ours):
            continue
        why = deviation(space)
        if why is None:
            differences.append((space, theirs, ours))
        else:
            deviations += 1
            print(f"  deviates: {json.dumps(space)}: {why}")
    for space, theirs, ours in differences:
        print(f"  DIFFERS: {json.dumps(space)}\n    W&B: {theirs}\n    here: {ours}")
    print(f"grammar: {len(rows)} files, {len(rows) - deviations - len(differences)} agree, "
          f"{deviations} deviate by intent, {len(differences)} differ")
    return not differences


def distributions():
    yield "constant", dict(value=3)
    yield "categorical", dict(values=["a", "b", 3, 4.5, True])
    yield "categorical_w_probabilities", dict(values=["a", "b", "c"], probabilities=[0.2, 0.5, 0.3])
    yield "int_uniform", dict(min=-3, max=17)
    yield "uniform", dict(min=-0.5, max=3.25)
    yield "q_uniform", dict(min=-2, max=7.5, q=0.25)
    yield "q_uniform", dict(min=1, max=10, q=4)
    yield "log_uniform", dict(min=-3.5, max=2)
    yield "log_uniform_values", dict(min=1e-5, max=0.3)
    yield "q_log_uniform", dict(min=0, max=5, q=3)
    yield "q_log_uniform_values", dict(min=1, max=500, q=10)
    yield "inv_log_uniform", dict(min=-3.5, max=2)
    yield "inv_log_uniform_values", dict(min=1e-5, max=0.3)
    yield "normal", dict(mu=0.3, sigma=2)
    yield "q_normal", dict(mu=0.3, sigma=2, q=0.5)
    yield "log_normal", dict(mu=0.3, sigma=0.8)
    yield "q_log_normal", dict(mu=0.3, sigma=0.8, q=0.5)
    yield "beta", dict(a=2, b=5)
    yield "beta", dict(a=0.5, b=0.7)
    yield "beta", dict(a=30, b=1)
    yield "q_beta", dict(a=2, b=5, q=0.1)
    yield "q_beta", dict(a=1, b=1, q=0.35)


def check_values(probe):
    draw = random.Random(1)
    us = [draw.random() for _ in range(985)]
    us += [k / 5 for k in range(1, 5)] + [k / 8 for k in range(1, 8)] + [1e-9, 1 - 1e-9, 0.5, 2**-40]
    largest, passed = 0.0, True
    for name, keys in distributions():
        config = dict(distribution=name, **keys)
        theirs = [HyperParameter("a", config).ppf(u) for u in us]
        ours = probe.ask(random_space(a=config), us)
        if "error" in ours:
            print(f"  DIFFERS: {config}: {ours['error']}")
            passed = False
            continue
        wrong, clipped, worst = 0, 0, 0.0
        for u, t, o in zip(us, theirs, ours["values"]):
            t = t.item() if hasattr(t, "item") else t
            if isinstance(t, (int, float)) and not isinstance(t, bool):
                error = abs(o - t) / max(abs(t), 1e-300)
                if t == o or error <= 1e-12:
                    worst = max(worst, error if t != o else 0.0)
                elif name.startswith("q_") and is_clipped(name, keys, t, o):
                    clipped += 1
                else:
                    wrong += 1
                    if wrong <= 3:
                        print(f"  DIFFERS: {config} at {u!r}: W&B {t!r}, here {o!r}")
            elif t != o:
                wrong += 1
        largest = max(largest, worst)
        passed = passed and wrong == 0
        note = f", {clipped} kept between the bounds" if clipped else ""
        print(f"  {name} {keys}: {len(us)} values, {wrong} differ{note}, largest error {worst:.1e}")
    print(f"values: largest relative error {largest:.1e}")
    return passed


def is_clipped(name, keys, theirs, ours):
    """Whether W&B left the bounds, where the first or last multiple within them is taken here."""
    if name == "q_beta":
        low, high = 0, 1
    else:
        low, high = keys["min"], keys["max"]
        if name == "q_log_uniform":
            low, high = math.exp(low), math.exp(high)
    q = keys.get("q", 1)
    first, last = math.ceil(low / q) * q, math.floor(high / q) * q
    return (theirs < low and ours == first) or (theirs > high and ours == last)


def unnested(value):
    """W&B's run config without its {value: ...}."""
    if isinstance(value, dict):
        if set(value) == {"value"}:
            return unnested(value["value"])
        return {k: unnested(v) for k, v in value.items()}
    return value


def random_grid(draw, depth=0):
    names = draw.sample(["b", "A", "a", "z", "lr", "x_1", "B2", "_c"], draw.randint(1, 3))
    parameters = {}
    for name in names:
        kind = draw.choice(["values", "values", "value", "int", "q"] + ["nest"] * (2 - depth))
        if kind == "values":
            pool = [1, 2, 3.5, "s", "t", True, 7, 1.0, [1, 2], [3]]
            parameters[name] = {"values": draw.sample(pool, draw.randint(1, 4))}
        elif kind == "value":
            parameters[name] = {"value": draw.choice([1, "c", 2.5])}
        elif kind == "int":
            low = draw.randint(-2, 2)
            parameters[name] = {"min": low, "max": low + draw.randint(1, 3)}
        elif kind == "q":
            low = draw.choice([0, 0.1, 1])
            parameters[name] = {"distribution": "q_uniform", "min": low,
                                "max": low + draw.choice([0.5, 1.0, 2]), "q": draw.choice([0.3, 0.5])}
        else:
            parameters[name] = {"parameters": random_grid(draw, depth + 1)}
    return parameters


def check_grids(probe, wanted=60):
    draw = random.Random(2)
    passed, compared, points, nested = True, 0, 0, 0
    while compared < wanted:
        parameters = random_grid(draw)
        space = {"method": "grid", "parameters": parameters}
        ours = probe.ask(space)
        if "error" in ours:
            print(f"  DIFFERS: {json.dumps(space)}: {ours['error']}")
            return False
        if ours["count"] > 300:
            continue
        runs = next_runs(space, [], n=ours["count"] + 1)
        theirs = [unnested(run.config) for run in runs if run is not None]
        compared += 1
        nested += any("parameters" in p for p in parameters.values())
        points += len(theirs)
        if json.dumps(theirs, sort_keys=True) != json.dumps(ours["points"], sort_keys=True) and not alike(
            theirs, ours["points"]
        ):
            passed = False
            print(f"  DIFFERS: {json.dumps(space)}\n    W&B: {theirs[:4]} ({len(theirs)})\n"
                  f"    here: {ours['points'][:4]} ({ours['count']})")
    print(f"grids: {compared} compared, {nested} of them nested, {points} points")
    return passed


def alike(a, b):
    """Equal values, whatever the type of numbers: 1.0 and 1, but not 1 and true."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(alike(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(itertools.starmap(alike, zip(a, b)))
    return isinstance(a, bool) == isinstance(b, bool) and a == b


def main():
    probe = Probe(sys.argv[1])
    results = [check_grammar(probe), check_values(probe), check_grids(probe)]
    if not all(results):
        sys.exit("judge.py: differs from W&B's sweeps")
    print("judge.py: agrees with W&B's sweeps but where told")


if __name__ == "__main__":
    main()
