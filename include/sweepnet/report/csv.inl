// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/report/csv.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sweepnet/core/csv_field.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/report/run_text.hpp"

namespace sweepnet::report {

namespace detail {

inline std::string csv_number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? fmt::format("{}", *value) : "";
}

inline std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (&field != &fields.front()) line += ",";
    line += csv_field(field);
  }
  return line + "\r\n";
}

}  // namespace detail

SWEEPNET_INLINE std::vector<std::size_t> ranked(const sweep_report& report) {
  std::vector<std::optional<double>> values;
  for (const reported_run& run : report.runs) values.push_back(report.value_of(run));
  std::vector<std::size_t> order(report.runs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    if (!values[a] || !values[b]) return values[a].has_value() && !values[b];
    return is_better(*values[a], *values[b], report.monitor);
  });
  return order;
}

SWEEPNET_INLINE std::string csv_table(const sweep_report& report) {
  std::vector<std::string> names{"index", "state", std::string(name_of(report.monitor)),
                                 "best_epoch"};
  for (const metric m : metrics_of(report.task()))
    names.push_back(fmt::format("best.{}", name_of(m)));
  names.insert(names.end(), {"epochs", "seconds"});
  for (const parameter& p : report.parameters) names.push_back("paramset." + p.name);
  names.emplace_back("detail");
  std::string table = detail::csv_line(names);
  for (const std::size_t position : ranked(report)) {
    const reported_run& run = report.runs[position];
    const std::optional<epoch_record> best = run.best();
    std::vector<std::string> fields{std::to_string(run.index), std::string(word_of(run.phase)),
                                    detail::csv_number(report.value_of(run)),
                                    best ? std::to_string(best->epoch) : ""};
    for (const metric m : metrics_of(report.task())) {
      fields.push_back(detail::csv_number(best ? best->value_of(m) : std::nullopt));
    }
    fields.push_back(std::to_string(run.history.size()));
    fields.push_back(detail::csv_number(run.seconds));
    for (const parameter& p : report.parameters) {
      const ordered_json value = p.told(position);
      fields.push_back(value.is_null()           ? ""
                       : value.is_number_float() ? detail::csv_number(value.get<double>())
                                                 : value_text(value));
    }
    fields.push_back(text_of(run));
    table += detail::csv_line(fields);
  }
  return table;
}

}  // namespace sweepnet::report
