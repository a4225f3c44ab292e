# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's MLPClassifier through joblib: a process a core, one BLAS thread each. It has neither
dropout nor RMSprop (adam stands in), and judges once, at the end."""

import warnings

from joblib import Parallel, delayed
from sweep_common import CORES, PARAMSETS, mnist


def train(p: dict, data: tuple) -> float:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier
    from threadpoolctl import threadpool_limits

    warnings.simplefilter("ignore", ConvergenceWarning)
    x_train, y_train, x_test, y_test = data
    with threadpool_limits(1):
        model = MLPClassifier((p["input_units"], *p["hidden_nodes"]), activation=p["activate_fn"],
                              solver="sgd" if p["optimizer"] == "sgd" else "adam", batch_size=p["batch_size"],
                              max_iter=p["epochs"], n_iter_no_change=p["epochs"], momentum=0, alpha=0,
                              learning_rate_init=0.01 if p["optimizer"] == "sgd" else 0.001, random_state=p["seed"])
        return model.fit(x_train, y_train).score(x_test, y_test)


if __name__ == "__main__":
    data = mnist()
    Parallel(n_jobs=CORES)(delayed(train)(p, data) for p in PARAMSETS)
