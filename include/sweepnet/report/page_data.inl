// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/report/page_data.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/report/run_text.hpp"
#include "sweepnet/report/shown_text.hpp"
#include "sweepnet/version.hpp"

namespace sweepnet::report {

namespace detail {

/// The number of so many significant digits that is nearest; null for what is not finite.
inline ordered_json rounded(double value, int digits) {
  if (!std::isfinite(value)) return nullptr;
  const std::string text = fmt::format("{:.{}g}", value, digits);
  double nearest = 0;
  std::from_chars(text.data(), text.data() + text.size(), nearest);
  constexpr double most_whole = 0x1p53;
  if (nearest == std::trunc(nearest) && std::abs(nearest) < most_whole) {
    return static_cast<std::int64_t>(nearest);  // shorter by ".0"
  }
  return nearest;
}

inline constexpr int curve_digits = 5;
inline constexpr int value_digits = 7;

inline ordered_json rounded_or_null(const std::optional<double>& value, int digits = value_digits) {
  return value ? rounded(*value, digits) : ordered_json(nullptr);
}

inline ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

inline ordered_json shown(std::string_view text) {
  return shortened(printable(text), longest_shown);
}

inline ordered_json totals_of(const sweep_report& report) {
  ordered_json totals = {{"runs", report.size}};
  for (const run_phase phase : phases_in_order) {
    totals[std::string(word_of(phase))] = report.count[static_cast<std::size_t>(phase)];
  }
  std::int64_t epochs = 0;
  double seconds = 0;
  for (const reported_run& run : report.runs) {
    epochs += std::ssize(run.history);
    seconds += run.seconds.value_or(0);
  }
  totals["epochs"] = epochs;
  totals["seconds"] = rounded(seconds, value_digits);
  return totals;
}

inline ordered_json parameters_json(const std::vector<parameter>& parameters) {
  constexpr std::array<std::string_view, 3> types{"number", "integer", "category"};
  ordered_json list = ordered_json::array();
  for (const parameter& p : parameters) {
    ordered_json told = {{"name", shown(p.name)},
                         {"type", std::string(types[static_cast<std::size_t>(p.type)])}};
    if (p.type == parameter_type::category) {
      ordered_json choices = ordered_json::array();
      for (const std::string& choice : p.choices) choices.push_back(shown(choice));
      told["choices"] = std::move(choices);
    } else {
      told["log"] = p.is_log;
      told["low"] = rounded(p.low, value_digits);
      told["high"] = rounded(p.high, value_digits);
    }
    list.push_back(std::move(told));
  }
  return list;
}

inline ordered_json runs_json(const sweep_report& report) {
  ordered_json runs = ordered_json::object();
  for (const char* key : {"index", "state", "values", "value", "best_epoch", "epochs", "seconds",
                          "began", "worker", "band", "threshold", "detail"}) {
    runs[key] = ordered_json::array();
  }
  for (const parameter& p : report.parameters) {
    ordered_json column = ordered_json::array();
    for (const auto& value : p.values) column.push_back(rounded_or_null(value));
    runs["values"].push_back(std::move(column));
  }
  for (const reported_run& run : report.runs) {
    const std::optional<epoch_record> best = run.best();
    runs["index"].push_back(run.index);
    runs["state"].push_back(std::ranges::find(phases_in_order, run.phase) -
                            phases_in_order.begin());
    runs["value"].push_back(rounded_or_null(report.value_of(run)));
    runs["best_epoch"].push_back(best ? ordered_json(best->epoch) : ordered_json(nullptr));
    runs["epochs"].push_back(run.history.size());
    runs["seconds"].push_back(rounded_or_null(run.seconds, curve_digits));
    // Milliseconds of a UNIX time take 13 digits.
    runs["began"].push_back(rounded_or_null(run.began, 13));
    runs["worker"].push_back(run.worker ? ordered_json(*run.worker) : ordered_json(nullptr));
    const bool is_judged = run.phase == run_phase::stopped && run.stopped && run.stopped->judged;
    runs["band"].push_back(is_judged ? ordered_json(run.stopped->band) : ordered_json(nullptr));
    runs["threshold"].push_back(is_judged ? rounded_or_null(run.stopped->threshold, curve_digits)
                                          : ordered_json(nullptr));
    runs["detail"].push_back(shown(text_of(run)));
  }
  return runs;
}

/// So many of a history's positions, spread evenly, the first, the last and `best` among them; all
/// if there are no more.
inline std::vector<std::size_t> thinned(std::size_t size, std::size_t most, std::size_t best) {
  std::vector<std::size_t> kept;
  if (size <= most) {
    for (std::size_t i = 0; i < size; ++i) kept.push_back(i);
    return kept;
  }
  for (std::size_t k = 0; k < most - 1; ++k) kept.push_back(k * (size - 1) / (most - 2));
  kept.push_back(best);
  std::ranges::sort(kept);
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  return kept;
}

inline ordered_json curve_of(const reported_run& run, const std::vector<metric>& metrics,
                             std::size_t most) {
  if (run.history.empty()) return nullptr;
  const std::optional<epoch_record> best = run.best();
  const std::size_t best_at = best ? static_cast<std::size_t>(best->epoch - 1) : 0;
  const std::vector<std::size_t> kept = thinned(run.history.size(), most, best_at);
  ordered_json curve = ordered_json::object();
  if (kept.size() < run.history.size()) {
    ordered_json epochs = ordered_json::array();
    for (const std::size_t at : kept) epochs.push_back(at + 1);
    curve["epochs"] = std::move(epochs);
  }
  ordered_json values = ordered_json::array();
  for (const metric m : metrics) {
    ordered_json column = ordered_json::array();
    for (const std::size_t at : kept) {
      column.push_back(rounded_or_null(run.history[at].value_of(m), curve_digits));
    }
    values.push_back(std::move(column));
  }
  curve["values"] = std::move(values);
  return curve;
}

inline ordered_json curves_json(const sweep_report& report, std::size_t most_values) {
  std::vector<metric> metrics;
  std::size_t values = 0;
  for (const metric m : metrics_of(report.task())) {
    std::size_t told = 0;
    for (const reported_run& run : report.runs) {
      if (!run.history.empty() && run.history.front().value_of(m)) told += run.history.size();
    }
    if (told > 0) metrics.push_back(m);
    values += told;
  }
  std::size_t most = SIZE_MAX;  // epochs of a run
  constexpr std::size_t least = 8;
  if (values > most_values) {
    most = std::max(least, most_values / (metrics.size() * report.runs.size()));
  }
  ordered_json names = ordered_json::array();
  for (const metric m : metrics) names.push_back(std::string(name_of(m)));
  ordered_json runs = ordered_json::array();
  for (const reported_run& run : report.runs) runs.push_back(curve_of(run, metrics, most));
  return {{"metrics", std::move(names)}, {"runs", std::move(runs)}};
}

inline ordered_json importances_json(const std::vector<importance>& importances) {
  if (importances.empty()) return nullptr;
  ordered_json list = ordered_json::array();
  for (const importance& each : importances) {
    list.push_back({{"parameter", each.parameter},
                    {"importance", rounded(each.share, value_digits)},
                    {"low", rounded(each.low, curve_digits)},
                    {"high", rounded(each.high, curve_digits)},
                    {"correlation", rounded_or_null(each.correlation, curve_digits)}});
  }
  return list;
}

inline ordered_json best_json(const std::optional<best_predictions>& best) {
  if (!best) return nullptr;
  ordered_json mistakes = ordered_json::array();
  for (const mistake& each : best->mistakes) {
    mistakes.push_back({{"row", each.row},
                        {"truth", each.truth},
                        {"predicted", each.predicted},
                        {"probability", rounded(each.probability, curve_digits)},
                        {"image", text_or_null(each.image)}});
  }
  ordered_json calibration = ordered_json::array();
  for (const calibration_bin& bin : best->calibration) {
    calibration.push_back({{"low", bin.low},
                           {"high", bin.high},
                           {"count", bin.count},
                           {"confidence", rounded(bin.confidence, curve_digits)},
                           {"accuracy", rounded(bin.accuracy, curve_digits)}});
  }
  ordered_json classes = ordered_json::array();
  for (std::size_t c = 0; c < best->confusion.size(); ++c) classes.push_back(std::to_string(c));
  ordered_json confused = ordered_json::array();
  for (const confused_classes& each : best->confused) {
    confused.push_back({each.truth, each.predicted, each.rows});
  }
  return {{"index", best->index},
          {"rows", best->rows},
          {"right", best->right},
          {"class_count", best->classes},
          {"classes", std::move(classes)},
          {"confusion", best->confusion},
          {"confused", std::move(confused)},
          {"mistakes", std::move(mistakes)},
          {"calibration", std::move(calibration)}};
}

inline ordered_json sweep_json(const page_sweep& sweep, std::size_t most_values) {
  const sweep_report& report = sweep.report;
  const bool maximizes = larger_is_better(report.monitor, monitor_mode::automatic);
  ordered_json states = ordered_json::array();
  for (const run_phase phase : phases_in_order) states.push_back(std::string(word_of(phase)));
  ordered_json notes = ordered_json::array();
  for (const std::string& note : report.notes) notes.push_back(shown(note));
  return {{"name", shown(report.name)},
          {"output", shown(report.output)},
          {"method", text_or_null(report.method)},
          {"seed", report.draw_seed ? ordered_json(*report.draw_seed) : ordered_json(nullptr)},
          {"repeats", report.repeats},
          {"version", shown(report.version)},
          {"data", shown(report.data)},
          {"data_digest", text_or_null(shortened(printable(report.data_digest), longest_shown))},
          {"metric",
           {{"name", std::string(name_of(report.monitor))},
            {"goal", maximizes ? "maximize" : "minimize"}}},
          {"totals", totals_of(report)},
          {"notes", std::move(notes)},
          {"notes_in_all", report.notes_in_all},
          {"parameters", parameters_json(report.parameters)},
          {"states", std::move(states)},
          {"runs", runs_json(report)},
          {"curves", curves_json(report, most_values)},
          {"importance", importances_json(sweep.importances)},
          {"command", text_or_null(sweep.command)},
          {"best", best_json(sweep.best)}};
}

/// JSON that neither ends a script nor a line of one, whatever strings it holds.
inline std::string script_text(std::string_view json) {
  constexpr std::string_view line_separator = "\xe2\x80\xa8";
  constexpr std::string_view paragraph_separator = "\xe2\x80\xa9";
  std::string text;
  text.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = json.substr(i);
    if (json[i] == '<') {
      text += "\\u003c";
    } else if (json[i] == '\x7f') {
      text += "\\u007f";
    } else if (rest.starts_with(line_separator) || rest.starts_with(paragraph_separator)) {
      text += rest.starts_with(line_separator) ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      text += json[i];
    }
  }
  return text;
}

}  // namespace detail

SWEEPNET_INLINE std::string page_data(const std::vector<page_sweep>& sweeps) {
  ordered_json data = {
      {"format", 1}, {"version", sweepnet::version}, {"sweeps", ordered_json::array()}};
  for (const page_sweep& sweep : sweeps) {
    data["sweeps"].push_back(detail::sweep_json(sweep, most_curve_values / sweeps.size()));
  }
  return detail::script_text(dump(data));
}

}  // namespace sweepnet::report
