// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/report/predictions.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/embed/predict_in_pieces.hpp"
#include "sweepnet/embed/predictor.hpp"
#include "sweepnet/report/csv.hpp"
#include "sweepnet/report/png.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/storage/read_limit.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/training/output_scores.hpp"

namespace sweepnet::report {

namespace detail {

/// A row of bytes as a picture, if they can be the pixels of a square; else empty.
inline std::string picture_of(const labelled_rows& rows, std::int64_t row) {
  constexpr std::int64_t smallest = 4;
  const auto side =
      static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(rows.width))));
  const std::span<const std::uint8_t> bytes = rows.features.as<std::uint8_t>();
  if (bytes.empty() || side * side != rows.width || side < smallest) return "";
  const auto pixels = bytes.subspan(static_cast<std::size_t>(row * rows.width),
                                    static_cast<std::size_t>(rows.width));
  return "data:image/png;base64," + base64(grey_png(pixels, static_cast<std::uint32_t>(side)));
}

/// Counts rows by what a model made of them.
class prediction_tally {
 public:
  prediction_tally(std::size_t index, std::int64_t classes)
      : classes_(static_cast<std::size_t>(classes)) {
    told_.index = index;
    told_.classes = classes;
    if (classes <= most_in_matrix) {
      told_.confusion.assign(classes_, std::vector<std::int64_t>(classes_));
    }
    for (int b = 0; b < bins; ++b) {
      told_.calibration.push_back({.low = b / 10.0, .high = (b + 1) / 10.0});
    }
  }

  /// Rows from `first` on, `outputs` (rows x classes), with their labels.
  void add(std::int64_t first, std::span<const float> outputs,
           std::span<const std::int32_t> labels) {
    for (std::size_t r = 0; r < labels.size(); ++r) {
      add_row(first + static_cast<std::int64_t>(r), outputs.subspan(r * classes_, classes_),
              labels[r]);
    }
  }

  [[nodiscard]] best_predictions finish() {
    for (calibration_bin& bin : told_.calibration) {
      const double n = static_cast<double>(std::max<std::int64_t>(bin.count, 1));
      bin.confidence /= n;
      bin.accuracy /= n;
    }
    std::ranges::stable_sort(told_.mistakes, std::ranges::greater{}, &mistake::probability);
    told_.mistakes.resize(std::min(told_.mistakes.size(), most_mistakes));
    for (const auto& [classes, rows] : confused_) {
      told_.confused.push_back({.truth = classes.first, .predicted = classes.second, .rows = rows});
    }
    std::ranges::stable_sort(told_.confused, std::ranges::greater{}, &confused_classes::rows);
    told_.confused.resize(std::min(told_.confused.size(), most_confused));
    if (!are_probabilities_) {
      told_.calibration.clear();
      for (mistake& each : told_.mistakes) each.probability = std::nan("");
    }
    return std::move(told_);
  }

 private:
  static constexpr int bins = 10;

  void add_row(std::int64_t row, std::span<const float> outputs, std::int32_t truth) {
    const auto best = std::ranges::max_element(outputs);
    const auto predicted = static_cast<std::int32_t>(best - outputs.begin());
    const double probability = *best;
    ++told_.rows;
    if (!told_.confusion.empty()) {
      ++told_.confusion[static_cast<std::size_t>(truth)][static_cast<std::size_t>(predicted)];
    }
    constexpr float slack = 1e-5F;  // of what rounding adds to 1
    are_probabilities_ = are_probabilities_ && std::ranges::all_of(outputs, [](float x) {
                           return x >= 0 && x <= 1 + slack;
                         });
    const auto bin =
        static_cast<std::size_t>(std::clamp(std::ceil(probability * bins) - 1, 0.0, bins - 1.0));
    calibration_bin& into = told_.calibration[bin];
    ++into.count;
    into.confidence += probability;
    into.accuracy += truth == predicted ? 1 : 0;
    if (truth == predicted) {
      ++told_.right;
      return;
    }
    ++confused_[{truth, predicted}];
    told_.mistakes.push_back(
        {.row = row, .truth = truth, .predicted = predicted, .probability = probability});
  }

  std::size_t classes_;
  best_predictions told_{};
  std::map<std::pair<std::int32_t, std::int32_t>, std::int64_t> confused_{};
  bool are_probabilities_ = true;
};

}  // namespace detail

SWEEPNET_INLINE best_predictions predictions_of(const kept_predictions& kept, std::size_t index) {
  detail::prediction_tally tally(index, kept.classes);
  tally.add(0, kept.outputs, kept.labels);
  return tally.finish();
}

SWEEPNET_INLINE kept_of_best read_kept_of_best(const sweep_report& report,
                                               const storage::location& directory) {
  const std::vector<std::size_t> order = ranked(report);
  const auto best = std::ranges::find_if(order, [&](std::size_t position) {
    const reported_run& run = report.runs[position];
    return report.value_of(run) && !run.model_digest.empty();
  });
  if (best == order.end()) return {};
  const reported_run& run = report.runs[*best];
  const storage::location where = run_file(directory, predictions_name, run.index);
  const std::string source = where.shown();
  try {
    const kept_predictions kept = decode_predictions(storage::read(where), source);
    if (kept.model_digest != run.model_digest || kept.data_digest != run.data_digest) {
      return {.best = {}, .fault = source + " is of another model, or of other data"};
    }
    return {.best = predictions_of(kept, run.index), .fault = {}};
  } catch (const input_missing&) {
    return {};
  } catch (const data_error& e) {
    return {.best = {}, .fault = e.what()};
  } catch (const storage::beyond_memory& e) {
    return {.best = {}, .fault = e.what()};
  }
}

SWEEPNET_INLINE best_predictions predictions_of(const trained_model& trained, std::size_t index,
                                                const labelled_rows& rows, std::int64_t classes,
                                                int threads) {
  const bool is_binary = trained.model.outputs() == 1 && classes == 2;
  if (trained.model.inputs != rows.width || classes < 2 ||
      (trained.model.outputs() != classes && !is_binary)) {
    throw argument_error(fmt::format(
        "the model takes {} features and tells {} classes apart, the data have {} and {}",
        trained.model.inputs, trained.model.outputs(), rows.width, classes));
  }
  rows.check_labels("the rows to predict", classes);
  detail::prediction_tally tally(index, classes);
  const std::span<const std::int32_t> labels = rows.labels;
  predict_in_pieces(predictor(trained, {.threads = threads}), rows,
                    [&](std::int64_t first, std::span<const float> told) {
                      const std::vector<float> outputs =
                          class_probabilities(is_binary ? task::binary : task::multiclass, told);
                      const auto some = outputs.size() / static_cast<std::size_t>(classes);
                      tally.add(first, outputs,
                                labels.subspan(static_cast<std::size_t>(first), some));
                    });
  best_predictions told = tally.finish();
  for (mistake& each : told.mistakes) each.image = detail::picture_of(rows, each.row);
  return told;
}

}  // namespace sweepnet::report
