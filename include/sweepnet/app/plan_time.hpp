// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `plan --time` tells: about how long a sweep, or a stage of it, takes on this machine.

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/sweep_console.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/run/sweep_speed.hpp"
#include "sweepnet/run/sweep_stage.hpp"

namespace sweepnet::app {

struct time_estimate {
  double seconds = 0;
  std::size_t networks = 0;  ///< that were trained to know it
  double measured_for = 0;   ///< seconds
  int workers = 1;
};

namespace detail {

inline costed_run cost_in_sweep(const any_sweep& sweep, std::size_t index, const dataset& data) {
  return costed_run_of(sweep.checked_model(index, data.problem()), sweep.training(index, data.task),
                       data.train.rows(), data.validation.rows());
}

inline machine_speed speed_for(const any_sweep& sweep, const std::vector<std::size_t>& indices,
                               const std::vector<costed_run>& costs, const dataset& data,
                               int workers) {
  return measure_speed(
      costs,
      [&](std::size_t run) {
        return std::pair(sweep.checked_model(indices[run], data.problem()),
                         sweep.training(indices[run], data.task));
      },
      data, workers);
}

}  // namespace detail

/// Of a whole sweep, by these first ones of its paramsets, which cost what the others do on
/// average.
[[nodiscard]] inline time_estimate time_of_sweep(const any_sweep& sweep,
                                                 const std::vector<std::size_t>& indices,
                                                 const std::vector<searched_run>& runs,
                                                 const dataset& data, int workers) {
  std::vector<costed_run> costs;
  for (const std::size_t index : indices) {
    costs.push_back(detail::cost_in_sweep(sweep, index, data));
  }
  const machine_speed speed = detail::speed_for(sweep, indices, costs, data, workers);
  const double share = static_cast<double>(sweep.count()) / static_cast<double>(indices.size());
  return {.seconds = share * expected_seconds(rules_of(sweep), runs, costs, speed),
          .networks = speed.samples(),
          .measured_for = speed.measured_for(),
          .workers = workers};
}

/// Of what a stage asks.
[[nodiscard]] inline time_estimate time_of_stage(const any_sweep& sweep, const sweep_stage& asked,
                                                 const dataset& data, int workers) {
  std::vector<std::size_t> indices;
  std::vector<costed_run> costs;
  for (const sweep_task& task : asked.tasks) {
    if (!task.leg) continue;
    indices.push_back(task.run);
    costs.push_back(detail::cost_in_sweep(sweep, task.run, data));
    costs.back().cost *= task.share;
  }
  if (indices.empty()) return {.workers = workers};
  const machine_speed speed = detail::speed_for(sweep, indices, costs, data, workers);
  return {.seconds = expected_seconds({}, std::vector<searched_run>(costs.size()), costs, speed),
          .networks = speed.samples(),
          .measured_for = speed.measured_for(),
          .workers = workers};
}

[[nodiscard]] inline std::string text_of_time(const time_estimate& time) {
  if (time.networks == 0) return "";
  return fmt::format(
      "About {} on this machine's processors, {} run{} at a time: an estimate, by {} network{} "
      "trained for {:.1f} s.\n",
      text_of_seconds(time.seconds), time.workers, time.workers == 1 ? "" : "s", time.networks,
      time.networks == 1 ? "" : "s", time.measured_for);
}

[[nodiscard]] inline ordered_json json_of_time(const time_estimate& time) {
  return {{"seconds", time.seconds}, {"workers", time.workers}};
}

}  // namespace sweepnet::app
