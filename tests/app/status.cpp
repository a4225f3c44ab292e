// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// `sweepnet status`: what the outputs alone tell.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"
#include "program.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/run/sweep_status.hpp"

using testing::outcome;

namespace {

struct four_paramsets {
  testing::temporary_directory directory{};

  four_paramsets() {
    testing::write_idx_directory(directory / "data", testing::random_dataset(60, 12, 3));
    testing::write_file(directory / "sweep.yml",
                        "- &base {epochs: 1, input_units: 4, hidden_nodes: [], "
                        "model_path: 'models/m_{index}.safetensors'}\n"
                        "- {<<: *base, seed: 1}\n- {<<: *base, seed: 2}\n- {<<: *base, seed: 3}\n");
  }

  void train(const std::string& index) const {
    REQUIRE(testing::run_program(
                {.arguments = {"train", directory / "sweep.yml", "--data", directory / "data",
                               "--output", output(""), "--index", index, "--verbose", "0"}})
                .code == 0);
  }
  [[nodiscard]] outcome status(std::vector<std::string> options = {}) const {
    std::vector<std::string> words{"status", output("")};
    words.insert(words.end(), options.begin(), options.end());
    return testing::run_program({.arguments = words});
  }
  [[nodiscard]] std::string output(const std::string& name) const {
    return directory / ("out/" + name);
  }
};

}  // namespace

TEST_CASE("status tells done, interrupted, damaged and missing paramsets from their files") {
  const four_paramsets place;
  place.train("1");
  place.train("2");
  testing::write_file(place.output("state_3.safetensors"),
                      sweepnet::encode_run_state({}, {}, "cpu"));
  const outcome first = place.status();
  CHECK(first.code == 0);
  CHECK(first.out.starts_with("0       missing\n1       done  {\"epoch\":1,"));
  CHECK(
      first.out.ends_with("3       interrupted\n4 paramsets: 2 done, 1 interrupted, 1 missing\n"));
  CHECK(place.status({"--missing"}).out == "0,3\n");

  const std::string model = place.output("models/m_1.safetensors");
  const std::string bytes = testing::read_file(model);
  testing::write_file(model, std::string(bytes.size(), 'x'));
  CHECK(place.status({"--missing"}).out == "0-1,3\n");
  CHECK(place.status().out.find("1       damaged  " + model +
                                " is not the model that the result describes\n") !=
        std::string::npos);
  testing::write_file(model, std::string(std::size_t{1} << 25, 'x'));  // too large to be read
  CHECK(place.status({"--missing"}).out == "0,3\n");
  CHECK(place.status().out.find("  (model not compared)\n2 ") != std::string::npos);
  CHECK(place.status({"--missing", "--verify"}).out == "0-1,3\n");
  testing::write_file(place.output("state_3.safetensors"), "torn");
  CHECK(place.status().out.find("3       damaged  " + place.output("state_3.safetensors")) !=
        std::string::npos);
  std::filesystem::remove(place.output("models/m_1.safetensors"));
  CHECK(place.status().out.find("1       damaged  " + place.output("models/m_1.safetensors") +
                                " is missing\n") != std::string::npos);
  testing::write_file(place.output("result_2.json"), "{");
  CHECK(place.status({"--sweep", place.directory / "sweep.yml", "--missing"}).out == "0-3\n");
}

TEST_CASE(
    "a directory without results needs the sweep to tell its size, another sweep's is an error") {
  const four_paramsets place;
  CHECK(place.status().code == 66);
  std::filesystem::create_directory(place.output(""));
  const outcome unknown = place.status();
  CHECK(unknown.code == 65);
  CHECK(unknown.err.ends_with(
      ": neither a result nor a state tells the sweep's size: give the sweep with --sweep\n"));
  CHECK(place.status({"--sweep", place.directory / "sweep.yml", "--missing"}).out == "0-3\n");
  place.train("0");
  testing::write_file(place.directory / "other.yml", "- {}\n");
  CHECK(place.status({"--sweep", place.directory / "other.yml"})
            .err.ends_with("result_0.json is of a sweep of 4 paramsets, expected 1\n"));
}

TEST_CASE("while the first run trains its state tells the sweep's size") {
  const four_paramsets place;
  // As an interrupted run leaves it: its budget is spent, and its result not written yet.
  REQUIRE(testing::run_program(
              {.arguments = {"train", place.directory / "sweep.yml", "--data",
                             place.directory / "data", "--output", place.output(""), "--index", "1",
                             "--set", "epochs=3", "--time-budget", "1e-9"}})
              .code == 0);
  std::filesystem::remove(place.output("result_1.json"));
  const outcome first = place.status();
  CHECK(first.err == "");
  CHECK(first.out ==
        "0       missing\n1       interrupted\n2       missing\n3       missing\n"
        "4 paramsets: 1 interrupted, 3 missing\n");
  testing::write_file(place.output("state_1.safetensors"),
                      sweepnet::encode_run_state({}, {.sweep_size = std::size_t{1} << 60}, "cpu"));
  CHECK(place.status().code == 65);
  testing::write_file(place.output("state_0.safetensors"), "torn");
  testing::write_file(place.output("state_1.safetensors"),
                      sweepnet::encode_run_state({}, {.sweep_size = 2}, "cpu"));
  CHECK(place.status({"--missing"}).out == "0-1\n");
}

TEST_CASE("a size that no sweep has damages its result, and costs no memory") {
  const four_paramsets place;
  place.train("0");
  place.train("1");
  auto result = sweepnet::ordered_json::parse(testing::read_file(place.output("result_1.json")));
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{10'000'001}, UINT64_MAX}) {
    result["size"] = size;
    testing::write_file(place.output("result_1.json"), result.dump());
    const outcome told = place.status();
    CHECK(told.code == 0);
    CHECK(told.out.find("\n1       damaged  " + place.output("result_1.json") +
                        " is damaged: its size must be a number from 1 to 1000000\n") !=
          std::string::npos);
  }
}

TEST_CASE("indices are written as schedulers take them") {
  CHECK(sweepnet::index_ranges({}).empty());
  CHECK(sweepnet::index_ranges({4}) == "4");
  CHECK(sweepnet::index_ranges({0, 1, 3, 5, 6, 7}) == "0-1,3,5-7");
}

TEST_CASE("status follows no result out of its directory, and shows no control characters") {
  const four_paramsets place;
  place.train("1");
  sweepnet::ordered_json result =
      sweepnet::ordered_json::parse(testing::read_file(place.output("result_1.json")));
  for (const std::string& elsewhere :
       {std::string("../m.safetensors"), place.directory / "elsewhere.h5",
        std::string("s3://foreign/m.h5"), std::string("odd://m.h5")}) {
    INFO(elsewhere);
    result["paramset"]["model_path"] = elsewhere;
    testing::write_file(place.output("result_1.json"), result.dump());
    const outcome told = place.status({"--verify"});
    CHECK(told.code == 0);
    CHECK(told.out.find("  (model not compared)\n") != std::string::npos);
  }
  result["paramset"]["model_path"] = "a\u009b2J\n3       done.h5";
  testing::write_file(place.output("result_1.json"), result.dump());
  const std::string told = place.status().out;
  CHECK(told.find("\n1       damaged  " + place.output("a")) != std::string::npos);
  CHECK(told.find("\n3       done") == std::string::npos);
  CHECK(told.find("\u009b") == std::string::npos);
}
