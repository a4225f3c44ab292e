// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Sweeps whose runs depend on one another, by early termination or the method bayes, killed at any
// moment: the same runs are trained and stopped.

#include <csignal>
#include <filesystem>
#include <map>
#include <string>

#include "data_files.hpp"
#include "process.hpp"
#include "support.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/describe/json.hpp"

using testing::ending;

namespace {

struct killed_search {
  /// Of a space that begins so.
  explicit killed_search(const std::string& head) {
    testing::write_idx_directory(directory / "data", testing::random_dataset(300, 60, 4));
    testing::write_file(directory / "space.yml",
                        head +
                            "\nmetric: {name: val_loss}\nparameters:\n"
                            "  learning_rate: {values: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3]}\n"
                            "  hidden_nodes: {values: [[], [20], [30, 30]]}\n"
                            "  input_units: {value: 90}\n"
                            "  batch_size: {value: 8}\n"
                            "  epochs: {value: 9}\n");
  }
  [[nodiscard]] testing::process start(const std::string& name) const {
    return {
        {SWEEPNET_PROGRAM, "sweep", directory / "space.yml", "--data", directory / "data",
         "--output", directory / name, "--verbose", "0", "--threads", "2", "--save-every", "0.01"},
        {},
        directory / (name + ".err")};
  }
  /// What is to be equal: all, but for what a clock has written into results.
  [[nodiscard]] std::map<std::string, std::string> files(const std::string& name) const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory / name)) {
      const std::string file = entry.path().filename().string();
      std::string content = testing::read_file(entry.path());
      if (file.starts_with("result_")) {
        auto result = sweepnet::ordered_json::parse(content);
        for (const char* key : {"seconds", "threads", "model"}) result.erase(key);
        content = result.dump();
      }
      if (file != "best.json") files[file] = content;
    }
    return files;
  }

  testing::temporary_directory directory{};
};

}  // namespace

TEST_CASE("a sweep whose runs depend on one another, killed at random moments, is what it was") {
  const std::string grid = "method: grid\nearly_terminate: ";
  const std::string bayes = "method: bayes\nparallel: 3\nrun_cap: 18";
  for (const std::string& head :
       {grid + "{type: successive_halving}", grid + "{type: asha, parallel: 3}", bayes,
        bayes + "\nearly_terminate: {type: successive_halving}"}) {
    INFO(head);
    const killed_search site(head);
    const ending calm = site.start("calm").wait();
    INFO(calm.err);
    REQUIRE(calm.code == 0);
    int kills = 0;
    for (bool over = false; !over && kills < 12; ++kills) {
      testing::process run = site.start("killed");
      const auto draw =
          sweepnet::bits_of(sweepnet::random_at(7, static_cast<std::uint64_t>(kills), 0));
      testing::sleep_for(0.02 + 0.15 * sweepnet::open_unit_interval(draw));
      run.send(SIGKILL);
      over = run.wait().signal == 0;
    }
    const ending whole = site.start("killed").wait();
    INFO(whole.err);
    CHECK(whole.code == 0);
    CHECK((site.files("killed") == site.files("calm")));
    WARN(kills << " kills: " << head);
  }
}
