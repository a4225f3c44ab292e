// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Predictions of as many rows as anybody has: in the memory of a block, and whole or not at all.

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "process.hpp"

using testing::ending;

namespace {

/// A model of a table of two columns, and the pipe through which rows come to it.
class ward {
 public:
  ward() {
    std::string table = "x,y\n";
    for (int i = 0; i < 200; ++i) {
      table += std::to_string(i % 7) + "," + (i % 3 == 0 ? "ill" : "well") + "\n";
    }
    testing::write_file(place_ / "train.csv", table);
    testing::write_file(place_ / "sweep.yml",
                        "- {epochs: 1, input_units: 4, hidden_nodes: [], model_path: m.h5}\n");
    REQUIRE(::mkfifo((place_ / "rows.csv").c_str(), 0600) == 0);
    const ending trained =
        run({"train", place_ / "sweep.yml", "--data", place_ / "train.csv", "--target", "y",
             "--output", place_.path().string(), "--threads", "1"});
    INFO(trained.err);
    REQUIRE(trained.code == 0);
  }

  [[nodiscard]] std::string path(const std::string& name) const { return place_ / name; }

  /// Those that are being written included.
  [[nodiscard]] int files_of(const std::string& name) const {
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(place_.path())) {
      files += entry.path().filename().string().starts_with(name) ? 1 : 0;
    }
    return files;
  }

  /// Predicts rows that are written meanwhile.
  [[nodiscard]] ending predict(int rows, const std::string& output) const {
    testing::process predicting = start_prediction(output);
    write_rows(rows, "");
    return predicting.wait();
  }
  [[nodiscard]] testing::process start_prediction(const std::string& output) const {
    return start({"predict", place_ / "m.h5", place_ / "rows.csv", "--output", place_ / output,
                  "--threads", "1"});
  }
  /// `last` ends them.
  void write_rows(int rows, const std::string& last) const {
    std::ofstream pipe(place_ / "rows.csv", std::ios::binary);
    pipe << "x\n";
    std::string some;
    for (int i = 0; i < 1000; ++i) some += std::to_string(i % 10) + "\n";
    for (int i = 0; i < rows; i += 1000) pipe << some;
    pipe << last;
  }

 private:
  [[nodiscard]] testing::process start(const std::vector<std::string>& words) const {
    std::vector<std::string> all{"/bin/sh", "-c", "exec \"$@\" >/dev/null", "sh", SWEEPNET_PROGRAM};
    all.insert(all.end(), words.begin(), words.end());
    return testing::process(all, {}, place_ / "err");
  }
  [[nodiscard]] ending run(const std::vector<std::string>& words) const {
    return start(words).wait();
  }

  testing::temporary_directory place_{};
};

}  // namespace

#if !defined(SWEEPNET_SANITIZES_ADDRESS)  // it keeps memory that was given back
TEST_CASE("predictions take as much memory for many rows as for some, whatever their form") {
  const ward place;
  for (const std::string output : {"p.csv", "p.npy"}) {
    const ending some = place.predict(1'000'000, output);
    const ending many = place.predict(5'000'000, output);
    INFO(output << ": " << some.err << many.err);
    CHECK(some.code == 0);
    CHECK(many.code == 0);
    CHECK(std::filesystem::file_size(place.path(output)) >= 16'000'000);
    WARN(output << ": " << static_cast<double>(some.peak) / 1e6 << " MB, of 5 times as many rows "
                << static_cast<double>(many.peak) / 1e6 << " MB");
    CHECK(many.peak - some.peak < 4'000'000);
  }
  CHECK(std::filesystem::file_size(place.path("p.npy")) == 128 + 5'000'000 * 2 * 4);
}
#endif

TEST_CASE("predictions that cannot be ended leave what was there") {
  const ward place;
  for (const std::string output : {"p.csv", "p.npy"}) {
    testing::write_file(place.path(output), "old");
    {
      testing::process predicting = place.start_prediction(output);
      place.write_rows(300'000, "abc\n");
      const ending how = predicting.wait();
      CHECK(how.code == 65);
      CHECK(how.err == "sweepnet: " + place.path("rows.csv") +
                           ":300002:1: column 'x' expected a number, got 'abc'\n");
    }
    CHECK(testing::read_file(place.path(output)) == "old");
    CHECK(place.files_of(output) == 1);
  }
}

TEST_CASE("predictions whose process was killed leave nothing once they are made again") {
  const ward place;
  {
    testing::process predicting = place.start_prediction("p.npy");
    std::ofstream pipe(place.path("rows.csv"), std::ios::binary);
    pipe << "x\n";
    for (int i = 0; i < 300'000; ++i) pipe << "1\n";
    pipe.flush();
    predicting.send(SIGKILL);
    CHECK(predicting.wait().signal == SIGKILL);
  }
  CHECK_FALSE(std::filesystem::exists(place.path("p.npy")));
  CHECK(place.files_of("p.npy") == 1);
  CHECK(place.predict(1000, "p.npy").code == 0);
  CHECK(std::filesystem::file_size(place.path("p.npy")) == 128 + 1000 * 2 * 4);
  CHECK(place.files_of("p.npy") == 1);
}
