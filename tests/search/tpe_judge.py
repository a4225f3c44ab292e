# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Compares TPE with Optuna's: which points count as good, both densities at candidates, and which
candidate is chosen, on random histories of random spaces.

    build/search-env/bin/python tests/search/tpe_judge.py build/release/tests/search_probe
"""
import math
import random
import sys
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe import parzen_estimator
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import TPESampler, _split_trials, default_gamma, default_weights
from optuna.trial import TrialState, create_trial

from judge import Probe

HISTORIES = 200

# numpy leaves open in which order equal observations are sorted, on which their sigmas depend.
_argsort = np.argsort
np.argsort = lambda a, *args, **keys: _argsort(a, *args, **{**keys, "kind": "stable"})


def random_parameter(draw):
    """Its keys, and Optuna's distribution of its coordinate."""
    kind = draw.choice(["uniform", "log", "int", "step", "log_int", "choice", "share"])
    if kind == "uniform":
        low = draw.uniform(-5, 5)
        high = low + draw.uniform(0.01, 100)
        return {"distribution": "uniform", "min": low, "max": high}, FloatDistribution(low, high)
    if kind == "log":
        low = 10 ** draw.uniform(-6, 0)
        high = low * 10 ** draw.uniform(0.1, 5)
        return ({"distribution": draw.choice(["log_uniform_values", "inv_log_uniform_values"]),
                 "min": low, "max": high}, FloatDistribution(low, high, log=True))
    if kind == "int":
        low = draw.randint(-20, 20)
        high = low + draw.choice([1, 3, 20, 500])
        return {"min": low, "max": high}, IntDistribution(low, high)
    if kind == "step":
        q, first = draw.choice([0.25, 2.0, 64.0]), draw.randint(-3, 3)
        low, high = first * q, (first + draw.randint(1, 30)) * q
        return ({"distribution": "q_uniform", "min": low, "max": high, "q": q},
                FloatDistribution(low, high, step=q))
    if kind == "log_int":
        low = draw.randint(1, 20)
        high = low + draw.choice([1, 10, 200])
        return ({"distribution": "q_log_uniform_values", "min": low, "max": high, "q": 1},
                IntDistribution(low, high, log=True))
    if kind == "choice":
        n = draw.randint(1, 6)
        return {"values": [f"v{i}" for i in range(n)]}, CategoricalDistribution(list(range(n)))
    return ({"distribution": draw.choice(["normal", "log_normal", "beta"])},
            FloatDistribution(0, 1))


def random_coordinate(draw, distribution):
    if isinstance(distribution, CategoricalDistribution):
        return draw.choice(distribution.choices)
    if isinstance(distribution, IntDistribution):
        return draw.randint(distribution.low, distribution.high)
    if distribution.step is not None:
        steps = round((distribution.high - distribution.low) / distribution.step)
        return distribution.low + draw.randint(0, steps) * distribution.step
    if distribution.log:
        u = draw.random()
        return min(max(distribution.low * (distribution.high / distribution.low) ** u,
                       distribution.low), distribution.high)
    return draw.uniform(distribution.low, distribution.high)


def random_trials(draw, space, maximize):
    """A history: runs that ended, some of them before their last epoch, then those under way."""
    trials, told = [], []
    size = draw.choice([0, 1, 2, 5, 10, 11, 24, 25, 26, 27, 40, 100, 300])
    for number in range(size + draw.randint(0, 5)):
        params = {name: random_coordinate(draw, d) for name, d in space.items()}
        trial = create_trial(state=TrialState.COMPLETE, params=params, distributions=space, value=0)
        trial.number = number
        if number >= size:
            trial.state, trial.values = TrialState.RUNNING, None
            trials.append(trial)
            continue
        value = draw.choice([draw.gauss(0, 1), float(draw.randint(0, 3))])
        stopped = draw.random() < 0.2
        told.append({"value": -value if maximize else value, "stopped_after": None})
        if stopped:
            epoch = draw.randint(1, 4)
            trial.state, trial.values = TrialState.PRUNED, None
            trial.intermediate_values = {epoch: value}
            told[-1]["stopped_after"] = epoch
            if draw.random() < 0.2:
                trial.intermediate_values = {epoch: math.nan}
                told[-1]["value"] = None
        else:
            trial.values = [value]
        trials.append(trial)
    return trials, told


def estimator(trials, space):
    parameters = _ParzenEstimatorParameters(
        prior_weight=1.0, consider_magic_clip=True, consider_endpoints=False,
        weights=default_weights, multivariate=True)
    observations = {name: np.array([t.params[name] for t in trials], dtype=float) for name in space}
    return _ParzenEstimator(observations, space, parameters)


def main():
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    probe, draw = Probe(sys.argv[1]), random.Random(3)
    assert optuna.__version__ == "5.0.0" and parzen_estimator.np is np
    largest, densities, below_differ, choices_differ = 0.0, 0, 0, 0
    for history in range(HISTORIES):
        keys, space = {}, {}
        for i in range(draw.randint(1, 5)):
            keys[f"p{i}"], space[f"p{i}"] = random_parameter(draw)
        maximize = draw.random() < 0.5
        trials, told = random_trials(draw, space, maximize)
        study = optuna.create_study(direction="maximize" if maximize else "minimize")
        below, above = _split_trials(study, trials, default_gamma(len(told)))
        good, others = estimator(below, space), estimator(above, space)
        samples = good.sample(np.random.RandomState(history), 24)
        for name, d in space.items():
            if isinstance(d, FloatDistribution) and d.step is None:
                samples[name] = np.clip(samples[name], d.low, d.high)
        theirs = np.stack([good.log_pdf(samples), others.log_pdf(samples)], axis=1)
        chosen = TPESampler._compare(
            {"index": np.arange(24)}, theirs[:, 0] - theirs[:, 1])["index"]
        request = {
            "space": {"method": "random", "run_cap": 1, "parameters": keys},
            "seen": [[float(t.params[name]) for name in space] for t in trials],
            "told": told,
            "candidates": [[float(samples[name][i]) for name in space] for i in range(24)],
        }
        ours = probe.ask_for(request)
        if "error" in ours:
            sys.exit(f"tpe_judge.py: history {history}: {ours['error']}")
        if ours["below"] != [t.number for t in below] or ours["above"] != [t.number for t in above]:
            below_differ += 1
        here = np.array(ours["densities"])
        errors = np.abs(here - theirs) / np.maximum(1, np.abs(theirs))
        largest, densities = max(largest, errors.max()), densities + here.size
        if errors.max() > 1e-8:
            print(f"  DIFFERS: history {history}: {keys}: densities by {errors.max():.1e}")
        gains = theirs[:, 0] - theirs[:, 1]
        # Where rounding decides between two, either may be first.
        if ours["chosen"] != chosen and gains[chosen] - gains[ours["chosen"]] > 1e-9:
            choices_differ += 1
            print(f"  DIFFERS: history {history}: {keys}: Optuna takes {chosen}, here "
                  f"{ours['chosen']}")
    print(f"TPE: {HISTORIES} histories, {densities} densities, largest relative error "
          f"{largest:.1e}; {below_differ} splits and {choices_differ} choices differ")
    if largest > 1e-8 or below_differ or choices_differ:
        sys.exit("tpe_judge.py: differs from Optuna's TPE")
    print("tpe_judge.py: agrees with Optuna's TPE")


if __name__ == "__main__":
    main()
