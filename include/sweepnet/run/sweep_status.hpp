// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How far a sweep is, told by the files in its output directory alone: no coordinator, no database,
// no heartbeat.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/storage/location.hpp"

namespace sweepnet {

/// What the files say of one paramset.
struct run_status {
  run_phase phase = run_phase::missing;
  std::string detail{};

  /// Whether the run is to be started again: not one that was stopped as it was asked to.
  [[nodiscard]] bool unfinished() const {
    return phase == run_phase::missing || phase == run_phase::interrupted ||
           phase == run_phase::damaged;
  }
};

/// A run of which there are files, and what they say of it.
struct examined_run {
  std::size_t index = 0;
  bool has_result = false;
  bool has_state = false;
  std::size_t size = 0;  ///< of the sweep, as the result says; 0: it does not
  run_status status{};
};

/// What a program takes of each run that is examined: its result is empty where it has none, or a
/// damaged one. Called by several threads at once.
using examination_taker = std::function<void(const examined_run&, const found_result&)>;

/// Looks at all runs whose files lie in `directory`, in order of the index, several at a time; of
/// those that are not `wanted`, if that is given, at no more than which files there are.
[[nodiscard]] std::vector<examined_run> examine_runs(
    const storage::location& directory, const run_examination& which,
    const examination_taker& take = {},
    const std::function<bool(const examined_run&)>& wanted = {});

/// Where the model of a result lies, whatever the run called its output directory; nothing if that
/// is elsewhere: the files may be foreign, and are not followed out of their directory.
[[nodiscard]] std::optional<storage::location> model_beside(const ordered_json& result,
                                                            std::size_t index,
                                                            const storage::location& directory);

/// The files do not tell how many paramsets the sweep has.
struct unknown_sweep_size : data_error {
  using data_error::data_error;
};

/// In order of the index.
using sweep_status = std::vector<run_status>;

/// Examines the runs whose files lie in `directory`. The sweep's size is what the results say, or
/// `size`, or what a state says. Throws data_error if they disagree, unknown_sweep_size if there is
/// none of them.
[[nodiscard]] sweep_status read_sweep_status(const storage::location& directory,
                                             std::optional<std::size_t> size,
                                             const run_examination& which);

/// Indices as schedulers take them: "0,3-5,9".
[[nodiscard]] std::string index_ranges(const std::vector<std::size_t>& indices);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/sweep_status.inl"
#endif
