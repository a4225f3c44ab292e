# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Trains the reference jobs in Keras and appends one JSON line per seed.

    python tests/keras/whole_run.py --data mnist/ --job index0 --seeds 1-24 --output index0.jsonl

DIR holds MNIST's four gzipped IDX files. Seeds that the output already holds are skipped, so an
interrupted series resumes. `best_epoch` counts from 1; `seconds_per_epoch` is the median epoch,
its validation included.
"""

import argparse
import gzip
import json
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

CLASSES = 10


@dataclass(frozen=True)
class Job:
    """The seed's network: 512 relu, then dropout and a dense layer per hidden width, then softmax."""

    hidden: tuple[int, ...]
    dropout: float
    activation: str
    rows: int


JOBS = {
    "index0": Job((10, 20, 30), 0.2, "relu", 10_000),
    "index1": Job((30, 50, 70), 0.7, "tanh", 10_000),
    "mnist_mlp": Job((512,), 0.2, "relu", 60_000),
}


def read_idx(path: Path) -> np.ndarray:
    raw = gzip.decompress(path.read_bytes())
    header = 4 + 4 * raw[3]
    return np.frombuffer(raw, np.uint8, offset=header).reshape(np.frombuffer(raw, ">u4", raw[3], 4))


def mnist(folder: Path, part: str, rows: int) -> tuple[np.ndarray, np.ndarray]:
    images = read_idx(folder / f"{part}-images-idx3-ubyte.gz")[:rows]
    labels = read_idx(folder / f"{part}-labels-idx1-ubyte.gz")[:rows]
    return images.reshape(len(images), -1).astype("float32") / 255, keras.utils.to_categorical(labels, CLASSES)


def build(job: Job) -> keras.Model:
    model = keras.Sequential([keras.Input((784,)), layers.Dense(512, "relu")])
    for width in job.hidden:
        model.add(layers.Dropout(job.dropout))
        model.add(layers.Dense(width, job.activation))
    model.add(layers.Dropout(0.2))
    model.add(layers.Dense(CLASSES, "softmax"))
    model.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
    return model


class EpochSeconds(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.begin = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.begin)


def run(name: str, seed: int, data: Path) -> dict:
    job = JOBS[name]
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    clock = EpochSeconds()
    history = build(job).fit(
        *mnist(data, "train", job.rows), batch_size=128, epochs=20, verbose=0, callbacks=[clock],
        validation_data=mnist(data, "t10k", 10_000))
    accuracies = history.history["val_accuracy"]
    return {
        "job": name,
        "seed": seed,
        "best_val_accuracy": round(max(accuracies), 6),
        "best_epoch": 1 + int(np.argmax(accuracies)),
        "val_accuracy": [round(a, 6) for a in accuracies],
        "seconds_per_epoch": round(statistics.median(clock.seconds), 4),
        "keras": keras.__version__,
        "backend": f"tensorflow {tf.__version__}",
    }


def seeds_done(output: Path, job: str) -> set[int]:
    lines = output.read_text().splitlines() if output.exists() else []
    return {record["seed"] for record in map(json.loads, lines) if record["job"] == job}


def seed_range(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--job", choices=JOBS, required=True)
    parser.add_argument("--seeds", type=seed_range, required=True, metavar="FIRST-LAST")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()

    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds:
        if seed in seeds_done(options.output, options.job):
            continue
        record = run(options.job, seed, options.data)
        with options.output.open("a") as file:
            print(json.dumps(record), file=file)


if __name__ == "__main__":
    main()
