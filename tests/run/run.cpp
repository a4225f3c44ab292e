// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A run as a program of one's own trains it, without a command line.

#include "sweepnet/run/run.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "own_loss.hpp"
#include "run/leave_after.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/model/origin.hpp"
#include "sweepnet/network/custom_functions.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

using namespace sweepnet;

namespace {

/// Counts what it is told of.
struct listener final : run_observer {
  std::optional<testing::leave_after> leaving{};
  int begun = 0;
  bool resumed = false;
  void on_begin(const run_spec&, const begun_run& run, const executor&) override {
    ++begun;
    resumed = run.how == beginning::resumed;
  }
  std::vector<callback*> callbacks(const run_spec&, const model_checkpoint&) override {
    return leaving ? std::vector<callback*>{&*leaving} : std::vector<callback*>{};
  }
};

struct workshop {
  testing::temporary_directory directory{};
  dataset data = testing::random_dataset(90, 6, 3);
  sweep<paramset> paramsets = parse_sweep<paramset>(
      "- {epochs: 5, hidden_nodes: [8], model_path: 'm_{index}.safetensors'}\n"
      "- {epochs: 5, hidden_nodes: [4], model_path: 'm_{index}.safetensors', learning_rate: "
      "1e30}\n",
      "text");
  run_options options{.output = directory.path().string()};

  [[nodiscard]] run_spec spec(std::size_t index) const {
    return spec_of_run(paramsets, index, data, "digest", options);
  }
  [[nodiscard]] run_outcome train(std::size_t index, run_observer& observer) const {
    const executor_factory on_the_cpu = [](const model_spec& model,
                                           const training_options& training,
                                           const dataset& rows) -> std::unique_ptr<executor> {
      return std::make_unique<cpu_executor>(model, training, rows, cpu_options{.threads = 1});
    };
    return train_run(spec(index), data, on_the_cpu, options, observer);
  }
};

}  // namespace

TEST_CASE("a run is trained once, then there is nothing left to do") {
  const workshop place;
  listener ear;
  const run_outcome first = place.train(0, ear);
  CHECK(first.ending == run_ending::trained);
  REQUIRE(first.result);
  CHECK(first.has_model);
  CHECK(first.result->training.history.size() == 5);
  const std::string path = place.directory / "m_0.safetensors";
  CHECK(first.result->model_path == path);
  CHECK(read_model(path).model.outputs() == 3);

  const run_outcome again = place.train(0, ear);
  CHECK(again.ending == run_ending::already_done);
  CHECK(again.has_model);
  CHECK_FALSE(again.result);
  CHECK(ear.begun == 1);
}

TEST_CASE("a run that an observer's callback leaves goes on, to the same model") {
  const workshop straight;
  listener ear;
  REQUIRE(straight.train(0, ear).has_model);

  const workshop place;
  listener leaving;
  leaving.leaving.emplace(2);
  const run_outcome left = place.train(0, leaving);
  REQUIRE(left.result);
  CHECK(left.result->training.history.size() == 2);
  CHECK(left.result->goes_on());
  const run_outcome rest = place.train(0, ear);
  CHECK(ear.resumed);
  REQUIRE(rest.result);
  CHECK(rest.result->training.history.size() == 5);
  const auto weights = [](const workshop& of) {
    return read_model(of.directory / "m_0.safetensors").parameters;
  };
  CHECK(weights(place) == weights(straight));
}

TEST_CASE("a run without a finite loss has a result, and no model") {
  const workshop place;
  listener ear;
  const run_outcome outcome = place.train(1, ear);
  REQUIRE(outcome.result);
  CHECK_FALSE(outcome.has_model);
  CHECK(outcome.result->error == no_model_reason);
  CHECK(place.train(1, ear).ending == run_ending::already_done);
  CHECK_FALSE(place.train(1, ear).has_model);
}

TEST_CASE("a run by a loss of a program's own goes on to the same model, and is no other's") {
  custom_functions known;
  known.add(std::make_shared<testing::brier_score>());
  const auto by = [&](const std::string& loss) {
    return parse_sweep<paramset>(
        "- {epochs: 5, hidden_nodes: [8], model_path: m.safetensors, loss: " + loss + "}", "text",
        known);
  };
  listener ear;
  const workshop straight{.paramsets = by("brier_score")};
  REQUIRE(straight.train(0, ear).has_model);
  CHECK_FALSE(ear.resumed);

  workshop place{.paramsets = by("brier_score")};
  listener leaving;
  leaving.leaving.emplace(2);
  REQUIRE(place.train(0, leaving).result);
  place.paramsets = by("fused");
  CHECK(testing::message_of<unusable_run>([&] { (void)place.train(0, ear); })
            .ends_with("belongs to another run: paramset.loss is \"brier_score\" there, "
                       "\"fused\" here"));
  place.paramsets = by("brier_score");
  const run_outcome rest = place.train(0, ear);
  CHECK(ear.resumed);
  REQUIRE(rest.result);
  const trained_model model = read_model(place.directory / "m.safetensors", known);
  CHECK(model.parameters == read_model(straight.directory / "m.safetensors", known).parameters);
  CHECK(encode_loss(model.loss) == "brier_score");
}

TEST_CASE("a spec is refused by name before any file is touched") {
  const workshop place;
  custom_functions known;
  known.add(std::make_shared<testing::brier_score>());
  const auto message = [&](const std::string& paramset_text) {
    const auto paramsets = parse_sweep<paramset>(paramset_text, "text", known);
    return testing::message_of<error>(
        [&] { (void)spec_of_run(paramsets, 0, place.data, "", place.options); });
  };
  CHECK(message("- {model_path: ../m.safetensors}").starts_with("model_path must lie in"));
  CHECK(message("- {model_path: m.what}").starts_with("text: paramset 0: "));
#if defined(SWEEPNET_HAS_HDF5)
  CHECK(message("- {loss: brier_score}") ==
        "text: paramset 0: Keras files cannot hold the loss 'brier_score', a program's own");
#endif
  CHECK(std::filesystem::is_empty(place.directory.path()));
}
