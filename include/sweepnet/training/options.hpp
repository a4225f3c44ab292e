// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How to train: plain values, for the trainer, its executors and its callbacks.

#include <cstdint>
#include <optional>
#include <string>

#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/network/loss_function.hpp"
#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/training/metric.hpp"

namespace sweepnet {

struct training_options {
  std::int64_t batch_size = 32;  ///< rows a step; the last step of an epoch may have fewer
  std::int64_t epochs = 1;
  std::uint64_t seed = 0;  ///< of initialisation, shuffles and dropout masks
  sweepnet::optimizer optimizer{};
  loss_function loss{};

  /// Throws argument_error unless there are rows in a step and epochs to train, and the options of
  /// optimizer and loss lie in their domains.
  void validate() const;
};

/// Of the operands of products; sums are always of fp32.
enum class precision {
  fp32,
  tf32  ///< rounded to 10 bits of mantissa, on a GPU's tensor cores
};

template <>
inline constexpr auto enum_names<precision> = name_table<precision, 2>{{
    {"fp32", precision::fp32},
    {"tf32", precision::tf32},
}};

/// Whether a metric's best value is its smallest or its largest.
enum class monitor_mode { automatic, min, max };

template <>
inline constexpr auto enum_names<monitor_mode> = name_table<monitor_mode, 3>{{
    {"auto", monitor_mode::automatic},
    {"min", monitor_mode::min},
    {"max", monitor_mode::max},
}};

struct early_stopping_options {
  metric monitor = metric::val_loss;
  monitor_mode mode = monitor_mode::automatic;
  double min_delta = 0;
  std::int64_t patience = 0;
  std::optional<double> baseline{};
  std::int64_t start_from_epoch = 0;
};

template <>
inline constexpr auto fields<early_stopping_options> = std::tuple(
    field("monitor", &early_stopping_options::monitor, "metric watched"),
    field("mode", &early_stopping_options::mode, "which way is better"),
    field("min_delta", &early_stopping_options::min_delta, at_least(0), "smallest improvement"),
    field("patience", &early_stopping_options::patience, at_least(0),
          "epochs without improvement before the stop"),
    field("baseline", &early_stopping_options::baseline, "value to beat from the start"),
    field("start_from_epoch", &early_stopping_options::start_from_epoch, at_least(0),
          "epochs before watching begins"));

struct reduce_lr_on_plateau_options {
  metric monitor = metric::val_loss;
  monitor_mode mode = monitor_mode::automatic;
  double factor = 0.1;
  std::int64_t patience = 10;
  double min_delta = 1e-4;
  std::int64_t cooldown = 0;
  double min_lr = 0;
};

template <>
inline constexpr auto fields<reduce_lr_on_plateau_options> = std::tuple(
    field("monitor", &reduce_lr_on_plateau_options::monitor, "metric watched"),
    field("mode", &reduce_lr_on_plateau_options::mode, "which way is better"),
    field("factor", &reduce_lr_on_plateau_options::factor, in_range(0, 1), "the rate's factor"),
    field("patience", &reduce_lr_on_plateau_options::patience, at_least(0),
          "epochs without improvement before the cut"),
    field("min_delta", &reduce_lr_on_plateau_options::min_delta, at_least(0),
          "smallest improvement"),
    field("cooldown", &reduce_lr_on_plateau_options::cooldown, at_least(0),
          "epochs to wait after a cut"),
    field("min_lr", &reduce_lr_on_plateau_options::min_lr, at_least(0), "smallest rate"));

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/training/options.inl"
#endif
