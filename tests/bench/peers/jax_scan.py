# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""JAX: an epoch is one compiled program, a scan over its steps; data and state stay on the device."""

from functools import partial
from time import perf_counter

import jax
import jax.numpy as jnp
import numpy as np
from common import Record, network, read_job
from jax import lax, random

record = Record(jax.__version__)
job = read_job()
layers = network(job)
optimizer = job.optimizer


def initialise(key):
    glorot = jax.nn.initializers.glorot_uniform()
    keys = random.split(key, len(layers))
    weights = [(glorot(k, (inputs, units)), jnp.zeros(units)) for k, (inputs, units, _, _) in zip(keys, layers)]
    return weights, jax.tree.map(jnp.zeros_like, weights)


def logits(weights, x, key=None):
    """With a key, dropout is on."""
    for i, ((_, _, activation, rate), (kernel, bias)) in enumerate(zip(layers, weights)):
        if key is not None and rate:
            kept = random.bernoulli(random.fold_in(key, i), 1 - rate, x.shape)
            x = jnp.where(kept, x / (1 - rate), 0)
        x = x @ kernel + bias
        x = {"linear": lambda z: z, "relu": jax.nn.relu, "tanh": jnp.tanh}[activation](x)
    return x


def losses(outputs, y):
    return -jnp.take_along_axis(jax.nn.log_softmax(outputs), y[:, None], 1)[:, 0]


def update(w, g, v):
    v = optimizer.rho * v + (1 - optimizer.rho) * g * g
    return w - optimizer.learning_rate * g / jnp.sqrt(v + optimizer.epsilon), v


@partial(jax.jit, donate_argnums=0)
def epoch(state, key, x, y):
    shuffle_key, dropout_key = random.split(key)
    order = random.permutation(shuffle_key, len(x))

    def step(state, batch):
        number, rows = batch
        weights, squares = state
        mean_loss = lambda w: losses(logits(w, x[rows], random.fold_in(dropout_key, number)), y[rows]).mean()
        loss, gradients = jax.value_and_grad(mean_loss)(weights)
        updated = jax.tree.map(update, weights, gradients, squares)
        return jax.tree.transpose(jax.tree.structure(weights), None, updated), loss * len(rows)

    steps, left = divmod(len(x), job.batch)
    full = order[: len(x) - left].reshape(steps, job.batch)
    state, sums = lax.scan(step, tuple(state), (jnp.arange(steps), full))
    total = sums.sum()
    if left:
        state, last = step(state, (steps, order[-left:]))
        total += last
    return state, total / len(x)


@jax.jit
def evaluate(weights, x, y):
    outputs = logits(weights, x)
    return losses(outputs, y).mean(), (outputs.argmax(1) == y).mean()


data = [jnp.asarray(part) for part in record.read_data(job)]
x_train, y_train, x_test, y_test = jax.block_until_ready(data)

begin = perf_counter()
key = random.key(job.seed)
state = jax.jit(initialise)(key)
run_epoch = epoch.lower(state, key, x_train, y_train).compile()
run_evaluate = evaluate.lower(state[0], x_test, y_test).compile()
record.fields["compile"] = perf_counter() - begin

best = None
for number in range(job.epochs):
    begin = perf_counter()
    state, loss = run_epoch(state, random.fold_in(key, number), x_train, y_train)
    loss.block_until_ready()
    trained = perf_counter()
    _, val_accuracy = run_evaluate(state[0], x_test, y_test)
    val_accuracy = float(val_accuracy)
    if record.epoch(trained - begin, perf_counter() - trained, val_accuracy):
        best = jax.tree.map(np.array, state[0])

np.savez(job.model, *jax.tree.leaves(best))
record.write()
