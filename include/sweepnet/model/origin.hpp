// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a model came to be, as every form of model file holds it beside the network.

#include <string>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/model/trained_model.hpp"

namespace sweepnet {

/// Throws data_error, beginning with `source`, unless metadata are a JSON object.
inline void require_object(const ordered_json& metadata, const std::string& source) {
  if (!metadata.is_object()) throw data_error(source + ": the metadata must be a JSON object");
}

/// A model's metadata as JSON. Throws data_error, beginning with `source`, unless they are an
/// object.
[[nodiscard]] ordered_json metadata_of(const trained_model& trained,
                                       const std::string& source = "the model");

/// Cross-entropy is told by its options alone, as in the files from before there were other losses.
[[nodiscard]] ordered_json encode_loss(const loss_function& loss);

/// Loss, optimizer and metadata.
[[nodiscard]] ordered_json encode_origin(const trained_model& trained);

/// The inverse of encode_origin; what is missing stays as it is. `own` are the program's own
/// functions that it may name. Throws data_error naming `source`.
void decode_origin(const ordered_json& origin, const std::string& source, trained_model& trained,
                   const named_objects& own = {});

/// Throws data_error unless every weight is finite.
void require_finite(const std::vector<float>& parameters, const std::string& source);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/model/origin.inl"
#endif
