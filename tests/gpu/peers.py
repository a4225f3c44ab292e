# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Times PyTorch and JAX on bench.cu's job, on the same GPU.

    peers.py MNIST_DIRECTORY

Same rows, network, batch, epochs and RMSprop. The peers leave out each epoch's last, partial batch
(16 of 10,000 rows), which spares them a second graph. Compilation is reported apart.
"""
import gzip
import pathlib
import statistics
import sys
import time

import numpy as np

BATCH, EPOCHS, WIDTHS, RATE = 128, 20, [512, 30, 50, 70], 0.7


def read(directory, part):
    with gzip.open(directory / f"{part}-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784)
    with gzip.open(directory / f"{part}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    return images.astype(np.float32) / 255, labels.astype(np.int64)


def report(name, steps, step_seconds, whole, compile_seconds, accuracy):
    print(f"{name}: {statistics.median(step_seconds) * 1e6:.1f} us a step, "
          f"{EPOCHS} epochs {whole:.3f} s, compile {compile_seconds:.1f} s, "
          f"val_accuracy {accuracy:.4f} ({steps} steps an epoch)", flush=True)


def time_torch(data, way, tf32):
    import torch

    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = tf32
    x, y, vx, vy = (torch.from_numpy(a).cuda() for a in data)
    layers = [torch.nn.Linear(784, WIDTHS[0]), torch.nn.ReLU()]
    for before, width in zip(WIDTHS, WIDTHS[1:]):
        layers += [torch.nn.Dropout(RATE), torch.nn.Linear(before, width), torch.nn.Tanh()]
    layers += [torch.nn.Dropout(0.2), torch.nn.Linear(WIDTHS[-1], 10)]
    model = torch.nn.Sequential(*layers).cuda()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.001, alpha=0.9, eps=1e-7,
                                    capturable=True, foreach=True)
    loss_of = torch.nn.functional.cross_entropy
    steps = len(x) // BATCH
    rows = torch.zeros(BATCH, dtype=torch.int64, device="cuda")

    def step():
        loss = loss_of(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
        return loss

    begin = time.perf_counter()
    run = torch.compile(step, mode="max-autotune-no-cudagraphs") if way == "compile" else step
    for _ in range(3):
        run()
    if way != "eager":  # torch.compile's step is captured too: its best setting
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                run()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            run()
        run = graph.replay
    torch.cuda.synchronize()
    compile_seconds = time.perf_counter() - begin

    epochs = []
    start = time.perf_counter()
    for _ in range(EPOCHS):
        order = torch.randperm(len(x), device="cuda")
        torch.cuda.synchronize()
        epoch = time.perf_counter()
        model.train()
        for i in range(steps):
            rows.copy_(order[i * BATCH:(i + 1) * BATCH])
            run()
        torch.cuda.synchronize()
        epochs.append((time.perf_counter() - epoch) / steps)
        model.eval()
        with torch.no_grad():
            accuracy = (model(vx).argmax(1) == vy).float().mean().item()
    whole = time.perf_counter() - start
    precision = "tf32" if tf32 else "fp32"
    report(f"PyTorch {torch.__version__} {way} {precision}", steps, epochs, whole, compile_seconds,
           accuracy)


def time_jax(data, tf32):
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_default_matmul_precision", "tensorfloat32" if tf32 else "float32")
    x, y, vx, vy = (jnp.asarray(a) for a in data)
    steps = len(x) // BATCH
    keys = jax.random.split(jax.random.key(1), len(WIDTHS) + 1)
    sizes = [784, *WIDTHS, 10]
    weights = [
        (jax.nn.initializers.glorot_uniform()(k, (i, o)), jnp.zeros(o))
        for k, i, o in zip(keys, sizes, sizes[1:])
    ]
    moments = jax.tree.map(jnp.zeros_like, weights)

    def forward(w, rows, key):
        h = jax.nn.relu(rows @ w[0][0] + w[0][1])
        for i, (kernel, bias) in enumerate(w[1:]):
            last = i == len(w) - 2
            if key is not None:
                keep = 1 - (0.2 if last else RATE)
                h = jnp.where(jax.random.bernoulli(jax.random.fold_in(key, i), keep, h.shape),
                              h / keep, 0)
            h = h @ kernel + bias
            h = h if last else jnp.tanh(h)
        return h

    def loss_of(w, rows, labels, key):
        logits = jax.nn.log_softmax(forward(w, rows, key))
        return -jnp.mean(jnp.take_along_axis(logits, labels[:, None], 1))

    @jax.jit
    def epoch(w, a, key):
        order = jax.random.permutation(key, len(x))[:steps * BATCH].reshape(steps, BATCH)

        def step(carry, each):
            w, a = carry
            rows, key = each
            g = jax.grad(loss_of)(w, x[rows], y[rows], key)
            a = jax.tree.map(lambda m, d: 0.9 * m + 0.1 * d * d, a, g)
            w = jax.tree.map(lambda p, d, m: p - 0.001 * d / jnp.sqrt(m + 1e-7), w, g, a)
            return (w, a), None

        (w, a), _ = jax.lax.scan(step, (w, a), (order, jax.random.split(key, steps)))
        return w, a

    @jax.jit
    def accuracy_of(w):
        return jnp.mean(jnp.argmax(forward(w, vx, None), 1) == vy)

    begin = time.perf_counter()
    jax.block_until_ready((epoch(weights, moments, jax.random.key(0)), accuracy_of(weights)))
    compile_seconds = time.perf_counter() - begin
    epochs = []
    start = time.perf_counter()
    for e in range(EPOCHS):
        began = time.perf_counter()
        weights, moments = jax.block_until_ready(epoch(weights, moments, jax.random.key(e)))
        epochs.append((time.perf_counter() - began) / steps)
        accuracy = float(accuracy_of(weights))
    whole = time.perf_counter() - start
    precision = "tf32" if tf32 else "fp32"
    report(f"JAX {jax.__version__} scan+jit {precision}", steps, epochs, whole, compile_seconds,
           accuracy)


def main():
    directory = pathlib.Path(sys.argv[1])
    data = (*read(directory, "train"), *read(directory, "t10k"))
    jobs = [(time_torch, (way, tf32)) for tf32 in (False, True)
            for way in ("eager", "graph", "compile")]
    jobs += [(time_jax, (tf32,)) for tf32 in (False, True)]
    for run, arguments in jobs:
        try:
            run(data, *arguments)
        except Exception as error:  # one peer's failure must not hide the others
            print(f"{run.__name__}{arguments}: failed: {type(error).__name__}: {error}", flush=True)


main()
