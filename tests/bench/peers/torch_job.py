# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""The job in PyTorch: what the eager and the compiled peer share."""

import math

import torch
from torch.nn import functional


def make_parameters(layers, seed: int) -> list[torch.Tensor]:
    """Kernel (units x inputs) and bias of each layer, initialised as Keras does (Glorot uniform)."""
    torch.manual_seed(seed)
    parameters = []
    for inputs, units, _, _ in layers:
        limit = math.sqrt(6 / (inputs + units))
        parameters += [torch.empty(units, inputs).uniform_(-limit, limit), torch.zeros(units)]
    return [p.requires_grad_() for p in parameters]


def logits(parameters, layers, x, training: bool):
    for (_, _, activation, rate), kernel, bias in zip(layers, parameters[::2], parameters[1::2]):
        if training and rate:
            x = functional.dropout(x, rate)
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
def evaluate(parameters, layers, x, y, rows: int = 1000) -> tuple[float, float]:
    """Loss and accuracy over all rows, in blocks that stay in the cache."""
    loss, hits = 0.0, 0
    for block, labels in zip(x.split(rows), y.split(rows)):
        outputs = logits(parameters, layers, block, training=False)
        loss += functional.cross_entropy(outputs, labels, reduction="sum").item()
        hits += (outputs.argmax(1) == labels).sum().item()
    return loss / len(x), hits / len(x)


def fit(job, record, parameters, layers, data, step) -> None:
    """Trains by step(x, y) -> loss and writes the best model."""
    from time import perf_counter

    x_train, y_train, x_test, y_test = data
    best = None
    for _ in range(job.epochs):
        begin = perf_counter()
        order = torch.randperm(len(x_train))
        x, y = x_train[order], y_train[order]
        loss = torch.zeros(())
        for block, labels in zip(x.split(job.batch), y.split(job.batch)):
            loss += step(block, labels) * len(block)
        loss.item()
        trained = perf_counter()
        _, accuracy = evaluate(parameters, layers, x_test, y_test)
        validated = perf_counter()
        if record.is_best(accuracy):
            best = [p.detach().clone() for p in parameters]
        record.epoch(trained - begin, validated - trained, accuracy)
    torch.save(best, job.model)
