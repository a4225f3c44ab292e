// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a model came to be, as every form of model file holds it beside the network.

#include <cmath>
#include <string>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/model/trained_model.hpp"

namespace sweepnet {

/// Throws data_error, beginning with `source`, unless metadata are a JSON object.
inline void require_object(const ordered_json& metadata, const std::string& source) {
  if (!metadata.is_object()) throw data_error(source + ": the metadata must be a JSON object");
}

/// A model's metadata as JSON. Throws data_error, beginning with `source`, unless they are an
/// object.
[[nodiscard]] inline ordered_json metadata_of(const trained_model& trained,
                                              const std::string& source = "the model") {
  if (trained.metadata.empty()) return ordered_json::object();
  ordered_json metadata = ordered_json::parse(trained.metadata, nullptr, false);
  require_object(metadata, source);
  return metadata;
}

/// Cross-entropy is told by its options alone, as in the files from before there were other losses.
[[nodiscard]] inline ordered_json encode_loss(const loss_function& loss) {
  ordered_json encoded = encode(loss);
  if (loss.is<categorical_crossentropy>()) encoded.erase("name");
  return encoded;
}

/// Loss, optimizer and metadata.
[[nodiscard]] inline ordered_json encode_origin(const trained_model& trained) {
  ordered_json origin = {{"loss", encode_loss(trained.loss)}};
  if (trained.optimizer) origin["optimizer"] = encode(*trained.optimizer);
  origin["training"] = metadata_of(trained);
  return origin;
}

/// The inverse of encode_origin; what is missing stays as it is. `own` are the program's own
/// functions that it may name. Throws data_error naming `source`.
inline void decode_origin(const ordered_json& origin, const std::string& source,
                          trained_model& trained, const named_objects& own = {}) {
  require_object(origin, source);
  if (origin.contains("loss")) {
    trained.loss = decode_json<loss_function>(origin["loss"], source, "loss", own);
  }
  if (origin.contains("optimizer")) {
    trained.optimizer =
        decode_json<sweepnet::optimizer>(origin["optimizer"], source, "optimizer", own);
  }
  if (origin.contains("training")) {
    require_object(origin["training"], source);
    const ordered_json& training = origin["training"];
    trained.metadata = training.empty() ? "" : dump(training);
  }
}

/// Throws data_error unless every weight is finite.
inline void require_finite(const std::vector<float>& parameters, const std::string& source) {
  for (const float w : parameters) {
    if (!std::isfinite(w)) throw data_error(source + ": a weight is not finite");
  }
}

}  // namespace sweepnet
