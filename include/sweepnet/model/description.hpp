// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A network's structure in this library's own JSON.

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <variant>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/network/model_spec.hpp"

namespace sweepnet {

template <>
inline constexpr auto fields<dense> =
    std::tuple(field("units", &dense::units, closed_range(1, 1 << 20), "outputs"),
               field("activation", &dense::activate, "function of the weighted inputs"),
               field("kernel_initializer", &dense::kernel_initializer, "start of the kernel"),
               field("l1", &dense::l1, at_least(0), "penalty l1 sum |W|"),
               field("l2", &dense::l2, at_least(0), "penalty l2 sum W^2"));
template <>
inline constexpr auto fields<dropout> = std::tuple(field("rate", &dropout::rate, in_range(0, 1),
                                                         "share dropped"));

/// A model's structure in this library's own words: {"inputs": 784, "layers": [{"dense": {...}},
/// {"dropout": {...}}]}.
[[nodiscard]] inline json encode_model(const model_spec& model) {
  json layers = json::array();
  for (const layer& each : model.layers) {
    if (const auto* d = std::get_if<dense>(&each)) {
      layers.push_back({{"dense", encode(*d)}});
    } else {
      layers.push_back({{"dropout", encode(std::get<dropout>(each))}});
    }
  }
  return {{"inputs", model.inputs}, {"layers", layers}};
}

/// The inverse of encode_model. Throws data_error naming `source`.
[[nodiscard]] inline model_spec decode_model(const json& value, const std::string& source) {
  const auto require = [&](bool holds, const char* what) {
    if (!holds) throw data_error(source + ": the model's description " + what);
  };
  require(value.is_object() && value.contains("inputs") && value["inputs"].is_number_integer() &&
              value.contains("layers") && value["layers"].is_array(),
          "must have inputs and layers");
  model_spec model{.inputs = value["inputs"].get<std::int64_t>()};
  require(model.inputs <= std::numeric_limits<std::int32_t>::max(), "has too many inputs");
  for (const json& entry : value["layers"]) {
    require(entry.is_object() && entry.size() == 1, "has a malformed layer");
    const std::string kind = entry.begin().key();
    require(kind == "dense" || kind == "dropout", "has a layer that is neither dense nor dropout");
    if (kind == "dense") {
      model.layers.emplace_back(decode_json<dense>(entry.front(), source, kind));
    } else {
      model.layers.emplace_back(decode_json<dropout>(entry.front(), source, kind));
    }
  }
  try {
    model.validate();
  } catch (const std::invalid_argument& e) {
    throw data_error(source + ": " + e.what());
  }
  return model;
}

}  // namespace sweepnet
