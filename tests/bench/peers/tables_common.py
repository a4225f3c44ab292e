# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""The tables of a job, read and encoded as scikit-learn's users do."""

import numpy as np
import pandas
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, StandardScaler


def encoded(split: dict, name: str, missing: str, scaled: bool = True) -> tuple:
    """x_train, y_train, x_test, y_test (float32, class numbers), all encoded by the training rows;
    `name` is the target's."""
    train, test = (pandas.read_csv(split[part]) for part in ("train", "test"))
    target = LabelEncoder().fit(train[name])
    numbers = train.drop(columns=name).select_dtypes("number").columns
    texts = train.drop(columns=[name, *numbers]).columns
    has_missing = missing != "error"
    encoder = make_column_transformer(
        (make_pipeline(SimpleImputer() if has_missing else "passthrough",
                       StandardScaler() if scaled else "passthrough"), numbers),
        (make_pipeline(SimpleImputer(strategy="most_frequent") if has_missing else "passthrough",
                       OneHotEncoder(handle_unknown="ignore", sparse_output=False)), texts))
    x_train = encoder.fit_transform(train).astype(np.float32)
    return (x_train, target.transform(train[name]), encoder.transform(test).astype(np.float32),
            target.transform(test[name]))
