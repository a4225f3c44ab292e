// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// About how long a sweep will take on this machine: a few of its networks are trained for a moment
// on some of its rows, as many at once as a sweep would, and the others are told from those by what
// a step of theirs costs. An estimate: nothing depends on it.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/search_stages.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

/// What a run costs, as run_cost() has it.
struct costed_run {
  double cost = 0;       ///< of all its epochs
  double step_cost = 0;  ///< of one step, and its share of the validation
};
[[nodiscard]] costed_run costed_run_of(const model_spec& model, const training_options& training,
                                       std::int64_t training_rows, std::int64_t validation_rows);

class machine_speed {
 public:
  /// A network that was timed.
  struct sample {
    double step_cost = 0;
    double seconds_per_cost = 0;
  };

  /// At least one sample, in any order; `workers` runs train side by side.
  machine_speed(std::vector<sample> samples, int workers, double measured_for);

  /// Of a run by itself, one thread: between two samples by the logarithm of a step's cost, beyond
  /// them as the nearest one.
  [[nodiscard]] double seconds_of(const costed_run& run) const;

  [[nodiscard]] std::size_t samples() const { return samples_.size(); }
  [[nodiscard]] int workers() const { return workers_; }
  /// Seconds that it took to know this.
  [[nodiscard]] double measured_for() const { return measured_for_; }

 private:
  std::vector<sample> samples_;  ///< by cost of a step
  int workers_;
  double measured_for_;
};

/// Trains up to eight of the runs, from the cheapest step to the dearest, each for about a quarter
/// of a second on the CPU, by each of `workers` threads at once, on up to 2,000 of the rows. Throws
/// argument_error where there are no runs, or no rows.
[[nodiscard]] machine_speed measure_speed(
    std::span<const costed_run> runs,
    const std::function<std::pair<model_spec, training_options>(std::size_t run)>& network_of,
    const dataset& data, int workers);

/// Of runs that train one after the other wherever a worker is free, as far as the rules are
/// expected to let them: their seconds over the workers, or the longest if that is more. Saving is
/// not in it.
[[nodiscard]] double expected_seconds(const search_rules& rules, std::span<const searched_run> runs,
                                      std::span<const costed_run> costs,
                                      const machine_speed& speed);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/sweep_speed.inl"
#endif
