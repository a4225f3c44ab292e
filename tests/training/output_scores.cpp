// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/training/output_scores.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "support.hpp"
#include "sweepnet/describe/json.hpp"

using namespace sweepnet;

namespace {

/// Made by make_scores.py.
ordered_json scores_of_scikit_learn(const char* metric) {
  return ordered_json::parse(
      testing::read_file(testing::source_path("tests/training/golden/scores.json")))[metric];
}

/// Rows of equal length, one after the other.
std::vector<float> flat(const ordered_json& rows) {
  std::vector<float> values;
  for (const ordered_json& row : rows) {
    for (const ordered_json& value : row) values.push_back(value.get<float>());
  }
  return values;
}

labelled_rows rows_with(const ordered_json& values) {
  labelled_rows rows;
  rows.values = {.elements = flat(values), .width = std::ssize(values.front())};
  return rows;
}

}  // namespace

TEST_CASE("AUC is scikit-learn's, with ties and without a class") {
  const ordered_json cases = scores_of_scikit_learn("auc");
  for (const ordered_json& each : cases) {
    labelled_rows rows;
    rows.labels = each["labels"].get<std::vector<std::int32_t>>();
    metrics score;
    add_output_scores(task::binary, each["outputs"].get<std::vector<float>>(), rows, score);
    if (each["auc"].is_null()) {
      CHECK(std::isnan(score.auc));
    } else {
      CHECK(std::abs(score.auc - each["auc"].get<double>()) < 1e-12);
    }
  }
  labelled_rows rows;
  rows.labels = {0, 1};
  metrics score;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  add_output_scores(task::binary, std::vector<float>{nan, 0.5F}, rows, score);
  CHECK(std::isnan(score.auc));
}

TEST_CASE("F1 is scikit-learn's, also of labels that are never there or never found") {
  const ordered_json cases = scores_of_scikit_learn("f1");
  for (const ordered_json& each : cases) {
    metrics score;
    add_output_scores(task::multilabel, flat(each["outputs"]), rows_with(each["truths"]), score);
    CHECK(std::abs(score.f1_micro - each["micro"].get<double>()) < 1e-12);
    CHECK(std::abs(score.f1_macro - each["macro"].get<double>()) < 1e-12);
  }
}

TEST_CASE("R2 is scikit-learn's, also of values that are all the same") {
  const ordered_json cases = scores_of_scikit_learn("r2");
  for (const ordered_json& each : cases) {
    metrics score;
    add_output_scores(task::regression, flat(each["outputs"]), rows_with(each["values"]), score);
    const auto expected = each["r2"].get<double>();
    CHECK(std::abs(score.r2 - expected) <= 1e-9 * std::max(1.0, std::abs(expected)));
  }
}

TEST_CASE("a binary output tells of both classes") {
  const std::vector<float> outputs{0.25F, 1};
  CHECK(class_probabilities(task::binary, outputs) == std::vector<float>{0.75F, 0.25F, 0, 1});
  CHECK(class_probabilities(task::multiclass, outputs) == outputs);
}
