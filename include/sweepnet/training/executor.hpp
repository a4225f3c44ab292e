// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a backend provides. The grain is coarse, an epoch or a split at a time, so that a GPU can
// run all of it without the host.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

/// Means over the rows seen, each batch weighted by its size.
struct metrics {
  double loss = 0;
  double accuracy = 0;
};

/// How far a pass over some rows has come: sums over the rows done, so that it can be left after
/// any step and taken up again.
struct pass_progress {
  std::int64_t rows = 0;
  double loss = 0;  ///< summed over the rows
  std::int64_t correct = 0;

  void add(std::int64_t more_rows, double more_loss, std::int64_t more_correct) {
    rows += more_rows;
    loss += more_loss;
    correct += more_correct;
  }
  [[nodiscard]] metrics mean() const {
    const double n = static_cast<double>(std::max<std::int64_t>(rows, 1));
    return {.loss = loss / n, .accuracy = static_cast<double>(correct) / n};
  }
};

/// Called between the steps of a pass, where a backend can. It may throw to leave the pass.
using step_observer = std::function<void(const pass_progress&)>;

/// Everything that training changes: what a run must save to go on bit by bit.
struct executor_state {
  std::vector<float> parameters{};
  std::vector<float> best_parameters{};               ///< as keep_best() last saw them
  std::vector<std::vector<float>> optimizer_slots{};  ///< each as large as `parameters`
  std::uint64_t step = 0;                             ///< optimizer steps done
  double rate_factor = 1;                             ///< on the optimizer's learning rate
};

/// An executor is built from (model_spec, training_options, dataset, its own options) and owns the
/// weights; the data set must outlive it, so that a temporary one does not compile. It trains rows
/// of the dataset's training part and evaluates the validation part.
///
/// train_epoch(order, progress, observe): trains order[progress.rows] and all rows after it, batch
/// by
///   batch, and adds them to `progress`; the metrics are taken before each update with dropout on,
///   as Keras does. While `observe` runs, state and progress are those after a whole step.
/// evaluate(observe): the metrics on the validation part, dropout off.
/// keep_best(): remembers the present weights as the best ones.
/// export_state(): a copy on the host; synchronises. best_parameters(): the same of the best
/// weights. import_state(state): goes on from there; throws std::invalid_argument if it does not
/// fit. learning_rate(): of the next step; scale_learning_rate(f): multiplies all later rates.
/// device(): what computes, for people. data(), options(): what it was built from.
template <class E>
concept executor = requires(E e, const E& c, std::span<const std::uint32_t> order,
                            pass_progress& progress, const step_observer& observe,
                            const executor_state& state) {
  e.train_epoch(order, progress, observe);
  { e.evaluate(observe) } -> std::same_as<metrics>;
  e.keep_best();
  { c.best_parameters() } -> std::convertible_to<std::vector<float>>;
  { c.export_state() } -> std::same_as<executor_state>;
  e.import_state(state);
  { c.learning_rate() } -> std::same_as<double>;
  e.scale_learning_rate(0.5);
  { c.device() } -> std::convertible_to<std::string>;
  { c.data() } -> std::same_as<const dataset&>;
  { c.options() } -> std::same_as<const training_options&>;
};

}  // namespace sweepnet
