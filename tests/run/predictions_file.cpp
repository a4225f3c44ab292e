// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The predictions that runs keep: of which model, when they are made, and what they never decide.

#include "sweepnet/run/predictions_file.hpp"

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "run/leave_after.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/core/digest.hpp"
#include "sweepnet/embed/predictor.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/contents_digest.hpp"
#include "sweepnet/run/run.hpp"
#include "sweepnet/run/run_sweep.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

using namespace sweepnet;

namespace {

const kept_predictions three_rows{.model_digest = "m",
                                  .data_digest = "d",
                                  .classes = 2,
                                  .outputs = {0.25F, 0.75F, 1, 0, 0.5F, 0.5F},
                                  .labels = {1, 0, 0}};

struct leaver final : run_observer {
  std::optional<testing::leave_after> leaving{};
  std::string trouble{};
  std::vector<callback*> callbacks(const run_spec&, const model_checkpoint&) override {
    return leaving ? std::vector<callback*>{&*leaving} : std::vector<callback*>{};
  }
  void on_trouble(const std::string& text) override { trouble += text; }
};

struct predicting_runs {
  testing::temporary_directory directory{};
  dataset data = testing::random_dataset(90, 6, 3);
  sweep<paramset> paramsets = parse_sweep<paramset>(
      "- {epochs: 5, hidden_nodes: [8], model_path: 'm_{index}.safetensors'}\n"
      "- {epochs: 2, hidden_nodes: [4], model_path: 'm_{index}.safetensors', learning_rate: 1e30}\n"
      "- {epochs: 3, hidden_nodes: [4], model_path: 'm_{index}.onnx'}\n"
      "- {epochs: 1, hidden_nodes: [4], model_path: 'm_{index}.safetensors', monitor: loss}\n",
      "text");
  run_options options{.output = directory.path().string(), .save_predictions = true};

  run_outcome train(std::size_t index, run_observer& observer) const {
    const executor_factory on_two = [](const model_spec& model, const training_options& training,
                                       const dataset& rows) -> std::unique_ptr<executor> {
      return std::make_unique<cpu_executor>(model, training, rows, cpu_options{.threads = 2});
    };
    return train_run(spec_of_run(paramsets, index, data, "digest", options), data, on_two, options,
                     observer);
  }
  run_outcome train(std::size_t index) const {
    leaver nobody;
    return train(index, nobody);
  }
  [[nodiscard]] std::string file(std::size_t index) const {
    return directory / predictions_name.of(index);
  }
  [[nodiscard]] bool has_file(std::size_t index) const {
    return std::filesystem::exists(file(index));
  }
  [[nodiscard]] kept_predictions kept(std::size_t index) const {
    return decode_predictions(testing::read_file(file(index)), file(index));
  }
  [[nodiscard]] std::string model(std::size_t index) const {
    return directory / fmt::format("m_{}.safetensors", index);
  }
};

/// The bytes of predictions whose parts were changed, with a digest that fits them.
std::string sealed_again(safetensors_file file) {
  file.metadata["digest"] = sweepnet::detail::digest_of_contents(views_of(file), file.metadata);
  return write_safetensors(file);
}

}  // namespace

TEST_CASE("predictions are read as they were written, and nothing else is") {
  const std::string bytes = encode_predictions(three_rows);
  const kept_predictions read = decode_predictions(bytes, "p");
  CHECK(read.model_digest == "m");
  CHECK(read.data_digest == "d");
  CHECK(read.classes == 2);
  CHECK(read.outputs == three_rows.outputs);
  CHECK(read.labels == three_rows.labels);
  CHECK(encode_predictions(read) == bytes);

  const auto refusal = [](const std::string& text) {
    return testing::message_of<data_error>([&] { (void)decode_predictions(text, "p"); });
  };
  CHECK(refusal(bytes.substr(0, 7)) == "p: too short for a safetensors file");
  std::string changed = bytes;
  changed[changed.size() - 3] ^= 1;
  CHECK(refusal(changed) == "p: is damaged: its contents are not those of its digest");
  const safetensors_file file = read_safetensors(bytes, "p");
  safetensors_file other = file;
  other.metadata["format"] = "sweepnet predictions 7";
  CHECK(refusal(sealed_again(other)) ==
        "p: the format of the predictions is 'sweepnet predictions 7', expected 'sweepnet "
        "predictions 1'");
  other = file;
  other.tensors.pop_back();
  CHECK(refusal(sealed_again(other)) == "p: predictions have 2 tensors, found 1");
  other = file;
  for (safetensor& each : other.tensors) {
    if (each.name == "labels") each.name = "truth";
  }
  CHECK(refusal(sealed_again(other)) ==
        "p: the predictions lack the I32 tensor 'labels' of 1 dimension");
  const auto with = [](auto change) {
    kept_predictions kept = three_rows;
    change(kept);
    return encode_predictions(kept);
  };
  CHECK(refusal(with([](auto& kept) { kept.labels[1] = 2; })) == "p: a label is none of 2 classes");
  CHECK(refusal(with([](auto& kept) { kept.labels[1] = -1; })) ==
        "p: a label is none of 2 classes");
  CHECK(refusal(with([](auto& kept) {
          kept.outputs[1] = std::numeric_limits<float>::quiet_NaN();
        })) == "p: an output is not finite");
  CHECK(refusal(with([](auto& kept) {
          kept.classes = 1;
          kept.outputs.resize(3);
        })) == "p: 3 labels do not fit outputs of shape (3, 1)");
}

TEST_CASE("a run keeps its best model's outputs for the validation rows if it is asked to") {
  predicting_runs place;
  place.options.save_predictions = false;
  REQUIRE(place.train(0).has_model);
  CHECK_FALSE(place.has_file(0));
  const std::string result = testing::read_file(place.directory / "result_0.json");

  // A run that is done is not trained for them.
  place.options.save_predictions = true;
  CHECK(place.train(0).ending == run_ending::already_done);
  REQUIRE(place.has_file(0));
  CHECK(testing::read_file(place.directory / "result_0.json") == result);
  const kept_predictions kept = place.kept(0);
  CHECK(kept.model_digest == digest_of(testing::read_file(place.model(0))));
  CHECK(kept.data_digest == "digest");
  CHECK(kept.labels == place.data.validation.labels);
  const predictor predict(read_model(place.model(0)));
  std::vector<float> rows(static_cast<std::size_t>(place.data.validation.rows() * 6));
  for (std::int64_t r = 0; r < place.data.validation.rows(); ++r) {
    place.data.validation.copy_row(r, rows.data() + r * 6);
  }
  CHECK(kept.outputs == predict(rows));

  // One that is trained writes the same bytes.
  const predicting_runs straight;
  REQUIRE(straight.train(0).has_model);
  const std::string bytes = testing::read_file(place.file(0));
  CHECK(testing::read_file(straight.file(0)) == bytes);

  // What is damaged, or of another model, is made anew, and nothing is done to what is right.
  testing::write_file(place.file(0), bytes.substr(0, bytes.size() / 2));
  CHECK(place.train(0).ending == run_ending::already_done);
  CHECK(testing::read_file(place.file(0)) == bytes);
  kept_predictions stale = kept;
  stale.model_digest = "another";
  testing::write_file(place.file(0), encode_predictions(stale));
  CHECK(place.train(0).ending == run_ending::already_done);
  CHECK(testing::read_file(place.file(0)) == bytes);
  const auto written = std::filesystem::last_write_time(place.file(0));
  CHECK(place.train(0).ending == run_ending::already_done);
  CHECK(std::filesystem::last_write_time(place.file(0)) == written);
}

TEST_CASE("predictions never decide in which state a run is") {
  const predicting_runs place;
  REQUIRE(place.train(0).has_model);
  run_files files = run_files_in(place.directory.path().string(), 0);
  files.model = place.model(0);
  const auto phase = [&] {
    return condition_of(files, read_result(files.result), false, {.models_up_to = SIZE_MAX}).phase;
  };
  CHECK(phase() == run_phase::done);
  testing::write_file(place.file(0), "torn");
  CHECK(phase() == run_phase::done);
  std::filesystem::remove(place.file(0));
  CHECK(phase() == run_phase::done);
}

TEST_CASE("a run that goes on ends with the predictions of one that was never left") {
  const predicting_runs straight;
  REQUIRE(straight.train(0).has_model);
  const predicting_runs place;
  leaver observer;
  observer.leaving.emplace(2);
  const run_outcome left = place.train(0, observer);
  REQUIRE(left.result);
  CHECK(left.result->goes_on());
  CHECK(place.kept(0).model_digest == left.result->model_digest);
  REQUIRE(place.train(0).has_model);
  CHECK(testing::read_file(place.file(0)) == testing::read_file(straight.file(0)));
  CHECK(place.kept(0).model_digest == digest_of(testing::read_file(place.model(0))));
}

TEST_CASE("a run without a model keeps no predictions, one that starts over no old ones") {
  predicting_runs place;
  CHECK_FALSE(place.train(1).has_model);
  CHECK_FALSE(place.has_file(1));
  testing::write_file(place.file(1), "old");
  place.options.start_over = true;
  CHECK_FALSE(place.train(1).has_model);
  CHECK_FALSE(place.has_file(1));

  place.options.start_over = false;
  place.data.validation = {};
  REQUIRE(place.train(3).has_model);
  CHECK_FALSE(place.has_file(3));
}

TEST_CASE("predictions of a model that can only be written are made while it is there") {
  predicting_runs place;
  REQUIRE(place.train(2).has_model);
  REQUIRE(place.has_file(2));
  CHECK(place.kept(2).rows() == place.data.validation.rows());
  std::filesystem::remove(place.file(2));
  leaver observer;
  CHECK(place.train(2, observer).ending == run_ending::already_done);
  CHECK_FALSE(place.has_file(2));
  CHECK(observer.trouble.starts_with("note: " + place.file(2) + " is not written: "));
}

TEST_CASE("the runs of a sweep keep predictions, also those that are stopped on their way") {
  const predicting_runs place;
  const sweep<paramset> four = parse_sweep<paramset>(
      "- &base {epochs: 4, hidden_nodes: [4], model_path: 'm_{index}.safetensors'}\n"
      "- {<<: *base, seed: 1}\n- {<<: *base, seed: 2}\n- {<<: *base, seed: 3}\n",
      "text");
  search_rules rules{.early = early_terminations::i_epoch{.epochs = 1, .keep = 2}};
  sweep_options how{.workers = 2, .files = place.options, .search = rules};
  how.files->save_predictions = false;
  (void)run_sweep(four, place.data, how);
  for (std::size_t i = 0; i < 4; ++i) CHECK_FALSE(place.has_file(i));
  how.files->save_predictions = true;
  const sweep_outcome outcome = run_sweep(four, place.data, how);
  std::size_t stopped = 0;
  for (const sweep_run& run : outcome.runs) {
    INFO(run.index);
    CHECK(run.has_model());
    stopped += run.phase == run_phase::stopped ? 1 : 0;
    REQUIRE(place.has_file(run.index));
    CHECK(place.kept(run.index).model_digest ==
          digest_of(testing::read_file(place.model(run.index))));
  }
  CHECK(stopped > 0);
}
