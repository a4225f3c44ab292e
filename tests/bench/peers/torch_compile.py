# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""PyTorch, with the whole step (forward, gradients, update) compiled as one graph."""

import torch
from common import Record, network, read_job
from torch.nn import functional
from torch_job import accuracy, fit, logits, make_parameters, rmsprop_

record = Record(torch.__version__)
job = read_job()
torch.set_num_threads(job.threads)
torch.set_flush_denormal(True)
data = [torch.from_numpy(part) for part in record.read_data(job)]

layers = network(job)
parameters = make_parameters(layers, job.seed)
squares = [torch.zeros_like(p) for p in parameters]


def loss_of(parameters, x, y):
    return functional.cross_entropy(logits(parameters, layers, x, training=True), y)


@torch.compile(dynamic=False, fullgraph=True)
def compiled(parameters, squares, x, y):
    gradients, loss = torch.func.grad_and_value(loss_of)(parameters, x, y)
    rmsprop_(parameters, gradients, squares, job.optimizer)
    return loss


fit(job, record, parameters, data,
    step=lambda x, y: compiled(parameters, squares, x, y),
    evaluate=lambda x, y: accuracy(parameters, layers, x, y))
record.write()
