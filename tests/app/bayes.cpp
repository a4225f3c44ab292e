// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Sweeps by method bayes through the commands: in one process, and stage by stage in an array.

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

constexpr const char* learning_space =
    "method: bayes\n"
    "run_cap: 17\n"
    "metric: {name: val_loss}\n"
    "parameters:\n"
    "  learning_rate: {distribution: log_uniform_values, min: 1e-3, max: 0.1}\n"
    "  hidden_nodes: {values: [[], [6]]}\n"
    "  input_units: {value: 8}\n"
    "  epochs: {value: 2}\n"
    "  model_path: {value: 'm_{index}.safetensors'}\n";

struct learning_place : testing::space_place {
  learning_place() : space_place(learning_space) {}
  [[nodiscard]] ordered_json result(const std::string& output, int index) const {
    return ordered_json::parse(
        testing::read_file(directory / (output + "/result_" + std::to_string(index) + ".json")));
  }
};

}  // namespace

TEST_CASE("plan lists the paramsets of bayes that depend on no results") {
  const learning_place place;
  const outcome plan = place.run("plan", "out", {"--lines", "3"});
  CHECK(plan.err == "");
  CHECK(tells(plan.out, "... 9 more (--lines 0 shows all)\n"));
  CHECK(tells(plan.out, "... 5 more, which depend on what comes of earlier ones\n"));
  CHECK(tells(plan.out,
              "note: method bayes is a tree-structured Parzen estimator (TPE) here, where W&B has "
              "a Gaussian process: 12 random points, then 4 at a time\n"));
  CHECK(tells(plan.out, "Space: bayes (independent draws, seed 0), 17 points.\n"));
  CHECK(tells(plan.out, "17 paramsets, indices 0 to 16; of the first 12: up to "));
  const ordered_json listed = ordered_json::parse(place.run("plan", "out", {"--json"}).out);
  CHECK(listed["count"] == 17);
  CHECK(listed["paramsets"].size() == 12);
}

TEST_CASE("plan tells how the runs of a batch are compared") {
  const learning_place place;
  testing::write_file(place.directory / "space.yml",
                      "early_terminate: {type: i_epoch, keep: 2}\n" + std::string(learning_space));
  CHECK(tells(place.run("plan", "out").out,
              "Runs of a batch are compared with one another; of the first one:\n"
              "Runs are compared by val_loss: i_epoch (epochs 1, keep 2)\n"
              "stage  runs  until epoch  epochs\n"
              "1      12    1            12\n"
              "2      2     2            2\n"));
}

TEST_CASE("sweep says how many runs depend on those that are not over") {
  const learning_place place;
  const outcome swept = place.run("sweep", "out", {"--time-budget", "1e-9"});
  CHECK(swept.code == 0);
  CHECK(tells(swept.out,
              "12 of 17 runs have a model, 5 depend on runs that are not over, 12 have used their "
              "time budget"));
  CHECK(tells(place.run("sweep", "out").out, "17 of 17 runs have a model; "));
}

TEST_CASE("a bayes without an end asks for --runs, and a seed of its own makes other points") {
  const learning_place place;
  std::string text = learning_space;
  text.erase(text.find("run_cap: 17\n"), 12);
  testing::write_file(place.directory / "space.yml", text);
  const outcome refused = place.run("plan", "out");
  CHECK(refused.code == 65);
  CHECK(tells(refused.err, "bayes has no end: the space needs a run_cap, or --runs N\n"));
  const auto planned = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"--json", "--runs", "17"};
    words.insert(words.end(), more.begin(), more.end());
    return place.run("plan", "out", words).out;
  };
  CHECK(planned({}) == planned({"--draw-seed", "0"}));
  CHECK(planned({}) != planned({"--draw-seed", "1"}));
}

TEST_CASE("an array trains bayes stage by stage, to what a sweep in one process comes to") {
  const learning_place place;
  const outcome swept = place.run("sweep", "together", {"--threads", "2"});
  CHECK(swept.err == "");
  CHECK(swept.code == 0);
  CHECK(tells(swept.out, "17 of 17 runs have a model; "));

  // The first stage as an array of four, which share it; each knows its number alone.
  const auto child = [&](int index, const std::string& stage) {
    return place.run("train", "array", {"--stage", stage, "--share", "--verbose", "0"},
                     {{"SLURM_ARRAY_TASK_ID", std::to_string(index)},
                      {"SLURM_ARRAY_TASK_COUNT", "4"},
                      {"SLURM_ARRAY_TASK_MIN", "0"},
                      {"SLURM_ARRAY_TASK_MAX", "3"}});
  };
  const outcome early = child(1, "2");
  CHECK(early.code == 66);
  CHECK(early.err ==
        "sweepnet: stage 2 needs the results of those before it, which paramsets 0-11 lack\n");
  const outcome alone = place.run("train", "array", {"--index", "12"});
  CHECK(alone.code == 66);
  CHECK(tells(alone.err,
              "space.yml: paramset 12 depends on what comes of earlier ones: --stage K trains it "
              "on their results\n"));
  for (const char* stage : {"1", "2", "3"}) {
    const ordered_json plan =
        ordered_json::parse(place.run("plan", "array", {"--stage", stage, "--json"}).out);
    CHECK_FALSE(plan["finished"].get<bool>());
    for (int index = 0; index < 4; ++index) {
      const outcome trained = child(index, stage);
      CHECK(trained.err == "");
      CHECK(trained.code == 0);
    }
    for (const ordered_json& leg : plan["train"]) {
      CHECK(leg["paramset"] == place.result("array", leg["index"].get<int>())["paramset"]);
    }
  }
  CHECK(place.run("plan", "array", {"--stage", "4"}).out == "There is no stage 4: all is done\n");
  std::set<std::string> points;
  for (int i = 0; i < 17; ++i) {
    const ordered_json one = place.result("together", i);
    const ordered_json other = place.result("array", i);
    for (const char* key : {"paramset", "history", "best", "model_digest"}) {
      CHECK(one[key] == other[key]);
    }
    points.insert(one["paramset"].dump());
  }
  CHECK(points.size() == 17);
}

TEST_CASE("an array for bayes is emitted stage by stage, as large as what is trained at a time") {
  const learning_place place;
  const auto emitted = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"--emit", "slurm"};
    words.insert(words.end(), more.begin(), more.end());
    return place.run("plan", "out", words);
  };
  const outcome refused = emitted({});
  CHECK(refused.code == 64);
  CHECK(refused.err ==
        "sweepnet: --emit: paramsets of the method bayes depend on what comes of earlier ones: "
        "--stage K emits those that depend on the stages before, from 1\n");
  const outcome job = emitted({"--stage", "2"});
  CHECK(job.err == "");
  CHECK(tells(job.out, "--array=0-3"));
  CHECK(tells(job.out, "--share"));
  CHECK(tells(job.out, "--stage 2"));
}
