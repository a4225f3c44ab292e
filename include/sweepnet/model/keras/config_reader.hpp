// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Keras' JSON description of a Sequential model, old and new -> model_spec.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/network/model_spec.hpp"

namespace sweepnet {

/// A network as Keras describes it.
struct keras_network {
  model_spec model{};
  std::vector<bool> biased{};  ///< for each dense layer; one without has a bias of zeros here
};

namespace detail {

/// The generation of the Keras of this version: 1 and 2 are one.
inline int keras_generation(const std::string& version) {
  return version.starts_with("1") || version.starts_with("2") ? 2 : 3;
}

/// Reads Keras' JSON, naming the file in every complaint.
class keras_config_reader {
 public:
  keras_config_reader(std::string source, int generation)
      : source_(std::move(source)), generation_(generation) {}

  keras_network read(const ordered_json& config) {
    const std::string type = text(config, "class_name");
    if (type != "Sequential") fail("only Sequential models are supported, found " + type);
    const ordered_json& body = member(config, "config");
    const ordered_json& layers = body.is_array() ? body : member(body, "layers");
    if (!layers.is_array()) fail("the layers must be a list");
    for (const ordered_json& each : layers) read_layer(each);
    if (model_.inputs == 0) fail("the model does not tell its input width");
    return {.model = std::move(model_), .biased = std::move(biased_)};
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw data_error(source_ + ": " + what); }

  const ordered_json& member(const ordered_json& object, const char* key) const {
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || found == object.end()) {
      fail(fmt::format("the model's description lacks '{}'", key));
    }
    return *found;
  }
  std::string text(const ordered_json& object, const char* key) const {
    const ordered_json& value = member(object, key);
    if (!value.is_string()) fail(fmt::format("'{}' must be a string", key));
    return value.get<std::string>();
  }
  double number(const ordered_json& object, const char* key) const {
    const ordered_json& value = member(object, key);
    if (!value.is_number()) fail(fmt::format("'{}' must be a number", key));
    return value.get<double>();
  }
  std::int64_t size(const ordered_json& value, const char* what) const {
    if (!value.is_number_integer() || value.get<std::int64_t>() < 1 ||
        value.get<std::int64_t>() > 1 << 20) {
      fail(fmt::format("{} must be an integer in [1, {}], got {}", what, 1 << 20, value.dump()));
    }
    return value.get<std::int64_t>();
  }

  void read_layer(const ordered_json& entry) {
    const std::string type = text(entry, "class_name");
    const ordered_json& config = member(entry, "config");
    require_float32(config);
    for (const char* key : {"batch_input_shape", "batch_shape"}) {
      if (config.contains(key)) read_input_shape(config[key]);
    }
    if (type == "InputLayer") return;
    if (type == "Dense") {
      model_.layers.emplace_back(read_dense(config));
    } else if (type == "Dropout") {
      model_.layers.emplace_back(dropout{number(config, "rate")});
    } else if (type == "Activation") {
      activate_last(read_activation(config));
    } else {
      fail(
          fmt::format("layers of type {} are not supported (Dense, Dropout, Activation and "
                      "InputLayer are)",
                      type));
    }
  }

  /// An Activation layer is this library's activation of the dense layer before it.
  void activate_last(const activation& activate) {
    dense* last = model_.layers.empty() ? nullptr : std::get_if<dense>(&model_.layers.back());
    if (last == nullptr || !last->activate.is<activations::linear>()) {
      fail("an Activation layer is supported only behind a linear Dense layer");
    }
    last->activate = activate;
  }

  /// A type is its name, or Keras 3's DTypePolicy with the name in its config.
  void require_float32(const ordered_json& config) const {
    const auto dtype = config.find("dtype");
    if (dtype == config.end() || dtype->is_null()) return;
    const ordered_json& name =
        dtype->is_object() ? member(member(*dtype, "config"), "name") : *dtype;
    if (name != "float32") {
      fail(fmt::format("layers of the type {} are not supported (float32 is)", name.dump()));
    }
  }

  /// Throws if an option that this library does not have is in use.
  void refuse_options(const ordered_json& config, std::initializer_list<const char*> keys) const {
    for (const char* key : keys) {
      const auto found = config.find(key);
      if (found != config.end() && !found->is_null()) {
        fail(fmt::format("Dense layers with {} are not supported", key));
      }
    }
  }

  void read_input_shape(const ordered_json& shape) {
    if (!shape.is_array() || shape.size() != 2) {
      fail("the input shape must be [batch, features], got " + shape.dump());
    }
    model_.inputs = size(shape[1], "the number of features");
  }

  activation read_activation(const ordered_json& config) const {
    activation activate;
    std::string name = text(config, "activation");
    if (generation_ < 3 && name == "hard_sigmoid") name = "hard_sigmoid_keras2";
    if (!choose(activate, name)) fail("unknown activation '" + name + "'");
    return activate;
  }

  dense read_dense(const ordered_json& config) {
    dense d{.units = size(member(config, "units"), "units"), .activate = read_activation(config)};
    const auto use_bias = config.find("use_bias");
    if (use_bias != config.end() && !use_bias->is_boolean()) {
      fail("'use_bias' must be true or false");
    }
    biased_.push_back(use_bias == config.end() || use_bias->get<bool>());
    refuse_options(
        config, {"bias_regularizer", "activity_regularizer", "quantization_config", "lora_rank"});
    const auto regularizer = config.find("kernel_regularizer");
    if (regularizer != config.end() && !regularizer->is_null()) read_penalty(*regularizer, d);
    return d;
  }

  void read_penalty(const ordered_json& regularizer, dense& d) const {
    const std::string type = text(regularizer, "class_name");
    if (type != "L1L2" && type != "L1" && type != "L2") {
      fail("kernel regularizers of type " + type + " are not supported (L1, L2 and L1L2 are)");
    }
    const ordered_json& penalty = member(regularizer, "config");
    if (penalty.contains("l1")) d.l1 = number(penalty, "l1");
    if (penalty.contains("l2")) d.l2 = number(penalty, "l2");
  }

  std::string source_;
  int generation_;
  model_spec model_;
  std::vector<bool> biased_;
};

}  // namespace detail

/// The model that Keras' JSON describes. `generation` is Keras' own, 2 or 3: its hard_sigmoid
/// differs. Throws data_error naming `source` for anything but a Sequential of Dense, Dropout,
/// Activation and InputLayer.
[[nodiscard]] inline keras_network read_keras_model_config(const ordered_json& config,
                                                           const std::string& source,
                                                           int generation = 3) {
  keras_network network = detail::keras_config_reader(source, generation).read(config);
  try {
    network.model.validate();
  } catch (const argument_error& e) {
    throw data_error(source + ": " + e.what());
  }
  return network;
}

}  // namespace sweepnet
