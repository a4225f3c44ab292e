# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden files under tests/keras/golden/ from real Keras, or checks them.

    tests/keras/environment.sh
    build/keras-env/bin/python tests/keras/make_golden.py [--check]

Every oracle runs in a process of its own and leaves its share in a scratch folder; here the
shares are joined. --check makes them anew in a temporary folder and exits 1 where they differ
from the committed ones: floats by more than 1e-5 of the value plus 1e-5 of the tensor's median
magnitude (1e-4 for trained networks), anything else at all. Without build/keras2-env, --check
leaves out what Keras 2.1.6 made.
"""

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import h5py
import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

HERE = Path(__file__).resolve().parent
GOLDEN = HERE / "golden"
KERAS2_PYTHON = HERE.parents[1] / "build/keras2-env/bin/python"
MODEL_FILES = {"keras2.h5": "h5", "keras3.h5": "h5", "keras3.keras": "keras"}


def ask(oracle: str, scratch: Path, python: str = sys.executable, backend: str = "tensorflow") -> None:
    environment = os.environ | {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run([python, HERE / oracle, scratch], env=environment, text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{oracle} ({backend}) failed:\n{done.stderr}")


def join(scratch: Path, golden: Path) -> None:
    """The oracles' shares of one file as one safetensors file; what several of them hold must agree."""
    golden.mkdir(parents=True, exist_ok=True)
    for stem in sorted({path.name.split(".")[0] for path in scratch.glob("*.npz")}):
        tensors, metadata = {}, {}
        for share in sorted(scratch.glob(f"{stem}.*.npz")):
            with np.load(share) as arrays:
                for key, value in json.loads(str(arrays["__metadata__"])).items():
                    if key == "cases" and key in metadata:
                        value = json.dumps(json.loads(metadata[key]) | json.loads(value))
                    metadata[key] = f"{metadata[key]}; {value}" if key == "oracle" and key in metadata else value
                for name in arrays.files:
                    if name != "__metadata__":
                        assert name not in tensors or np.array_equal(tensors[name], arrays[name]), (stem, name)
                        tensors[name] = np.array(arrays[name], order="C")
        path = golden / f"{stem}.safetensors"
        save_file(tensors, path, metadata)
        path.chmod(0o644)
    for path in scratch.glob("*.json"):
        shutil.copy(path, golden)
    for name, folder in MODEL_FILES.items():
        if (scratch / name).exists():
            (golden / folder).mkdir(exist_ok=True)
            shutil.copy(scratch / name, golden / folder)


def make(golden: Path, with_keras2: bool) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for backend in ("tensorflow", "jax"):
            ask("oracle_keras3.py", Path(scratch), backend=backend)
            ask("oracle_networks.py", Path(scratch), backend=backend)
        if with_keras2:
            ask("oracle_keras2.py", Path(scratch), python=KERAS2_PYTHON)
        join(Path(scratch), golden)


def read_hdf5(file) -> dict:
    """Every dataset, and every attribute as text, by path; but for Keras' version."""
    content = {}

    def visit(path, node):
        if isinstance(node, h5py.Dataset):
            content[path] = node[()]
        content.update({f"{path}@{key}": str(value) for key, value in node.attrs.items() if key != "keras_version"})
    with h5py.File(file) as root:
        visit("", root)
        root.visititems(visit)
    return content


def flatten(value, path: str = "") -> dict:
    """A JSON document's leaves by path; but for shared_object_id, an address."""
    if isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        kept = {f"{path}/{key}": item for key, item in items if key != "shared_object_id"}
        return {leaf: value for key, item in kept.items() for leaf, value in flatten(item, key).items()}
    return {path: value}


def read(path: Path) -> dict:
    if path.suffix == ".safetensors":
        with safe_open(path, "numpy") as file:
            metadata = flatten({key: value for key, value in file.metadata().items() if key != "oracle"})
            return metadata | {name: file.get_tensor(name) for name in file.keys()}
    if path.suffix == ".json":
        return {key: value for key, value in flatten(json.loads(path.read_text())).items() if key != "/oracle"}
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            weights = read_hdf5(io.BytesIO(archive.read("model.weights.h5")))
            return weights | flatten(json.loads(archive.read("config.json")))
    return read_hdf5(path)


def same(expected, actual, tolerance: float) -> bool:
    expected, actual = np.asarray(expected), np.asarray(actual)
    if expected.shape != actual.shape or expected.dtype != actual.dtype:
        return False
    if expected.dtype.kind != "f" or expected.size == 0:
        return np.array_equal(expected, actual)
    return np.allclose(actual, expected, tolerance, tolerance * np.nanmedian(np.abs(expected)), equal_nan=True)


def differences(golden: Path, fresh: Path, with_keras2: bool) -> list[str]:
    found = []
    for path in sorted({path.relative_to(folder) for folder in (golden, fresh) for path in folder.rglob("*.*")}):
        if not with_keras2 and not (fresh / path).exists() and "keras2" in path.stem:
            continue
        if not (fresh / path).exists() or not (golden / path).exists():
            found.append(f"{path}: only in {'golden/' if (golden / path).exists() else 'the fresh files'}")
            continue
        expected, actual = read(golden / path), read(fresh / path)
        if not with_keras2 and path.stem in ("optimizers", "losses"):
            expected = {key: value for key, value in expected.items() if key in actual}
            actual.pop("/cases", None), expected.pop("/cases", None)
        tolerance = 1e-4 if path.stem.startswith("network") else 1e-5
        found += [f"{path}: {key}" for key in sorted(expected.keys() | actual.keys())
                  if key not in expected or key not in actual or not same(expected[key], actual[key], tolerance)]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing them")
    check = parser.parse_args().check
    with_keras2 = KERAS2_PYTHON.exists()
    if not check:
        if not with_keras2:
            sys.exit("build/keras2-env is missing: run tests/keras/environment.sh where there is a Python 3.6")
        shutil.rmtree(GOLDEN, ignore_errors=True)
        make(GOLDEN, with_keras2)
        return
    if not with_keras2:
        print("skipped: Keras 2.1.6 (no build/keras2-env)")
    with tempfile.TemporaryDirectory() as fresh:
        make(Path(fresh), with_keras2)
        found = differences(GOLDEN, Path(fresh), with_keras2)
    print("\n".join(found) or "golden files agree")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
