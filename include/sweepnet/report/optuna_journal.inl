// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/report/optuna_journal.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <utility>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/report/run_text.hpp"

namespace sweepnet::report {

namespace detail {

inline constexpr const char* journal_worker = "sweepnet";

/// "2026-11-25T12:00:00.500000+00:00"
inline std::string iso_time(double unix_seconds) {
  using namespace std::chrono;
  const sys_time<microseconds> at{
      microseconds(static_cast<std::int64_t>(std::round(unix_seconds * 1e6)))};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(at - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+00:00",
                     static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

/// The distribution of a parameter as Optuna has it, JSON in a JSON string.
inline std::string distribution_text(const parameter& p) {
  ordered_json attributes;
  if (p.type == parameter_type::category) {
    return dump({{"name", "CategoricalDistribution"}, {"attributes", {{"choices", p.choices}}}});
  }
  if (p.type == parameter_type::integer) {
    return dump({{"name", "IntDistribution"},
                 {"attributes",
                  {{"log", p.is_log},
                   {"step", 1},
                   {"low", static_cast<std::int64_t>(std::floor(p.low))},
                   {"high", static_cast<std::int64_t>(std::ceil(p.high))}}}});
  }
  return dump(
      {{"name", "FloatDistribution"},
       {"attributes", {{"step", nullptr}, {"low", p.low}, {"high", p.high}, {"log", p.is_log}}}});
}

enum class trial_state : int { running = 0, complete = 1, pruned = 2, fail = 3 };

inline trial_state state_of(const reported_run& run, bool has_value) {
  switch (run.phase) {
    case run_phase::done: return has_value ? trial_state::complete : trial_state::fail;
    case run_phase::stopped: return trial_state::pruned;
    case run_phase::failed: return trial_state::fail;
    default: return trial_state::running;
  }
}

inline ordered_json trial_of(const sweep_report& report, std::size_t position) {
  const reported_run& run = report.runs[position];
  const std::optional<double> value = report.value_of(run);
  const trial_state state = state_of(run, value.has_value());
  const bool is_valued = state == trial_state::complete || state == trial_state::pruned;
  ordered_json trial = {
      {"op_code", 4},
      {"worker_id", journal_worker},
      {"study_id", 0},
      {"state", static_cast<int>(state)},
      {"value", is_valued && value ? ordered_json(*value) : ordered_json(nullptr)},
      {"values", nullptr},
      {"datetime_start", nullptr}};
  constexpr double year_9999 = 253402300799.0;
  if (run.began && *run.began >= 0 && *run.began + run.seconds.value_or(0) <= year_9999) {
    trial["datetime_start"] = iso_time(*run.began);
    if (state != trial_state::running) {
      trial["datetime_complete"] = iso_time(*run.began + run.seconds.value_or(0));
    }
  }
  ordered_json distributions = ordered_json::object();
  ordered_json params = ordered_json::object();
  for (const parameter& p : report.parameters) {
    if (!p.values[position]) continue;
    distributions[p.name] = distribution_text(p);
    const bool is_position = p.type == parameter_type::category;
    params[p.name] = is_position ? ordered_json(static_cast<std::int64_t>(*p.values[position]))
                                 : p.told(position);
  }
  trial["distributions"] = std::move(distributions);
  trial["params"] = std::move(params);
  trial["user_attrs"] = {{"index", run.index}, {"state", std::string(word_of(run.phase))}};
  trial["system_attrs"] = ordered_json::object();
  ordered_json by_epoch = ordered_json::object();
  for (const epoch_record& record : run.history) {
    const std::optional<double> at = record.value_of(report.monitor);
    if (at && std::isfinite(*at)) by_epoch[std::to_string(record.epoch)] = *at;
  }
  trial["intermediate_values"] = std::move(by_epoch);
  return trial;
}

}  // namespace detail

SWEEPNET_INLINE std::string optuna_journal(const sweep_report& report) {
  const bool maximizes = larger_is_better(report.monitor, monitor_mode::automatic);
  std::string journal = dump({{"op_code", 0},
                              {"worker_id", detail::journal_worker},
                              {"study_name", "sweep"},
                              {"directions", {maximizes ? 2 : 1}}}) +
                        "\n";
  for (std::size_t i = 0; i < report.runs.size(); ++i) {
    journal += dump(detail::trial_of(report, i)) + "\n";
  }
  return journal;
}

}  // namespace sweepnet::report
