# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Keras: one model after another in one process; the backend has all cores."""

import keras
from keras.layers import Dense, Dropout
from sweep_common import PARAMSETS, layers, mnist

RATES = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD, "rmsprop": keras.optimizers.RMSprop}

x_train, y_train, x_test, y_test = mnist()
for p in PARAMSETS:
    keras.utils.set_random_seed(p["seed"])
    model = keras.Sequential([keras.Input((784,)), Dense(p["input_units"], "relu")])
    for units, activation, rate in layers(p):
        if rate:
            model.add(Dropout(rate))
        model.add(Dense(units, activation))
    model.add(Dense(10, "softmax"))
    model.compile(loss="sparse_categorical_crossentropy", optimizer=RATES[p["optimizer"]](), metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=p["batch_size"], epochs=p["epochs"], verbose=0,
              validation_data=(x_test, y_test), validation_batch_size=1000)
    keras.backend.clear_session()
