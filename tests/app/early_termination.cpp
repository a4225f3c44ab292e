// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Sweeps that stop runs early, through the commands: in one process, and stage by stage in an
// array.

#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "program.hpp"
#include "space_place.hpp"
#include "support.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/json.hpp"

using sweepnet::ordered_json;
using testing::outcome;
using testing::tells;

namespace {

std::string compared_space(const std::string& early, const std::string& metric = "name: val_loss") {
  return "method: grid\nmetric: {" + metric + "}\n" +
         (early.empty() ? "" : "early_terminate: " + early + "\n") +
         "parameters:\n"
         "  learning_rate: {values: [0.001, 0.01, 0.1]}\n"
         "  hidden_nodes: {values: [[], [6], [4, 4]]}\n"
         "  input_units: {value: 8}\n"
         "  epochs: {value: 9}\n"
         "  model_path: {value: 'm_{index}.safetensors'}\n";
}

struct comparison_place : testing::space_place {
  using space_place::space_place;
  [[nodiscard]] std::string status(const std::string& output) const {
    return testing::run_program({.arguments = {"status", directory / output}}).out;
  }
  /// What all runs left, but for results' times.
  [[nodiscard]] std::vector<std::string> files(const std::string& output) const {
    std::vector<std::string> all;
    for (const std::string& name : testing::files_below(directory / output)) {
      if (name.starts_with("best.") || name.starts_with("stage_")) continue;
      std::string content = testing::read_file(directory / (output + "/" + name));
      if (name.starts_with("result_")) {
        ordered_json result = ordered_json::parse(content);
        content = sweepnet::dump(result["stopped"]) + sweepnet::dump(result["history"]) +
                  sweepnet::dump(result["best"]);
      }
      all.push_back(name + ": " + content);
    }
    return all;
  }
};

}  // namespace

TEST_CASE("plan prints rungs, runs and epochs of each before anything is trained") {
  const auto plan = [](const std::string& early, const std::string& metric = "name: val_loss") {
    return comparison_place(compared_space(early, metric)).run("plan", "out").out;
  };
  CHECK(tells(plan("{type: successive_halving}"),
              "\nRuns are compared by val_loss: successive_halving (min_epochs 1, eta 3.0)\n"
              "stage  runs  until epoch  epochs\n"
              "1      9     1            9\n"
              "2      3     3            6\n"
              "3      1     9            6\n"
              "21 of 81 epochs, "));
  CHECK(tells(plan("{type: hyperband, max_epochs: 9}"),
              "bracket 2: paramsets 0-4 compared after epoch 1, 3\n"
              "bracket 1: paramsets 5-6 compared after epoch 3\n"
              "bracket 0: paramsets 7-8 trained to their end\n"
              "stage  runs  until epoch  epochs\n"));
  const std::string wandb = plan("{type: hyperband, min_iter: 3}");
  CHECK(tells(wandb,
              "note: early_terminate: strict is true where nothing says it, as in W&B's "
              "package, not as in its documentation\n"));
  CHECK(tells(wandb,
              "hyperband (min_iter 3, eta 3.0, strict true)\n"
              "stage  runs  until epoch  epochs\n"
              "1      9     3            27\n"
              "2      4     9            24\n"));
  CHECK(tells(plan("{type: median}"),
              "\nHow many of 81 epochs are trained depends on their results.\n"));
  CHECK(tells(plan("", "name: val_accuracy, target: 0.75"),
              "\nRuns are begun 8 at a time until one reaches val_accuracy 0.75.\n"));
}

TEST_CASE("plan --time tells about how long a sweep or a stage takes here") {
  const comparison_place place(compared_space("{type: successive_halving}"));
  const outcome told = place.run("plan", "out", {"--time", "--threads", "2"});
  REQUIRE(told.code == 0);
  const std::size_t at = told.out.find("\nAbout ");
  REQUIRE(at != std::string::npos);
  const std::regex line(
      "\nAbout [0-9]+ s on this machine's processors, 2 runs at a time: an estimate, by [3-8] "
      "networks trained for [0-9]+\\.[0-9] s\\.\n");
  CHECK(std::regex_match(told.out.substr(at), line));
  CHECK_FALSE(tells(place.run("plan", "out").out, "About"));

  const ordered_json json =
      ordered_json::parse(place.run("plan", "out", {"--time", "--json", "--threads", "1"}).out);
  CHECK(json["estimate"]["seconds"] > 0);
  CHECK(json["estimate"]["workers"] == 1);
  CHECK(json["count"] == 9);
  CHECK_FALSE(ordered_json::parse(place.run("plan", "out", {"--json"}).out).contains("estimate"));
  const ordered_json stage =
      ordered_json::parse(place.run("plan", "out", {"--time", "--stage", "1", "--json"}).out);
  CHECK(stage["estimate"]["seconds"] > 0);

  const outcome emitted = place.run("plan", "out", {"--time", "--emit", "slurm"});
  CHECK(emitted.code == 64);
  CHECK(tells(emitted.err, "--emit writes what other machines do; --time is of this one"));
}

TEST_CASE("sweep tells what it stops, status tells it, and --continue-stopped takes it up") {
  const comparison_place place(compared_space("{type: i_epoch, epochs: 2, keep: 2}"));
  const outcome swept = place.run("sweep", "out", {"--threads", "2"});
  CHECK(swept.code == 0);
  CHECK(swept.err == "");
  CHECK(tells(swept.out, "stopped after epoch 2 by i_epoch: val_loss "));
  CHECK(tells(swept.out, ", threshold "));
  CHECK(tells(swept.out,
              "9 of 9 runs have a model, 7 were stopped: --continue-stopped trains them on; "));
  CHECK(tells(place.status("out"), "\n9 paramsets: 2 done, 7 stopped\n"));
  CHECK(tells(place.status("out"),
              "stopped  {\"by\":\"i_epoch\",\"metric\":\"val_loss\",\"band\":2,"));
  const auto before = place.files("out");
  CHECK(place.run("sweep", "out").code == 0);
  CHECK((place.files("out") == before));

  std::string stopped;
  for (int i = 0; i < 9 && stopped.empty(); ++i) {
    if (std::filesystem::exists(place.directory / fmt::format("out/state_{}.safetensors", i))) {
      stopped = std::to_string(i);
    }
  }
  const outcome left = place.run("train", "out", {"--index", stopped});
  CHECK(left.code == 0);
  CHECK(tells(left.out, "paramset " + stopped + " was stopped by comparison with others, see " +
                            place.directory / ("out/result_" + stopped + ".json") +
                            "; --continue-stopped goes on\n"));
  CHECK((place.files("out") == before));
  CHECK(place.run("train", "out", {"--index", stopped, "--continue-stopped"}).code == 0);
  CHECK(tells(place.status("out"), "\n9 paramsets: 3 done, 6 stopped\n"));
  CHECK(place.run("sweep", "out", {"--continue-stopped"}).code == 0);
  CHECK(tells(place.status("out"), "\n9 paramsets: 9 done\n"));
  testing::write_file(place.directory / "space.yml", compared_space(""));
  CHECK(place.run("sweep", "plain").code == 0);
  CHECK((place.files("out") == place.files("plain")));
}

TEST_CASE("an array trains stage by stage what one process trains") {
  const comparison_place place(compared_space("{type: successive_halving}"));
  CHECK(place.run("sweep", "together").code == 0);
  for (int stage = 1; stage < 10; ++stage) {
    const std::string number = std::to_string(stage);
    const outcome planned = place.run("plan", "array", {"--stage", number, "--json"});
    REQUIRE(planned.code == 0);
    const ordered_json asked = ordered_json::parse(planned.out);
    CHECK(asked["stage"] == stage);
    CHECK(asked["finished"] == (stage > 3));
    CHECK(asked["train"].size() ==
          std::vector<std::size_t>{9, 3, 1, 0}[static_cast<std::size_t>(std::min(stage, 4) - 1)]);
    const outcome told = place.run("plan", "array", {"--stage", number});
    if (stage == 1) CHECK(told.out == "stage 1: until epoch 1: 0-8\n");
    if (stage == 4) CHECK(tells(told.out, "There is no stage 4: all is done\n"));
    for (int i = 0; i < 9; ++i) {  // the whole array: what is stopped says so
      const outcome child = place.run("train", "array", {"--stage", number},
                                      {{"SLURM_ARRAY_TASK_ID", std::to_string(i)},
                                       {"SLURM_ARRAY_TASK_MIN", "0"},
                                       {"SLURM_ARRAY_TASK_MAX", "8"},
                                       {"SLURM_ARRAY_TASK_COUNT", "9"}});
      CHECK(child.code == 0);
      CHECK(child.err == "");
      for (const ordered_json& stop : asked["stopped"]) {
        if (stop["index"] != i) continue;
        CHECK(tells(child.out, fmt::format("paramset {} is stopped after epoch {} by "
                                           "successive_halving: val_loss ",
                                           i, stop["band"].get<int>())));
      }
    }
    if (stage > 3) break;
    if (stage == 1) {
      CHECK(tells(place.status("array"), "\n9 paramsets: 9 stopped\n"));
      const outcome early = place.run("plan", "array", {"--stage", "3"});
      CHECK(early.code == 66);
      CHECK(tells(early.err, "stage 3 needs the results of those before it, which paramset"));
    }
  }
  CHECK((place.files("array") == place.files("together")));
}

TEST_CASE("one that has read all results of a stage writes it down for the others") {
  const comparison_place place(compared_space("{type: successive_halving}"));
  const auto train = [&](const std::string& stage, int index) {
    return place.run("train", "out",
                     {"--stage", stage, "--index", std::to_string(index), "--verbose", "0"});
  };
  for (int i = 0; i < 9; ++i) CHECK(train("1", i).code == 0);
  const std::string second = place.directory / "out/stage_2.json";
  CHECK_FALSE(std::filesystem::exists(second));
  const ordered_json asked =
      ordered_json::parse(place.run("plan", "out", {"--stage", "2", "--json"}).out);
  const std::string written = testing::read_file(second);
  CHECK(ordered_json::parse(written)["train"]["index"].size() == 3);
  const int trained = asked["train"][0]["index"];
  const int stopped = asked["stopped"][0]["index"];
  // What another sweep wrote, or nobody can read, is not used.
  for (const std::string& other : {std::string("{"), std::string("{\"of\":\"another\"}")}) {
    testing::write_file(second, other);
    CHECK(train("2", trained).code == 0);
    CHECK(testing::read_file(second) == written);
  }
  // Results of others are not read: those that lack would be missed.
  for (int i = 0; i < 9; ++i) {
    if (i == stopped || i == trained) continue;
    std::filesystem::remove(place.directory / fmt::format("out/result_{}.json", i));
  }
  CHECK(train("2", trained).out == fmt::format("stage 2 asks nothing of paramset {}\n", trained));
  CHECK(train("2", stopped).code == 0);
  CHECK(tells(testing::read_file(place.directory / fmt::format("out/result_{}.json", stopped)),
              "\"threshold\""));
  CHECK(place.run("plan", "out", {"--stage", "2"}).code == 66);
  const outcome otherwise =
      place.run("train", "out", {"--stage", "2", "--index", "0", "--set", "l2=0.1"});
  CHECK(tells(otherwise.err, "stage 2 needs the results of those before it, which paramset"));
}

TEST_CASE("an array's share of a stage, and its job file") {
  const comparison_place place(compared_space("{type: i_epoch, keep: 3}"));
  const auto share = [&](const std::string& stage) {
    for (const char* child : {"0", "1"}) {
      const outcome trained =
          place.run("train", "out", {"--share", "--stage", stage, "--verbose", "0"},
                    {{"AWS_BATCH_JOB_ARRAY_INDEX", child}, {"AWS_BATCH_JOB_ARRAY_SIZE", "2"}});
      CHECK(trained.code == 0);
      CHECK(trained.err == "");
    }
  };
  share("1");
  CHECK(tells(place.status("out"), "9 paramsets: 9 stopped\n"));
  share("2");
  CHECK(tells(place.status("out"), "9 paramsets: 3 done, 6 stopped\n"));
  CHECK(place.run("sweep", "together", {"--verbose", "0"}).code == 0);
  CHECK((place.files("out") == place.files("together")));
  const outcome emitted = place.run("plan", "out", {"--emit", "slurm", "--stage", "2"});
  CHECK(emitted.code == 0);
  CHECK(tells(emitted.out, " --stage 2 "));
}

TEST_CASE("stages are of sweeps whose runs are compared, and a run alone says that it sees none") {
  const comparison_place plain(compared_space(""));
  for (const char* command : {"plan", "train"}) {
    std::vector<std::string> words{"--stage", "1"};
    if (std::string(command) == "train") words.insert(words.end(), {"--index", "0"});
    const outcome refused = plain.run(command, "out", words);
    CHECK(refused.code == 64);
    CHECK(refused.err ==
          "sweepnet: --stage is for sweeps whose runs depend on one another: by early_terminate, a "
          "target of the metric, or the method bayes\n");
  }
  const outcome zero = plain.run("plan", "out", {"--stage", "0"});
  CHECK(zero.code == 64);
  CHECK(zero.err == "sweepnet: --stage must be an integer at least 1, got '0'\n");
  const comparison_place compared(compared_space("{type: median}"));
  const outcome alone = compared.run("train", "out", {"--index", "4"});
  CHECK(alone.code == 0);
  CHECK(tells(alone.out,
              "note: runs are compared by sweep, or by train --stage; here each trains "
              "to its end\n"));
  CHECK(tells(alone.out, " of 9: val_accuracy ") != tells(alone.out, " of 9: val_loss "));
}
