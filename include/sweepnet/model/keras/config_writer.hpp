// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// model_spec -> Keras' JSON description of a Sequential model, in both of its forms.
// Source: keras/src/legacy/saving/*.py, keras/src/saving/serialization_lib.py (3.15),
// keras/engine/saving.py (2.2).

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/network/model_spec.hpp"

namespace sweepnet {

/// Which generation of Keras' files: the legacy .h5, which all versions from 2.2 on read, or
/// .keras.
enum class keras_form { legacy, v3 };

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

/// What written files say of the Keras that wrote them: its rules are Keras 3's.
inline const std::string written_keras_version = "3.0.0";

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

/// A class and its configuration; .keras files also tell where the class is.
inline ordered_json keras_object(keras_form form, const char* module, const char* class_name,
                                 ordered_json config) {
  ordered_json object = ordered_json::object();
  if (form == keras_form::v3) object["module"] = module;
  object["class_name"] = class_name;
  object["config"] = std::move(config);
  if (form == keras_form::v3) object["registered_name"] = nullptr;
  return object;
}

inline ordered_json keras_initializer(keras_form form, initializer rule) {
  constexpr const char* module = "keras.initializers";
  for (const variance_scaling& v : variance_scalings) {
    if (v.rule != rule) continue;
    return keras_object(form, module, "VarianceScaling",
                        {{"scale", v.scale},
                         {"mode", v.mode},
                         {"distribution", v.distribution},
                         {"seed", nullptr}});
  }
  if (rule == initializer::orthogonal) {
    return keras_object(form, module, "Orthogonal", {{"gain", 1.0}, {"seed", nullptr}});
  }
  return keras_object(form, module, "Zeros", ordered_json::object());
}

/// Keras stores an activation by its bare name.
inline std::string keras_activation(const activation& activate) {
  const std::string name = activate.name();
  if (activate.is<activations::custom>()) {
    throw data_error(
        fmt::format("Keras files cannot hold the activation '{}', a program's own", name));
  }
  const ordered_json encoded = encode(activate);
  activation defaults;
  choose(defaults, name);
  if (encoded != encode(defaults) || name.ends_with("_keras2")) {
    throw data_error(fmt::format(
        "Keras files cannot hold the activation {}: choose a path ending in .safetensors or .onnx",
        encoded.dump()));
  }
  return name;
}

inline ordered_json keras_dense(keras_form form, const dense& d, const std::string& name) {
  ordered_json regularizer = nullptr;
  if (d.l1 != 0 || d.l2 != 0) {
    regularizer = keras_object(form, "keras.regularizers", "L1L2", {{"l1", d.l1}, {"l2", d.l2}});
  }
  return keras_object(form, "keras.layers", "Dense",
                      {{"name", name},
                       {"trainable", true},
                       {"dtype", "float32"},
                       {"units", d.units},
                       {"activation", keras_activation(d.activate)},
                       {"use_bias", true},
                       {"kernel_initializer", keras_initializer(form, d.kernel_initializer)},
                       {"bias_initializer", keras_initializer(form, initializer::zeros)},
                       {"kernel_regularizer", regularizer},
                       {"bias_regularizer", nullptr},
                       {"activity_regularizer", nullptr},
                       {"kernel_constraint", nullptr},
                       {"bias_constraint", nullptr}});
}

inline ordered_json keras_dropout(keras_form form, const dropout& d, const std::string& name) {
  return keras_object(form, "keras.layers", "Dropout",
                      {{"name", name},
                       {"trainable", true},
                       {"dtype", "float32"},
                       {"rate", d.rate},
                       {"noise_shape", nullptr},
                       {"seed", nullptr}});
}

}  // namespace detail

/// The Sequential model: an .h5 file's `model_config`, or a .keras file's `config.json`. Throws
/// data_error for an activation that Keras does not have, or a program's own.
[[nodiscard]] inline ordered_json keras_model_config(const model_spec& model, keras_form form) {
  const std::vector<std::string> names = keras_layer_names(model);
  const bool legacy = form == keras_form::legacy;
  ordered_json layers = ordered_json::array();
  layers.push_back(
      detail::keras_object(form, "keras.layers", "InputLayer",
                           {{legacy ? "batch_input_shape" : "batch_shape", {nullptr, model.inputs}},
                            {"dtype", "float32"},
                            {"sparse", false},
                            {"name", "input_1"}}));
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (const auto* d = std::get_if<dense>(&model.layers[i])) {
      layers.push_back(detail::keras_dense(form, *d, names[i]));
    } else {
      layers.push_back(detail::keras_dropout(form, std::get<dropout>(model.layers[i]), names[i]));
    }
  }
  return detail::keras_object(form, "keras", "Sequential",
                              {{"name", "sequential_1"}, {"layers", layers}});
}

/// Throws data_error for what Keras' files cannot hold: an activation that Keras does not have, or
/// a program's own.
inline void check_keras_model(const model_spec& model) {
  for (const layer& each : model.layers) {
    if (const auto* d = std::get_if<dense>(&each)) (void)detail::keras_activation(d->activate);
  }
}

}  // namespace sweepnet
