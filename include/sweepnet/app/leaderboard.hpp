// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The best runs of a sweep as a table, with the hyperparameters in which its paramsets differ.

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/table.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/run/sweep_outcome.hpp"
#include "sweepnet/training/progress.hpp"

namespace sweepnet::app {

/// A paramset's values by their keys: "optimizer", "optimizer.momentum"; what has a name stands for
/// itself by that.
using flat_paramset = std::map<std::string, ordered_json>;

namespace detail {

inline void flatten(const ordered_json& object, const std::string& before, flat_paramset& into) {
  for (const auto& [key, value] : object.items()) {
    const std::string full = before.empty() ? key : key == "name" ? before : before + "." + key;
    if (value.is_object()) {
      flatten(value, full, into);
    } else {
      into[full] = value;
    }
  }
}

inline flat_paramset flattened(const ordered_json& paramset) {
  flat_paramset flat;
  flatten(paramset, "", flat);
  return flat;
}

}  // namespace detail

/// The keys whose values are not the same in all paramsets that have them, but for where the model
/// goes; of very many, those among the first hundred thousand.
[[nodiscard]] inline std::vector<std::string> differing_keys(
    const any_choice& sweep, const std::vector<std::size_t>& indices) {
  constexpr std::size_t most = 100'000;
  flat_paramset first;  // value of each key
  std::set<std::string> differing;
  for (std::size_t i = 0; i < std::min(indices.size(), most); ++i) {
    for (auto& [key, value] : detail::flattened(sweep.encoded(indices[i]))) {
      const auto [known, is_new] = first.try_emplace(key, value);
      if (!is_new && known->second != value) differing.insert(key);
    }
  }
  differing.erase("model_path");
  return {differing.begin(), differing.end()};
}

/// "hidden_nodes [10,20], optimizer adam".
[[nodiscard]] inline std::string differences_of(const ordered_json& paramset,
                                                const std::vector<std::string>& keys) {
  const flat_paramset flat = detail::flattened(paramset);
  std::string text;
  for (const std::string& key : keys) {
    const auto found = flat.find(key);
    if (found == flat.end()) continue;
    if (!text.empty()) text += ", ";
    text += key + " " + cell(found->second);
  }
  return text;
}

/// The first `most` of them, best first.
[[nodiscard]] inline std::string leaderboard(const ranked_runs& ranked, metric monitor,
                                             const any_choice& sweep,
                                             const std::vector<std::string>& keys,
                                             std::size_t most = 10) {
  std::vector<std::vector<std::string>> rows{
      {"", "paramset", std::string(name_of(monitor)), "epoch"}};
  rows.front().insert(rows.front().end(), keys.begin(), keys.end());
  for (std::size_t place = 0; place < std::min(ranked.size(), most); ++place) {
    const sweep_run& run = ranked[place];
    std::vector<std::string> row{std::to_string(place + 1), std::to_string(run.index),
                                 format_metric(*run.value_of(monitor)),
                                 std::to_string(run.best_epoch.epoch)};
    const flat_paramset flat = detail::flattened(sweep.encoded(run.index));
    for (const std::string& key : keys) {
      const auto found = flat.find(key);
      row.push_back(found == flat.end() ? "" : cell(found->second));
    }
    rows.push_back(std::move(row));
  }
  return text_table(rows);
}

}  // namespace sweepnet::app
