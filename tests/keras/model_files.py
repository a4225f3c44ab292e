# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Model files against the libraries that own their forms: ours read by them, theirs read by us.

    python tests/keras/model_files.py --program build/release/sweepnet --data mnist/ [--report FILE]

DIR holds MNIST's four gzipped IDX files. Prints a table and ends with 1 if any line fails. Outputs
for the same weights may differ by 1e-6, or by what the other library errs more: then ours must be
within 1e-6 of the same network in float64.
"""

import argparse
import importlib.metadata
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import onnx
import onnxruntime
import safetensors.numpy
import tf_keras

from whole_run import mnist

TOLERANCE = 1e-6
ROWS = 200  # of the small random data set
INPUTS = 8

ACTIVATIONS = (
    "linear relu leaky_relu relu6 tanh sigmoid hard_sigmoid elu selu celu softplus softsign exponential "
    "gelu silu hard_silu mish log_sigmoid tanh_shrink hard_tanh hard_shrink soft_shrink squareplus "
    "sparse_plus sparse_sigmoid softmax log_softmax"
).split()
ONLY_HERE = [  # with options, or the older rule: ONNX holds them, Keras' files do not
    "hard_sigmoid_keras2",
    "{name: leaky_relu, negative_slope: 0.05}",
    "{name: elu, alpha: 0.7}",
    "{name: celu, alpha: 1.5}",
    "{name: squareplus, b: 1.0}",
]


class Report:
    def __init__(self) -> None:
        self.rows: list[tuple[str, str, bool]] = []

    def add(self, what: str, found: str, holds: bool) -> None:
        self.rows.append((what, found, holds))
        print(f"{'ok  ' if holds else 'FAIL'} {what}: {found}", flush=True)

    def difference(self, what: str, ours: np.ndarray, theirs: np.ndarray, exact: np.ndarray | None = None) -> None:
        def worst(a: np.ndarray, b: np.ndarray) -> float:
            return float(np.max(np.abs(np.asarray(a, np.float64) - np.asarray(b, np.float64))))

        found = f"largest difference {worst(ours, theirs):.2g} over {ours.shape[0]} rows"
        holds = worst(ours, theirs) <= TOLERANCE
        if not holds and exact is not None:
            found += f"; from float64 ours {worst(ours, exact):.2g}, theirs {worst(theirs, exact):.2g}"
            holds = worst(ours, exact) <= TOLERANCE
        self.add(what, found, holds)

    def markdown(self) -> str:
        lines = ["| check | found | |", "| --- | --- | --- |"]
        return "\n".join(lines + [f"| {a} | {b} | {'ok' if c else '**FAILED**'} |" for a, b, c in self.rows])


class Program:
    """The sweepnet program, and a folder for its files."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path.resolve()
        self.folder = folder

    def run(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run([self.path, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True)
        if done.returncode != code:
            sys.exit(f"sweepnet {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def train(self, name: str, paramset: str, data: Path | str) -> Path:
        """A model trained on one paramset (YAML), as name.safetensors."""
        sweep = self.folder / f"{name}.yml"
        sweep.write_text(f"- {{{paramset}, model_path: {name}.safetensors}}\n")
        self.run("train", sweep, "--data", data, "--output", self.folder, "--index", "0", "--save-every", "0")
        for left in [*self.folder.glob("result_*"), *self.folder.glob("state_*")]:
            left.unlink()
        return self.folder / f"{name}.safetensors"

    def export(self, model: Path, extension: str) -> Path:
        out = model.with_suffix(extension)
        self.run("export", model, out)
        return out

    def predict(self, model: Path, data: Path | str) -> tuple[np.ndarray, float]:
        """Outputs and accuracy."""
        file = self.folder / "predictions.npy"
        told = self.run("evaluate", model, "--data", data, "--predictions", file)
        return np.load(file), float(told.split("accuracy: ")[1])


def onnx_outputs(path: Path, x: np.ndarray) -> np.ndarray:
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


def float64_outputs(weights: list[np.ndarray], activation, x: np.ndarray) -> np.ndarray:
    """The reference job's network: 512 relu, hidden layers of `activation`, softmax."""
    h = x.astype(np.float64)
    layers = list(zip(weights[::2], weights[1::2]))
    for k, (kernel, bias) in enumerate(layers):
        z = h @ kernel.astype(np.float64) + bias
        h = np.maximum(z, 0) if k == 0 else activation(z)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def ours_in_theirs(report: Report, program: Program, data: Path, index: int) -> None:
    """One of the reference job's networks, briefly trained: every form, all test rows."""
    x, y = mnist(data, "t10k", 10_000)
    x_train, y_train = mnist(data, "train", 2_000)
    hidden = ["hidden_nodes: [10, 20, 30], activate_fn: relu", "hidden_nodes: [30, 50, 70], activate_fn: tanh"][index]
    model = program.train(f"index{index}", f"epochs: 2, {hidden}", data)
    ours, accuracy = program.predict(model, data)
    weights = keras.models.load_model(program.export(model, ".h5")).get_weights()
    exact = float64_outputs(weights, [lambda z: np.maximum(z, 0), np.tanh][index], x)
    for extension in (".h5", ".keras"):
        back, again = program.predict(program.export(model, extension), data)
        report.add(f"index {index} {extension}: read back here", f"accuracy {again}", bool((back == ours).all()))
    # TensorFlow's Keras 2 names other modules in its .keras; .h5 is the form that both generations share.
    for library, extension in ((keras, ".h5"), (keras, ".keras"), (tf_keras, ".h5")):
        label = f"index {index} {extension}: {library.__name__} {library.__version__}"
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            theirs = library.models.load_model(model.with_suffix(extension))
        fresh = all("Skipping variable loading for optimizer" in str(each.message) for each in told)
        said = "silently" if not told else "saying that the optimizer starts anew"
        report.add(f"{label} loads it", said, fresh and len(told) <= 1)
        report.difference(f"{label} predicts", ours, theirs.predict(x, verbose=0), exact)
        score = theirs.evaluate(x, y, verbose=0)[1]
        report.add(f"{label} evaluates it", f"accuracy {score:.4f}, ours {accuracy}", abs(score - accuracy) < 1e-6)
        before = theirs.evaluate(x_train, y_train, verbose=0)[0]
        theirs.fit(x_train, y_train, batch_size=128, epochs=2, verbose=0)
        after = theirs.evaluate(x_train, y_train, verbose=0)[0]
        report.add(f"{label} trains it on", f"loss {before:.4f} -> {after:.4f}", after < before)
    tensors = safetensors.numpy.load_file(model)
    same = len(tensors) == len(weights) and all(
        np.array_equal(tensors[f"dense_{i // 2 + 1}.{'bias' if i % 2 else 'kernel'}"], w) for i, w in enumerate(weights)
    )
    version = importlib.metadata.version("safetensors")
    report.add(f"index {index}: safetensors {version}", f"{len(tensors)} tensors, as in the .h5", same)
    outputs = onnx_outputs(program.export(model, ".onnx"), x)
    label = f"index {index}: onnx {onnx.__version__} checks in full, onnxruntime {onnxruntime.__version__} runs"
    report.difference(label, ours, outputs, exact)


def activations(report: Report, program: Program, data: Path, x: np.ndarray) -> None:
    for k, name in enumerate(ACTIVATIONS + ONLY_HERE):
        first = "tanh" if name in ("exponential", "log_softmax") else name  # twice, they grow large
        model = program.train(
            f"activation_{k}",
            f"epochs: 2, batch_size: 32, input_units: 24, hidden_nodes: [16], activate_fn: {name}, "
            f"input_activation: {first}",
            data,
        )
        ours, _ = program.predict(model, data)
        report.difference(f"onnxruntime, {name}", ours, onnx_outputs(program.export(model, ".onnx"), x))
        if name in ONLY_HERE:
            told = program.run("export", model, model.with_suffix(".keras"), code=65)
            report.add(f".keras refuses {name}", told.strip().split(": ", 1)[1], "cannot hold the activation" in told)
            continue
        theirs = keras.models.load_model(program.export(model, ".keras")).predict(x, verbose=0)
        report.difference(f"Keras 3, {name}", ours, theirs)


def networks(library) -> dict:
    """Networks as users build them, by a word for each."""
    layers = library.layers
    first = library.Input((INPUTS,))
    return {
        "plain": [first, layers.Dense(6, activation="relu"), layers.Dropout(0.25), layers.Dense(3, activation="softmax")],
        "Activation layers": [
            first,
            layers.Dense(7),
            layers.Activation("tanh"),
            layers.Dropout(0.5),
            layers.Dense(3),
            layers.Activation("softmax"),
        ],
        "use_bias=False": [first, layers.Dense(5, use_bias=False, activation="elu"), layers.Dense(3, activation="softmax")],
        "l1, l2": [
            first,
            layers.Dense(5, kernel_regularizer="l2", activation="selu"),
            layers.Dense(3, kernel_regularizer=library.regularizers.L1L2(0.01, 0.02), activation="softmax"),
        ],
        "hard_sigmoid": [first, layers.Dense(9, activation="hard_sigmoid"), layers.Dense(3, activation="softmax")],
        "twelve layers": [first, *[layers.Dense(4, activation="tanh") for _ in range(11)], layers.Dense(3, activation="softmax")],
        "named layers": [first, layers.Dense(6, name="zeta", activation="relu"), layers.Dense(3, name="alpha", activation="softmax")],
    }


def theirs_in_ours(report: Report, program: Program, data: Path, x: np.ndarray, y: np.ndarray) -> None:
    for library in (keras, tf_keras):
        label = f"{library.__name__} {library.__version__}"
        for name, stack in networks(library).items():
            model = library.Sequential(stack)
            model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
            model.fit(x, y, epochs=2, verbose=0)
            expected = model.predict(x, verbose=0)
            for extension in (".h5", ".keras"):
                path = program.folder / f"theirs{extension}"
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # Keras calls .h5 legacy
                    model.save(path)
                ours, _ = program.predict(path, data)
                report.difference(f"{label} {extension}, {name}", ours, expected)


def refusals(report: Report, program: Program, data: Path) -> None:
    layers = keras.layers
    first = keras.Input((INPUTS,))
    last = layers.Dense(3, activation="softmax")
    functional = keras.Model(first, last(first))
    convolution = [layers.Reshape((INPUTS, 1)), layers.Conv1D(2, 3), layers.Flatten()]
    cases = {
        "BatchNormalization": keras.Sequential([first, layers.BatchNormalization(), last]),
        "Reshape": keras.Sequential([first, *convolution, layers.Dense(3)]),
        "Functional": functional,
        "float16": keras.Sequential([first, layers.Dense(3, dtype="float16")]),
    }
    for word, model in cases.items():
        for extension in (".h5", ".keras"):
            path = program.folder / f"refused{extension}"
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model.save(path)
            told = program.run("evaluate", path, "--data", data, code=65).strip()
            report.add(f"Keras 3 {extension} refused: {word}", told.rsplit(": ", 1)[1], word in told)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--report", type=Path)
    arguments = parser.parse_args()
    keras.utils.set_random_seed(1)
    report = Report()
    with tempfile.TemporaryDirectory() as name:
        program = Program(arguments.program, Path(name))
        random = np.random.default_rng(1)
        x = (3 * random.standard_normal((ROWS, INPUTS))).astype(np.float32)
        labels = random.integers(0, 3, ROWS)
        small = program.folder / "small.npz"
        np.savez(small, x_train=x, y_train=labels, x_test=x, y_test=labels)
        for index in (0, 1):
            ours_in_theirs(report, program, arguments.data.resolve(), index)
        activations(report, program, small, x)
        theirs_in_ours(report, program, small, x, keras.utils.to_categorical(labels, 3))
        refusals(report, program, small)
    if arguments.report:
        arguments.report.write_text(report.markdown() + "\n")
    failed = sum(not holds for _, _, holds in report.rows)
    print(f"{len(report.rows)} checks, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
