# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Times PyTorch and JAX on bench.cu's job, on the same GPU.

    peers.py MNIST_DIRECTORY [--only TEXT] [--device cpu] [--epochs N] [--models N]

Same rows, network, batch, epochs and RMSprop. The peers leave out each epoch's last, partial batch
(16 of 10,000 rows), which spares them a second graph. Compilation is reported apart. Of the many models
at once (JAX vmap: one shape, each its own seed and learning rate) a step is one model's. table.sh reads
the lines. Exits 1 if a peer failed, after all others. On a CPU it shows only that it runs, without
PyTorch's graphs.
"""
import argparse
import gzip
import pathlib
import statistics
import sys
import time

import numpy as np

BATCH, WIDTHS, RATE = 128, [512, 30, 50, 70], 0.7


def read(directory, part):
    with gzip.open(directory / f"{part}-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784)
    with gzip.open(directory / f"{part}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    return images.astype(np.float32) / 255, labels.astype(np.int64)


def report(name, steps, step_seconds, whole, compile_seconds, accuracy):
    print(f"{name}: {statistics.median(step_seconds) * 1e6:.1f} us a step, "
          f"{len(step_seconds)} epochs {whole:.3f} s, compile {compile_seconds:.1f} s, "
          f"val_accuracy {accuracy:.4f} ({steps} steps an epoch)", flush=True)


def time_torch(data, how, way, tf32):
    import torch

    def wait():
        if how.device == "cuda":
            torch.cuda.synchronize()

    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = tf32
    x, y, vx, vy = (torch.from_numpy(a).to(how.device) for a in data)
    layers = [torch.nn.Linear(784, WIDTHS[0]), torch.nn.ReLU()]
    for before, width in zip(WIDTHS, WIDTHS[1:]):
        layers += [torch.nn.Dropout(RATE), torch.nn.Linear(before, width), torch.nn.Tanh()]
    layers += [torch.nn.Dropout(0.2), torch.nn.Linear(WIDTHS[-1], 10)]
    model = torch.nn.Sequential(*layers).to(how.device)
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.001, alpha=0.9, eps=1e-7,
                                    capturable=how.device == "cuda", foreach=True)
    loss_of = torch.nn.functional.cross_entropy
    steps = len(x) // BATCH
    rows = torch.zeros(BATCH, dtype=torch.int64, device=how.device)

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
    wait()
    compile_seconds = time.perf_counter() - begin

    epochs = []
    start = time.perf_counter()
    for _ in range(how.epochs):
        order = torch.randperm(len(x), device=how.device)
        wait()
        epoch = time.perf_counter()
        model.train()
        for i in range(steps):
            rows.copy_(order[i * BATCH:(i + 1) * BATCH])
            run()
        wait()
        epochs.append((time.perf_counter() - epoch) / steps)
        model.eval()
        with torch.no_grad():
            accuracy = (model(vx).argmax(1) == vy).float().mean().item()
    whole = time.perf_counter() - start
    precision = "tf32" if tf32 else "fp32"
    report(f"PyTorch {torch.__version__} {way} {precision}", steps, epochs, whole, compile_seconds,
           accuracy)


def time_jax(data, how, models, tf32):
    """One model by a scan over its steps; more by vmap over that."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_platforms", how.device)
    jax.config.update("jax_default_matmul_precision", "tensorfloat32" if tf32 else "float32")
    x, y, vx, vy = (jnp.asarray(a) for a in data)
    steps = len(x) // BATCH
    sizes = [784, *WIDTHS, 10]

    def initial(key):
        return [(jax.nn.initializers.glorot_uniform()(k, (i, o)), jnp.zeros(o))
                for k, i, o in zip(jax.random.split(key, len(sizes) - 1), sizes, sizes[1:])]

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

    def epoch(w, a, rate, key):
        order = jax.random.permutation(key, len(x))[:steps * BATCH].reshape(steps, BATCH)

        def step(carry, each):
            w, a = carry
            rows, key = each
            g = jax.grad(loss_of)(w, x[rows], y[rows], key)
            a = jax.tree.map(lambda m, d: 0.9 * m + 0.1 * d * d, a, g)
            w = jax.tree.map(lambda p, d, m: p - rate * d / jnp.sqrt(m + 1e-7), w, g, a)
            return (w, a), None

        (w, a), _ = jax.lax.scan(step, (w, a), (order, jax.random.split(key, steps)))
        return w, a

    def accuracy_of(w):
        return jnp.mean(jnp.argmax(forward(w, vx, None), 1) == vy)

    keys = jax.random.split(jax.random.key(1), models)
    rates = jnp.linspace(0.0005, 0.002, models)
    if models == 1:
        keys, rates = keys[0], 0.001
    else:
        initial, epoch, accuracy_of = jax.vmap(initial), jax.vmap(epoch), jax.vmap(accuracy_of)
    epoch, accuracy_of = jax.jit(epoch), jax.jit(accuracy_of)
    keys_of = jax.jit(jax.vmap(jax.random.fold_in, (0, None)) if models > 1 else jax.random.fold_in)

    weights = initial(keys)
    moments = jax.tree.map(jnp.zeros_like, weights)
    begin = time.perf_counter()
    jax.block_until_ready((epoch(weights, moments, rates, keys_of(keys, 0)), accuracy_of(weights)))
    compile_seconds = time.perf_counter() - begin
    epochs = []
    start = time.perf_counter()
    for e in range(how.epochs):
        began = time.perf_counter()
        weights, moments = jax.block_until_ready(
            epoch(weights, moments, rates, keys_of(keys, e)))
        epochs.append((time.perf_counter() - began) / steps / models)
        accuracy = float(jnp.mean(accuracy_of(weights)))
    whole = time.perf_counter() - start
    way = "scan+jit" if models == 1 else f"vmap, {models} models,"
    report(f"JAX {jax.__version__} {way} {'tf32' if tf32 else 'fp32'}", steps, epochs, whole,
           compile_seconds, accuracy)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("mnist", type=pathlib.Path)
    arguments.add_argument("--only", default="", help="peers whose name has this")
    arguments.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    arguments.add_argument("--epochs", type=int, default=20)
    arguments.add_argument("--models", type=int, default=100)
    how = arguments.parse_args()
    data = (*read(how.mnist, "train"), *read(how.mnist, "t10k"))
    ways = ("eager", "graph", "compile") if how.device == "cuda" else ("eager",)
    jobs = [(time_torch, way, tf32) for tf32 in (False, True) for way in ways]
    jobs += [(time_jax, models, tf32) for tf32 in (False, True) for models in (1, how.models)]
    failed = 0
    for run, way, tf32 in jobs:
        name = f"{run.__name__}({way}, {'tf32' if tf32 else 'fp32'})"
        if how.only not in name:
            continue
        try:
            run(data, how, way, tf32)
        except Exception as error:  # one peer's failure must not hide the others
            failed += 1
            print(f"{name}: failed: {type(error).__name__}: {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
