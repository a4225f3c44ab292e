// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/best_of_sweep.hpp"

#include <cstddef>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/describe/untrusted_json.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet {

namespace detail {

inline storage::location beside_runs(const storage::location& output, std::string_view name) {
  return bound_to(output, storage::join_location(output, std::string(name)));
}

/// Writes a file unless that is what lies there.
inline void write_if_other(const storage::location& where, const std::string& content) {
  try {
    if (storage::read(where) == content) return;
  } catch (const input_missing&) {
  }
  storage::write(where, content);
}

/// The name of the copy that an earlier best.json tells of; empty if it tells of none.
inline std::string earlier_copy(const storage::location& record) {
  try {
    const ordered_json told = parse_untrusted_json(storage::read(record), record.shown());
    const ordered_json copy = told.is_object() ? told.value("copy", ordered_json()) : told;
    const std::string name = copy.is_string() ? copy.get<std::string>() : "";
    return name.starts_with("best.") && name == best_copy_name(name) ? name : "";
  } catch (const error&) {  // none, or not one of these
    return "";
  }
}

}  // namespace detail

SWEEPNET_INLINE std::string best_copy_name(std::string_view model) {
  const std::string_view name = model.substr(model.rfind('/') + 1);  // npos + 1 = 0
  const std::size_t dot = name.rfind('.');
  return "best" + std::string(dot == name.npos ? "" : name.substr(dot));
}

SWEEPNET_INLINE void write_best_of_sweep(const sweep_outcome& outcome,
                                         const storage::location& output) {
  const ranked_runs ranked = outcome.ranked();
  if (ranked.empty()) return;
  const sweep_run& best = ranked.front();
  const storage::location model(best.model_path);
  if (best.model_path.empty() || model.type == storage::location::kind::http) return;
  const storage::location result_place = run_file(output, result_name, best.index);
  const found_result result = read_result(result_place);
  if (!result.there || !result.damage.empty()) {
    throw data_error(result_place.shown() + " is damaged, or gone");
  }
  const std::string bytes = storage::read(model);
  if (result.content.value("model_digest", ordered_json()) != digest_of(bytes)) {
    throw data_error(model.shown() + " is not the model that the result describes");
  }
  const std::string copy = best_copy_name(best.model_path);
  const storage::location record = detail::beside_runs(output, best_record_name);
  const std::string before = detail::earlier_copy(record);
  detail::write_if_other(detail::beside_runs(output, copy), bytes);
  ordered_json told = {{"index", best.index},
                       {"monitor", std::string(name_of(outcome.monitor))},
                       {"value", *best.value_of(outcome.monitor)},
                       {"copy", copy}};
  for (const char* key :
       {"model", "model_digest", "best", "paramset", "size", "data", "data_digest", "version"}) {
    told[key] = result.content.value(key, ordered_json());
  }
  detail::write_if_other(record, dump(told, 2) + "\n");
  if (!before.empty() && before != copy) storage::remove(detail::beside_runs(output, before));
}

}  // namespace sweepnet
