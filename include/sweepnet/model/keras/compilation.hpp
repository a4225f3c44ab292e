// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Optimizer and loss -> what Keras' compile() was told, in both of Keras' forms.
// Source: keras/src/legacy/saving/saving_utils.py, keras/src/trainers/trainer.py (3.15).

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/model/keras/config_writer.hpp"
#include "sweepnet/network/loss_function.hpp"
#include "sweepnet/network/optimizer.hpp"

namespace sweepnet {

/// Throws data_error for an optimizer that Keras' files cannot hold: a program's own.
inline void check_keras_optimizer(const optimizer& o) {
  if (!std::holds_alternative<rules::custom>(o.rule)) return;
  throw data_error("Keras files cannot hold the optimizer '" + o.name() + "', a program's own");
}

/// Throws data_error for a loss that Keras' files cannot hold: a program's own.
inline void check_keras_loss(const loss_function& loss) {
  const auto* own = std::get_if<losses::custom>(&loss.function);
  if (own == nullptr) return;
  throw data_error("Keras files cannot hold the loss '" + own->name() + "', a program's own");
}

namespace detail {

/// Keras' class of an optimizer's rule, by the rule's name without "_keras2".
inline const char* keras_optimizer_class(std::string_view name) {
  constexpr std::pair<std::string_view, const char*> classes[] = {
      {"sgd", "SGD"},         {"rmsprop", "RMSprop"},   {"adam", "Adam"},
      {"adamw", "AdamW"},     {"adamax", "Adamax"},     {"nadam", "Nadam"},
      {"adagrad", "Adagrad"}, {"adadelta", "Adadelta"}, {"lion", "Lion"},
      {"ftrl", "Ftrl"}};
  for (const auto& [known, keras_class] : classes) {
    if (known == name) return keras_class;
  }
  return nullptr;
}

inline ordered_json keras_optimizer(keras_form form, const optimizer& o) {
  check_keras_optimizer(o);
  const std::string rule_name = o.name();
  std::string_view name = rule_name;
  if (name.ends_with("_keras2")) name.remove_suffix(std::string_view("_keras2").size());
  ordered_json config = {{"name", std::string(name)}, {"learning_rate", o.rate_at(0)}};
  for (const auto& [key, value] :
       {std::pair{"weight_decay", o.weight_decay}, std::pair{"clipnorm", o.clipnorm},
        std::pair{"clipvalue", o.clipvalue}, std::pair{"global_clipnorm", o.global_clipnorm}}) {
    if (value) config[key] = *value;
  }
  visit_alternative(
      [&]<class Rule>(const Rule& rule) {
        if constexpr (described<Rule>) {
          for_each_field<Rule>(
              [&](const auto& f) { config[std::string(f.name)] = encode(rule.*f.member); });
        }
      },
      o.rule);
  config.erase("schedule_decay");  // Keras 2's own, unknown to Keras 3
  return keras_object(form, "keras.optimizers", keras_optimizer_class(name), config);
}

/// Keras' class of a loss.
template <class L> inline constexpr const char* keras_loss_class = nullptr;
template <>
inline constexpr const char* keras_loss_class<categorical_crossentropy> = "CategoricalCrossentropy";
template <>
inline constexpr const char* keras_loss_class<binary_crossentropy> = "BinaryCrossentropy";
template <> inline constexpr const char* keras_loss_class<huber> = "Huber";

/// By its name, or as an object where it has options that are not Keras' defaults.
inline ordered_json keras_loss(keras_form form, const loss_function& loss) {
  check_keras_loss(loss);
  return visit_alternative(
      [&]<class L>(const L& of) -> ordered_json {
        if constexpr (std::same_as<L, losses::custom>) {
          return nullptr;  // refused above
        } else {
          ordered_json config = {{"name", std::string(L::name)}};
          if constexpr (requires { of.label_smoothing; }) {
            if (of.label_smoothing != 0) config["label_smoothing"] = of.label_smoothing;
          }
          if constexpr (requires { of.delta; }) {
            if (of.delta != 1) config["delta"] = of.delta;
          }
          if (config.size() == 1) return std::string(L::name);
          return keras_object(form, "keras.losses", keras_loss_class<L>, config);
        }
      },
      loss.function);
}

/// What Keras is to tell beside the loss.
inline ordered_json keras_metrics(const loss_function& loss) {
  const bool is_real =
      visit_alternative([]<class L>(const L&) { return difference_loss<L>; }, loss.function);
  return {is_real ? "mean_absolute_error" : "accuracy"};
}

}  // namespace detail

/// What Keras' compile() was told: an .h5 file's `training_config`, or the `compile_config` of a
/// .keras file.
[[nodiscard]] inline ordered_json keras_compilation(const optimizer& o, const loss_function& loss,
                                                    keras_form form) {
  const ordered_json optimizer = detail::keras_optimizer(form, o);
  const ordered_json keras_loss = detail::keras_loss(form, loss);
  if (form == keras_form::legacy) {
    return {{"optimizer_config", optimizer},          {"loss", keras_loss},
            {"metrics", detail::keras_metrics(loss)}, {"weighted_metrics", nullptr},
            {"sample_weight_mode", nullptr},          {"loss_weights", nullptr}};
  }
  return {{"optimizer", optimizer},      {"loss", keras_loss},
          {"loss_weights", nullptr},     {"metrics", detail::keras_metrics(loss)},
          {"weighted_metrics", nullptr}, {"run_eagerly", false},
          {"steps_per_execution", 1},    {"jit_compile", false}};
}

}  // namespace sweepnet
