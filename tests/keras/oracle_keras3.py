# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Keras 3's share of the golden files: everything but whole networks and model files.

    KERAS_BACKEND=tensorflow|jax python tests/keras/oracle_keras3.py FOLDER

Run by make_golden.py. TensorFlow answers all but the clipped losses, which are JAX's.
"""

import json
import math
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np

import golden_inputs as inputs

BACKEND = keras.backend.backend()
ENGINE = __import__(BACKEND)
ORACLE = f"keras {keras.__version__} {BACKEND}, {BACKEND} {ENGINE.__version__}"


def vector_jacobian(function, x: np.ndarray, cotangent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """function(x) and the cotangent pulled back through it."""
    if BACKEND == "jax":
        y, pull_back = ENGINE.vjp(function, x)
        return np.asarray(y), np.asarray(pull_back(ENGINE.numpy.asarray(cotangent))[0])
    x = ENGINE.constant(x)
    with ENGINE.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return y.numpy(), tape.gradient(y, x, cotangent).numpy()


def activations(folder: Path) -> None:
    x = inputs.activation_grid()
    rows, cotangent = inputs.activation_rows()
    tensors, not_a_number = {"x": x}, {}
    for name in inputs.ELEMENTWISE_KERAS3:
        y, dy = vector_jacobian(keras.activations.get(name), x, np.ones_like(x))
        tensors |= {f"{name}.y": y, f"{name}.dy": dy}
        if np.isnan(dy).any():
            not_a_number[name] = x[np.isnan(dy)].tolist()
    for name in ["softmax", "log_softmax"]:
        y, dx = vector_jacobian(keras.activations.get(name), rows, cotangent)
        tensors |= {f"{name}.rows": rows, f"{name}.y": y, f"{name}.cotangent": cotangent, f"{name}.dx": dx}
    inputs.answer(folder, "activations_keras3", ORACLE, tensors, nan_derivatives=not_a_number,
                  autodiff="tensorflow GradientTape")


def schedule(name: str, **options):
    class_name = "".join(word.capitalize() for word in name.split("_"))
    return getattr(keras.optimizers.schedules, class_name)(**options)


def optimizer(name: str, **options) -> keras.Optimizer:
    rate = options.get("learning_rate")
    if isinstance(rate, dict):
        options["learning_rate"] = schedule(**rate)
    return keras.optimizers.get({"class_name": name, "config": options})


def optimizers(folder: Path) -> None:
    initial, gradients = inputs.optimizer_inputs()
    tensors = {"initial": initial, "gradients": gradients}
    cases = {}
    for case in inputs.OPTIMIZERS_KERAS3:
        config = inputs.optimizer_config(case)
        cases[case] = {"generation": 3, "config": config}
        rule = optimizer(**config)
        variables = [keras.Variable(part) for part in inputs.split(initial)]
        steps = []
        for gradient in gradients:
            rule.apply([keras.ops.convert_to_tensor(part) for part in inputs.split(gradient)], variables)
            steps.append(inputs.join(v.numpy() for v in variables))
        tensors[case] = np.stack(steps)
    inputs.answer(folder, "optimizers", ORACLE, tensors, cases=cases)


def losses(folder: Path) -> None:
    logits, labels = inputs.loss_inputs()
    target = np.eye(logits.shape[1], dtype=np.float32)[labels]
    path = {"tensorflow": "fused", "jax": "clipped"}[BACKEND]
    mean = np.full(len(logits), np.float32(1 / len(logits)))
    tensors = {"logits": logits, "labels": labels}
    for prefix, smoothing in [(path, 0.0), (f"{path}.smoothed", 0.1)]:
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing, reduction=None)
        rows, dlogits = vector_jacobian(lambda x: loss(target, keras.activations.softmax(x)), logits, mean)
        tensors |= {f"{prefix}.loss": rows, f"{prefix}.dlogits": dlogits}
    inputs.answer(folder, "losses", ORACLE, tensors, label_smoothing={"plain": 0.0, "smoothed": 0.1})


def task_losses(folder: Path) -> None:
    """Losses of labels that hold or not, by the backend's path, and of real values."""
    given, truths, values = inputs.task_loss_inputs()
    mean = np.full(len(given), np.float32(1 / len(given)))
    tensors = {"given": given, "truths": truths, "values": values}

    def add(prefix, loss, target, activation):
        rows, slopes = vector_jacobian(lambda x: loss(target, activation(x)), given, mean)
        tensors.update({f"{prefix}.loss": rows, f"{prefix}.gradient": slopes})

    path = {"tensorflow": "fused", "jax": "clipped"}[BACKEND]
    for prefix, smoothing in [(path, 0.0), (f"{path}.smoothed", 0.1)]:
        loss = keras.losses.BinaryCrossentropy(label_smoothing=smoothing, reduction=None)
        add(f"binary_crossentropy.{prefix}", loss, truths, keras.activations.sigmoid)
    if BACKEND == "tensorflow":
        for name, loss in [("mean_squared_error", keras.losses.MeanSquaredError(reduction=None)),
                           ("mean_absolute_error", keras.losses.MeanAbsoluteError(reduction=None)),
                           ("huber", keras.losses.Huber(reduction=None)),
                           ("huber_0.4", keras.losses.Huber(delta=0.4, reduction=None)),
                           ("log_cosh", keras.losses.LogCosh(reduction=None))]:
            add(name, loss, values, keras.activations.linear)
    inputs.answer(folder, "task_losses", ORACLE, tensors)


def write_json(folder: Path, stem: str, **content) -> None:
    (folder / f"{stem}.json").write_text(json.dumps({"oracle": ORACLE} | content, indent=1) + "\n")


def schedules(folder: Path) -> None:
    write_json(folder, "schedules", schedules=[
        {"config": config,
         "learning_rates": [float(schedule(**config)(step)) for step in range(inputs.SCHEDULE_STEPS + 1)]}
        for config in inputs.SCHEDULES])


class RecordingModel(SimpleNamespace):
    """As much of a model as a callback touches."""

    def save(self, filepath, overwrite):
        self.saved.append(self.epoch)


def drive(callback: keras.callbacks.Callback, monitor: str, sequence, learning_rate: float = 0.1):
    """Runs the callback as fit would; stops when it says so. Returns the model and the rate after each epoch."""
    model = RecordingModel(optimizer=keras.optimizers.SGD(learning_rate), stop_training=False, saved=[])
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for model.epoch, value in enumerate(sequence):
        callback.on_epoch_begin(model.epoch)
        callback.on_epoch_end(model.epoch, {monitor: math.nan if value is None else value})
        rates.append(float(model.optimizer.learning_rate))
        if model.stop_training:
            break
    callback.on_train_end()
    return model, rates


FALLING = [1.0, 0.8, 0.8, 0.7, 0.75, 0.7, 0.72, 0.5, 0.6, 0.6, 0.6, 0.6, 0.4]
RISING = [0.1, 0.4, 0.4, 0.35, 0.5, 0.45, 0.5, 0.49, 0.48, 0.9]
CREEPING = [1.0, 0.995, 0.99, 0.985, 0.98, 0.975, 0.5, 0.4, 0.45, 0.45, 0.45, 0.45]
WITH_NAN = [1.0, 0.9, None, 0.85, None, None, None, 0.2]
FLAT = [0.5] * 14

EARLY_STOPPING = [
    ({"mode": "min", "patience": patience}, FALLING) for patience in (0, 1, 2, 3)
] + [
    ({"mode": "max", "patience": patience}, RISING) for patience in (0, 1, 3, 4)
] + [
    ({"mode": "min", "patience": 3, "min_delta": 0.02}, CREEPING),
    ({"mode": "min", "patience": 3}, CREEPING),
    ({"mode": "max", "patience": 2, "min_delta": 0.15}, RISING),
    ({"mode": "min", "patience": 2}, WITH_NAN),
    ({"mode": "min", "patience": 3}, WITH_NAN),
    ({"mode": "min", "patience": 0}, FLAT),
    ({"mode": "min", "patience": 1}, FLAT),
    ({"mode": "min", "patience": 3, "baseline": 0.75}, FALLING),
    ({"mode": "min", "patience": 3, "baseline": 0.3}, FALLING),
    ({"mode": "min", "patience": 5, "baseline": 0.3}, FALLING),
    ({"mode": "max", "patience": 2, "baseline": 0.45}, RISING),
    ({"mode": "max", "patience": 5, "baseline": 0.6}, RISING),
    ({"mode": "min", "patience": 0, "start_from_epoch": 4}, FALLING),
    ({"mode": "min", "patience": 1, "start_from_epoch": 8}, FALLING),
    ({"mode": "min", "patience": 1, "start_from_epoch": 50}, FALLING),
]
REDUCE_LR_ON_PLATEAU = [
    ({"mode": "min", "patience": patience}, FALLING) for patience in (0, 1, 3)
] + [
    ({"mode": "max", "patience": 1, "factor": 0.5}, RISING),
    ({"mode": "min"}, FLAT),
    ({"mode": "min", "patience": 2, "factor": 0.5}, FLAT),
    ({"mode": "min", "patience": 0, "factor": 0.5, "cooldown": 1}, FLAT),
    ({"mode": "min", "patience": 2, "factor": 0.5, "cooldown": 3}, FLAT),
    ({"mode": "min", "patience": 1, "factor": 0.5, "cooldown": 2}, FALLING),
    ({"mode": "min", "patience": 1, "factor": 0.5, "cooldown": 2, "min_lr": 0.03}, FLAT),
    ({"mode": "min", "patience": 1, "min_lr": 0.005}, FLAT),
    ({"mode": "min", "patience": 2, "factor": 0.5, "min_delta": 0.02}, CREEPING),
    ({"mode": "min", "patience": 2, "factor": 0.5, "min_delta": 0.0}, CREEPING),
    ({"mode": "min", "patience": 2, "factor": 0.5}, WITH_NAN),
]
MODEL_CHECKPOINT = [
    ({"mode": "min"}, FALLING), ({"mode": "max"}, RISING), ({"mode": "max"}, FLAT), ({"mode": "min"}, CREEPING),
    ({"mode": "min"}, WITH_NAN), ({"mode": "max", "initial_value_threshold": 0.4}, RISING)]


def callbacks(folder: Path) -> None:
    stops, reductions, checkpoints = [], [], []
    for options, sequence in EARLY_STOPPING:
        config = {"monitor": "val_loss"} | options
        callback = keras.callbacks.EarlyStopping(**config)
        model, _ = drive(callback, config["monitor"], sequence)
        stops.append({"config": config, "sequence": sequence, "best_epoch": callback.best_epoch,
                      "stopped_epoch": callback.stopped_epoch if model.stop_training else None})
    for options, sequence in REDUCE_LR_ON_PLATEAU:
        config = {"monitor": "val_loss"} | options
        _, rates = drive(keras.callbacks.ReduceLROnPlateau(**config), config["monitor"], sequence)
        reductions.append({"config": config, "initial_learning_rate": 0.1, "sequence": sequence,
                           "learning_rates": rates})
    for options, sequence in MODEL_CHECKPOINT:
        config = {"monitor": "val_loss", "save_best_only": True} | options
        model, _ = drive(keras.callbacks.ModelCheckpoint("best.keras", **config), config["monitor"], sequence)
        checkpoints.append({"config": config, "sequence": sequence, "saved_epochs": model.saved})
    write_json(folder, "callbacks", note="epochs count from 0; null in a sequence is NaN", early_stopping=stops,
               reduce_lr_on_plateau=reductions, model_checkpoint=checkpoints)


if __name__ == "__main__":
    of_both = [losses, task_losses]
    for share in of_both if BACKEND == "jax" else [activations, optimizers, *of_both, schedules, callbacks]:
        share(Path(sys.argv[1]))
