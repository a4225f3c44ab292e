# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""PyTorch, eager."""

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
parameters = [p.requires_grad_() for p in make_parameters(layers, job.seed)]
values = [p.detach() for p in parameters]  # the same memory, outside the graph
squares = [torch.zeros_like(p) for p in values]


def step(x, y):
    loss = functional.cross_entropy(logits(parameters, layers, x, training=True), y)
    rmsprop_(values, torch.autograd.grad(loss, parameters), squares, job.optimizer)
    return loss.detach()


fit(job, record, values, data, step, lambda x, y: accuracy(values, layers, x, y))
record.write()
