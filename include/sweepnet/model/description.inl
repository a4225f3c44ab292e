// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/model/description.hpp"

#include <cstdint>
#include <limits>
#include <variant>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/encode.hpp"

namespace sweepnet {

SWEEPNET_INLINE ordered_json encode_model(const model_spec& model) {
  ordered_json layers = ordered_json::array();
  for (const layer& each : model.layers) {
    if (const auto* d = std::get_if<dense>(&each)) {
      layers.push_back({{"dense", encode(*d)}});
    } else {
      layers.push_back({{"dropout", encode(std::get<dropout>(each))}});
    }
  }
  return {{"inputs", model.inputs}, {"layers", layers}};
}

SWEEPNET_INLINE model_spec decode_model(const ordered_json& value, const std::string& source,
                                        const named_objects& own) {
  const auto require = [&](bool holds, const char* what) {
    if (!holds) throw data_error(source + ": the model's description " + what);
  };
  require(value.is_object() && value.contains("inputs") && value["inputs"].is_number_integer() &&
              value.contains("layers") && value["layers"].is_array(),
          "must have inputs and layers");
  model_spec model{.inputs = value["inputs"].get<std::int64_t>()};
  require(model.inputs <= std::numeric_limits<std::int32_t>::max(), "has too many inputs");
  for (const ordered_json& entry : value["layers"]) {
    require(entry.is_object() && entry.size() == 1, "has a malformed layer");
    const std::string type = entry.begin().key();
    require(type == "dense" || type == "dropout", "has a layer that is neither dense nor dropout");
    if (type == "dense") {
      model.layers.emplace_back(decode_json<dense>(entry.front(), source, type, own));
    } else {
      model.layers.emplace_back(decode_json<dropout>(entry.front(), source, type));
    }
  }
  try {
    model.validate();
  } catch (const argument_error& e) {
    throw data_error(source + ": " + e.what());
  }
  return model;
}

}  // namespace sweepnet
