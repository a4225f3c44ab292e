// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a run begins: what its files say is left to do.

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/fence.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/training/executor.hpp"

namespace sweepnet {

/// What there is to do for a run.
enum class beginning {
  fresh,         ///< all of it
  resumed,       ///< what is left behind a state
  done,          ///< nothing: it has a result and a model
  failed,        ///< nothing: its result says why it has no model
  budget_spent,  ///< nothing: it has taken the time that it may take
  stopped,       ///< nothing: early termination stopped it, or is yet to judge it
};

struct begun_run {
  beginning how;
  run_fence fence;
  std::optional<saved_run> saved{};  ///< of a resumed run
  double seconds = 0;                ///< that earlier attempts took, as their result says

  [[nodiscard]] bool is_to_train() const {
    return how == beginning::fresh || how == beginning::resumed;
  }
};

/// "note: ...", a line, where a run goes on by another executor than it was begun with; else empty.
[[nodiscard]] inline std::string note_of_other_device(const begun_run& begun,
                                                      const executor& executor) {
  if (!begun.saved || begun.saved->device == executor.device()) return "";
  return fmt::format("note: the run was begun on {}, this is {}: results agree to rounding only\n",
                     printable(begun.saved->device), executor.device());
}

namespace detail {

/// Clears the way for a run: what killed processes left, unless that is known to be nothing, and
/// all that there is if it starts over.
inline void clear_for_run(const run_files& files, const run_options& options, bool is_tidy) {
  if (!is_tidy) {
    for (const auto& file :
         {files.model, files.state, files.result, files.log, files.predictions}) {
      storage::remove_abandoned(file);
    }
  }
  if (options.start_over) {
    storage::remove(files.result);
    storage::remove(files.state);
    storage::remove(files.predictions);
  }
}

/// The seconds in a result of a run that its budget stopped, else 0.
inline double seconds_in(const found_result& result) {
  if (!result.of_budget()) return 0;
  const ordered_json seconds = result.content["stopped"].value("seconds", ordered_json());
  const double value = seconds.is_number() ? seconds.get<double>() : 0;
  return std::isfinite(value) && value > 0 ? value : 0;
}

/// What there is to do, by the condition in which the run's files are.
inline beginning beginning_of(const run_condition& found, double seconds, bool has_state,
                              const run_options& options) {
  switch (found.phase) {
    case run_phase::damaged: throw unusable_run(found.reason);
    case run_phase::done: return beginning::done;
    case run_phase::failed: return beginning::failed;
    case run_phase::budget:
      if (options.time_budget > 0 && options.time_budget <= seconds) return beginning::budget_spent;
      break;
    case run_phase::stopped:
      if (!options.continue_stopped) return beginning::stopped;
      break;
    default: break;
  }
  return has_state ? beginning::resumed : beginning::fresh;
}

}  // namespace detail

/// Looks at a run's files, of which it removes what is not needed any more; `is_tidy` says that
/// nothing of killed processes is among them. Throws unusable_run where they are damaged or another
/// run's.
[[nodiscard]] inline begun_run begin_run(const run_spec& spec, const run_options& options,
                                         bool is_tidy = false) {
  detail::clear_for_run(spec.files, options, is_tidy);
  run_fence fence(spec.files, spec.identity);
  found_result result;
  if (fence.had_result()) result = read_result(spec.files.result);
  if (result.there && result.damage.empty()) {
    require_same_run(spec.identity, result.content, spec.files.result.shown());
  }
  const bool has_state = fence.had_state();
  const run_condition found =
      condition_of(spec.files, result, has_state, {.models_up_to = SIZE_MAX});
  const double seconds = detail::seconds_in(result);
  begun_run begun{.how = detail::beginning_of(found, seconds, has_state, options),
                  .fence = std::move(fence),
                  .seconds = seconds};
  const bool is_over = begun.how == beginning::done || begun.how == beginning::failed;
  if (is_over && !options.keep_state && has_state) storage::remove(spec.files.state);
  if (begun.how == beginning::resumed) {
    begun.saved =
        decode_run_state(storage::read(spec.files.state), spec.files.state.shown(), spec.identity);
  }
  return begun;
}

}  // namespace sweepnet
