# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""What the peers of whole sweeps share: the paramsets (a JSON object a line behind "- ") and MNIST."""

import gzip
import json
import sys
from pathlib import Path

import numpy as np

CORES = int(sys.argv[2])
PARAMSETS = [json.loads(line[2:]) for line in Path(sys.argv[1]).read_text().splitlines()]


def layers(p: dict) -> list[tuple[int, str, float]]:
    """Units, activation, and the rate of the dropout before it, of each layer but the first and last."""
    return [(units, p["activate_fn"], p["dropout_rate"]) for units in p["hidden_nodes"]]


def mnist() -> tuple:
    """x_train, y_train, x_test, y_test: the program's embedded rows, features in [0, 1]."""
    folder = Path(__file__).parent.parent.parent.parent / "examples" / "data" / "mnist"

    def read(part: str) -> np.ndarray:
        raw = gzip.decompress(min(folder.glob(f"{part}*")).read_bytes())
        shape = np.frombuffer(raw, ">u4", raw[3], offset=4)
        return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)

    def pixels(part: str) -> np.ndarray:
        return (read(part).reshape(-1, 784) / np.float32(255)).astype(np.float32)

    return (pixels("train-images"), read("train-labels").astype(np.int64),
            pixels("t10k-images"), read("t10k-labels").astype(np.int64))
