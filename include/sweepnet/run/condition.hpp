// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// In which state a run is, told from its files alone, by one function for all commands.

#include <cstdint>
#include <string>

#include "sweepnet/describe/json.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/storage/location.hpp"

namespace sweepnet {

/// How far a run is.
enum class run_phase {
  missing,      ///< no files: not begun, or not saved yet
  interrupted,  ///< a state, and no result but one of before it went on
  budget,       ///< a state, and a result that says that its time budget stopped it
  stopped,  ///< a state, and a result that says how early termination did, or is yet to judge it
  failed,   ///< a result, and no epoch gave a model
  done,     ///< a result and its model
  damaged,  ///< files that contradict each other or their digests
};

/// What a run's files say of it.
struct run_condition {
  run_phase phase = run_phase::missing;
  std::string reason{};        ///< of damaged: what is wrong
  bool model_compared = true;  ///< of done: whether the model is known to be the result's
};

/// Which files are read to compare them with their digests: those on disk of at most so many bytes,
/// or with SIZE_MAX all, wherever they lie.
struct run_examination {
  std::uintmax_t models_up_to = 0;
  std::uintmax_t states_up_to = 0;
  bool model_within_reach = true;  ///< false: run_files::model is not known
};

/// A result file as it was found.
struct found_result {
  bool there = false;
  ordered_json content{};  ///< an object; empty if there is none, or it is damaged
  std::string damage{};    ///< what is wrong with it; empty: nothing

  [[nodiscard]] bool of_budget() const { return stopped_by() == "time_budget"; }
  [[nodiscard]] bool of_early_termination() const { return goes_on() && !of_budget(); }
  /// Whether it is of a run that may be taken up.
  [[nodiscard]] bool goes_on() const { return !stopped_by().empty(); }
  [[nodiscard]] bool has_model() const {
    const auto model = content.find("model");
    return model != content.end() && model->is_string();
  }

 private:
  [[nodiscard]] std::string stopped_by() const {
    const auto stopped = content.find("stopped");
    if (stopped == content.end() || !stopped->is_object()) return "";
    const ordered_json by = stopped->value("by", ordered_json());
    return by.is_string() ? by.get<std::string>() : "";
  }
};

inline constexpr std::uint64_t longest_result = std::uint64_t{256} << 20;  ///< 2,000,000 epochs

/// Reads a result. That it is damaged, or longer, is no error here.
[[nodiscard]] found_result read_result(const storage::location& where);

/// The one rule. `has_state` says whether files.state is there.
[[nodiscard]] run_condition condition_of(const run_files& files, const found_result& result,
                                         bool has_state, const run_examination& examine = {});

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/condition.inl"
#endif
