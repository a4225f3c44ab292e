// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// In which state a run is, told from its files alone, by one function for all commands.

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/untrusted_json.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet {

/// How far a run is.
enum class run_phase {
  missing,      ///< no files: not begun, or not saved yet
  interrupted,  ///< a state, and no result but one of before it went on
  budget,       ///< a state, and a result that says how it was stopped
  failed,       ///< a result, and no epoch gave a model
  done,         ///< a result and its model
  damaged,      ///< files that contradict each other or their digests
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

  [[nodiscard]] bool of_budget() const {
    const auto stopped = content.find("stopped");
    return stopped != content.end() && stopped->is_object() &&
           stopped->value("by", ordered_json()) == "time_budget";
  }
  [[nodiscard]] bool has_model() const {
    const auto model = content.find("model");
    return model != content.end() && model->is_string();
  }
};

/// Reads a result. That it is damaged is no error here.
[[nodiscard]] inline found_result read_result(const storage::location& where) {
  found_result found{.there = true};
  const std::string source = where.shown();
  try {
    found.content = parse_untrusted_json(storage::read(where), source);
  } catch (const input_missing&) {
    found.there = false;
  } catch (const data_error& e) {
    found.damage = e.what();
  }
  if (!found.there || !found.damage.empty()) return found;
  const ordered_json& content = found.content;
  if (!content.is_object() || !content.contains("model") ||
      !(content["model"].is_null() || content["model"].is_string())) {
    found.content = ordered_json::object();
    found.damage = source + " is damaged";
  }
  return found;
}

namespace detail {

/// Whether a file is to be read: all are, or it lies on disk and is small.
inline bool is_examined(const storage::location& where, std::uintmax_t up_to) {
  if (up_to == SIZE_MAX) return true;
  if (up_to == 0 || where.is_remote()) return false;
  std::error_code failure;
  const std::uintmax_t size = std::filesystem::file_size(where.request_text(), failure);
  return !failure && size <= up_to;
}

/// What is wrong with a result's model; empty: nothing. Tells whether it was compared.
inline std::string fault_of_model(const storage::location& model, const found_result& result,
                                  const run_examination& examine, bool& compared) {
  const bool readable = model.type != storage::location::kind::http;  // presigned for PUT
  if (!examine.model_within_reach || !readable) return "";
  try {
    if (!storage::exists(model)) return model.shown() + " is missing";
    compared = is_examined(model, examine.models_up_to);
    const auto digest = result.content.find("model_digest");
    const bool same =
        !compared || (digest != result.content.end() && *digest == digest_of(storage::read(model)));
    return same ? "" : model.shown() + " is not the model that the result describes";
  } catch (const data_error& e) {  // a link that leads out of the output
    return e.what();
  }
}

}  // namespace detail

/// The one rule. `has_state` says whether files.state is there.
[[nodiscard]] inline run_condition condition_of(const run_files& files, const found_result& result,
                                                bool has_state,
                                                const run_examination& examine = {}) {
  const auto damaged = [](std::string why) {
    return run_condition{.phase = run_phase::damaged, .reason = std::move(why)};
  };
  if (!result.damage.empty()) return damaged(result.damage);
  const bool goes_on = !result.there || result.of_budget();
  if (goes_on && has_state && detail::is_examined(files.state, examine.states_up_to)) {
    try {
      (void)run_of_state(storage::read(files.state), files.state.shown());
    } catch (const unusable_run& e) {
      return damaged(e.what());
    } catch (const input_missing&) {
      // The run has finished since it was there.
    }
  }
  if (!result.there) return {.phase = has_state ? run_phase::interrupted : run_phase::missing};
  if (goes_on && !has_state) {
    return damaged(files.state.shown() + " is missing, from which the run would go on");
  }
  if (!result.has_model()) return {.phase = goes_on ? run_phase::budget : run_phase::failed};

  bool compared = false;
  const std::string wrong = detail::fault_of_model(files.model, result, examine, compared);
  // A run that went on behind its result writes better models before it writes a new result.
  if (goes_on) return {.phase = wrong.empty() ? run_phase::budget : run_phase::interrupted};
  if (!wrong.empty()) return damaged(wrong);
  return {.phase = run_phase::done, .reason = {}, .model_compared = compared};
}

}  // namespace sweepnet
