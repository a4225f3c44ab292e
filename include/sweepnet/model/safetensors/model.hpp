// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Models as safetensors: the form that holds everything this library knows of a model.

#include <string>

#include "sweepnet/describe/named_objects.hpp"
#include "sweepnet/model/trained_model.hpp"

namespace sweepnet {

/// The bytes of a .safetensors file: a tensor for each kernel and bias, the rest as its metadata.
/// Of a program's own activation, loss or optimizer the file holds the name: who reads it passes
/// the object.
[[nodiscard]] std::string write_model_safetensors(const trained_model& trained);

/// The model in the bytes of a .safetensors file that this library wrote; `own` are the program's
/// own functions that it may name. Throws data_error naming `source` for any other, and for a name
/// that neither the library nor `own` has.
[[nodiscard]] trained_model read_model_safetensors(const std::string& bytes,
                                                   const std::string& source,
                                                   const named_objects& own = {});

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/model/safetensors/model.inl"
#endif
