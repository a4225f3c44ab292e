// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Keras 3's model files: a zip archive of JSON and HDF5.
//
//   metadata.json      {"keras_version", "sweepnet"}
//   config.json        the model, with "compile_config"
//   model.weights.h5   /layers/dense/vars/0  float32 (inputs x units)   .../1  (units)
//                      /layers/dense_1/vars/...
//
// Layers are numbered by class, whatever their names. Source: keras/src/saving/saving_lib.py
// (3.15); TensorFlow's Keras 2.12 and later keep the layers in /_layer_checkpoint_dependencies.

#include <string>

#include "sweepnet/model/trained_model.hpp"

namespace sweepnet {

namespace detail {

std::string write_keras_v3_weights(const trained_model& trained);

}  // namespace detail

/// The bytes of a .keras file with this model. Throws data_error for an activation that Keras does
/// not have, or a loss or optimizer that is a program's own.
[[nodiscard]] std::string write_keras_v3(const trained_model& trained);

/// The model in the bytes of a .keras file, from this library or from Keras. Throws data_error
/// naming `source` where the file is damaged, or the model is none that this library can run.
[[nodiscard]] trained_model read_keras_v3(const std::string& bytes, const std::string& source);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/model/keras/v3.inl"
#endif
