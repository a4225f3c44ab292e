// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A network's structure in this library's own JSON.

#include <string>

#include "sweepnet/describe/json.hpp"
#include "sweepnet/describe/named_objects.hpp"
#include "sweepnet/network/model_spec.hpp"

namespace sweepnet {

/// A model's structure in this library's own words: {"inputs": 784, "layers": [{"dense": {...}},
/// {"dropout": {...}}]}. Of a program's own activation it holds the name.
[[nodiscard]] ordered_json encode_model(const model_spec& model);

/// The inverse of encode_model; `own` are the program's own functions that it may name. Throws
/// data_error naming `source`.
[[nodiscard]] model_spec decode_model(const ordered_json& value, const std::string& source,
                                      const named_objects& own = {});

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/model/description.inl"
#endif
