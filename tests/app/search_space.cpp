// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Search spaces through the commands: what a list does, they do.

#include <filesystem>
#include <string>
#include <vector>

#include "data_files.hpp"
#include "program.hpp"
#include "support.hpp"
#include "sweepnet/describe/json.hpp"

using sweepnet::ordered_json;
using testing::outcome;

namespace {

constexpr const char* small_space =
    "method: random\n"
    "project: first\n"
    "run_cap: 4\n"
    "parameters:\n"
    "  epochs: {min: 1, max: 3}\n"
    "  learning_rate: {distribution: log_uniform_values, min: 1e-3, max: 0.1}\n"
    "  optimizer: {values: [{name: sgd, momentum: 0.9}, adam]}\n"
    "  hidden_nodes: {value: [6]}\n"
    "  input_units: {value: 8}\n"
    "  model_path: {value: 'm_{index}.safetensors'}\n";

struct space_place {
  explicit space_place(const std::string& text = small_space) {
    testing::write_file(directory / "space.yml", text);
    testing::write_idx_directory(directory / "data", testing::random_dataset(60, 12, 3));
  }
  [[nodiscard]] outcome run(const std::string& command, const std::vector<std::string>& more = {},
                            const sweepnet::environment_map& environment = {}) const {
    testing::command_line line{
        .arguments = {command, directory / "space.yml", "--data", directory / "data"},
        .environment = environment};
    line.arguments.insert(line.arguments.end(), more.begin(), more.end());
    return testing::run_program(line);
  }
  [[nodiscard]] ordered_json plan(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"--json"};
    words.insert(words.end(), more.begin(), more.end());
    const outcome planned = run("plan", words);
    CHECK(planned.err == "");
    return ordered_json::parse(planned.out);
  }
  [[nodiscard]] ordered_json result(const std::string& output, int index) const {
    return ordered_json::parse(
        testing::read_file(directory / (output + "/result_" + std::to_string(index) + ".json")));
  }

  testing::temporary_directory directory{};
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("plan prints the draws as one object, in which results find themselves again") {
  const space_place place;
  const ordered_json plan = place.plan();
  CHECK(plan["count"] == 4);
  REQUIRE(plan["paramsets"].size() == 4);
  const outcome trained =
      place.run("train", {"--index", "2", "--output", place.directory / "one", "--threads", "1"});
  CHECK(trained.code == 0);
  CHECK(holds(trained.out, "note: project says how W&B starts a script, and is not used here\n"));
  const ordered_json result = place.result("one", 2);
  CHECK(result["paramset"] == plan["paramsets"][2]);
  CHECK(result["size"] == 4);
  CHECK(place.plan({"--draw-seed", "0"}) == plan);
  CHECK(place.plan({"--draw-seed", "1"}) != plan);
  const ordered_json longer = place.plan({"--runs", "6"});
  CHECK(longer["count"] == 6);
  CHECK(longer["paramsets"][3] == plan["paramsets"][3]);
  const ordered_json set = place.plan({"--set", "epochs=7"});
  REQUIRE(set["paramsets"].size() == 4);
  for (const ordered_json& p : set["paramsets"]) CHECK(p["epochs"] == 7);
}

TEST_CASE("plan lists a space, its draws, and what all of it costs") {
  const outcome planned = space_place().run("plan", {"--lines", "2"});
  REQUIRE(planned.code == 0);
  CHECK(planned.out.starts_with("index  parameters  model"));
  CHECK(holds(planned.out, "... 2 more (--lines 0 shows all)\n"));
  CHECK(holds(planned.out, "\nSpace: random (independent draws, seed 0), 4 points.\n"));
  CHECK(holds(planned.out, "\n4 paramsets, indices 0 to 3; up to 179 parameters a model; "));
  CHECK(planned.out.ends_with(" multiply-adds in all, if each trains all of its epochs.\n"));
  // epochs P (3 R + V)
  const space_place fixed(
      "method: grid\nrepeats: 3\nparameters: {epochs: {value: 2}, hidden_nodes: "
      "{value: [6]}, input_units: {value: 8}}\n");
  const outcome counted = fixed.run("plan");
  CHECK(holds(counted.out, "Space: grid, 1 point, 3 repeats each.\n"));
  CHECK(holds(counted.out, "; 2.26e+05 multiply-adds"));  // 3 * 2 * 179 * (3 * 60 + 30)
}

TEST_CASE("a space is swept as it is trained one by one, and repeats differ by their seeds") {
  const space_place place(std::string(small_space) + "repeats: 2\n");
  const outcome swept = place.run("sweep", {"--output", place.directory / "all", "--threads", "2"});
  CHECK(swept.code == 0);
  CHECK(holds(swept.out, "8 of 8 runs have a model"));
  CHECK(holds(swept.out, "   paramsets  mean val_accuracy  deviation  runs  epochs  "));
  CHECK(holds(swept.out, "\n4  "));
  for (const char* index : {"4", "5"}) {
    CHECK(
        place
            .run("train", {"--index", index, "--output", place.directory / "one", "--threads", "1"})
            .code == 0);
    const std::string model = std::string("/m_") + index + ".safetensors";
    CHECK(testing::read_file(place.directory / ("one" + model)) ==
          testing::read_file(place.directory / ("all" + model)));
  }
  CHECK(place.result("all", 4)["seed"] == 0);
  CHECK(place.result("all", 5)["seed"] == 1);
  CHECK(place.result("all", 5)["paramset"]["epochs"] ==
        place.result("all", 4)["paramset"]["epochs"]);
  const outcome status = testing::run_program(
      {.arguments = {"status", place.directory / "all", "--sweep", place.directory / "space.yml"}});
  CHECK(holds(status.out, "8 paramsets: 8 done\n"));
}

TEST_CASE("an array's share of a space, and a size that only the array tells") {
  const space_place place(
      "method: random\nparameters: {learning_rate: {min: 0.001, max: 0.1}, epochs: {value: 1}, "
      "hidden_nodes: {value: [4]}, input_units: {value: 4}, model_path: {value: "
      "'m_{index}.safetensors'}}\n");
  const outcome endless = place.run("plan");
  CHECK(endless.code == 65);
  CHECK(endless.err == "sweepnet: " + (place.directory / "space.yml") +
                           ":1:9: random draws have no end: the space needs a run_cap, or --runs "
                           "N\n");
  const sweepnet::environment_map child{{"AWS_BATCH_JOB_ARRAY_INDEX", "1"},
                                        {"AWS_BATCH_JOB_ARRAY_SIZE", "3"}};
  CHECK(place.run("train", {"--output", place.directory / "array"}, child).code == 0);
  CHECK(place.result("array", 1)["size"] == 3);
  CHECK(place.run("train", {"--output", place.directory / "share", "--share", "--runs", "5"}, child)
            .code == 0);
  CHECK(place.result("share", 1)["size"] == 5);
  CHECK(place.result("share", 4)["size"] == 5);
  CHECK(place.result("share", 1)["paramset"] == place.result("array", 1)["paramset"]);
}

TEST_CASE("what is for search spaces is refused of a list, and of no file at all") {
  const space_place list("- {}\n");
  const std::string path = list.directory / "space.yml";
  for (const char* option : {"--runs", "--draw-seed"}) {
    const outcome refused = list.run("plan", {option, "3"});
    CHECK(refused.code == 64);
    CHECK(refused.err ==
          std::string("sweepnet: ") + option + " is for search spaces, " + path + " is a list\n");
  }
  const outcome alone = testing::run_program({.arguments = {"status", "out", "--runs", "3"}});
  CHECK(alone.code == 64);
  CHECK(alone.err == "sweepnet: --runs requires --sweep (see --help)\n");
}

TEST_CASE("a space's job file has its size, and is split where the engine takes no such array") {
  const space_place place(
      "method: grid\nparameters: {seed: {min: 0, max: 1999}, model_path: {value: "
      "'m_{index}.h5'}}\n");
  const auto emit = [&](const std::string& engine, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"--emit", engine, "--output", "o"};
    words.insert(words.end(), more.begin(), more.end());
    const outcome emitted = place.run("plan", words);
    CHECK(emitted.err == "");
    return emitted.out;
  };
  const std::string slurm = emit("slurm");
  CHECK(holds(slurm, "#SBATCH --array=0-1000\n"));
  CHECK(holds(slurm, " --share --threads 2\n"));
  CHECK(holds(emit("slurm", {"--array-size", "2000"}), "#SBATCH --array=0-1999\n"));
  const std::string few = emit("slurm", {"--runs", "40", "--draw-seed", "3"});
  CHECK(holds(few, "#SBATCH --array=0-39\n"));
  CHECK(holds(few, " --runs 40 --draw-seed 3 "));
  CHECK_FALSE(holds(few, "--share"));
  CHECK(ordered_json::parse(emit("aws-batch"))["arrayProperties"]["size"] == 2000);
  CHECK(holds(emit("kubernetes"), "completions: 2000\n"));
}

TEST_CASE("of a space too large to list, single runs are trained, and plan looks at the first") {
  const space_place place(
      "method: grid\nparameters: {epochs: {value: 1}, seed: {min: 0, max: 999999}, batch_size: "
      "{min: "
      "8, max: 1048575}, hidden_nodes: {value: [4]}, input_units: {value: 4}}\n");
  const outcome planned = place.run("plan", {"--lines", "3"});
  CHECK(planned.code == 0);
  CHECK(holds(planned.out,
              "1048568000000 paramsets, indices 0 to 1048567999999; of the first 1000: "
              "up to "));
  const std::string index = "1048567999999";
  CHECK(place.run("train", {"--index", index, "--output", place.directory / "out"}).code == 0);
  const ordered_json result =
      ordered_json::parse(testing::read_file(place.directory / ("out/result_" + index + ".json")));
  CHECK(result["paramset"]["batch_size"] == 1048575);
  CHECK(result["paramset"]["seed"] == 999999);
  const outcome swept = place.run("sweep", {"--output", place.directory / "out"});
  CHECK(swept.code == 65);
  CHECK(swept.err ==
        "sweepnet: " + (place.directory / "space.yml") +
            ": the space has 1048568000000 runs, of which at most 1000000 are taken at "
            "once: give it a run_cap, or --runs N\n");
  const outcome status = testing::run_program({.arguments = {"status", place.directory / "out"}});
  CHECK(status.code == 65);
  CHECK(status.err == "sweepnet: " + (place.directory / "out") +
                          ": is of a sweep of 1048568000000 paramsets, of which none lists more "
                          "than 1000000\n");
}

TEST_CASE("points that only together are wrong are told by plan, and end their run") {
  const space_place place(
      "method: grid\nparameters: {learning_rate: {values: [null, 0.1]}, optimizer: {values: [adam, "
      "{name: sgd, learning_rate: 0.5}]}}\n");
  const outcome planned = place.run("plan");
  CHECK(planned.code == 65);
  const std::string path = place.directory / "space.yml";
  CHECK(planned.err == path +
                           ":1:1: learning_rate is given twice, here and in optimizer (paramset "
                           "3)\nsweepnet: " +
                           path + ": 1 of 4 paramsets is wrong\n");
  const outcome trained = place.run("train", {"--index", "3", "--output", place.directory / "out"});
  CHECK(trained.code == 65);
  CHECK(trained.err ==
        "sweepnet: " + path + ":1:1: learning_rate is given twice, here and in optimizer\n");
}
