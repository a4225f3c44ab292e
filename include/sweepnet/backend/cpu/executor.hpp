// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The CPU executor: trains and evaluates one network on the host's threads.

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "sweepnet/backend/cpu/multiply.hpp"
#include "sweepnet/backend/cpu/network.hpp"
#include "sweepnet/backend/cpu/thread_pool.hpp"
#include "sweepnet/backend/cpu/update.hpp"
#include "sweepnet/backend/executor.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

struct cpu_options {
  int threads = 0;  ///< 0: one for each processor this process may use
};

/// `threads` if positive, else the number of processors that this process may use.
[[nodiscard]] inline int usable_threads(int threads) {
  return threads > 0 ? threads
                     : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

namespace detail {

/// Runs a network over labelled rows in batches and weighs the means.
class batch_runner {
 public:
  batch_runner(const model_spec& model, const categorical_crossentropy& loss, std::int64_t capacity,
               thread_pool& pool)
      : network(model, loss, capacity, pool),
        capacity_(capacity),
        inputs_(model.inputs),
        pool_(&pool),
        features_(static_cast<std::size_t>(capacity * model.inputs)),
        labels_(static_cast<std::size_t>(capacity)) {}

  cpu_network<float> network;

  [[nodiscard]] std::int64_t capacity() const { return capacity_; }
  [[nodiscard]] const float* features() const { return features_.data(); }
  [[nodiscard]] const std::int32_t* labels() const { return labels_.data(); }

  /// Copies `count` rows, row_at(0) to row_at(count - 1), into the batch.
  template <class RowAt>
  void gather(const labelled_rows& rows, std::int64_t count, const RowAt& row_at) {
    for_each_block(*pool_, count, 32, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) {
        const auto row = static_cast<std::int64_t>(row_at(i));
        rows.copy_row(row, features_.data() + i * inputs_);
        labels_[static_cast<std::size_t>(i)] = rows.labels[static_cast<std::size_t>(row)];
      }
    });
  }

 private:
  std::int64_t capacity_;
  std::int64_t inputs_;
  thread_pool* pool_;
  std::vector<float> features_;  // (capacity x inputs)
  std::vector<std::int32_t> labels_;
};

}  // namespace detail

/// Scores `parameters` on labelled rows, dropout off. Throws std::invalid_argument if the rows do
/// not fit the model. `observe` is called after each batch.
[[nodiscard]] inline metrics evaluate_on_cpu(const model_spec& model,
                                             const categorical_crossentropy& loss,
                                             std::span<const float> parameters,
                                             const labelled_rows& rows, thread_pool& pool,
                                             const step_observer& observe = {}) {
  constexpr std::int64_t batch = 512;  // fixed: the same bits wherever the model is evaluated
  if (rows.width != model.inputs) {
    throw std::invalid_argument(fmt::format("the model takes {} features a row, the data have {}",
                                            model.inputs, rows.width));
  }
  detail::batch_runner runner(model, loss, std::min(batch, std::max<std::int64_t>(rows.rows(), 1)),
                              pool);
  pass_progress progress;
  for (std::int64_t first = 0; first < rows.rows(); first += batch) {
    const std::int64_t count = std::min(batch, rows.rows() - first);
    runner.gather(rows, count, [first](std::int64_t i) { return first + i; });
    runner.network.forward(runner.features(), count, parameters.data());
    const auto score = runner.network.score(runner.labels());
    progress.add(count, score.loss, score.correct);
    if (observe) observe(progress);
  }
  metrics result = progress.mean();
  result.loss += runner.network.penalty(parameters.data());
  return result;
}

/// See the `executor` concept. Deterministic: the same bits for any number of threads.
class cpu_executor {
 public:
  /// Fresh weights from options.seed. `data` must outlive the executor. Throws
  /// std::invalid_argument if the model is malformed or does not fit the data.
  cpu_executor(const model_spec& model, const training_options& options, const dataset& data,
               const cpu_options& cpu = {})
      : model_(checked(model, data)),
        options_(options),
        data_(&data),
        pool_(usable_threads(cpu.threads)),
        runner_(model, options.loss, std::min(options.batch_size, data.train.rows()), pool_),
        state_{.parameters = initial_parameters(model, options.seed)},
        gradients_(state_.parameters.size()) {
    state_.best_parameters = state_.parameters;
    state_.optimizer_slots = initial_slots(options.optimizer, runner_.network.layout().size);
  }

  void train_epoch(std::span<const std::uint32_t> order, pass_progress& progress,
                   const step_observer& observe = {}) {
    while (progress.rows < static_cast<std::int64_t>(order.size())) {
      const auto rest = order.subspan(static_cast<std::size_t>(progress.rows));
      train_step(rest.first(std::min(static_cast<std::size_t>(runner_.capacity()), rest.size())),
                 progress);
      if (observe) observe(progress);
    }
  }

  [[nodiscard]] metrics evaluate(const step_observer& observe = {}) {
    return evaluate_on_cpu(model_, options_.loss, state_.parameters, data_->validation, pool_,
                           observe);
  }

  void keep_best() { state_.best_parameters = state_.parameters; }
  [[nodiscard]] const std::vector<float>& best_parameters() const { return state_.best_parameters; }
  [[nodiscard]] executor_state export_state() const { return state_; }

  void import_state(const executor_state& state) {
    const auto fits = [&](const std::vector<float>& values) {
      return values.size() == state_.parameters.size();
    };
    if (!fits(state.parameters) || !fits(state.best_parameters) ||
        !std::ranges::all_of(state.optimizer_slots, fits) ||
        state.optimizer_slots.size() != state_.optimizer_slots.size()) {
      throw std::invalid_argument("the state belongs to another model or optimizer");
    }
    state_ = state;
  }

  [[nodiscard]] double learning_rate() const {
    return options_.optimizer.rate_at(state_.step) * state_.rate_factor;
  }
  void scale_learning_rate(double factor) { state_.rate_factor *= factor; }

  [[nodiscard]] int threads() const { return pool_.size(); }
  [[nodiscard]] std::string device() const { return fmt::format("cpu ({})", product_library()); }

  /// The gradients of the last step taken, in the layout of the parameters.
  [[nodiscard]] std::span<const float> last_gradients() const { return gradients_; }

 private:
  static const model_spec& checked(const model_spec& model, const dataset& data) {
    model.validate();
    if (model.inputs != data.inputs() || model.outputs() != data.classes) {
      throw std::invalid_argument(
          fmt::format("the model is {} -> {}, the data have {} features and {} classes",
                      model.inputs, model.outputs(), data.inputs(), data.classes));
    }
    return model;
  }

  /// One step: gather -> forward -> score -> backward -> clip -> update.
  void train_step(std::span<const std::uint32_t> rows, pass_progress& progress) {
    const auto count = static_cast<std::int64_t>(rows.size());
    float* parameters = state_.parameters.data();
    runner_.gather(data_->train, count,
                   [&](std::int64_t i) { return rows[static_cast<std::size_t>(i)]; });
    runner_.network.forward(runner_.features(), count, parameters,
                            dropout_draw{options_.seed, static_cast<std::uint32_t>(state_.step)});
    const auto score = runner_.network.score(runner_.labels());
    const double penalty = runner_.network.penalty(parameters);
    runner_.network.backward(runner_.labels(), parameters, gradients_.data());
    const double rate = learning_rate();
    ++state_.step;
    clip_gradients(options_.optimizer, runner_.network.layout(), gradients_.data());
    update_parameters(pool_, options_.optimizer, state_.step, rate, runner_.network.layout().size,
                      parameters, gradients_.data(), state_.optimizer_slots);
    progress.add(count, score.loss + penalty * static_cast<double>(count), score.correct);
  }

  model_spec model_;
  training_options options_;
  const dataset* data_;
  thread_pool pool_;
  detail::batch_runner runner_;
  executor_state state_;
  std::vector<float> gradients_;
};

static_assert(executor<cpu_executor>);

}  // namespace sweepnet
