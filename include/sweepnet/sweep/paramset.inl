// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/paramset.hpp"

#include <concepts>

#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/training/metric.hpp"

namespace sweepnet {

SWEEPNET_INLINE model_spec build_model(const paramset& p, std::int64_t inputs,
                                       std::int64_t outputs) {
  const auto fully_connected = [&](std::int64_t units, const activation& activate) {
    return dense{.units = units,
                 .activate = activate,
                 .kernel_initializer = p.kernel_initializer,
                 .l1 = p.l1,
                 .l2 = p.l2};
  };
  model_spec model{.inputs = inputs};
  model.layers.emplace_back(fully_connected(p.input_units, p.input_activation));
  for (const std::int64_t units : p.hidden_nodes) {
    model.layers.emplace_back(dropout{p.dropout_rate});
    model.layers.emplace_back(fully_connected(units, p.activate_fn));
  }
  model.layers.emplace_back(dropout{p.final_dropout});
  model.layers.emplace_back(
      fully_connected(outputs, p.output_activation.value_or(activations::softmax{})));
  return model;
}

namespace detail {

/// The loss that the paramset names, with its options.
inline loss_function loss_of(const paramset& p) {
  const paramset_loss loss = p.loss.value_or(paramset_loss{});
  return visit_alternative(
      [&]<class L>(const L& named) -> loss_function {
        if constexpr (std::same_as<L, losses::custom>) {
          return loss.named.own_object();
        } else if constexpr (std::derived_from<L, mean_squared_error>) {
          return mean_squared_error{};
        } else if constexpr (std::derived_from<L, mean_absolute_error>) {
          return mean_absolute_error{};
        } else if constexpr (difference_loss<L>) {
          return named;
        } else if constexpr (std::same_as<L, paramset_loss::binary<L::path>>) {
          return binary_crossentropy{.path = L::path, .label_smoothing = p.label_smoothing};
        } else {
          return categorical_crossentropy{.path = L::path, .label_smoothing = p.label_smoothing};
        }
      },
      loss.named);
}

/// Cross-entropy by the same path, of labels that hold or not; any other loss as it is.
inline paramset_loss binary_loss(const paramset_loss& loss) {
  using enum loss_path;
  if (std::holds_alternative<paramset_loss::crossentropy<logits>>(loss.named)) {
    return paramset_loss::binary<logits>{};
  }
  if (std::holds_alternative<paramset_loss::crossentropy<probabilities>>(loss.named)) {
    return paramset_loss::binary<probabilities>{};
  }
  return loss;
}

}  // namespace detail

SWEEPNET_INLINE paramset for_task(paramset p, task t) {
  const bool is_real = t == task::regression;
  const bool is_binary = t == task::binary || t == task::multilabel;
  if (!p.output_activation) {
    if (is_real) {
      p.output_activation = activations::linear{};
    } else if (is_binary) {
      p.output_activation = activations::sigmoid{};
    } else {
      p.output_activation = activations::softmax{};
    }
  }
  if (!p.loss) p.loss = is_real ? paramset_loss(mean_squared_error{}) : paramset_loss{};
  if (is_binary) p.loss = detail::binary_loss(*p.loss);
  if (!p.monitor) p.monitor = usual_monitor(t, true);
  return p;
}

SWEEPNET_INLINE training_options training_options_of(const paramset& p) {
  training_options options{.batch_size = p.batch_size,
                           .epochs = p.epochs,
                           .seed = p.seed,
                           .optimizer = p.optimizer,
                           .loss = detail::loss_of(p)};
  if (p.learning_rate) options.optimizer.learning_rate = p.learning_rate;
  return options;
}

#if defined(SWEEPNET_COMPILED)
template paramset detail::decode_paramset<paramset>(const parsed_node&, const decoder&);
template void detail::set_key<paramset>(paramset&, const parsed_node&, const parsed_node&,
                                        const decoder&);
template sweep<paramset> parse_sweep<paramset>(std::string_view, const std::string&,
                                               const custom_functions&, const draw_options&);
template sweep<paramset> open_sweep<paramset>(std::string, const std::string&,
                                              const custom_functions&, const draw_options&);
template ordered_json encode<paramset>(const paramset&);
template std::string describe_fields<paramset>();
#endif

}  // namespace sweepnet
