# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""PyTorch, eager."""

from time import perf_counter

begin = perf_counter()
import torch
from common import Record, network, read_data, read_job
from torch.nn import functional
from torch_job import fit, logits, make_parameters, rmsprop_

imported = perf_counter()
job = read_job()
torch.set_num_threads(job.threads)
torch.set_flush_denormal(True)
record = Record(torch.__version__)
data = [torch.from_numpy(part) for part in read_data(job)]
record.fields |= {"import": imported - begin, "load": perf_counter() - imported}

layers = network(job)
parameters = make_parameters(layers, job.seed)
values = [p.detach() for p in parameters]
squares = [torch.zeros_like(p) for p in values]


def step(x, y):
    loss = functional.cross_entropy(logits(parameters, layers, x, training=True), y)
    rmsprop_(values, torch.autograd.grad(loss, parameters), squares, job.optimizer)
    return loss.detach()


fit(job, record, parameters, layers, data, step)
record.write()
