// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// `sweepnet sweep`: what it prints, what it leaves, and how it ends.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "data_files.hpp"
#include "program.hpp"
#include "support.hpp"
#include "sweepnet/app/context.hpp"
#include "sweepnet/app/sweep_console.hpp"
#include "sweepnet/describe/json.hpp"

using sweepnet::ordered_json;
using testing::outcome;

namespace {

constexpr const char* four =
    "- {epochs: 2, hidden_nodes: [8], model_path: 'm_{index}.safetensors'}\n"
    "- {epochs: 3, hidden_nodes: [4, 4], model_path: 'm_{index}.safetensors', optimizer: adam}\n"
    "- {epochs: 1, hidden_nodes: [8], learning_rate: 1e30, model_path: 'm_{index}.safetensors'}\n"
    "- {epochs: 4, hidden_nodes: [8], seed: 7, model_path: 'm_{index}.safetensors'}\n";

struct sweep_place {
  explicit sweep_place(const std::string& sweep = four) {
    testing::write_file(directory / "sweep.yml", sweep);
    testing::write_idx_directory(directory / "data", testing::random_dataset(60, 12, 3));
  }
  [[nodiscard]] outcome run(const std::vector<std::string>& more = {}, bool terminal = false,
                            const std::string& command = "sweep") const {
    testing::command_line line{.arguments = {command, directory / "sweep.yml", "--data",
                                             directory / "data", "--output", directory / "out"},
                               .terminal = terminal};
    line.arguments.insert(line.arguments.end(), more.begin(), more.end());
    return testing::run_program(line);
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    return testing::read_file(directory / ("out/" + name));
  }

  testing::temporary_directory directory{};
};

}  // namespace

TEST_CASE("sweep trains all, ranks them, names what failed, and puts the best under one name") {
  const sweep_place place;
  const outcome swept = place.run({"--threads", "2"});
  CHECK(swept.code == 65);
  CHECK(
      swept.err ==
      "paramset 2: no epoch gave a finite loss\n"
      "sweepnet: 1 of 4 runs failed or are damaged: paramset 2; --start-over trains them again\n");
  CHECK(swept.out.find("] paramset 3: val_accuracy 0.") != std::string::npos);
  CHECK(swept.out.find("   paramset  val_accuracy  epoch  epochs  hidden_nodes  optimizer") !=
        std::string::npos);
  CHECK(swept.out.find("3 of 4 runs have a model; ") != std::string::npos);
  const ordered_json best = ordered_json::parse(place.file("best.json"));
  const std::string index = std::to_string(best["index"].get<int>());
  CHECK(best["monitor"] == "val_accuracy");
  CHECK(best["copy"] == "best.safetensors");
  CHECK(best["value"] == best["best"]["val_accuracy"]);
  CHECK(place.file("best.safetensors") == place.file("m_" + index + ".safetensors"));
  CHECK(swept.out.find("Best model: ") != std::string::npos);

  const std::string record = place.file("best.json");
  const outcome again = place.run();
  CHECK(again.code == 65);
  CHECK(again.out.find("] paramset") == std::string::npos);  // nothing was trained
  CHECK(again.out.find("3 of 4 runs have a model, 3 were finished before; ") != std::string::npos);
  CHECK(place.file("best.json") == record);

  const outcome status = testing::run_program({.arguments = {"status", place.directory / "out"}});
  CHECK(status.code == 0);
  CHECK(status.out.find("4 paramsets: 3 done, 1 failed\n") != std::string::npos);
}

TEST_CASE("a sweep's best model follows the better run, and an older copy of another form goes") {
  const sweep_place place(
      "- {epochs: 1, hidden_nodes: [2], model_path: 'm_{index}.safetensors'}\n");
  testing::write_file(place.directory / "out/best.json", "{\"copy\": \"best.onnx\"}");
  testing::write_file(place.directory / "out/best.onnx", "of before");
  CHECK(place.run({"--verbose", "0"}).code == 0);
  CHECK_FALSE(std::filesystem::exists(place.directory / "out/best.onnx"));
  CHECK(ordered_json::parse(place.file("best.json"))["copy"] == "best.safetensors");
}

TEST_CASE("a sweep tells what is damaged, and --start-over trains that alone anew") {
  const sweep_place place("- {epochs: 1, hidden_nodes: []}\n- {epochs: 1, hidden_nodes: [4]}\n");
  CHECK(place.run({"--verbose", "0"}).code == 0);
  const std::string kept = place.file("result_0.json");
  testing::write_file(place.directory / "out/result_1.json", "{}");
  const outcome damaged = place.run({"--verbose", "0"});
  CHECK(damaged.code == 65);
  CHECK(damaged.err.find("paramset 1: ") == 0);
  CHECK(damaged.err.find("result_1.json is damaged") != std::string::npos);
  CHECK(damaged.out == "");
  CHECK(place.run({"--verbose", "0", "--start-over"}).code == 0);
  CHECK(place.file("result_0.json") == kept);
  CHECK(place.run({"--verbose", "0"}).code == 0);
}

TEST_CASE("a sweep whose run takes more memory than it may exits 78 and trains the others") {
  const sweep_place place(
      "- {epochs: 1, hidden_nodes: [2000]}\n- {epochs: 1, input_units: 4, hidden_nodes: []}\n");
  const outcome swept = place.run({"--memory", "2000000", "--verbose", "0"});
  CHECK(swept.code == 78);
  CHECK(swept.err.find("paramset 0: to train and save a network of ") == 0);
  CHECK(swept.err.find(" of memory, the sweep may take 2.0 MB\n") != std::string::npos);
  CHECK(std::filesystem::exists(place.directory / "out/result_1.json"));
}

TEST_CASE("no paramset's model may lie where the copy of the best one goes") {
  const sweep_place place("- {}\n- {model_path: best.h5}\n");
  const outcome refused = place.run();
  CHECK(refused.code == 65);
  CHECK(refused.err == "sweepnet: " + (place.directory / "sweep.yml") +
                           ": paramset 1: model_path is best.h5, where the copy of the sweep's "
                           "best model goes\n");
  CHECK(testing::files_below(place.directory / "out").empty());
}

TEST_CASE("on a terminal the sweep's table leaves no line behind but the leaderboard") {
  const sweep_place place(
      "- {epochs: 40, hidden_nodes: [64]}\n- {epochs: 40, hidden_nodes: [4]}\n");
  const outcome swept = place.run({}, true);
  CHECK(swept.code == 0);
  CHECK(swept.out.find("paramset  val_accuracy  epoch  hidden_nodes") != std::string::npos);
  CHECK(swept.out.find("] paramset") == std::string::npos);
  const std::size_t last = swept.out.rfind('\x1b');
  if (last != std::string::npos) CHECK(swept.out[last + 2] == 'J');  // what was drawn is erased
}

TEST_CASE("a table is drawn over the one that stands, and anew in a terminal that was resized") {
  std::ostringstream out;
  std::int64_t columns = 80;
  const sweepnet::app::context world{.out = out,
                                     .err = out,
                                     .environment = {},
                                     .terminal = true,
                                     .columns = [&] { return columns; },
                                     .rows = {},
                                     .embedded = {}};
  sweepnet::app::sweep_console console(world, {.runs = 3});
  const auto drawn = [&](std::int64_t width) {
    columns = width;
    out.str("");
    std::this_thread::sleep_for(std::chrono::milliseconds(250));  // it is drawn no more often
    console.on_wait();
    return out.str();
  };
  const std::string erase = "\x1b[J";
  CHECK(drawn(80).starts_with(erase + "0 of 3 runs"));
  CHECK(drawn(80).starts_with("0 of 3 runs"));
  CHECK(drawn(200).starts_with(erase + "0 of 3 runs"));
  CHECK(drawn(200).starts_with("0 of 3 runs"));
  CHECK(drawn(40).starts_with(erase + "0 of 3 runs"));
  const std::string last = drawn(40);
  CHECK(last.ends_with("\x1b[K" + erase + "\r\x1b[1A"));  // up to the first of two lines
}

TEST_CASE("seconds are told as people read them") {
  using sweepnet::app::text_of_seconds;
  CHECK(text_of_seconds(0) == "0 s");
  CHECK(text_of_seconds(7.2) == "8 s");
  CHECK(text_of_seconds(187) == "3:07 min");
  CHECK(text_of_seconds(7505) == "2:05 h");
}
