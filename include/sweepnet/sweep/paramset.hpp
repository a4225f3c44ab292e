// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The built-in paramset: one point of a sweep, by the names that the sweep file uses.

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/describe/owning_variant.hpp"
#include "sweepnet/network/activation.hpp"
#include "sweepnet/network/custom_loss.hpp"
#include "sweepnet/network/initializer.hpp"
#include "sweepnet/network/loss.hpp"
#include "sweepnet/network/loss_function.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

/// A loss as a sweep names it: the task's cross-entropy by its path, another by its name, or a
/// program's own.
struct paramset_loss {
  template <loss_path Path> struct crossentropy {
    static constexpr std::string_view name = name_of(Path);
    static constexpr loss_path path = Path;
  };
  template <loss_path Path> struct binary {
    static constexpr std::string_view name =
        Path == loss_path::logits ? "binary_crossentropy" : "binary_crossentropy_clipped";
    static constexpr loss_path path = Path;
  };
  struct mse : mean_squared_error {
    static constexpr std::string_view name = "mse";
  };
  struct mae : mean_absolute_error {
    static constexpr std::string_view name = "mae";
  };
  owning_variant<crossentropy<loss_path::logits>, crossentropy<loss_path::probabilities>,
                 binary<loss_path::logits>, binary<loss_path::probabilities>, mean_squared_error,
                 mse, mean_absolute_error, mae, huber, log_cosh, losses::custom>
      named{};

  paramset_loss() = default;
  paramset_loss(loss_path path) {  // NOLINT(google-explicit-constructor)
    if (path == loss_path::probabilities) named = crossentropy<loss_path::probabilities>{};
  }
  template <class L>
  requires(difference_loss<L> || std::same_as<L, binary<loss_path::logits>> ||
           std::same_as<L, binary<loss_path::probabilities>>)
      paramset_loss(const L& loss)  // NOLINT(google-explicit-constructor)
      : named(loss) {}
  template <std::derived_from<custom_loss> F>
  paramset_loss(std::shared_ptr<F> own)  // NOLINT(google-explicit-constructor)
      : named(std::move(own)) {}
};

template <> inline constexpr auto choice_member<paramset_loss> = &paramset_loss::named;
template <> inline constexpr auto fields<paramset_loss> = std::tuple();
template <> inline constexpr auto fields<paramset_loss::mse> = std::tuple();
template <> inline constexpr auto fields<paramset_loss::mae> = std::tuple();

/// Everything that decides one training run, with the defaults of the job it began as.
struct paramset {
  std::int64_t batch_size = 128;
  std::int64_t epochs = 20;
  std::vector<std::int64_t> hidden_nodes = {10, 20, 30};
  double dropout_rate = 0.2;
  activation activate_fn{activations::relu{}};
  sweepnet::optimizer optimizer{};
  std::string model_path{};

  std::optional<learning_rate_schedule> learning_rate{};
  std::uint64_t seed = 0;
  std::int64_t input_units = 512;
  activation input_activation{activations::relu{}};
  double final_dropout = 0.2;
  std::optional<activation> output_activation{};  ///< unset, as below: the task's
  initializer kernel_initializer = initializer::glorot_uniform;
  double l1 = 0;
  double l2 = 0;
  std::optional<paramset_loss> loss{};
  double label_smoothing = 0;
  std::optional<metric> monitor{};
  std::optional<early_stopping_options> early_stopping{};
  std::optional<reduce_lr_on_plateau_options> reduce_lr_on_plateau{};
  bool terminate_on_nan = false;

  void validate() const {
    if (learning_rate && optimizer.learning_rate) {
      throw argument_error("learning_rate is given twice, here and in optimizer");
    }
    if (!loss || label_smoothing == 0) return;
    visit_alternative(
        []<class L>(const L& named) {
          if constexpr (std::same_as<L, losses::custom>) {
            throw argument_error("label_smoothing is cross-entropy's, the loss is '" +
                                 named.name() + "'");
          } else if constexpr (difference_loss<L>) {
            throw argument_error("label_smoothing is cross-entropy's, the loss is '" +
                                 std::string(L::name) + "'");
          }
        },
        loss->named);
  }
};

inline constexpr interval layer_width = closed_range(1, 1 << 20);

template <>
inline constexpr auto fields<paramset> = std::tuple(
    field("batch_size", &paramset::batch_size, closed_range(1, 1 << 20), "rows a step"),
    field("epochs", &paramset::epochs, at_least(1), "passes over the training rows"),
    field("hidden_nodes", &paramset::hidden_nodes, layer_width, "units of each hidden layer"),
    field("dropout_rate", &paramset::dropout_rate, in_range(0, 1),
          "dropped before each hidden layer"),
    field("activate_fn", &paramset::activate_fn, "activation of the hidden layers"),
    field("optimizer", &paramset::optimizer, "name, or a mapping with name and options"),
    field("model_path", &paramset::model_path,
          "model file in the output directory; default: model_<index>.h5"),
    field("learning_rate", &paramset::learning_rate, "rate or schedule; default: the optimizer's"),
    field("seed", &paramset::seed, "of initialisation, shuffles and dropout"),
    field("input_units", &paramset::input_units, layer_width, "units of the first layer"),
    field("input_activation", &paramset::input_activation, "activation of the first layer"),
    field("final_dropout", &paramset::final_dropout, in_range(0, 1),
          "dropped before the output layer"),
    field("output_activation", &paramset::output_activation,
          "activation of the output layer; default: softmax, of a binary task sigmoid, of real "
          "values linear"),
    field("kernel_initializer", &paramset::kernel_initializer, "of every dense layer"),
    field("l1", &paramset::l1, at_least(0), "penalty l1 sum |W| of every kernel"),
    field("l2", &paramset::l2, at_least(0), "penalty l2 sum W^2 of every kernel"),
    field("loss", &paramset::loss,
          "cross-entropy, from logits (fused) or from probabilities (clipped), mse, mae, huber or "
          "log_cosh; default: fused, of real values mse"),
    field("label_smoothing", &paramset::label_smoothing, closed_range(0, 1),
          "share of the label spread over all classes"),
    field("monitor", &paramset::monitor,
          "metric that decides which epoch is best; default: val_accuracy, of real values val_mae"),
    field("early_stopping", &paramset::early_stopping, "stop without improvement"),
    field("reduce_lr_on_plateau", &paramset::reduce_lr_on_plateau,
          "cut the rate without improvement"),
    field("terminate_on_nan", &paramset::terminate_on_nan, "stop at a loss that is not finite"));

/// The paramset with what it leaves open as the task has it: output activation, loss and monitor.
[[nodiscard]] paramset for_task(paramset p, task t);

/// The network of the paramset: Dense(input_units), then Dropout and Dense for each hidden layer,
/// a final Dropout, and Dense(outputs). Pass your own function instead for another network. What it
/// leaves open is as for several classes.
[[nodiscard]] model_spec build_model(const paramset& p, std::int64_t inputs, std::int64_t outputs);

/// How the paramset is trained.
[[nodiscard]] training_options training_options_of(const paramset& p);

/// What a user's own paramset type needs beside its `fields`: a network and training options, for
/// the task that they are meant for; or a function for_task() as paramset has one.
/// Members `model_path`, `monitor`, `early_stopping`, `reduce_lr_on_plateau` and `terminate_on_nan`
/// are used if there.
template <class P>
concept trainable_paramset = described<P> && requires(const P& p, std::int64_t n) {
  { build_model(p, n, n) } -> std::same_as<model_spec>;
  { training_options_of(p) } -> std::same_as<training_options>;
};

template <class P>
concept paramset_of_tasks = requires(const P& p, task t) {
  { for_task(p, t) } -> std::same_as<P>;
};

/// for_task() where the type has one.
template <trainable_paramset P> [[nodiscard]] P paramset_for(const P& p, task t) {
  if constexpr (paramset_of_tasks<P>) {
    return for_task(p, t);
  } else {
    return p;
  }
}

/// What a network of the type is made for: two classes have an output each where it knows of no
/// tasks.
template <trainable_paramset P> [[nodiscard]] problem problem_for(problem learned) {
  if (!paramset_of_tasks<P> && learned.task == task::binary) {
    learned.task = task::multiclass;
    learned.outputs = 2;
  }
  return learned;
}

// The templates that read and write this type are long, and compiled once, too.
#if defined(SWEEPNET_COMPILED)
extern template paramset detail::decode_paramset<paramset>(const parsed_node&, const decoder&);
extern template void detail::set_key<paramset>(paramset&, const parsed_node&, const parsed_node&,
                                               const decoder&);
extern template sweep<paramset> parse_sweep<paramset>(std::string_view, const std::string&,
                                                      const custom_functions&, const draw_options&);
extern template sweep<paramset> open_sweep<paramset>(std::string, const std::string&,
                                                     const custom_functions&, const draw_options&);
extern template ordered_json encode<paramset>(const paramset&);
extern template std::string describe_fields<paramset>();
#endif

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/paramset.inl"
#endif
