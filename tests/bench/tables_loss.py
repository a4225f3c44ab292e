# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Why scikit-learn's log-loss differs from sweepnet's and Keras' on some tables: scikit-learn's own
network made like theirs one property after the other, on the splits and seeds of tables.py's
quality. Prints the tables of tests/bench/results/tables.md, "Where the log-loss differs".
    build/tables-bench-env/bin/python tests/bench/tables_loss.py iris Caravan
"""

import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier, _multilayer_perceptron
from tables_data import SETS, SPLITS, rows_of, split
from tables_report import difference, over_splits

sys.path.insert(0, str(Path(__file__).parent / "peers"))
from tables_common import encoded  # noqa: E402


class Adam(_multilayer_perceptron.AdamOptimizer):
    last = 1  # times the learning rate, for the last layer's weights and bias

    def _get_updates(self, grads):
        updates = super()._get_updates(grads)
        for place in (len(updates) // 2 - 1, -1):
            updates[place] *= Adam.last
        return updates


_multilayer_perceptron.AdamOptimizer = Adam


class Network(MLPClassifier):
    """`softmax`: a softmax unit for each of two classes instead of one sigmoid. `zero`: of which layers
    the biases begin at 0 instead of at random."""

    softmax, zero = False, ()

    def _validate_input(self, X, y, incremental, reset):
        X, y = super()._validate_input(X, y, incremental, reset)
        if self.softmax and y.shape[1] == 1:
            self._label_binarizer.y_type_ = "multiclass"  # what it asks for the kind of the last layer
            y = np.hstack([~y, y])
        return X, y

    def _init_coef(self, fan_in, fan_out, dtype):
        weights, biases = super()._init_coef(fan_in, fan_out, dtype)
        layer = "last" if fan_in == self.hidden_layer_sizes[0] else "hidden"
        return weights, biases * (layer not in self.zero)


BOTH = ("hidden", "last")
# softmax, zero, and the last layer's learning rate in times of the others'
OF_TWO = {"one sigmoid, random biases (scikit-learn's)": (False, (), 1), "one sigmoid, zero biases": (False, BOTH, 1),
          "one sigmoid, the last layer learns twice as fast": (False, (), 2),
          "two softmax units, random biases": (True, (), 1), "two softmax units, zero biases (as here)": (True, BOTH, 1),
          "two softmax units, the last layer learns half as fast": (True, (), 0.5)}
OF_MANY = {"random biases (scikit-learn's)": (False, (), 1), "hidden layer's zero": (False, ("hidden",), 1),
           "last layer's zero": (False, ("last",), 1), "zero biases (as here)": (False, BOTH, 1)}


def losses(name: str, data: list, batch: int, softmax: bool, zero: tuple, last: float) -> np.ndarray:
    """The mean over the seeds of each split."""
    result, Adam.last = [], last
    for number, (x_train, y_train, x_test, y_test) in enumerate(data):
        of_split = []
        for repeat in range(SETS[name].repeats):
            epochs = SETS[name].epochs
            model = Network((100,), batch_size=batch, alpha=0, max_iter=epochs, tol=0, n_iter_no_change=epochs,
                            epsilon=1e-7, random_state=number + 5 * repeat)
            model.softmax, model.zero = softmax, zero
            of_split.append(log_loss(y_test, model.fit(x_train, y_train).predict_proba(x_test).clip(1e-7, 1)))
        result.append(np.mean(of_split))
    return np.array(result)


def main() -> None:
    folder = Path(__file__).parent.parent.parent / "build" / "tables-measured"
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore", ConvergenceWarning)
    print("| set | scikit-learn with | log-loss | less scikit-learn's |\n| --- | --- | --- | --- |")
    for name in sys.argv[1:]:
        of = [split(folder, name, seed) for seed in range(SPLITS)]
        data = [encoded(each, SETS[name].target, SETS[name].missing) for each in of]
        batch, first = min(200, rows_of(of[0]["train"])), None
        for title, way in (OF_MANY if data[0][1].max() > 1 else OF_TWO).items():
            found = losses(name, data, batch, *way)
            first = found if first is None else first
            print(f"| {name} | {title} | {over_splits(found)} | {difference(found, first) if found is not first else ''} |",
                  flush=True)


if __name__ == "__main__":
    main()
