# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Keras: one network for each split and seed, or 50 paramsets, one after the other in one process."""

import keras
from keras.layers import Dense
from tables_common import encoded
from tables_job import JOB, Clock, tell


def fit(layers: list, batch: int, rate: float, epochs: int, seed: int, data: tuple) -> keras.Model:
    x, y, _, _ = data
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((x.shape[1],)), *(Dense(units, "relu") for units in layers),
                              Dense(int(y.max()) + 1, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(rate), metrics=["accuracy"])
    model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0)
    return model


def judged(model: keras.Model, data: tuple) -> list:
    """Loss and accuracy."""
    return model.evaluate(*data[2:], batch_size=1000, verbose=0)


def quality() -> None:
    told = []
    for number, split in enumerate(JOB["splits"]):
        data = encoded(split, JOB["target"], JOB["missing"])
        for repeat in range(JOB["repeats"]):
            keras.backend.clear_session()
            clock = Clock()
            model = fit([JOB["units"]], JOB["batch"], JOB["rate"], JOB["epochs"], number + 5 * repeat, data)
            seconds = clock.told("fit")
            loss, accuracy = judged(model, data)
            told.append({"split": number, **seconds, "accuracy": accuracy, "loss": loss})
    tell(told)


def search() -> None:
    data, told = encoded(JOB["splits"][0], JOB["target"], JOB["missing"]), []
    for p in JOB["paramsets"]:
        keras.backend.clear_session()
        told.append(judged(fit([p["input_units"], *p["hidden_nodes"]], p["batch_size"], p["learning_rate"]["value"],
                               p["epochs"], p["seed"], data), data)[1])
    tell(told)


if __name__ == "__main__":
    {"quality": quality, "search": search}[JOB["part"]]()
