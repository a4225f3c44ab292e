// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Keras' JSON description of a Sequential model <-> model_spec, and of its compilation.
// Source: keras/src/legacy/saving/*.py (3.15), keras/engine/saving.py (2.2).

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/output/trained_model.hpp"
#include "sweepnet/sweep/encode.hpp"

namespace sweepnet {

/// The names that Keras gives the layers: dense_1, dropout_1, dense_2, ...
[[nodiscard]] inline std::vector<std::string> keras_layer_names(const model_spec& model) {
  std::vector<std::string> names;
  int denses = 0;
  int dropouts = 0;
  for (const layer& each : model.layers) {
    names.push_back(std::holds_alternative<dense>(each) ? fmt::format("dense_{}", ++denses)
                                                        : fmt::format("dropout_{}", ++dropouts));
  }
  return names;
}

namespace detail {

/// Scale, mode and distribution of Keras' VarianceScaling.
struct variance_scaling {
  initializer rule;
  double scale;
  const char* mode;
  const char* distribution;
};

inline constexpr std::array<variance_scaling, 6> variance_scalings{{
    {initializer::glorot_uniform, 1, "fan_avg", "uniform"},
    {initializer::glorot_normal, 1, "fan_avg", "truncated_normal"},
    {initializer::he_uniform, 2, "fan_in", "uniform"},
    {initializer::he_normal, 2, "fan_in", "truncated_normal"},
    {initializer::lecun_uniform, 1, "fan_in", "uniform"},
    {initializer::lecun_normal, 1, "fan_in", "truncated_normal"},
}};

inline json keras_object(const char* class_name, json config) {
  return json{{"class_name", class_name}, {"config", std::move(config)}};
}

inline json keras_initializer(initializer rule) {
  for (const variance_scaling& v : variance_scalings) {
    if (v.rule != rule) continue;
    return keras_object("VarianceScaling", {{"scale", v.scale},
                                            {"mode", v.mode},
                                            {"distribution", v.distribution},
                                            {"seed", nullptr}});
  }
  if (rule == initializer::orthogonal) {
    return keras_object("Orthogonal", {{"gain", 1.0}, {"seed", nullptr}});
  }
  return keras_object("Zeros", json::object());
}

/// Keras stores an activation by its bare name.
inline std::string keras_activation(const activation& activate) {
  const json encoded = encode(activate);
  const std::string name =
      std::visit([](const auto& f) { return std::string(f.name); }, activate.kind);
  activation defaults;
  choose(defaults, name);
  if (encoded != encode(defaults) || name.ends_with("_keras2")) {
    throw data_error(fmt::format(
        "Keras files cannot hold the activation {}: choose a model_path ending in .safetensors",
        encoded.dump()));
  }
  return name;
}

inline json keras_dense(const dense& d, const std::string& name) {
  json regularizer = nullptr;
  if (d.l1 != 0 || d.l2 != 0) regularizer = keras_object("L1L2", {{"l1", d.l1}, {"l2", d.l2}});
  return keras_object("Dense", {{"name", name},
                                {"trainable", true},
                                {"dtype", "float32"},
                                {"units", d.units},
                                {"activation", keras_activation(d.activate)},
                                {"use_bias", true},
                                {"kernel_initializer", keras_initializer(d.kernel_initializer)},
                                {"bias_initializer", keras_object("Zeros", json::object())},
                                {"kernel_regularizer", regularizer},
                                {"bias_regularizer", nullptr},
                                {"activity_regularizer", nullptr},
                                {"kernel_constraint", nullptr},
                                {"bias_constraint", nullptr}});
}

inline json keras_dropout(const dropout& d, const std::string& name) {
  return keras_object("Dropout", {{"name", name},
                                  {"trainable", true},
                                  {"dtype", "float32"},
                                  {"rate", d.rate},
                                  {"noise_shape", nullptr},
                                  {"seed", nullptr}});
}

}  // namespace detail

/// The `model_config` of a legacy .h5 file. Throws data_error for an activation that Keras does not
/// have, and for a model too deep for the form: an HDF5 attribute holds 64 KiB.
[[nodiscard]] inline json keras_model_config(const model_spec& model) {
  const std::vector<std::string> names = keras_layer_names(model);
  json layers = json::array();
  layers.push_back(
      detail::keras_object("InputLayer", {{"batch_input_shape", {nullptr, model.inputs}},
                                          {"dtype", "float32"},
                                          {"sparse", false},
                                          {"name", "input_1"}}));
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (const auto* d = std::get_if<dense>(&model.layers[i])) {
      layers.push_back(detail::keras_dense(*d, names[i]));
    } else {
      layers.push_back(detail::keras_dropout(std::get<dropout>(model.layers[i]), names[i]));
    }
  }
  json config = detail::keras_object("Sequential", {{"name", "sequential_1"}, {"layers", layers}});
  constexpr std::size_t longest_attribute = 64'000;
  if (config.dump(-1, ' ', true).size() > longest_attribute) {
    throw data_error(fmt::format(
        "an .h5 file cannot describe {} layers: choose a model_path ending in .safetensors",
        names.size()));
  }
  return config;
}

/// Throws what keras_model_config throws, but builds nothing for a model that surely fits.
inline void check_keras_model(const model_spec& model) {
  constexpr std::size_t surely_fitting = 64;  // layers, of less than 1,000 bytes each
  if (model.layers.size() > surely_fitting) (void)keras_model_config(model);
  for (const layer& each : model.layers) {
    if (const auto* d = std::get_if<dense>(&each)) (void)detail::keras_activation(d->activate);
  }
}

/// The `training_config` of a legacy .h5 file: what Keras' compile() was told.
[[nodiscard]] inline json keras_training_config(const optimizer& o) {
  constexpr std::array<std::pair<std::string_view, const char*>, 10> classes{
      {{"sgd", "SGD"},
       {"rmsprop", "RMSprop"},
       {"adam", "Adam"},
       {"adamw", "AdamW"},
       {"adamax", "Adamax"},
       {"nadam", "Nadam"},
       {"adagrad", "Adagrad"},
       {"adadelta", "Adadelta"},
       {"lion", "Lion"},
       {"ftrl", "Ftrl"}}};
  std::string_view name = std::visit([](const auto& rule) { return rule.name; }, o.kind);
  if (name.ends_with("_keras2")) name.remove_suffix(std::string_view("_keras2").size());
  const char* class_name = nullptr;
  for (const auto& [known, keras_class] : classes) {
    if (known == name) class_name = keras_class;
  }
  json config = {{"name", std::string(name)}, {"learning_rate", o.rate_at(0)}};
  std::visit(
      [&]<class Rule>(const Rule& rule) {
        for_each_field<Rule>(
            [&](const auto& f) { config[std::string(f.name)] = encode(rule.*f.member); });
      },
      o.kind);
  config.erase("schedule_decay");  // Keras 2's own, unknown to Keras 3
  return {{"optimizer_config", detail::keras_object(class_name, config)},
          {"loss", "categorical_crossentropy"},
          {"metrics", {"accuracy"}},
          {"weighted_metrics", nullptr},
          {"sample_weight_mode", nullptr},
          {"loss_weights", nullptr}};
}

namespace detail {

/// Reads Keras' JSON, naming the file in every complaint.
class keras_config_reader {
 public:
  explicit keras_config_reader(std::string source) : source_(std::move(source)) {}

  model_spec read(const json& config) {
    const std::string type = text(config, "class_name");
    if (type != "Sequential") fail("only Sequential models are supported, found " + type);
    const json& body = member(config, "config");
    const json& layers = body.is_array() ? body : member(body, "layers");
    if (!layers.is_array()) fail("the layers must be a list");
    for (const json& each : layers) read_layer(each);
    if (model_.inputs == 0) fail("the model does not tell its input width");
    return model_;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw data_error(source_ + ": " + what); }

  const json& member(const json& object, const char* key) const {
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || found == object.end()) {
      fail(fmt::format("the model's description lacks '{}'", key));
    }
    return *found;
  }
  std::string text(const json& object, const char* key) const {
    const json& value = member(object, key);
    if (!value.is_string()) fail(fmt::format("'{}' must be a string", key));
    return value.get<std::string>();
  }
  double number(const json& object, const char* key) const {
    const json& value = member(object, key);
    if (!value.is_number()) fail(fmt::format("'{}' must be a number", key));
    return value.get<double>();
  }
  std::int64_t size(const json& value, const char* what) const {
    if (!value.is_number_integer() || value.get<std::int64_t>() < 1 ||
        value.get<std::int64_t>() > 1 << 20) {
      fail(fmt::format("{} must be an integer in [1, {}], got {}", what, 1 << 20, value.dump()));
    }
    return value.get<std::int64_t>();
  }

  void read_layer(const json& entry) {
    const std::string type = text(entry, "class_name");
    const json& config = member(entry, "config");
    for (const char* key : {"batch_input_shape", "batch_shape"}) {
      if (config.contains(key)) read_input_shape(config[key]);
    }
    if (type == "InputLayer") return;
    if (type == "Dense") {
      model_.layers.emplace_back(read_dense(config));
    } else if (type == "Dropout") {
      model_.layers.emplace_back(dropout{number(config, "rate")});
    } else if (type == "Activation") {
      dense* last = model_.layers.empty() ? nullptr : std::get_if<dense>(&model_.layers.back());
      if (last == nullptr || !last->activate.is<activations::linear>()) {
        fail("an Activation layer is supported only behind a linear Dense layer");
      }
      last->activate = read_activation(config);
    } else {
      fail(
          fmt::format("layers of type {} are not supported (Dense, Dropout, Activation and "
                      "InputLayer are)",
                      type));
    }
  }

  void read_input_shape(const json& shape) {
    if (!shape.is_array() || shape.size() != 2) {
      fail("the input shape must be [batch, features], got " + shape.dump());
    }
    model_.inputs = size(shape[1], "the number of features");
  }

  activation read_activation(const json& config) const {
    activation activate;
    const std::string name = text(config, "activation");
    if (!choose(activate, name)) fail("unknown activation '" + name + "'");
    return activate;
  }

  dense read_dense(const json& config) const {
    dense d{.units = size(member(config, "units"), "units"), .activate = read_activation(config)};
    const auto use_bias = config.find("use_bias");
    if (use_bias != config.end() && *use_bias != json(true))
      fail("Dense layers without bias are not supported");
    if (config.contains("kernel_regularizer") && config["kernel_regularizer"].is_object()) {
      const json& penalty = member(config["kernel_regularizer"], "config");
      if (penalty.contains("l1")) d.l1 = number(penalty, "l1");
      if (penalty.contains("l2")) d.l2 = number(penalty, "l2");
    }
    return d;
  }

  std::string source_;
  model_spec model_;
};

}  // namespace detail

/// The model that a Keras `model_config` describes. Throws data_error for anything but a Sequential
/// of Dense, Dropout, Activation and InputLayer.
[[nodiscard]] inline model_spec read_keras_model_config(const json& config,
                                                        const std::string& source) {
  model_spec model = detail::keras_config_reader(source).read(config);
  try {
    model.validate();
  } catch (const std::invalid_argument& e) {
    throw data_error(source + ": " + e.what());
  }
  return model;
}

}  // namespace sweepnet
