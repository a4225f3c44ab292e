// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Keras' legacy HDF5 model files.
//
//   / @keras_version @backend @model_config @training_config @sweepnet
//   /model_weights @layer_names @backend @keras_version
//   /model_weights/dense_1 @weight_names = [dense_1/kernel:0, dense_1/bias:0]
//   /model_weights/dense_1/dense_1/kernel:0  float32 (inputs x units)   .../bias:0  (units)
//
// Source: keras/src/legacy/saving/legacy_h5_format.py (3.15), keras/engine/saving.py (2.2).

#include <string>

#include "sweepnet/model/trained_model.hpp"

namespace sweepnet {

/// The bytes of a legacy .h5 file with this model. Throws data_error for an activation that Keras
/// does not have, or a loss or optimizer that is a program's own.
[[nodiscard]] std::string write_keras_h5(const trained_model& trained);

/// The model in the bytes of a legacy .h5 file, from this library or from Keras. Throws data_error
/// naming `source` where the file is damaged, or the model is none that this library can run.
[[nodiscard]] trained_model read_keras_h5(const std::string& bytes, const std::string& source);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/model/keras/h5.inl"
#endif
