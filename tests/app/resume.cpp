// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Runs that are begun again: finished, changed, or damaged ones. Kills are in tests/crash.

#include <cstring>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"
#include "program.hpp"
#include "sweepnet/run/state_file.hpp"

using testing::outcome;

namespace {

struct one_run {
  testing::temporary_directory directory{};

  one_run() {
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
  const one_run place;
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
  CHECK(lost.code == 65);
  CHECK(lost.err ==
        "sweepnet: " + place.file("m.safetensors") + " is missing; --start-over discards it\n");
  CHECK(place.train({"--start-over"}).code == 0);
  CHECK(testing::read_file(place.file("m.safetensors")) == model);
  testing::write_file(place.file("m.safetensors"), model + "more");
  CHECK(place.train().err == "sweepnet: " + place.file("m.safetensors") +
                                 " is not the model that the result describes; --start-over "
                                 "discards it\n");
}

TEST_CASE(
    "a changed paramset or data set is an error that says what differs, until told otherwise") {
  const one_run place;
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

TEST_CASE("a finished run's state goes nowhere further, a damaged one is an error that names it") {
  const one_run place;
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
  std::int64_t left = 0;
  for (auto& tensor : file.tensors) {
    if (tensor.name != "parameters") continue;
    left = tensor.shape[0] -= 1;
    tensor.bytes.resize(tensor.bytes.size() - 4);
  }
  sweepnet::detail::seal_run_state(file);
  testing::write_file(place.file(state), sweepnet::write_safetensors(file));
  const outcome foreign = place.train();
  CHECK(foreign.code == 65);
  CHECK(foreign.err == "sweepnet: " + place.file(state) +
                           ": the state belongs to another model or optimizer: expected " +
                           std::to_string(left + 1) + " parameters, got " + std::to_string(left) +
                           "; --start-over discards it\n");
}

TEST_CASE(
    "a state with overwritten weights or a false best epoch is damaged, and says how to go on") {
  const one_run place;
  REQUIRE(place.train({"--keep-state"}).code == 0);
  const std::string model = testing::read_file(place.file("m.safetensors"));
  std::filesystem::remove(place.file("result_0.json"));
  const std::string good = testing::read_file(place.file(state));
  const auto resumed = [&](const std::string& bytes) {
    testing::write_file(place.file(state), bytes);
    const outcome run = place.train();
    CHECK(run.code == 65);
    const std::string begin = "sweepnet: " + place.file(state) + ": ";
    CHECK(run.err.starts_with(begin));
    CHECK(run.err.ends_with("; --start-over discards it\n"));
    const outcome told =
        testing::run_program({.arguments = {"status", place.directory / "out", "--sweep",
                                            place.directory / "sweep.yml"}});
    return run.err.substr(begin.size()) + "|" + told.out;
  };
  std::string overwritten = good;
  overwritten.replace(good.size() - 400, 200, std::string(200, '\x3f'));  // 50 weights
  CHECK(resumed(overwritten) ==
        "is damaged: its contents are not those of its digest; --start-over discards it\n|"
        "0       damaged  " +
            place.file(state) +
            ": is damaged: its contents are not those of its digest\n1 paramset: 1 damaged\n");

  auto file = sweepnet::read_safetensors(good, "state");
  for (auto& tensor : file.tensors) {
    if (tensor.name != "callback.model_checkpoint") continue;
    const double epoch = -5;
    std::memcpy(&tensor.bytes[sizeof epoch], &epoch, sizeof epoch);
  }
  sweepnet::detail::seal_run_state(file);
  CHECK(resumed(sweepnet::write_safetensors(file))
            .starts_with("the saved best epoch is -5 of 3; --start-over discards it\n"));
  CHECK(place.train({"--start-over"}).code == 0);
  CHECK(testing::read_file(place.file("m.safetensors")) == model);
}

TEST_CASE("a run that its time budget stopped goes on with a larger one, bit by bit") {
  const one_run place;
  testing::write_file(place.directory / "sweep.yml",
                      "- {epochs: 6, input_units: 8, hidden_nodes: [6], optimizer: adam,\n"
                      "   model_path: m.safetensors, early_stopping: {patience: 4}}\n");
  REQUIRE(place.train({"--keep-state", "--csv-log"}).code == 0);
  const auto all = [&] {
    const auto result =
        sweepnet::ordered_json::parse(testing::read_file(place.file("result_0.json")));
    return std::vector{testing::read_file(place.file("m.safetensors")),
                       testing::read_file(place.file(state)),
                       testing::read_file(place.file("log_0.csv")),
                       sweepnet::dump(result["history"]), sweepnet::dump(result["best"])};
  };
  const auto straight = all();
  const auto status = [&](const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"status", place.directory / "out"};
    words.insert(words.end(), more.begin(), more.end());
    return testing::run_program({.arguments = words}).out;
  };
  std::filesystem::remove_all(place.directory / "out");

  const outcome stopped = place.train({"--time-budget", "1e-9", "--csv-log"});
  CHECK(stopped.code == 0);
  CHECK(stopped.out.find("the time budget of 1e-09 s is spent: a larger --time-budget, or none, "
                         "goes on from " +
                         place.file(state) + "\nBest epoch 1 of 1: ") != std::string::npos);
  CHECK(testing::files_below(place.directory / "out") ==
        std::set<std::string>{"log_0.csv", "m.safetensors", "result_0.json", state});
  const auto result =
      sweepnet::ordered_json::parse(testing::read_file(place.file("result_0.json")));
  CHECK(result["stopped"]["by"] == "time_budget");
  CHECK(result["stopped"]["budget"] == 1e-9);
  CHECK(result["stopped"]["seconds"] > 1e-9);
  CHECK(status().starts_with("0       budget  {\"by\":\"time_budget\","));
  CHECK(status({"--missing"}).empty());

  const auto before = all();
  const outcome spent = place.train({"--time-budget", "1e-9"});
  CHECK(spent.code == 0);
  CHECK(spent.out.starts_with("paramset 0 has used its time budget: "));
  CHECK(all() == before);
  CHECK(testing::read_file(place.file("result_0.json")) == sweepnet::dump(result, 2) + "\n");

  // It goes on, is left in the midst of that, and goes on again: the old result is no hindrance.
  auto file = sweepnet::read_safetensors(testing::read_file(place.file("m.safetensors")), "m");
  file.metadata["training"] = "{}";
  testing::write_file(place.file("m.safetensors"), sweepnet::write_safetensors(file));
  CHECK(status() == "0       interrupted\n1 paramset: 1 interrupted\n");
  const outcome little = place.train({"--time-budget", "1e-9"});
  CHECK(little.code == 0);
  CHECK(little.out.find("\nEpoch 2/6 - ") != std::string::npos);
  CHECK(little.out.find("\nEpoch 3/6 - ") == std::string::npos);

  const outcome whole = place.train({"--time-budget", "1e6", "--keep-state", "--csv-log"});
  CHECK(whole.code == 0);
  CHECK(whole.out.find("Resuming after epoch 2 and 0 rows of the next") != std::string::npos);
  CHECK(all() == straight);
  CHECK(sweepnet::ordered_json::parse(testing::read_file(place.file("result_0.json")))["stopped"]
            .is_null());
  CHECK(place.train().out.starts_with("paramset 0 is finished: "));
}

TEST_CASE("the same run on another device goes on, with a note") {
  const one_run place;
  REQUIRE(place.train({"--keep-state"}).code == 0);
  std::filesystem::remove(place.file("result_0.json"));
  auto file = sweepnet::read_safetensors(testing::read_file(place.file(state)), "state");
  file.metadata["device"] = "an abacus";
  sweepnet::detail::seal_run_state(file);
  testing::write_file(place.file(state), sweepnet::write_safetensors(file));
  const outcome resumed = place.train();
  CHECK(resumed.code == 0);
  CHECK(resumed.err.starts_with("note: the run was begun on an abacus, this is cpu ("));
  CHECK(resumed.err.ends_with("): results agree to rounding only\n"));
}

TEST_CASE("each paramset of a sweep is finished by itself") {
  const one_run place;
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
