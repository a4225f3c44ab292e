// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The best runs of a sweep as a table, with the hyperparameters in which its paramsets differ.

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/table.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/run/run_sweep.hpp"
#include "sweepnet/training/progress.hpp"

namespace sweepnet::app {

/// The keys whose values are not the same in all of these paramsets, but for where the model goes;
/// of very many, those among the first hundred thousand.
[[nodiscard]] inline std::vector<std::string> differing_keys(
    const any_choice& sweep, const std::vector<std::size_t>& indices) {
  std::vector<std::string> keys;
  if (indices.empty()) return keys;
  constexpr std::size_t most = 100'000;
  const ordered_json first = sweep.encoded(indices.front());
  std::vector<bool> differs(first.size(), false);
  for (std::size_t i = 1; i < std::min(indices.size(), most); ++i) {
    const ordered_json other = sweep.encoded(indices[i]);
    std::size_t place = 0;
    for (const auto& [key, value] : first.items()) {
      const auto found = other.find(key);
      if (found == other.end() || *found != value) differs[place] = true;
      ++place;
    }
  }
  std::size_t place = 0;
  for (const auto& [key, value] : first.items()) {
    if (differs[place++] && key != "model_path") keys.push_back(key);
  }
  return keys;
}

/// "hidden_nodes [10,20], optimizer adam": a choice by its name alone, unless it has options that
/// are told.
[[nodiscard]] inline std::string differences_of(const ordered_json& paramset,
                                                const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) {
    const auto found = paramset.find(key);
    if (found == paramset.end()) continue;
    if (!text.empty()) text += ", ";
    text += key + " " + cell(*found);
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
    const ordered_json paramset = sweep.encoded(run.index);
    for (const std::string& key : keys) {
      const auto found = paramset.find(key);
      row.push_back(found == paramset.end() ? "" : cell(*found));
    }
    rows.push_back(std::move(row));
  }
  return text_table(rows);
}

}  // namespace sweepnet::app
