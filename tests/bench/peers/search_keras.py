# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Optuna or Keras Tuner searches a space of Keras' models until so many epochs are trained.

Standard input is search_peers.py's job as JSON. Each epoch is a line of the job's record: seconds
since the job was started, and val_accuracy. KERAS_BACKEND chooses the backend.
"""

import gzip
import json
import sys
import time
from pathlib import Path

import keras
import numpy as np
from keras.layers import Dense, Dropout

JOB = json.load(sys.stdin)
record = open(JOB["record"], "w", encoding="utf-8")


class Clock(keras.callbacks.Callback):
    """Ends the search at the epoch that spends the budget."""

    epochs = 0

    def on_epoch_end(self, epoch, logs=None):
        Clock.epochs += 1
        print(json.dumps([time.time() - JOB["started"], logs["val_accuracy"]]), file=record, flush=True)
        if Clock.epochs >= JOB["budget"]:
            raise SystemExit


def read(part: str) -> np.ndarray:
    raw = gzip.decompress(min(Path(JOB["data"]).glob(f"{part}*")).read_bytes())
    shape = np.frombuffer(raw, ">u4", raw[3], offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def pixels(part: str) -> np.ndarray:
    return (read(part).reshape(-1, 784) / np.float32(255)).astype(np.float32)


def build(choose):
    """`choose(name, values)` is the searching library's."""
    rate = choose("learning_rate", JOB["space"]["learning_rate"])
    hidden = choose("hidden_nodes", [",".join(map(str, each)) for each in JOB["space"]["hidden_nodes"]])
    dropout = choose("dropout_rate", JOB["space"]["dropout_rate"])
    model = keras.Sequential([keras.Input((784,)), Dense(JOB["fixed"]["input_units"], "relu")])
    for units in filter(None, hidden.split(",")):
        if dropout:
            model.add(Dropout(dropout))
        model.add(Dense(int(units), "relu"))
    model.add(Dense(10, "softmax"))
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(rate),
                  metrics=["accuracy"])
    return model


x = pixels("train-images")[:JOB["rows"]]
y = read("train-labels").astype(np.int64)[:JOB["rows"]]
FIT = {"batch_size": JOB["fixed"]["batch_size"], "verbose": 0, "validation_batch_size": 1000,
       "validation_data": (pixels("t10k-images"), read("t10k-labels").astype(np.int64))}
keras.utils.set_random_seed(JOB["seed"])


def optuna_search() -> None:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)

    class Report(keras.callbacks.Callback):
        def __init__(self, trial):
            super().__init__()
            self.trial = trial

        def on_epoch_end(self, epoch, logs=None):
            self.trial.report(logs["val_accuracy"], epoch + 1)
            if self.trial.should_prune():
                raise optuna.TrialPruned

    def objective(trial):
        keras.backend.clear_session()
        model = build(trial.suggest_categorical)
        fitted = model.fit(x, y, epochs=JOB["fixed"]["epochs"], callbacks=[Clock(), Report(trial)], **FIT)
        return max(fitted.history["val_accuracy"])

    study = optuna.create_study(
        direction="maximize", sampler=optuna.samplers.TPESampler(seed=JOB["seed"]),
        pruner=optuna.pruners.HyperbandPruner(min_resource=1, max_resource=JOB["fixed"]["epochs"], reduction_factor=3))
    study.optimize(objective)


def keras_tuner_search() -> None:
    import keras_tuner

    tuner = keras_tuner.Hyperband(
        lambda hp: build(lambda name, values: hp.Choice(name, values)), objective="val_accuracy",
        max_epochs=JOB["fixed"]["epochs"], factor=3, hyperband_iterations=100, seed=JOB["seed"],
        directory=JOB["directory"], overwrite=True)
    tuner.search(x, y, callbacks=[Clock()], **FIT)


{"optuna": optuna_search, "keras_tuner": keras_tuner_search}[JOB["by"]]()
