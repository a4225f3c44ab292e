# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Compares early termination with W&B's package sweeps, whose stop_runs() names the runs that its
hyperband stops, and the rungs of successive halving and hyperband with Optuna's pruners.

    build/search-env/bin/python tests/search/stopping_judge.py build/release/tests/stopping_probe
"""
import json
import random
import subprocess
import sys

from sweeps import RunState, SweepRun, stop_runs


class Probe:
    def __init__(self, program):
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def random_rule(draw):
    """Bands by min_iter or by max_iter and s, with an eta of all sorts."""
    rule = {"type": "hyperband"}
    if draw.random() < 0.5:
        rule["min_iter"] = draw.randint(1, 6)
    else:
        rule["max_iter"] = draw.randint(4, 40)
        rule["s"] = draw.randint(1, 5)
    if draw.random() < 0.7:
        rule["eta"] = draw.choice([2, 3, 4, 1.5, 2.5, 1.2, 49])
        if "max_iter" in rule and rule["max_iter"] < rule["eta"]:
            rule["eta"] = 3
    if draw.random() < 0.7:
        rule["strict"] = draw.random() < 0.5
    return rule


def random_histories(draw):
    """Of up to 150 runs, with ties, running and finished ones, of unequal lengths."""
    count = draw.choice([1, 2, 3, 5, 8, 20, 49, 98, 150])
    steps = draw.choice([4, 1000000])
    longest = draw.choice([3, 10, 40])
    runs = []
    for i in range(count):
        length = longest if draw.random() < 0.3 else draw.randint(0, longest)
        values = [draw.randint(0, steps) / steps for _ in range(length)]
        runs.append({"values": values, "running": draw.random() < 0.8})
    return runs


def check_stops(probe, wanted=500):
    draw = random.Random(3)
    stopped, runs_compared, differ = 0, 0, 0
    for case in range(wanted):
        rule = random_rule(draw)
        goal = draw.choice(["minimize", "maximize"])
        name = "val_loss" if goal == "minimize" else "val_accuracy"
        runs = random_histories(draw)
        config = {"method": "grid", "metric": {"name": name, "goal": goal},
                  "early_terminate": {"strict": True, "eta": 3, **rule},
                  "parameters": {"a": {"values": [1, 2]}}}
        states = [
            SweepRun(name=str(i), state=RunState.running if run["running"] else RunState.finished,
                     history=[{name: value} for value in run["values"]])
            for i, run in enumerate(runs)
        ]
        theirs = sorted(int(run.name) for run in stop_runs(config, states, validate=False))
        ours = probe.ask(early_terminate=rule, metric=name, runs=runs)
        if "error" in ours or sorted(s["run"] for s in ours["stopped"]) != theirs:
            differ += 1
            if differ <= 3:
                print(f"  DIFFERS: {rule} {goal}, {len(runs)} runs\n    W&B: {theirs}\n"
                      f"    here: {ours}")
        stopped += len(theirs)
        runs_compared += len(runs)
    print(f"stop_runs: {wanted} sets of histories, {runs_compared} runs, {stopped} stopped, "
          f"{differ} sets differ")
    return differ == 0


def powers(low, factor, high):
    """The rungs, by integers: low, low factor, ... below high."""
    rungs = []
    while low < high:
        rungs.append(low)
        low *= factor
    return rungs


def optuna_rungs(pruner, longest):
    """At which steps, counted from 1, the pruner of a lone trial writes down a rung."""
    import optuna

    study = optuna.create_study(pruner=pruner, storage=None)
    trial = study.ask()
    if isinstance(pruner, optuna.pruners.HyperbandPruner):
        pruner._try_initialization(study)
    rungs, known = [], 0
    for step in range(1, longest):
        trial.report(0.0, step)
        trial.should_prune()
        attributes = study._storage.get_trial(trial._trial_id).system_attrs
        now = sum("completed_rung" in key for key in attributes)
        rungs += [step] * (now - known)
        known = now
    return rungs


def check_rungs(probe):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    passed, compared = True, 0
    for low, factor, high in [(1, 3, 81), (1, 3, 100), (1, 3, 243), (2, 2, 64), (1, 4, 300), (5, 3, 50),
                              (1, 10, 1000)]:
        pruner = optuna.pruners.SuccessiveHalvingPruner(
            min_resource=low, reduction_factor=factor, min_early_stopping_rate=0)
        theirs = optuna_rungs(pruner, high)
        rule = {"type": "successive_halving", "min_epochs": low, "max_epochs": high, "eta": factor}
        ours = probe.ask(early_terminate=rule, metric="val_loss", epochs=high, count=1)["rungs"]
        compared += 1
        if ours != theirs or ours != powers(low, factor, high):
            passed = False
            print(f"  DIFFERS: {rule}: Optuna {theirs}, here {ours}")
    brackets, lost = 0, []
    for low, factor, high in [(1, 3, 81), (1, 3, 27), (2, 2, 64), (1, 4, 256), (1, 3, 243)]:
        pruner = optuna.pruners.HyperbandPruner(
            min_resource=low, max_resource=high, reduction_factor=factor)
        study = optuna.create_study(pruner=pruner)
        pruner._try_initialization(study)
        rule = {"type": "hyperband", "min_epochs": low, "max_epochs": high, "eta": factor}
        ours = probe.ask(early_terminate=rule, metric="val_loss", epochs=high, count=10000)["brackets"]
        if len(pruner._pruners) != len(ours):  # by a logarithm, which is rounded
            lost.append(f"{rule}: {len(pruner._pruners)} brackets at Optuna, {len(ours)} here")
            continue
        for theirs, bracket in zip(pruner._pruners, ours):
            brackets += 1
            rungs = optuna_rungs(theirs, high)
            if rungs != bracket["rungs"]:
                passed = False
                print(f"  DIFFERS: {rule}, bracket {bracket['number']}: Optuna {rungs}, "
                      f"here {bracket['rungs']}")
    for line in lost:
        print(f"  deviates: {line}")
    print(f"rungs: {compared} of successive halving, {brackets} brackets of hyperband agree with "
          f"Optuna {optuna.__version__}" if passed else "rungs: differ")
    return passed


def main():
    probe = Probe(sys.argv[1])
    results = [check_stops(probe), check_rungs(probe)]
    if not all(results):
        sys.exit("stopping_judge.py: differs")
    print("stopping_judge.py: agrees with W&B's sweeps and with Optuna but where told")


if __name__ == "__main__":
    main()
