// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/condition.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/untrusted_json.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet {

SWEEPNET_INLINE found_result read_result(const storage::location& where) {
  found_result found{.there = true};
  const std::string source = where.shown();
  try {
    constexpr json_limits limits{.values = 20'000'000};  // of the history
    found.content =
        parse_untrusted_json(storage::read(where, {.bytes = longest_result}), source, limits);
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

/// The digest of a file of any size.
inline std::string digest_at(const storage::location& where) {
  digest whole;
  storage::read_pieces(where, [&](std::string_view piece) { whole.add(piece); });
  return whole.text();
}

/// What is wrong with a run's state; empty: nothing.
inline std::string fault_of_state(const storage::location& state) {
  try {
    (void)run_of_state(storage::read(state), state.shown());
  } catch (const data_error& e) {
    return e.what();
  } catch (const storage::beyond_memory& e) {
    return e.what();
  } catch (const input_missing&) {
    // The run has finished since it was there.
  }
  return "";
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
    const bool same = !compared || (digest != result.content.end() && *digest == digest_at(model));
    return same ? "" : model.shown() + " is not the model that the result describes";
  } catch (const data_error& e) {  // no file, or a link that leads out of the output
    return e.what();
  } catch (const input_missing& e) {  // no path that could be opened
    return e.what();
  }
}

}  // namespace detail

SWEEPNET_INLINE run_condition condition_of(const run_files& files, const found_result& result,
                                           bool has_state, const run_examination& examine) {
  const auto damaged = [](std::string why) {
    return run_condition{.phase = run_phase::damaged, .reason = std::move(why)};
  };
  if (!result.damage.empty()) return damaged(result.damage);
  const bool goes_on = !result.there || result.goes_on();
  if (goes_on && has_state && detail::is_examined(files.state, examine.states_up_to)) {
    if (std::string wrong = detail::fault_of_state(files.state); !wrong.empty()) {
      return damaged(std::move(wrong));
    }
  }
  if (!result.there) return {.phase = has_state ? run_phase::interrupted : run_phase::missing};
  if (goes_on && !has_state) {
    return damaged(files.state.shown() + " is missing, from which the run would go on");
  }
  const run_phase left = result.of_budget() ? run_phase::budget : run_phase::stopped;
  if (!result.has_model()) return {.phase = goes_on ? left : run_phase::failed};

  bool compared = false;
  const std::string wrong = detail::fault_of_model(files.model, result, examine, compared);
  // A run that went on behind its result writes better models before it writes a new result.
  if (goes_on) return {.phase = wrong.empty() ? left : run_phase::interrupted};
  if (!wrong.empty()) return damaged(wrong);
  return {.phase = run_phase::done, .reason = {}, .model_compared = compared};
}

}  // namespace sweepnet
