// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How one paramset's run begins: its files, and what they say is left to do.

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "sweepnet/app/device.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/fence.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/run/interruption.hpp"
#include "sweepnet/run/model_place.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet::app {

struct run_settings {
  std::string output = ".";
  int threads = 0;
  device_settings device;
  int verbose = 1;
  bool csv_log = false;
  double time_budget = 0;  ///< seconds that the run may take in all; 0: any
  double save_every = 60;  ///< seconds between saves within an epoch; 0: after epochs only
  double stop_within = interruption::usual_seconds;  ///< after a signal, if servers are ill
  bool keep_state = false;  ///< leave the state of a finished run where it is
  bool start_over = false;  ///< discard the state and the result that are there
  model_bounds models = model_bounds::output;
};

namespace detail {

template <class P> run_files files_of(const P& p, std::size_t index, const run_settings& settings) {
  return {.model = model_place(p, index, settings.output, settings.models),
          .state = run_file(settings.output, state_name.of(index)),
          .result = run_file(settings.output, result_name.of(index)),
          .log = run_file(settings.output, log_name.of(index))};
}

/// The paramset as files and messages show it: without the signature of a presigned model_path.
template <class P> json public_paramset(const P& p) {
  json paramset = encode(p);
  if (const auto path = paramset.find("model_path"); path != paramset.end() && path->is_string()) {
    *path = storage::location(path->get<std::string>()).shown();
  }
  return paramset;
}

inline constexpr const char* no_model_reason = "no epoch gave a finite loss";

[[noreturn]] inline void fail_without_model(std::size_t index, const run_files& files) {
  throw data_error(fmt::format("paramset {}: {}, so there is no model; see {}", index,
                               no_model_reason, files.result.shown()));
}

/// Clears the way for a run: what killed processes left, and all that there is if it starts over.
inline void clear_for_run(const run_files& files, const run_settings& settings) {
  for (const auto& file : {files.model, files.state, files.result, files.log}) {
    storage::remove_abandoned(file);
  }
  if (settings.start_over) {
    storage::remove(files.result);
    storage::remove(files.state);
  }
}

/// What there is to go on from.
struct beginning {
  std::optional<saved_run> saved{};  ///< nothing: from the start
  double seconds = 0;                ///< that earlier attempts took, as their result says
};

/// The seconds in a result of a run that its budget stopped, else 0.
inline double seconds_in(const found_result& result) {
  if (!result.of_budget()) return 0;
  const json seconds = result.content["stopped"].value("seconds", json());
  const double value = seconds.is_number() ? seconds.get<double>() : 0;
  return std::isfinite(value) && value > 0 ? value : 0;
}

/// Where the run begins; nothing if there is nothing to do (`say` tells). Throws unusable_run where
/// the files are damaged or another run's, data_error for a run that failed.
template <class Say>
std::optional<beginning> begin_run(const run_files& files, std::size_t index,
                                   const run_identity& identity, const run_settings& settings,
                                   const run_fence& fence, const Say& say) {
  using kind = run_condition::kind;
  found_result result;
  if (fence.had_result()) result = read_result(files.result);
  if (result.there && result.damage.empty()) {
    require_same_run(identity, result.content, files.result.shown());
  }
  const run_condition found =
      condition_of(files, result, fence.had_state(), {.models_up_to = SIZE_MAX});
  if (found.state == kind::damaged) throw unusable_run(found.reason);
  if (found.state == kind::done || found.state == kind::failed) {
    if (!settings.keep_state) storage::remove(files.state);
    if (found.state == kind::failed) fail_without_model(index, files);
    say(fmt::format("paramset {} is finished: {}; --start-over trains it again\n", index,
                    files.result.shown()));
    return std::nullopt;
  }
  beginning begin{.seconds = seconds_in(result)};
  if (found.state == kind::budget && settings.time_budget > 0 &&
      settings.time_budget <= begin.seconds) {
    say(
        fmt::format("paramset {} has used its time budget: {:.3g} of {:.3g} s, see {}; a larger "
                    "--time-budget, or none, goes on\n",
                    index, begin.seconds, settings.time_budget, files.result.shown()));
    return std::nullopt;
  }
  if (fence.had_state()) {
    begin.saved = read_run_state(storage::read(files.state), files.state.shown(), identity);
  }
  return begin;
}

}  // namespace detail

}  // namespace sweepnet::app
