# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""What every oracle of make_golden.py is fed: inputs, cases, and the folder that it answers into.

Imported by the oracles; needs NumPy only and runs on Python 3.6, where Keras 2.1.6 lives.
"""

import json
import os

import numpy as np

ELEMENTWISE_KERAS2 = [
    "relu", "tanh", "sigmoid", "elu", "selu", "softplus", "softsign", "hard_sigmoid", "linear"]
ELEMENTWISE_KERAS3 = ELEMENTWISE_KERAS2 + [
    "leaky_relu", "relu6", "exponential", "gelu", "silu", "hard_silu", "mish", "celu", "log_sigmoid",
    "tanh_shrink", "hard_tanh", "hard_shrink", "soft_shrink", "squareplus", "sparse_plus", "sparse_sigmoid"]

SCHEDULES = [
    {"name": "exponential_decay", "initial_learning_rate": 0.1, "decay_steps": 20, "decay_rate": 0.5},
    {"name": "exponential_decay", "initial_learning_rate": 0.1, "decay_steps": 20, "decay_rate": 0.5,
     "staircase": True},
    {"name": "cosine_decay", "initial_learning_rate": 0.05, "decay_steps": 80},
    {"name": "cosine_decay", "initial_learning_rate": 0.05, "decay_steps": 80, "alpha": 0.1},
    {"name": "cosine_decay", "initial_learning_rate": 0.001, "decay_steps": 60, "alpha": 0.01,
     "warmup_target": 0.05, "warmup_steps": 15},
    {"name": "piecewise_constant_decay", "boundaries": [10, 50], "values": [0.1, 0.01, 0.001]},
]
SCHEDULE_STEPS = 100

OPTIMIZERS_KERAS3 = {
    "sgd": {},
    "sgd_momentum": {"momentum": 0.9},
    "sgd_nesterov": {"momentum": 0.9, "nesterov": True},
    "sgd_weight_decay": {"weight_decay": 0.01},
    "sgd_clipnorm": {"clipnorm": 1.0},
    "sgd_clipvalue": {"clipvalue": 0.5},
    "sgd_global_clipnorm": {"global_clipnorm": 1.0},
    "sgd_exponential_decay": {"learning_rate": SCHEDULES[0]},
    "sgd_momentum_piecewise_constant_decay": {"learning_rate": SCHEDULES[5], "momentum": 0.9},
    "rmsprop": {},
    "rmsprop_fast": {"learning_rate": 0.05},
    "rmsprop_rho": {"rho": 0.5, "epsilon": 1e-3},
    "rmsprop_momentum": {"momentum": 0.9},
    "rmsprop_centered": {"centered": True},
    "rmsprop_centered_momentum": {"centered": True, "momentum": 0.9},
    "rmsprop_cosine_decay": {"learning_rate": SCHEDULES[4]},
    "adam": {},
    "adam_fast": {"learning_rate": 0.05},
    "adam_betas": {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
    "adam_amsgrad": {"amsgrad": True},
    "adam_weight_decay": {"weight_decay": 0.01},
    "adam_clipnorm": {"clipnorm": 1.0},
    "adam_clipvalue": {"clipvalue": 0.5},
    "adam_global_clipnorm": {"global_clipnorm": 1.0},
    "adam_cosine_decay": {"learning_rate": SCHEDULES[3]},
    "adamw": {},
    "adamw_weight_decay": {"weight_decay": 0.1},
    "adamax": {},
    "nadam": {},
    "adagrad": {},
    "adadelta": {},
    "adadelta_fast": {"learning_rate": 1.0},
    "lion": {},
    "ftrl": {},
    "ftrl_l1": {"learning_rate": 0.05, "l1_regularization_strength": 0.01},
    "ftrl_l2": {"learning_rate": 0.05, "l2_regularization_strength": 0.01},
    "ftrl_l2_shrinkage": {"learning_rate": 0.05, "l2_shrinkage_regularization_strength": 0.01},
    "ftrl_beta": {"learning_rate": 0.05, "beta": 0.5},
    "ftrl_all": {"learning_rate": 0.05, "l1_regularization_strength": 0.01, "l2_regularization_strength": 0.02,
                 "l2_shrinkage_regularization_strength": 0.03, "beta": 0.5, "learning_rate_power": -0.7},
}
OPTIMIZERS_KERAS2 = {
    "sgd_decay": {"decay": 0.05},
    "adam_decay": {"decay": 0.05},
    "rmsprop_keras2": {},
    "rmsprop_keras2_fast": {"learning_rate": 0.05},
    "rmsprop_keras2_decay": {"decay": 0.05},
    "rmsprop_keras2_clipnorm": {"clipnorm": 1.0},
    "rmsprop_keras2_clipnorm_clipvalue": {"clipnorm": 1.0, "clipvalue": 0.05},
    "adagrad_keras2": {},
    "adadelta_keras2": {},
    "adamax_keras2": {},
    "nadam_keras2": {},
}


def optimizer_config(case):
    """The mapping a sweepnet user writes: the case's options under the optimizer's name."""
    words = case.split("_")
    name = "_".join(words[:2]) if words[1:2] == ["keras2"] else words[0]
    return dict({"name": name}, **dict(OPTIMIZERS_KERAS3, **OPTIMIZERS_KERAS2)[case])


def _network(widths, optimizer, oracle="tensorflow", path="fused", smoothing=0.0, normalize=False, output_scale=1):
    layers = [dict({"units": 48, "activation": "relu", "l1": 0.0, "l2": 0.0}, **widths[0]),
              dict({"units": 24, "activation": "relu", "l1": 0.0, "l2": 0.0}, **widths[1]),
              dict({"units": 10, "activation": "softmax", "l1": 0.0, "l2": 0.0}, **widths[2])]
    if normalize:
        layers.insert(1, {"batch_normalization": True, "momentum": 0.99, "epsilon": 1e-3})
    config = {"layers": layers, "optimizer": optimizer, "batch_size": 32,
              "loss": {"name": "categorical_crossentropy", "path": path, "label_smoothing": smoothing}}
    return {"oracle": oracle, "config": config, "output_scale": output_scale}


_RELU = [{}, {}, {}]
_TANH = [{}, {"activation": "tanh"}, {}]
NETWORKS = {
    "network_relu_rmsprop": _network(_RELU, {"name": "rmsprop"}),
    "network_tanh_rmsprop": _network(_TANH, {"name": "rmsprop"}),
    "network_tanh_adam": _network(_TANH, {"name": "adam"}),
    "network_tanh_sgd": _network(_TANH, {"name": "sgd", "learning_rate": 0.1}),
    # A steep output layer, so that many rows' p_true starts outside [1e-7, 1-1e-7].
    "network_tanh_rmsprop_clipped": _network(_TANH, {"name": "rmsprop"}, "jax", "clipped", output_scale=20),
    "network_relu_rmsprop_regularized": _network(
        [{"l2": 1e-3}, {"l1": 1e-4}, {"l1": 1e-4, "l2": 1e-3}], {"name": "rmsprop"}, smoothing=0.1),
    "network_relu_rmsprop_keras2": _network(_RELU, {"name": "rmsprop_keras2"}, "keras2", "clipped"),
    "network_tanh_rmsprop_keras2": _network(_TANH, {"name": "rmsprop_keras2"}, "keras2", "clipped"),
    "network_batch_normalization": _network(_TANH, {"name": "rmsprop"}, normalize=True),
}
FEATURES, CLASSES, STEPS = 36, 10, 100


def activation_grid():
    breaks = [0, 1, 3, 2.5, 0.5, 6, 0.4, 2.7, 1e-3, 1e-7, 1e-20, 1e-37, 20, 50, 100]
    return np.float32(np.unique(np.float32(np.r_[np.linspace(-8, 8, 201), breaks, np.negative(breaks)])))


def activation_rows():
    """Logits (8 x 7) and the cotangents of their softmax."""
    random = np.random.RandomState(11)
    rows = np.float32(random.normal(0, 3, (8, 7)))
    rows[5], rows[6], rows[7, 2:4] = 0, np.float32(random.normal(0, 40, 7)), (90, -90)
    return rows, np.float32(random.normal(0, 1, (8, 7)))


def optimizer_inputs():
    """Initial weights (16) and gradients (100 x 16) from 1e-6 to 10, with changing signs and exact zeros.

    Every other weight is small, so that its own rounding does not hide that of the update.
    """
    random = np.random.RandomState(20)
    initial = random.normal(0, 0.5, 16)
    initial[::2] *= 1e-3
    initial[3], initial[14] = 0, 3
    scale = random.permutation(np.linspace(-5.5, 0.8, 16))
    exponent = scale + random.uniform(-1.5, 0.6, (100, 1)) + random.normal(0, 0.3, (100, 16))
    sign = np.cumprod(np.where(random.uniform(size=(100, 16)) < 0.25, -1, 1), axis=0)
    gradients = sign * 10 ** np.clip(exponent, -6, 1)
    gradients[random.uniform(size=(100, 16)) < 0.04] = 0
    gradients[:10, 5] = 0
    return np.float32(initial), np.float32(gradients)


def split(flat):
    """The 16 values as the two variables that hold them: kernel (4 x 3) and bias (4)."""
    return [flat[:12].reshape(4, 3), flat[12:]]


def join(variables):
    return np.concatenate([np.ravel(v) for v in variables])


def loss_inputs():
    """Logits (12 x 5) and labels; from row 4 on p_true is extreme, on both sides."""
    random = np.random.RandomState(13)
    logits = np.float32(random.normal(0, 2, (12, 5)))
    labels = np.int32(random.randint(0, 5, 12))
    logits[4] = 0
    for row, lead in zip(range(5, 12), [30, -30, 12, -12, 100, -100, -18]):
        logits[row, labels[row]] += lead
    return logits, labels


def task_loss_inputs():
    """What an output layer is given (16 x 3), labels of 0 and 1, and real values; from row 8 on they are extreme."""
    random = np.random.RandomState(17)
    given = np.float32(random.normal(0, 2, (16, 3)))
    truths = np.float32(random.randint(0, 2, (16, 3)))
    values = np.float32(given + random.normal(0, 1.5, (16, 3)))
    for row, lead in zip(range(8, 16), [30, -30, 12, -12, 100, -100, 0, -17]):
        given[row] = lead * np.float32([1, -1, 0.5])
        values[row] = [0, lead, given[row, 2]]
    return given, truths, values


def network_inputs(case):
    """Features (400 x 36, u8), labels, and the initial dense weights of one network."""
    random = np.random.RandomState(14)
    prototypes = random.uniform(0, 255, (CLASSES, FEATURES)) * (random.uniform(size=(CLASSES, FEATURES)) < 0.5)
    labels = np.int32(random.randint(0, CLASSES, 400))
    features = np.uint8(np.clip(prototypes[labels] + random.normal(0, 40, (400, FEATURES)), 0, 255))
    units = [FEATURES] + [layer["units"] for layer in NETWORKS[case]["config"]["layers"] if "units" in layer]
    weights = []
    for rows, columns in zip(units, units[1:]):
        limit = np.sqrt(6 / (rows + columns))
        weights.append(np.float32(random.uniform(-limit, limit, (rows, columns))))
        weights.append(np.float32(random.uniform(-0.05, 0.05, columns)))
    weights[-2] *= np.float32(NETWORKS[case]["output_scale"])
    return features, labels, weights


def network_batch(features, labels, step, batch_size=32):
    """The step's rows in file order, over and over: features / 255 in f32 and one-hot labels."""
    batches = -(-len(features) // batch_size)
    rows = slice(step % batches * batch_size, (step % batches + 1) * batch_size)
    return np.float32(features[rows]) / np.float32(255), np.eye(CLASSES, dtype=np.float32)[labels[rows]]


def model_inputs():
    return np.float32(np.random.RandomState(15).normal(0, 1, (16, 8))), np.eye(3, dtype=np.float32)[np.arange(16) % 3]


def answer(folder, stem, oracle, tensors, **metadata):
    """Leaves one oracle's share of golden file `stem` for make_golden.py to join."""
    path = os.path.join(folder, "{}.{}.npz".format(stem, oracle.split(",")[0].replace(" ", "_")))
    metadata = dict({key: value if isinstance(value, str) else json.dumps(value) for key, value in metadata.items()},
                    oracle=oracle)
    arrays = {name: np.asarray(tensor) for name, tensor in tensors.items()}
    np.savez(path, **dict(arrays, __metadata__=json.dumps(metadata)))
