// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a model file holds: a network, its weights, and how it came to be.

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/network/loss.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/optimizer.hpp"

namespace sweepnet {

struct trained_model {
  model_spec model{};
  std::vector<float> parameters{};  ///< in the order of parameter_layout
  categorical_crossentropy loss{};
  std::optional<sweepnet::optimizer> optimizer{};  ///< unset: not known
  json metadata = json::object();  ///< paramset, index, best epoch, version: for people and tools
};

/// How a model came to be, as every form of file holds it beside the network: its loss, optimizer
/// and metadata.
[[nodiscard]] inline json encode_origin(const trained_model& trained) {
  json origin = {{"loss", encode(trained.loss)}};
  if (trained.optimizer) origin["optimizer"] = encode(*trained.optimizer);
  origin["training"] = trained.metadata;
  return origin;
}

/// Throws data_error, beginning with `source`, unless metadata are a JSON object.
inline void require_object(const json& metadata, const std::string& source) {
  if (!metadata.is_object()) throw data_error(source + ": the metadata must be a JSON object");
}

/// The inverse of encode_origin; what is missing stays as it is. Throws data_error naming `source`.
inline void decode_origin(const json& origin, const std::string& source, trained_model& trained) {
  require_object(origin, source);
  if (origin.contains("loss")) {
    trained.loss = decode_json<categorical_crossentropy>(origin["loss"], source, "loss");
  }
  if (origin.contains("optimizer")) {
    trained.optimizer = decode_json<sweepnet::optimizer>(origin["optimizer"], source, "optimizer");
  }
  if (origin.contains("training")) {
    require_object(origin["training"], source);
    trained.metadata = origin["training"];
  }
}

/// Throws data_error unless every weight is finite.
inline void require_finite(const std::vector<float>& parameters, const std::string& source) {
  for (const float w : parameters) {
    if (!std::isfinite(w)) throw data_error(source + ": a weight is not finite");
  }
}

}  // namespace sweepnet
