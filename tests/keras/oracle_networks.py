# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Keras 3's whole networks, trained step by step, and its model files.

    KERAS_BACKEND=tensorflow|jax python tests/keras/oracle_networks.py FOLDER

Run by make_golden.py; each backend answers the networks that name it.
"""

import sys
from pathlib import Path

import keras
import numpy as np
from keras import layers, regularizers

import golden_inputs as inputs
from oracle_keras3 import BACKEND, ENGINE, ORACLE, optimizer

VARIABLES = {layers.Dense: ["kernel", "bias"],
             layers.BatchNormalization: ["gamma", "beta", "moving_mean", "moving_variance"]}


def named_variables(model: keras.Model) -> dict[str, keras.Variable]:
    """dense_0.kernel, dense_0.bias, batch_normalization_0.gamma, … in the order of the layers."""
    named = {}
    for kind, names in VARIABLES.items():
        prefix = {"kernel": "dense", "gamma": "batch_normalization"}[names[0]]
        for index, layer in enumerate(layer for layer in model.layers if isinstance(layer, kind)):
            named |= {f"{prefix}_{index}.{name}": getattr(layer, name) for name in names}
    return named


def build_layer(units=0, activation=None, l1=0.0, l2=0.0, batch_normalization=False, **options) -> keras.Layer:
    if batch_normalization:
        return layers.BatchNormalization(**options)
    regularizer = regularizers.L1L2(l1, l2) if l1 or l2 else None
    return layers.Dense(units, activation, kernel_regularizer=regularizer)


def first_gradient(model: keras.Model, x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Of the total loss (penalties included), for the trainable weights in order."""
    if BACKEND == "jax":
        def total_loss(trainable):
            prediction, _, penalties = model.stateless_call(
                trainable, [v.value for v in model.non_trainable_variables], x, training=True, return_losses=True)
            return model.loss(y, prediction) + sum(penalties)
        return [np.asarray(g) for g in ENGINE.grad(total_loss)([v.value for v in model.trainable_variables])]

    @ENGINE.function
    def gradient(x, y):
        with ENGINE.GradientTape() as tape:
            loss = model.compute_loss(x, y, model(x, training=True), training=True)
        return tape.gradient(loss, [v.value for v in model.trainable_variables])
    return [g.numpy() for g in gradient(x, y)]


def network(folder: Path, case: str) -> None:
    config = inputs.NETWORKS[case]["config"]
    features, labels, initial = inputs.network_inputs(case)

    def build() -> keras.Model:
        model = keras.Sequential([keras.Input((inputs.FEATURES,)), *(build_layer(**each) for each in config["layers"])])
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=config["loss"]["label_smoothing"])
        model.compile(optimizer(**config["optimizer"]), loss)
        dense = [v for name, v in named_variables(model).items() if name.startswith("dense")]
        for variable, value in zip(dense, initial):
            variable.assign(value)
        return model

    tensors = {"features": features, "labels": labels}
    batch = inputs.network_batch(features, labels, 0)
    probe = build()  # moving averages change as the gradient is taken, so not on the model that trains
    gradients = first_gradient(probe, *batch)
    names = {id(v): name for name, v in named_variables(probe).items()}
    tensors |= {f"gradient_1/{names[id(v)]}": g for v, g in zip(probe.trainable_variables, gradients)}

    model = build()

    def snapshot(moment: str) -> dict[str, np.ndarray]:
        return {f"{moment}/{name}": keras.ops.convert_to_numpy(v) for name, v in named_variables(model).items()}

    tensors |= snapshot("initial")
    losses = []
    for step in range(inputs.STEPS):
        model.reset_metrics()  # the loss that train_on_batch returns is otherwise a running mean
        losses.append(model.train_on_batch(*inputs.network_batch(features, labels, step)))
        if step in (0, inputs.STEPS - 1):
            tensors |= snapshot(f"after_{step + 1}")
    tensors["loss_per_step"] = np.float32(losses)
    tensors["predictions"] = np.asarray(model.predict_on_batch(batch[0]))
    inputs.answer(folder, case, ORACLE, tensors, config=config)


def model_files(folder: Path) -> None:
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    x, y = inputs.model_inputs()
    model = keras.Sequential([
        keras.Input((8,)), layers.Dense(6, "relu"), layers.Dropout(0.25), layers.Dense(3, "softmax")])
    model.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
    for _ in range(5):
        model.train_on_batch(x, y)
    model.save(folder / "keras3.keras")
    model.save(folder / "keras3.h5")  # last: writing it takes the optimizer out of the compile config
    tensors = {"inputs": x, "predictions": np.asarray(model.predict(x, verbose=0))}
    tensors |= {name: v.numpy() for name, v in named_variables(model).items()}
    tensors |= {f"optimizer.{index}": v.numpy() for index, v in enumerate(model.optimizer.variables)}
    paths = [v.path for v in model.optimizer.variables]
    inputs.answer(folder, "model_keras3", ORACLE, tensors, optimizer_paths=paths)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for case, entry in inputs.NETWORKS.items():
        if entry["oracle"] == BACKEND:
            network(folder, case)
    if BACKEND == "tensorflow":
        model_files(folder)
