// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a backend provides. The grain is coarse, an epoch or a split at a time, so that a GPU can
// run all of it without the host.

#include <concepts>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace sweepnet {

/// Means over the rows seen, each batch weighted by its size.
struct metrics {
  double loss = 0;
  double accuracy = 0;
};

/// Called as training goes on within an epoch, where a backend can tell: rows done, means so far.
using step_observer = std::function<void(std::int64_t rows_done, const metrics& so_far)>;

/// Everything that training changes: what a run must save to go on bit by bit.
struct executor_state {
  std::vector<float> parameters{};
  std::vector<std::vector<float>> optimizer_slots{};  ///< each as large as `parameters`
  std::uint64_t step = 0;                             ///< optimizer steps done
  double rate_factor = 1;                             ///< on the optimizer's learning rate
};

/// An executor is built from (model_spec, training_options, dataset, its own options) and owns the
/// weights. It trains rows of the dataset's training part and evaluates the validation part.
///
/// train_epoch(order, observe): one pass over the training rows in that order, batch by batch; the
///   metrics are taken before each update with dropout on, as Keras does.
/// evaluate(): the metrics on the validation part, dropout off.
/// keep_best(): remembers the present weights as the best ones.
/// best_parameters(), export_state(): copies on the host; these synchronise.
/// import_state(state): goes on from there; throws std::invalid_argument if it does not fit.
/// learning_rate(): of the next step; scale_learning_rate(f): multiplies all later rates.
/// device(): what computes, for people.
template <class E>
concept executor = requires(E e, const E& c, std::span<const std::uint32_t> order,
                            const step_observer& observe, const executor_state& state) {
  { e.train_epoch(order, observe) } -> std::same_as<metrics>;
  { e.evaluate() } -> std::same_as<metrics>;
  e.keep_best();
  { c.best_parameters() } -> std::same_as<std::vector<float>>;
  { c.export_state() } -> std::same_as<executor_state>;
  e.import_state(state);
  { c.learning_rate() } -> std::same_as<double>;
  e.scale_learning_rate(0.5);
  { c.device() } -> std::convertible_to<std::string>;
};

}  // namespace sweepnet
