// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The best runs of a sweep as a table, with the hyperparameters in which its paramsets differ.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/table.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/report/flat_paramset.hpp"
#include "sweepnet/run/sweep_outcome.hpp"
#include "sweepnet/training/progress.hpp"

namespace sweepnet::app {

/// The keys whose values are not the same in all paramsets that have them, but for where the model
/// goes; of very many, those among the first hundred thousand.
[[nodiscard]] inline std::vector<std::string> differing_keys(
    const any_sweep& sweep, const std::vector<std::size_t>& indices) {
  constexpr std::size_t most = 100'000;
  flat_paramset first;  // value of each key
  std::set<std::string> differing;
  for (std::size_t i = 0; i < std::min(indices.size(), most); ++i) {
    for (auto& [key, value] : flattened(sweep.encoded(indices[i]))) {
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
  const flat_paramset flat = flattened(paramset);
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
                                             const any_sweep& sweep,
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
    const flat_paramset flat = flattened(sweep.encoded(run.index));
    for (const std::string& key : keys) {
      const auto found = flat.find(key);
      row.push_back(found == flat.end() ? "" : cell(found->second));
    }
    rows.push_back(std::move(row));
  }
  return text_table(rows);
}

namespace detail {

/// What the repeats of a point came to.
struct repeated_point {
  std::size_t first = 0;  ///< index of its first repeat
  std::vector<double> values{};

  [[nodiscard]] double mean() const {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  }
  /// Of a sample: the square root of sum (x - mean)^2 / (n - 1).
  [[nodiscard]] double deviation() const {
    double squares = 0;
    for (const double value : values) squares += (value - mean()) * (value - mean());
    return std::sqrt(squares / static_cast<double>(values.size() - 1));
  }
};

}  // namespace detail

/// The points of a sweep whose paramsets are `repeats` of each, the best mean of their runs first.
[[nodiscard]] inline std::string leaderboard_of_points(const ranked_runs& ranked, metric monitor,
                                                       const any_sweep& sweep, std::size_t repeats,
                                                       const std::vector<std::string>& keys,
                                                       std::size_t most = 10) {
  std::map<std::size_t, detail::repeated_point> by_point;
  for (const sweep_run& run : ranked) {
    detail::repeated_point& point = by_point[run.index / repeats];
    point.first = run.index / repeats * repeats;
    point.values.push_back(*run.value_of(monitor));
  }
  std::vector<detail::repeated_point> points;
  for (auto& [number, point] : by_point) points.push_back(std::move(point));
  std::ranges::stable_sort(
      points, [&](const auto& a, const auto& b) { return is_better(a.mean(), b.mean(), monitor); });
  std::vector<std::vector<std::string>> rows{
      {"", "paramsets", "mean " + std::string(name_of(monitor)), "deviation", "runs"}};
  const auto is_told = [](const std::string& key) { return key != "seed"; };
  std::ranges::copy_if(keys, std::back_inserter(rows.front()), is_told);
  for (std::size_t place = 0; place < std::min(points.size(), most); ++place) {
    const detail::repeated_point& point = points[place];
    std::vector<std::string> row{std::to_string(place + 1),
                                 fmt::format("{}-{}", point.first, point.first + repeats - 1),
                                 format_metric(point.mean()),
                                 point.values.size() > 1 ? format_metric(point.deviation()) : "",
                                 std::to_string(point.values.size())};
    const flat_paramset flat = flattened(sweep.encoded(point.first));
    for (const std::string& key : keys) {
      if (!is_told(key)) continue;
      const auto found = flat.find(key);
      row.push_back(found == flat.end() ? "" : cell(found->second));
    }
    rows.push_back(std::move(row));
  }
  return text_table(rows);
}

}  // namespace sweepnet::app
