// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What a model makes of rows, by a model whose answers are known.

#include "sweepnet/report/predictions.hpp"

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "small_reports.hpp"
#include "support.hpp"
#include "sweepnet/core/digest.hpp"
#include "sweepnet/embed/predict_in_pieces.hpp"
#include "sweepnet/embed/predictor.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/network/activation.hpp"

using namespace sweepnet;

namespace {

/// Softmax of `scale` times the first two of sixteen features.
trained_model first_two(float scale) {
  trained_model made{
      .model = {.inputs = 16, .layers = {dense{.units = 2, .activate = activations::softmax{}}}}};
  made.parameters.assign(16 * 2 + 2, 0.0F);
  made.parameters[0] = scale;
  made.parameters[3] = scale;
  return made;
}

labelled_rows four_rows(std::vector<std::int32_t> labels) {
  std::vector<std::uint8_t> bytes(4 * 16);
  const std::uint8_t pairs[4][2] = {{10, 0}, {0, 10}, {3, 0}, {0, 1}};
  for (std::size_t r = 0; r < 4; ++r) {
    bytes[r * 16] = pairs[r][0];
    bytes[r * 16 + 1] = pairs[r][1];
  }
  return {.features = std::move(bytes), .scale = 1, .width = 16, .labels = std::move(labels)};
}

}  // namespace

TEST_CASE("confusion, mistakes and calibration are those of the model's answers") {
  const report::best_predictions told =
      report::predictions_of(first_two(0.5F), 7, four_rows({0, 0, 1, 1}), 2, 2);
  CHECK(told.index == 7);
  CHECK(told.rows == 4);
  CHECK(told.right == 2);
  CHECK(told.classes == 2);
  CHECK(told.confusion == std::vector<std::vector<std::int64_t>>{{1, 1}, {1, 1}});
  REQUIRE(told.confused.size() == 2);
  CHECK(told.confused[0].truth == 0);
  CHECK(told.confused[0].predicted == 1);
  CHECK(told.confused[0].rows == 1);
  const auto certainty = [](double difference) { return 1 / (1 + std::exp(-0.5 * difference)); };
  REQUIRE(told.mistakes.size() == 2);
  CHECK(told.mistakes[0].row == 1);
  CHECK(told.mistakes[0].truth == 0);
  CHECK(told.mistakes[0].predicted == 1);
  CHECK(std::abs(told.mistakes[0].probability - certainty(10)) < 1e-6);
  CHECK(told.mistakes[1].row == 2);
  CHECK(told.mistakes[0].image.starts_with("data:image/png;base64,iVBORw0KGgo"));
  REQUIRE(told.calibration.size() == 10);
  // 0.993 twice, once right; 0.818, wrong; 0.622, right.
  CHECK(told.calibration[9].count == 2);
  CHECK(told.calibration[9].accuracy == 0.5);
  CHECK(std::abs(told.calibration[9].confidence - certainty(10)) < 1e-6);
  CHECK(told.calibration[8].count == 1);
  CHECK(told.calibration[8].accuracy == 0);
  CHECK(told.calibration[6].count == 1);
  CHECK(told.calibration[6].accuracy == 1);
  CHECK(told.calibration[0].count == 0);
}

TEST_CASE("kept outputs are counted as those that are predicted anew, but without pictures") {
  const trained_model model = first_two(0.5F);
  const labelled_rows rows = four_rows({0, 0, 1, 1});
  kept_predictions kept{.classes = 2, .labels = rows.labels};
  predict_in_pieces(predictor(model), rows, [&](std::int64_t, std::span<const float> outputs) {
    kept.outputs.insert(kept.outputs.end(), outputs.begin(), outputs.end());
  });
  const report::best_predictions told = report::predictions_of(kept, 7);
  const report::best_predictions anew = report::predictions_of(model, 7, rows, 2);
  CHECK(told.index == 7);
  CHECK(told.rows == anew.rows);
  CHECK(told.confusion == anew.confusion);
  REQUIRE(told.mistakes.size() == anew.mistakes.size());
  for (std::size_t i = 0; i < told.mistakes.size(); ++i) {
    CHECK(told.mistakes[i].row == anew.mistakes[i].row);
    CHECK(told.mistakes[i].probability == anew.mistakes[i].probability);
    CHECK(told.mistakes[i].image.empty());
  }
  for (std::size_t b = 0; b < told.calibration.size(); ++b) {
    CHECK(told.calibration[b].count == anew.calibration[b].count);
    CHECK(told.calibration[b].confidence == anew.calibration[b].confidence);
  }
}

TEST_CASE("of many classes no matrix is told, of what is no probability no certainty") {
  kept_predictions many{.classes = 40};
  for (std::int32_t row = 0; row < 40; ++row) {
    many.labels.push_back(row);
    for (std::int32_t c = 0; c < 40; ++c) many.outputs.push_back(c == row / 10 ? 1.0F : 0.0F);
  }
  const report::best_predictions told = report::predictions_of(many, 0);
  CHECK(told.confusion.empty());
  CHECK(told.classes == 40);
  CHECK(told.right == 1);
  REQUIRE(told.confused.size() == report::most_confused);
  CHECK(told.confused.front().truth == 1);
  CHECK(told.confused.front().predicted == 0);

  const kept_predictions scores{
      .classes = 2, .outputs = {12.0F, -3.0F, 1.0F, 4.0F}, .labels = {1, 1}};
  const report::best_predictions scored = report::predictions_of(scores, 0);
  CHECK(scored.calibration.empty());
  REQUIRE(scored.mistakes.size() == 1);
  CHECK(std::isnan(scored.mistakes.front().probability));
}

TEST_CASE("a report finds what its best run has kept, and tells why it does not take it") {
  const testing::small_outputs place;
  place.fill(3);
  const storage::location directory = place.directory.path().string();
  const report::sweep_report told = place.read();
  CHECK_FALSE(report::read_kept_of_best(told, directory).best);
  CHECK(report::read_kept_of_best(told, directory).fault.empty());

  kept_predictions kept{.model_digest = digest_of("weights"),
                        .data_digest = "d1",
                        .classes = 2,
                        .outputs = {0.25F, 0.75F},
                        .labels = {1}};
  const std::string file = place.directory / "predictions_2.safetensors";
  testing::write_file(file, encode_predictions(kept));
  const report::kept_of_best found = report::read_kept_of_best(told, directory);
  REQUIRE(found.best);
  CHECK(found.best->index == 2);
  CHECK(found.best->right == 1);

  kept.model_digest = "another";
  testing::write_file(file, encode_predictions(kept));
  CHECK_FALSE(report::read_kept_of_best(told, directory).best);
  CHECK(report::read_kept_of_best(told, directory).fault ==
        file + " is of another model, or of other data");
  testing::write_file(file, "short");
  CHECK(report::read_kept_of_best(told, directory).fault ==
        file + ": too short for a safetensors file");
}

TEST_CASE("rows that the model does not fit are refused, others are no pictures") {
  CHECK(testing::message_of<argument_error>([] {
          (void)report::predictions_of(first_two(1), 0, four_rows({0, 0, 1, 1}), 3);
        }) == "the model takes 16 features and tells 2 classes apart, the data have 16 and 3");
  labelled_rows reals = four_rows({1, 0, 1, 1});
  reals.features = std::vector<float>(64, 1.0F);
  const report::best_predictions told = report::predictions_of(first_two(1), 0, reals, 2);
  REQUIRE_FALSE(told.mistakes.empty());
  CHECK(told.mistakes.front().image.empty());
}

TEST_CASE("one-hot rows are predicted like any others") {
  const labelled_rows rows{
      .features =
          one_hot_rows{.reals = {9, 0, 2}, .ones = {15, 1, 1}, .real_width = 1, .groups = 1},
      .width = 16,
      .labels = {0, 1, 1}};
  const report::best_predictions told = report::predictions_of(first_two(1), 0, rows, 2);
  CHECK(told.rows == 3);
  CHECK(told.confusion == std::vector<std::vector<std::int64_t>>{{1, 0}, {1, 1}});
  REQUIRE(told.mistakes.size() == 1);
  CHECK(told.mistakes.front().row == 2);
  CHECK(std::abs(told.mistakes.front().probability - 1 / (1 + std::exp(-1.0))) < 1e-6);
  CHECK(told.mistakes.front().image.empty());
}
