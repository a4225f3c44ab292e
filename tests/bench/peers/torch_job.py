# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""The job in PyTorch: what the eager and the compiled peer share."""

import math
from time import perf_counter

import torch
from torch.nn import functional


def make_parameters(layers, seed: int) -> list[torch.Tensor]:
    """Kernel (units x inputs) and bias of each layer, initialised as Keras does (Glorot uniform)."""
    torch.manual_seed(seed)
    parameters = []
    for inputs, units, _, _ in layers:
        limit = math.sqrt(6 / (inputs + units))
        parameters += [torch.empty(units, inputs).uniform_(-limit, limit), torch.zeros(units)]
    return parameters


def dropout(x, rate: float):
    """As functional.dropout, whose bernoulli_ takes three times as long as rand where it is not compiled."""
    return x * (torch.rand(x.shape) >= rate).float().mul_(1 / (1 - rate))


def logits(parameters, layers, x, training: bool):
    for (_, _, activation, rate), kernel, bias in zip(layers, parameters[::2], parameters[1::2]):
        if training and rate:
            x = dropout(x, rate)
        x = functional.linear(x, kernel, bias)
        if activation != "linear":
            x = getattr(torch, activation)(x)
    return x


def rmsprop_(parameters, gradients, squares, optimizer) -> None:
    """Keras 3: v = rho v + (1 - rho) g^2, w -= rate g / sqrt(v + epsilon)."""
    torch._foreach_mul_(squares, optimizer.rho)
    torch._foreach_addcmul_(squares, gradients, gradients, value=1 - optimizer.rho)
    denominators = torch._foreach_add(squares, optimizer.epsilon)
    torch._foreach_sqrt_(denominators)
    torch._foreach_addcdiv_(parameters, gradients, denominators, value=-optimizer.learning_rate)


@torch.inference_mode()
def accuracy(parameters, layers, x, y, rows: int = 1000) -> float:
    """Over all rows, in blocks that stay in the cache; the loss is computed as the others do."""
    loss, hits = 0.0, 0
    for block, labels in zip(x.split(rows), y.split(rows)):
        outputs = logits(parameters, layers, block, training=False)
        loss += functional.cross_entropy(outputs, labels, reduction="sum").item()
        hits += (outputs.argmax(1) == labels).sum().item()
    return hits / len(x)


def fit(job, record, parameters, data, step, evaluate) -> None:
    """Trains by step(x, y) -> loss, judges by evaluate(x, y) -> accuracy, writes the best model."""
    x_train, y_train, x_test, y_test = data
    best = None
    for _ in range(job.epochs):
        begin = perf_counter()
        loss = torch.zeros(())
        for rows in torch.randperm(len(x_train)).split(job.batch):
            loss += step(x_train.index_select(0, rows), y_train.index_select(0, rows)) * len(rows)
        loss.item()
        trained = perf_counter()
        val_accuracy = evaluate(x_test, y_test)
        if record.epoch(trained - begin, perf_counter() - trained, val_accuracy):
            best = [p.detach().clone() for p in parameters]
    torch.save(best, job.model)
