# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""JAX, models of equal shape at once: vmap over models, an epoch one compiled lax.scan, the learning
rate a traced number of each model. All models see the rows in one order, which spares a gather each."""

import jax
import jax.numpy as jnp
import numpy as np
from sweep_common import PARAMSETS, mnist

first = PARAMSETS[0]
batch, epochs = first["batch_size"], first["epochs"]
widths = [784, first["input_units"], *first["hidden_nodes"], 10]
x_train, y_train, x_test, y_test = (jnp.asarray(part) for part in mnist())
steps = len(x_train) // batch


def make(key):
    keys = jax.random.split(key, len(widths) - 1)
    return [(jax.random.uniform(k, (a, b), minval=-1, maxval=1) * np.sqrt(6 / (a + b)), jnp.zeros(b))
            for k, a, b in zip(keys, widths, widths[1:])]


def logits(model, x):
    for kernel, bias in model[:-1]:
        x = jax.nn.relu(x @ kernel + bias)
    return x @ model[-1][0] + model[-1][1]


def loss(model, x, y):
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits(model, x)), y[:, None], 1))


def step(model, rate, x, y):
    return jax.tree.map(lambda w, g: w - rate * g, model, jax.grad(loss)(model, x, y))


@jax.jit
def epoch(models, rates, key):
    order = jax.random.permutation(key, len(x_train))[: steps * batch].reshape(steps, batch)

    def advance(all_models, rows):
        return jax.vmap(step, in_axes=(0, 0, None, None))(all_models, rates, x_train[rows], y_train[rows]), None

    models, _ = jax.lax.scan(advance, models, order)
    hits = jax.vmap(lambda model: jnp.mean(jnp.argmax(logits(model, x_test), 1) == y_test))(models)
    return models, hits


models = jax.vmap(make)(jax.random.split(jax.random.key(0), len(PARAMSETS)))
rates = jnp.asarray([p["learning_rate"] for p in PARAMSETS], jnp.float32)
for e in range(epochs):
    models, hits = epoch(models, rates, jax.random.key(e + 1))
    hits.block_until_ready()
