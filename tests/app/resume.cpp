// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Runs that are begun again: finished, changed, or damaged ones. Kills are in tests/crash.

#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"
#include "program.hpp"
#include "sweepnet/output/safetensors.hpp"

using testing::outcome;

namespace {

struct workplace {
  testing::temporary_directory directory{};

  workplace() {
    testing::write_idx_directory(directory / "data", testing::random_dataset(60, 12, 3));
    testing::write_file(directory / "sweep.yml",
                        "- {epochs: 3, input_units: 8, hidden_nodes: [6], "
                        "model_path: m.safetensors}\n");
  }

  [[nodiscard]] outcome train(std::vector<std::string> more = {}) const {
    testing::command_line line{.arguments = {"train", directory / "sweep.yml", "--data",
                                             directory / "data", "--output", directory / "out"}};
    line.arguments.insert(line.arguments.end(), more.begin(), more.end());
    return testing::run_program(line);
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    return directory / ("out/" + name);
  }
};

const std::string state = "state_0.safetensors";

}  // namespace

TEST_CASE("a finished run says so, trains nothing and exits 0") {
  const workplace place;
  REQUIRE(place.train({"--keep-state"}).code == 0);
  const std::string model = testing::read_file(place.file("m.safetensors"));
  const std::string result = testing::read_file(place.file("result_0.json"));
  const outcome again = place.train();
  CHECK(again.code == 0);
  CHECK(again.out == "paramset 0 is finished: " + place.file("result_0.json") +
                         "; --start-over trains it again\n");
  CHECK(testing::read_file(place.file("result_0.json")) == result);
  CHECK(testing::files_below(place.directory / "out") ==
        std::set<std::string>{"m.safetensors", "result_0.json"});  // the state is not needed

  std::filesystem::remove(place.file("m.safetensors"));
  const outcome lost = place.train();
  CHECK(lost.out.starts_with("paramset 0 was finished, but " + place.file("m.safetensors") +
                             " is missing: training it again\n"));
  CHECK(testing::read_file(place.file("m.safetensors")) == model);
}

TEST_CASE(
    "a changed paramset or data set is an error that says what differs, until told otherwise") {
  const workplace place;
  REQUIRE(place.train({"--keep-state"}).code == 0);
  const auto refused = [&](const std::vector<std::string>& options, const std::string& difference) {
    for (const std::string& name : {std::string("result_0.json"), state}) {
      INFO(name);
      const outcome changed = place.train(options);
      CHECK(changed.code == 65);
      CHECK(changed.err == "sweepnet: " + place.file(name) + ": belongs to another run: " +
                               difference + "; --start-over discards it\n");
      if (name == state) break;
      std::filesystem::rename(place.file(name), place.directory / "aside");
    }
    std::filesystem::rename(place.directory / "aside", place.file("result_0.json"));
  };
  refused({"--seed", "1"}, "paramset.seed is 0 there, 1 here");
  refused(
      {"--set", "optimizer=sgd", "--set", "early_stopping={patience: 3}"},
      "paramset.optimizer is {\"name\":\"rmsprop\",\"rho\":0.9,\"momentum\":0.0,"
      "\"epsilon\":1e-07,\"centered\":false,\"decay\":0.0} there, {\"name\":\"sgd\","
      "\"momentum\":0.0,\"nesterov\":false,\"decay\":0.0} here, paramset.early_stopping is unset "
      "there, {\"monitor\":\"val_loss\",\"mode\":\"auto\",\"min_delta\":0.0,\"patience\":3,"
      "\"start_from_epoch\":0} here");
  const outcome fewer = place.train({"--train-rows", "32"});
  CHECK(fewer.code == 65);
  CHECK(fewer.err.find("data_digest is ") != std::string::npos);

  const outcome over = place.train({"--seed", "1", "--start-over"});
  CHECK(over.code == 0);
  CHECK(place.train({"--seed", "1"}).out.starts_with("paramset 0 is finished: "));
}

TEST_CASE("a finished run's state goes nowhere further; a damaged one is an error that names it") {
  const workplace place;
  REQUIRE(place.train({"--keep-state"}).code == 0);
  const std::string model = testing::read_file(place.file("m.safetensors"));
  std::filesystem::remove(place.file("result_0.json"));
  const outcome resumed = place.train({"--keep-state"});
  CHECK(resumed.code == 0);
  CHECK(resumed.out.find("Resuming after epoch 3 and 0 rows of the next, from " +
                         place.file(state) + "\n") != std::string::npos);
  CHECK(resumed.out.find("Epoch ") == std::string::npos);
  CHECK(testing::read_file(place.file("m.safetensors")) == model);

  std::filesystem::remove(place.file("result_0.json"));
  const std::string bytes = testing::read_file(place.file(state));
  testing::write_file(place.file(state), bytes.substr(0, bytes.size() - 4));
  const outcome torn = place.train();
  CHECK(torn.code == 65);
  CHECK(torn.err.starts_with("sweepnet: " + place.file(state) + ": tensor '"));

  auto file = sweepnet::read_safetensors(bytes, "state");
  for (auto& tensor : file.tensors) {
    if (tensor.name != "parameters") continue;
    tensor.shape[0] -= 1;
    tensor.bytes.resize(tensor.bytes.size() - 4);
  }
  testing::write_file(place.file(state), sweepnet::write_safetensors(file));
  const outcome foreign = place.train();
  CHECK(foreign.code == 65);
  CHECK(foreign.err ==
        "sweepnet: " + place.file(state) + ": the state belongs to another model or optimizer\n");
}

TEST_CASE("the same run on another device goes on, with a note") {
  const workplace place;
  REQUIRE(place.train({"--keep-state"}).code == 0);
  std::filesystem::remove(place.file("result_0.json"));
  auto file = sweepnet::read_safetensors(testing::read_file(place.file(state)), "state");
  file.metadata["device"] = "an abacus";
  testing::write_file(place.file(state), sweepnet::write_safetensors(file));
  const outcome resumed = place.train();
  CHECK(resumed.code == 0);
  CHECK(resumed.err.starts_with("note: the run was begun on an abacus, this is cpu ("));
  CHECK(resumed.err.ends_with("): results agree to rounding only\n"));
}

TEST_CASE("each paramset of a sweep is finished by itself") {
  const workplace place;
  testing::write_file(place.directory / "sweep.yml",
                      "- &base {epochs: 2, input_units: 8, hidden_nodes: [6]}\n"
                      "- {<<: *base, seed: 1}\n");
  REQUIRE(place.train({"--index", "0"}).code == 0);
  CHECK(place.train({"--index", "1"}).out.find("Epoch 2/2") != std::string::npos);
  for (const char* index : {"0", "1"}) {
    CHECK(place.train({"--index", index})
              .out.starts_with("paramset " + std::string(index) + " is finished: "));
  }
}
