// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/paramset.hpp"

#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

SWEEPNET_INLINE model_spec build_model(const paramset& p, std::int64_t inputs,
                                       std::int64_t classes) {
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
  model.layers.emplace_back(fully_connected(classes, p.output_activation));
  return model;
}

SWEEPNET_INLINE loss_function loss_of(const paramset& p) {
  return visit_alternative(
      [&]<class L>(const L&) -> loss_function {
        if constexpr (std::same_as<L, losses::custom>) {
          return p.loss.named.own_object();
        } else {
          return categorical_crossentropy{.path = L::path, .label_smoothing = p.label_smoothing};
        }
      },
      p.loss.named);
}

SWEEPNET_INLINE training_options training_options_of(const paramset& p) {
  training_options options{.batch_size = p.batch_size,
                           .epochs = p.epochs,
                           .seed = p.seed,
                           .optimizer = p.optimizer,
                           .loss = loss_of(p)};
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
