# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's MLPClassifier: one network for each split and seed, or 50 paramsets through joblib."""

import warnings

from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from tables_common import encoded
from tables_job import JOB, Clock, tell
from threadpoolctl import threadpool_limits

warnings.simplefilter("ignore", ConvergenceWarning)


def network(layers: tuple, batch: int, rate: float, epochs: int, seed: int) -> MLPClassifier:
    """No penalty, and no end before the last epoch, as the others."""
    return MLPClassifier(layers, batch_size=batch, learning_rate_init=rate, alpha=0, max_iter=epochs, tol=0,
                         n_iter_no_change=epochs, epsilon=1e-7, random_state=seed)


def quality() -> None:
    told = []
    for number, split in enumerate(JOB["splits"]):
        x_train, y_train, x_test, y_test = encoded(split, JOB["target"], JOB["missing"], JOB["scaled"])
        for repeat in range(JOB["repeats"]):
            model, clock = network((JOB["units"],), JOB["batch"], JOB["rate"], JOB["epochs"], number + 5 * repeat), Clock()
            model.fit(x_train, y_train)
            told.append({"split": number, **clock.told("fit"), "accuracy": model.score(x_test, y_test),
                         "loss": log_loss(y_test, model.predict_proba(x_test))})
    tell(told)


def one_of_search(p: dict, data: tuple) -> float:
    warnings.simplefilter("ignore", ConvergenceWarning)  # in a process of joblib's
    x_train, y_train, x_test, y_test = data
    with threadpool_limits(1):
        model = network((p["input_units"], *p["hidden_nodes"]), p["batch_size"], p["learning_rate"]["value"],
                        p["epochs"], p["seed"])
        return model.fit(x_train, y_train).score(x_test, y_test)


def search() -> None:
    data = encoded(JOB["splits"][0], JOB["target"], JOB["missing"])
    tell(Parallel(n_jobs=JOB["threads"])(delayed(one_of_search)(p, data) for p in JOB["paramsets"]))


if __name__ == "__main__":
    {"quality": quality, "search": search}[JOB["part"]]()
