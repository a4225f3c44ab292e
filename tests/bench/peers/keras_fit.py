# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Keras 3: the script that this project began as, ported to Keras 3's names (`val_accuracy`, `Input`).

Its progress bar is left out, its data comes from the job's file, and a clock is added.
KERAS_BACKEND chooses the backend.
"""

from time import perf_counter

import keras
from common import Record, network, read_job
from keras.callbacks import Callback, ModelCheckpoint
from keras.layers import Dense, Dropout

backend = keras.backend.backend()
library = __import__(backend)
record = Record(f"{keras.__version__}, {backend} {library.__version__}")
job = read_job()
if backend == "tensorflow":
    library.config.threading.set_intra_op_parallelism_threads(job.threads)


def build_model():
    model = keras.Sequential([keras.Input((job.inputs,))])
    for _, units, activation, rate in network(job):
        if rate:
            model.add(Dropout(rate))
        model.add(Dense(units, activation="softmax" if activation == "linear" else activation))
    model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    return model


class Clock(Callback):
    """Stands before the checkpoint, so that its saving is not counted."""

    def on_epoch_begin(self, epoch, logs=None):
        self.begin = perf_counter()

    def on_test_begin(self, logs=None):
        self.tested = perf_counter()

    def on_test_end(self, logs=None):
        self.tested = perf_counter() - self.tested

    def on_epoch_end(self, epoch, logs=None):
        record.epoch(perf_counter() - self.begin - self.tested, self.tested, logs["val_accuracy"])


x_train, y_train, x_test, y_test = record.read_data(job)
y_train = keras.utils.to_categorical(y_train, job.classes)
y_test = keras.utils.to_categorical(y_test, job.classes)

keras.utils.set_random_seed(job.seed)
model = build_model()
checkpoint = ModelCheckpoint(f"{job.model}.keras", monitor="val_accuracy", save_best_only=True, mode="max")
model.fit(x_train, y_train, batch_size=job.batch, epochs=job.epochs, verbose=0,
          callbacks=[Clock(), checkpoint], validation_data=(x_test, y_test))
record.write()
