// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/sweep_speed.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <mutex>
#include <numeric>

#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/core/call_on_threads.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/run/sweep_planner.hpp"
#include "sweepnet/run/sweep_queue.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/trainer.hpp"

namespace sweepnet {

SWEEPNET_INLINE costed_run costed_run_of(const model_spec& model, const training_options& training,
                                         std::int64_t training_rows, std::int64_t validation_rows) {
  const double cost = run_cost(model, training, training_rows, validation_rows);
  const std::int64_t batch = std::max<std::int64_t>(training.batch_size, 1);
  const std::int64_t steps = training.epochs * ((training_rows + batch - 1) / batch);
  return {.cost = cost, .step_cost = cost / static_cast<double>(std::max<std::int64_t>(steps, 1))};
}

SWEEPNET_INLINE machine_speed::machine_speed(std::vector<sample> samples, int workers,
                                             double measured_for)
    : samples_(std::move(samples)), workers_(workers), measured_for_(measured_for) {
  if (samples_.empty()) throw argument_error("a machine's speed needs a sample");
  std::ranges::sort(samples_, {}, &sample::step_cost);
}

SWEEPNET_INLINE double machine_speed::seconds_of(const costed_run& run) const {
  const auto above = std::ranges::lower_bound(samples_, run.step_cost, {}, &sample::step_cost);
  if (above == samples_.begin()) return run.cost * samples_.front().seconds_per_cost;
  if (above == samples_.end()) return run.cost * samples_.back().seconds_per_cost;
  const sample& below = *std::prev(above);
  const double share =
      std::log(run.step_cost / below.step_cost) / std::log(above->step_cost / below.step_cost);
  return run.cost * std::lerp(below.seconds_per_cost, above->seconds_per_cost, share);
}

namespace detail {

inline constexpr std::size_t most_speed_samples = 8;
inline constexpr double seconds_of_speed_sample = 0.25;
inline constexpr std::int64_t rows_of_speed_sample = 2000;

/// Leaves training once enough epochs were timed: the first one is not, as memory is new to it.
class timed_epochs final : public callback {
 public:
  void on_epoch_end(training_context& context, const epoch_record& record) override {
    if (record.epoch > 1) {
      seconds_ += record.train_seconds + record.validate_seconds;
      ++epochs_;
    }
    if (epochs_ > 0 && watch_.seconds() > seconds_of_speed_sample) context.stop = true;
  }
  [[nodiscard]] double seconds_an_epoch() const { return seconds_ / std::max(epochs_, 1); }

 private:
  stopwatch watch_{};
  double seconds_ = 0;
  int epochs_ = 0;
};

/// The first rows of both parts, in the ratio of all of them.
inline dataset some_rows(const dataset& data) {
  dataset some = data;
  const std::int64_t rows = std::min(data.train.rows(), rows_of_speed_sample);
  const auto share = static_cast<double>(rows) / static_cast<double>(data.train.rows());
  const auto validated =
      static_cast<std::int64_t>(std::ceil(share * static_cast<double>(data.validation.rows())));
  (void)some.train.split_off(rows);
  (void)some.validation.split_off(std::min(validated, data.validation.rows()));
  return some;
}

/// Runs whose steps' costs are spread evenly over those of all.
inline std::vector<std::size_t> spread_runs(std::span<const costed_run> runs) {
  std::vector<std::size_t> order(runs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return runs[i].step_cost; });
  std::vector<std::size_t> chosen;
  const std::size_t count = std::min(order.size(), most_speed_samples);
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t run = order[count == 1 ? 0 : k * (order.size() - 1) / (count - 1)];
    if (chosen.empty() || runs[run].step_cost > runs[chosen.back()].step_cost) {
      chosen.push_back(run);
    }
  }
  return chosen;
}

}  // namespace detail

SWEEPNET_INLINE machine_speed measure_speed(
    std::span<const costed_run> runs,
    const std::function<std::pair<model_spec, training_options>(std::size_t run)>& network_of,
    const dataset& data, int workers) {
  if (runs.empty()) throw argument_error("a machine's speed is told by runs, and there are none");
  if (data.train.rows() == 0) throw argument_error("a machine's speed is told by rows: none");
  const stopwatch watch;
  const dataset some = detail::some_rows(data);
  const cpu_dataset shared(some);
  const executor_factory make = cpu_executors(shared, {.threads = 1});
  std::vector<machine_speed::sample> samples;
  for (const std::size_t run : detail::spread_runs(runs)) {
    auto network = network_of(run);
    const model_spec& model = network.first;
    training_options& training = network.second;
    constexpr std::int64_t many = 1'000'000;
    training.epochs = 1;
    const costed_run epoch =
        costed_run_of(model, training, some.train.rows(), some.validation.rows());
    training.epochs = many;
    std::mutex mutex;
    double seconds = 0;
    int timed = 0;
    std::exception_ptr failure;
    const auto work = [&](int) {
      try {
        const std::unique_ptr<executor> executor = make(model, training, some);
        detail::timed_epochs epochs;
        (void)train(*executor, epochs);
        const std::lock_guard lock(mutex);
        seconds += epochs.seconds_an_epoch();
        ++timed;
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
      }
    };
    call_on_threads("a thread that measures", workers, work, [] {});
    if (failure) std::rethrow_exception(failure);
    samples.push_back(
        {.step_cost = runs[run].step_cost, .seconds_per_cost = seconds / timed / epoch.cost});
  }
  return {std::move(samples), workers, watch.seconds()};
}

SWEEPNET_INLINE double expected_seconds(const search_rules& rules,
                                        std::span<const searched_run> runs,
                                        std::span<const costed_run> costs,
                                        const machine_speed& speed) {
  std::vector<double> seconds;
  for (const costed_run& each : costs) seconds.push_back(speed.seconds_of(each));
  const double longest = seconds.empty() ? 0 : std::ranges::max(seconds);
  return std::max(expected_cost(rules, runs, seconds) / speed.workers(), longest);
}

}  // namespace sweepnet
