# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Models of tables against the libraries that people would use instead.

    python tests/tables/models_judge.py build/release/sweepnet

What a model's file says of its columns must be what scikit-learn finds (StandardScaler, OneHotEncoder,
SimpleImputer for each way with missing values), and its forms must predict in Keras and onnxruntime,
from raw numbers, what `sweepnet predict` does. Prints a line for each comparison, and ends with 1 if
one fails.
"""

import importlib.resources
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import keras
import numpy as np
import onnxruntime
import pandas
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, StandardScaler

PROGRAM = Path(sys.argv[1])
WAYS = ("mean", "median", "mode", "indicator")
FORMS = (".h5", ".keras", ".onnx")
CLOSE = 1e-12  # of a schema's numbers, beside the larger of mean and deviation
ALIKE = 1e-5  # of a probability, or of a value beside the deviation of all
EMPTY = "(missing)"  # sorts as no category of the tables does, and is moved to the end
failed = False


def tell(what: str, found: str, holds: bool) -> None:
    global failed
    failed = failed or not holds
    print(f"{'ok  ' if holds else 'FAIL'} {what}: {found}", flush=True)


def breast_cancer() -> pandas.DataFrame:
    bunch = load_breast_cancer(as_frame=True)
    return bunch.frame.assign(target=bunch.target_names[bunch.target])


def drawn() -> pandas.DataFrame:
    """Missing cells in numbers and categories, a constant, integers, large means, classes that are
    numbers, and ties for the most frequent value."""
    draw = np.random.default_rng(4)
    rows = 400
    frame = pandas.DataFrame({
        "wide": draw.normal(size=rows) * 1e6, "narrow": draw.normal(size=rows) * 1e-6 + 1e-3,
        "constant": np.full(rows, 0.1), "tied": draw.permutation(np.repeat(np.arange(8.0), rows // 8)),
        "colour, of all": draw.choice(["red", "green", "blue, dark", 'a "b"'], rows),
        "level": draw.choice(["Z", "a", "ä", "10", "9"], rows), "grade": draw.integers(0, 3, rows) * 5})
    frame["wide"] += 1e5 * frame["grade"]
    for column in ("wide", "tied", "colour, of all", "level"):
        frame.loc[draw.random(rows) < 0.1, column] = np.nan
    return frame


TABLES = {"breast_cancer": ("target", breast_cancer),
          "digits": ("target", lambda: load_digits(as_frame=True).frame),
          "Default": ("default", lambda: pandas.read_csv(importlib.resources.files("ISLP") / "data" / "Default.csv")),
          "penguins": ("species", lambda: pandas.read_csv(
              importlib.resources.files("palmerpenguins") / "data" / "penguins.csv")),
          "drawn": ("grade", drawn),
          "diabetes": ("target", lambda: load_diabetes(as_frame=True, scaled=False).frame)}
REAL = ("diabetes",)


class Trained:
    """A table, split and written, and models of the training rows in all forms."""

    def __init__(self, place: Path, name: str, missing: str):
        self.target, frame_of = TABLES[name]
        self.missing, self.name, self.place = missing, f"{name}, missing: {missing}", place
        frame = frame_of()
        files = {part: place / f"{part}.csv" for part in ("train", "test")}
        self.is_real = name in REAL
        parts = train_test_split(frame, stratify=None if self.is_real else frame[self.target], random_state=0)
        if "level" in frame:
            parts[1].iloc[0, frame.columns.get_loc("level")] = "in no training row"
        for file, part in zip(files.values(), parts):
            part.to_csv(file, index=False)
        self.train, self.test = (self.read(file) for file in files.values())
        paramset = {"batch_size": 32, "epochs": 3, "input_units": 32, "hidden_nodes": [16], "optimizer": "adam"}
        (place / "sweep.yml").write_text("".join(f"- {json.dumps({**paramset, 'model_path': f'm{form}'})}\n"
                                                 for form in FORMS))
        self.call("sweep", place / "sweep.yml", "--data", files["train"], "--test-data", files["test"], "--target",
                  self.target, "--missing", missing, "--output", place, "--verbose", "0")
        self.schema = json.loads(self.call("inspect", place / "m.h5", "--json"))["training"]["table"]
        self.files = files

    @staticmethod
    def read(file: Path) -> pandas.DataFrame:
        """Numbers to their last bit."""
        return pandas.read_csv(file, float_precision="round_trip")

    @staticmethod
    def call(*words) -> str:
        """Its output; its notes are no part of that."""
        done = subprocess.run([PROGRAM, *words], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{words}: exit code {done.returncode}: {done.stderr}")
        return done.stdout


class Judge:
    """The table by scikit-learn."""

    def __init__(self, of: Trained):
        self.of = of
        features = of.train.drop(columns=of.target)
        self.numbers = list(features.select_dtypes("number"))
        self.texts = [name for name in features if name not in self.numbers]
        number_strategy = {"indicator": "mean", "mode": "most_frequent"}.get(of.missing, of.missing)
        has_missing = of.missing != "error"
        self.fill = SimpleImputer(strategy=number_strategy) if has_missing else None
        self.fill_text = None
        if has_missing:
            self.fill_text = (SimpleImputer(strategy="constant", fill_value=EMPTY) if of.missing == "indicator"
                              else SimpleImputer(strategy="most_frequent"))
        self.indicator = MissingIndicator(features="missing-only") if of.missing == "indicator" else None
        filled = self.fill.fit_transform(of.train[self.numbers]) if self.fill else of.train[self.numbers].to_numpy(float)
        self.scaler = StandardScaler().fit(filled)
        self.encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        if self.texts:
            texts = of.train[self.texts]
            self.encoder.fit(self.fill_text.fit_transform(texts) if self.fill_text else texts.to_numpy())
        if self.indicator:
            self.indicator.fit(of.train[self.numbers])
        self.classes = [] if of.is_real else LabelEncoder().fit(of.train[of.target]).classes_
        self.values = StandardScaler().fit(of.train[[of.target]]) if of.is_real else None

    def told(self, outputs: np.ndarray) -> np.ndarray:
        """What sweepnet tells of a network's outputs: of a binary task both probabilities."""
        return np.hstack([1 - outputs, outputs]) if len(self.classes) == 2 else outputs

    def indicated(self) -> list[str]:
        return [self.numbers[i] for i in self.indicator.features_] if self.indicator else []

    def raw(self, frame: pandas.DataFrame) -> np.ndarray:
        """Inputs as they stand in the table: numbers, then for each column its one-hot part."""
        numbers = self.fill.transform(frame[self.numbers]) if self.fill else frame[self.numbers].to_numpy(float)
        parts = [numbers]
        texts = frame[self.texts]
        hot = (self.encoder.transform(self.fill_text.transform(texts) if self.fill_text else texts.to_numpy())
               if self.texts else np.zeros((len(frame), 0)))
        widths = np.cumsum([0] + [len(each) for each in self.encoder.categories_]) if self.texts else [0]
        for name in self.of.train.drop(columns=self.of.target):
            if name in self.texts:
                at = self.texts.index(name)
                part = hot[:, widths[at]:widths[at + 1]]
                empty = list(self.encoder.categories_[at]).index(EMPTY) if EMPTY in self.encoder.categories_[at] else -1
                order = [i for i in range(part.shape[1]) if i != empty] + ([empty] if empty >= 0 else [])
                parts.append(part[:, order])
            elif name in self.indicated():
                parts.append(frame[[name]].isna().to_numpy(float))
        return np.hstack(parts).astype(np.float32)


def judge_schema(of: Trained, judge: Judge) -> None:
    columns = {column["name"]: column for column in of.schema["columns"]}
    names = list(of.train.drop(columns=of.target))
    types = {name: "number" if name in judge.numbers else "category" for name in names}
    found = {name: column["type"] for name, column in columns.items()}
    tell(f"{of.name}: columns and types", f"{len(found)} columns", list(found.items()) == list(types.items()))
    if of.is_real:
        ours = [of.schema["target_mean"], of.schema["target_deviation"]]
        theirs = [judge.values.mean_[0], judge.values.scale_[0]]
        tell(f"{of.name}: mean and deviation of the values", f"{ours}", np.allclose(ours, theirs, rtol=CLOSE, atol=0))
    classes = [str(each) for each in judge.classes]
    tell(f"{of.name}: classes", ", ".join(of.schema["classes"]), of.schema["classes"] == classes)
    worst = {"mean": 0.0, "deviation": 0.0, "fill": 0.0}
    for i, name in enumerate(judge.numbers):
        theirs = {"mean": judge.scaler.mean_[i], "deviation": judge.scaler.scale_[i]}
        if judge.fill:
            theirs["fill"] = judge.fill.statistics_[i]
        size = max(abs(theirs["mean"]), theirs["deviation"])
        for key, value in theirs.items():
            worst[key] = max(worst[key], abs(columns[name].get(key, np.inf) - value) / size)
    for key, value in worst.items():
        if judge.fill or key != "fill":
            tell(f"{of.name}: {key} of {len(judge.numbers)} numbers", f"largest difference {value:.1e} of StandardScaler's"
                 if key != "fill" else f"largest difference {value:.1e} of SimpleImputer's", value <= CLOSE)
    ours = [name for name, column in columns.items() if column.get("indicator")]
    tell(f"{of.name}: indicators", ", ".join(ours) or "none", ours == judge.indicated())
    for at, name in enumerate(judge.texts):
        theirs = list(judge.encoder.categories_[at])
        has_empty = EMPTY in theirs
        theirs = [each for each in theirs if each != EMPTY]
        holds = columns[name]["categories"] == theirs and columns[name].get("has_missing_category", False) == has_empty
        if judge.fill_text and of.missing != "indicator":
            holds = holds and columns[name].get("fill_text") == judge.fill_text.statistics_[at]
        tell(f"{of.name}: categories of '{name}'", f"{len(theirs)}{' and the missing' if has_empty else ''}", holds)


def judge_predictions(of: Trained, judge: Judge) -> None:
    """Of the test rows, in which a category may be that no training row has."""
    def ours(form: str, output: Path) -> Path:
        of.call("predict", of.place / f"m{form}", of.files["test"], "--output", output)
        return output

    expected = np.load(ours(".h5", of.place / "ours.npy"))
    told = of.read(ours(".keras", of.place / "ours.csv"))
    x = judge.raw(of.test)
    session = onnxruntime.InferenceSession(of.place / "m.onnx", providers=["CPUExecutionProvider"])
    def by_keras(file: str) -> np.ndarray:
        """Compiled as the file says: a loss that Keras does not know would be refused."""
        return judge.told(keras.models.load_model(of.place / file).predict(x, verbose=0))

    others = {"predict m.keras, as CSV": told.iloc[:, 0 if of.is_real else 1:].to_numpy(),
              "Keras, m.h5": by_keras("m.h5"), "Keras, m.keras": by_keras("m.keras"),
              "onnxruntime, m.onnx": judge.told(session.run(None, {session.get_inputs()[0].name: x})[0])}
    for what, theirs in others.items():
        worst = np.abs(theirs - expected).max() / (judge.values.scale_[0] if of.is_real else 1)
        tell(f"{of.name}: {what}", f"{len(expected)} rows, largest difference {worst:.1e}", worst <= ALIKE)
    if of.is_real:
        tell(f"{of.name}: head of the CSV", of.target, list(told) == [of.target])
        return
    heads = [of.target, *(f"{of.target}_{each}" for each in judge.classes)]
    best = judge.classes[expected.argmax(axis=1)]
    tell(f"{of.name}: heads and predicted classes of the CSV", ", ".join(heads),
         list(told) == heads and (told.iloc[:, 0].to_numpy() == best).all())


for table in TABLES:
    has_missing = table in ("penguins", "drawn")
    for way in WAYS if has_missing else ("error",):
        with tempfile.TemporaryDirectory() as directory:
            trained = Trained(Path(directory), table, way)
            by_scikit_learn = Judge(trained)
            judge_schema(trained, by_scikit_learn)
            judge_predictions(trained, by_scikit_learn)
sys.exit(failed)
