# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Keras 2.1.6's share of the golden files, from Keras 2.1.6 itself on TensorFlow 1.8 (Python 3.6).

    build/keras2-env/bin/python tests/keras/oracle_keras2.py FOLDER

Run by make_golden.py. One thread throughout, so that the unordered updates of a TensorFlow 1
graph run in one order.
"""

import os
import sys
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
warnings.simplefilter("ignore")

import keras
import numpy as np
import tensorflow as tf
from keras import backend as K

import golden_inputs as inputs

ORACLE = "keras {} tensorflow, tensorflow {}".format(keras.__version__, tf.__version__)


def start():
    """A fresh graph, one thread, fixed seeds."""
    K.clear_session()
    np.random.seed(1)
    tf.set_random_seed(1)
    K.set_session(tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)))


def vector_jacobian(function, x, cotangent):
    variable, weight = K.placeholder(x.shape), K.placeholder(cotangent.shape)
    y = function(variable)
    return K.get_session().run([y, tf.gradients(y, variable, weight)[0]], {variable: x, weight: cotangent})


def activations(folder):
    start()
    x = inputs.activation_grid()
    rows, cotangent = inputs.activation_rows()
    tensors = {"x": x, "softmax.rows": rows, "softmax.cotangent": cotangent}
    tensors["softmax.y"], tensors["softmax.dx"] = vector_jacobian(keras.activations.softmax, rows, cotangent)
    for name in inputs.ELEMENTWISE_KERAS2:
        y, dy = vector_jacobian(keras.activations.get(name), x, np.ones_like(x))
        tensors[name + ".y"], tensors[name + ".dy"] = y, dy
    inputs.answer(folder, "activations_keras2", ORACLE, tensors, autodiff="tensorflow 1 gradients", nan_derivatives={})


def optimizer(config):
    options = dict(config)
    name = options.pop("name").replace("_keras2", "")
    if "learning_rate" in options:
        options["lr"] = options.pop("learning_rate")
    return keras.optimizers.deserialize({"class_name": name, "config": options})


def synchronous(rule):
    """The rule, made to wait until every gradient is there before it changes any weight.

    Left alone, Keras 2.1.6 on TensorFlow 1 assigns an upper layer's new weights first and then
    backpropagates to the lower layers through those: an accident of its graph, not its rule.
    """
    gradients = rule.get_gradients
    rule.get_gradients = lambda loss, parameters: tf.tuple(gradients(loss, parameters))
    return rule


def optimizers(folder):
    initial, gradients = inputs.optimizer_inputs()
    tensors = {"initial": initial, "gradients": gradients}
    cases = {}
    for case in inputs.OPTIMIZERS_KERAS2:
        start()
        cases[case] = {"generation": 2, "config": inputs.optimizer_config(case)}
        variables = [K.variable(part) for part in inputs.split(initial)]
        given = [K.placeholder(K.int_shape(v)) for v in variables]
        # d(sum of w g)/dw = g, so the rule meets exactly the given gradients, clipping included.
        loss = sum(K.sum(v * g) for v, g in zip(variables, given))
        rule = optimizer(cases[case]["config"])
        step = K.function(given, [loss], updates=rule.get_updates(loss=loss, params=variables))
        steps = []
        for gradient in gradients:
            step(inputs.split(gradient))
            steps.append(inputs.join(K.batch_get_value(variables)))
        tensors[case] = np.stack(steps)
    inputs.answer(folder, "optimizers", ORACLE, tensors, cases=cases)


def losses(folder):
    start()
    logits, labels = inputs.loss_inputs()
    target = np.eye(logits.shape[1], dtype=np.float32)[labels]
    mean = np.full(len(logits), np.float32(1 / len(logits)))

    def loss(x):
        return keras.losses.categorical_crossentropy(tf.constant(target), keras.activations.softmax(x))
    rows, dlogits = vector_jacobian(loss, logits, mean)
    inputs.answer(folder, "losses", ORACLE, {
        "logits": logits, "labels": labels, "clipped_keras2.loss": rows, "clipped_keras2.dlogits": dlogits})


def network(folder, case):
    start()
    config = inputs.NETWORKS[case]["config"]
    features, labels, initial = inputs.network_inputs(case)
    model = keras.models.Sequential()
    for index, layer in enumerate(config["layers"]):
        shape = {"input_shape": (inputs.FEATURES,)} if index == 0 else {}
        model.add(keras.layers.Dense(layer["units"], activation=layer["activation"], **shape))
    model.compile(synchronous(optimizer(config["optimizer"])), config["loss"]["name"])
    model.set_weights(initial)

    variables = model.trainable_weights
    first, target = inputs.network_batch(features, labels, 0)
    gradient = K.function([model.inputs[0], model.targets[0], model.sample_weights[0]],
                          K.gradients(model.total_loss, variables))([first, target, np.ones(len(first))])
    tensors = {"features": features, "labels": labels}
    snapshots = {"initial": initial, "gradient_1": gradient}
    losses = []
    for step in range(inputs.STEPS):
        losses.append(model.train_on_batch(*inputs.network_batch(features, labels, step)))
        if step in (0, inputs.STEPS - 1):
            snapshots["after_{}".format(step + 1)] = model.get_weights()
    for moment, weights in snapshots.items():
        for index, weight in enumerate(weights):
            tensors["{}/dense_{}.{}".format(moment, index // 2, ["kernel", "bias"][index % 2])] = weight
    tensors["loss_per_step"] = np.float32(losses)
    tensors["predictions"] = model.predict_on_batch(first)
    inputs.answer(folder, case, ORACLE, tensors, config=config, note="gradients tied by tf.tuple before any update")


def model_file(folder):
    start()
    x, y = inputs.model_inputs()
    model = keras.models.Sequential([
        keras.layers.Dense(6, activation="relu", input_shape=(8,)), keras.layers.Dropout(0.25),
        keras.layers.Dense(3, activation="softmax")])
    model.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
    for _ in range(5):
        model.train_on_batch(x, y)
    model.save(os.path.join(folder, "keras2.h5"))
    weights = {"dense_{}.{}".format(index // 2, ["kernel", "bias"][index % 2]): weight
               for index, weight in enumerate(model.get_weights())}
    inputs.answer(folder, "model_keras2", ORACLE, dict(weights, inputs=x, predictions=model.predict(x)))


if __name__ == "__main__":
    folder = sys.argv[1]
    for share in [activations, optimizers, losses, model_file]:
        share(folder)
    for case, entry in inputs.NETWORKS.items():
        if entry["oracle"] == "keras2":
            network(folder, case)
