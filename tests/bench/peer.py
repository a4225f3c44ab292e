# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""The peers, and how one of them is run and measured as a process of its own."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE.parent.parent / "build"


@dataclass(frozen=True)
class Peer:
    title: str
    how: str  # what was done for it
    command: tuple
    environment: dict = field(default_factory=dict)


def python(script: str) -> tuple:
    return (sys.executable, HERE / "peers" / script)


PEERS = {
    "sweepnet": Peer(
        "sweepnet", "the release build's `sweepnet train`; the run's state is saved while it trains, as always",
        (BUILD / "release" / "sweepnet",)),
    "torch_eager": Peer(
        "PyTorch, eager", "all rows in one tensor, `index_select` by a permutation, no DataLoader; fused "
        "`cross_entropy`; Keras' RMSprop by `torch._foreach_*`; dropout by `rand`, which is faster than its own; "
        "denormals flushed; matrix products by the wheel's MKL", python("torch_eager.py")),
    "torch_compile": Peer(
        "PyTorch, compiled", "as eager, and forward, gradients and update are one `torch.compile` graph; "
        "nothing is compiled before the job starts", python("torch_compile.py")),
    "libtorch": Peer(
        "LibTorch (C++)", "the eager peer in C++, on the same libraries", (BUILD / "bench-peers" / "libtorch",)),
    "jax_scan": Peer(
        "JAX, jit", "an epoch is one compiled `lax.scan` that permutes and gathers rows on the device; state "
        "donated; default (threefry) random bits, here faster than `rbg`", python("jax_scan.py")),
    "keras_tensorflow": Peer(
        "Keras on TensorFlow", "the original script: `fit` on arrays, `ModelCheckpoint`; no progress bar",
        python("keras_fit.py"), {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}),
    "keras_jax": Peer(
        "Keras on JAX", "the same script", python("keras_fit.py"), {"KERAS_BACKEND": "jax"}),
    "minidnn": Peer(
        "MiniDNN (C++)", "`MDNN_SCALAR` is float, built with `-O3 -march=native -fopenmp`; a dropout layer and "
        "Glorot's weights were added through its interfaces, as it has neither",
        (BUILD / "bench-peers" / "minidnn",)),
}


def available(name: str) -> bool:
    return all(Path(word).exists() for word in PEERS[name].command)


def run(name: str, job: dict, threads: int) -> dict:
    """One job from the start of its process to its end; adds `wall` (s) and `peak_rss` (bytes)."""
    peer = PEERS[name]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Path(folder)
        job = job | {"threads": threads, "model": str(place / "model")}
        start = program_arguments if name == "sweepnet" else peer_arguments
        command = [str(word) for word in (*peer.command, *start(job, place))]
        environment = os.environ | peer.environment | {
            "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads),
            "NPROC": str(threads),  # XLA's thread pool
            "TORCHINDUCTOR_CACHE_DIR": str(place / "inductor"), "BENCH_START": repr(time.time())}
        with open(place / "out", "w+") as out, open(place / "err", "w+") as err:
            begin = time.perf_counter()
            process = subprocess.Popen(command, env=environment, stdout=out, stderr=err)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - begin
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            return {"error": f"exit status {process.returncode}: {(place / 'err').read_text()[-2000:]}"}
        if not any(path.name.startswith("model") for path in place.iterdir()):
            return {"error": "wrote no model"}
        if name == "sweepnet":
            record = program_record(json.loads((place / "result_0.json").read_text()), wall)
        else:
            record = json.loads((place / "out").read_text().splitlines()[-1])
        return record | {"wall": wall, "peak_rss": 1024 * usage.ru_maxrss}


def peer_arguments(job: dict, place: Path) -> list:
    (place / "job.json").write_text(json.dumps(job))
    return [place / "job.json"]


def program_arguments(job: dict, place: Path) -> list:
    paramset = {"batch_size": job["batch"], "epochs": job["epochs"], "hidden_nodes": job["hidden"],
                "dropout_rate": job["dropout"], "activate_fn": job["activation"], "seed": job["seed"],
                "input_units": job["input_units"], "final_dropout": job["final_dropout"],
                "optimizer": {"name": "rmsprop", **job["optimizer"]}}
    (place / "sweep.yml").write_text(json.dumps([paramset]))  # YAML takes JSON
    return ["train", place / "sweep.yml", "--index", 0, "--data", job["data"], "--train-rows", job["train_rows"],
            "--threads", job["threads"], "--verbose", 0, "--output", place]


def program_record(result: dict, wall: float) -> dict:
    seconds = result["seconds"]
    return {"version": result["version"], "import": wall - seconds["total"], "load": seconds["load"], "compile": 0.0,
            **seconds["epochs"], "val_accuracy": result["history"]["val_accuracy"]}
