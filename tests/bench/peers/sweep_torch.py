# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""PyTorch, eager, one model after another in one process: rows in one tensor, no DataLoader."""

import torch
from sweep_common import CORES, PARAMSETS, layers, mnist
from torch import nn

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}
OPTIMIZERS = {"adam": lambda p: torch.optim.Adam(p, foreach=True),
              "sgd": lambda p: torch.optim.SGD(p, lr=0.01, foreach=True),
              "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.001, alpha=0.9, foreach=True)}

torch.set_num_threads(CORES)
torch.set_flush_denormal(True)
x_train, y_train, x_test, y_test = (torch.from_numpy(part) for part in mnist())
loss_of = nn.CrossEntropyLoss()
for p in PARAMSETS:
    torch.manual_seed(p["seed"])
    parts = [nn.Linear(784, p["input_units"]), nn.ReLU()]
    width = p["input_units"]
    for units, activation, rate in layers(p):
        parts += [nn.Dropout(rate)] if rate else []
        parts += [nn.Linear(width, units), ACTIVATIONS[activation]()]
        width = units
    model = nn.Sequential(*parts, nn.Linear(width, 10))
    optimizer = OPTIMIZERS[p["optimizer"]](model.parameters())
    for _ in range(p["epochs"]):
        model.train()
        for rows in torch.randperm(len(x_train)).split(p["batch_size"]):
            optimizer.zero_grad()
            loss_of(model(x_train[rows]), y_train[rows]).backward()
            optimizer.step()
        model.eval()
        with torch.inference_mode():
            hits = sum((model(x).argmax(1) == y).sum().item() for x, y in zip(x_test.split(1000), y_test.split(1000)))
