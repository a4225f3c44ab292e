# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""The jobs that every peer runs: Keras' RMSprop, batches of 128, a fresh shuffle every epoch, all test
rows validated after every epoch."""

SEED_NETWORK = {"input_units": 512, "hidden": [30, 50, 70], "activation": "tanh", "dropout": 0.7}

JOBS = {
    "reference": {"data": "mnist_10000", "train_rows": 10_000, "epochs": 20, **SEED_NETWORK},
    "fashion": {"data": "fashion_mnist", "train_rows": 10_000, "epochs": 20, **SEED_NETWORK},
    "dense": {"data": "dense", "train_rows": 10_000, "epochs": 20, **SEED_NETWORK},
    "mnist_mlp": {"data": "mnist_60000", "train_rows": 60_000, "epochs": 5,
                  "input_units": 512, "hidden": [512], "activation": "relu", "dropout": 0.2},
}

ABOUT = {
    "reference": "the sweep's second paramset on MNIST: 784-512-30-50-70-10, tanh, dropout 0.7, 10,000 rows",
    "fashion": "the same network on Fashion-MNIST's first 10,000 rows",
    "dense": "the same network on 10,000 standard-normal rows (no zeros), labelled by a random linear teacher",
    "mnist_mlp": "Keras' example: 784-512-512-10, relu, dropout 0.2, all 60,000 MNIST rows",
}

COMMON = {
    "inputs": 784, "classes": 10, "final_dropout": 0.2, "batch": 128, "seed": 1,
    "optimizer": {"learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-7},
}


def job(name: str) -> dict:
    return {**COMMON, **JOBS[name]}


def growth() -> list[tuple[str, int, dict]]:
    """(axis, value, job): MNIST's rows repeated as needed; widths and depths at 10,000 rows."""
    base = {**COMMON, "data": "mnist_100000", "epochs": 4, **SEED_NETWORK, "dropout": 0.2}
    rows = [1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000]
    widths = [16, 32, 64, 128, 256, 512, 1024, 2048]
    depths = [1, 2, 4, 8, 16]
    return [
        *(("rows", n, {**base, "train_rows": n}) for n in rows),
        *(("width", n, {**base, "train_rows": 10_000, "input_units": n, "hidden": [n]}) for n in widths),
        *(("depth", n, {**base, "train_rows": 10_000, "input_units": 128, "hidden": [128] * (n - 1)})
          for n in depths),
    ]
