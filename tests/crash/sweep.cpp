// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Whole sweeps killed at any moment, asked to stop, and two at once in one directory.
// SWEEPNET_SWEEP_KILLS sets how many kills; the default is small, for every day.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data_files.hpp"
#include "disturbed.hpp"
#include "process.hpp"
#include "support.hpp"
#include "sweepnet/describe/encode.hpp"

using testing::ending;

namespace {

/// A sweep of eight, and what each of its runs gives alone.
class killed_sweep {
 public:
  killed_sweep() {
    testing::write_idx_directory(directory_ / "data", testing::random_dataset(300, 60, 4));
    testing::write_file(directory_ / "sweep.yml",
                        "- {epochs: 9, batch_size: 8, input_units: 150, hidden_nodes: [20], "
                        "optimizer: adam}\n"
                        "- {epochs: 1, input_units: 4, hidden_nodes: []}\n"
                        "- {epochs: 5, batch_size: 16, input_units: 100, hidden_nodes: [30, 30], "
                        "reduce_lr_on_plateau: {patience: 1}}\n"
                        "- {epochs: 2, input_units: 8, hidden_nodes: [], learning_rate: 1e30}\n"
                        "- {epochs: 12, batch_size: 4, input_units: 40, hidden_nodes: [8], "
                        "early_stopping: {patience: 3}}\n"
                        "- {epochs: 3, input_units: 8, hidden_nodes: [], seed: 5}\n"
                        "- {epochs: 7, batch_size: 10, input_units: 90, hidden_nodes: [16]}\n"
                        "- {epochs: 2, input_units: 16, hidden_nodes: [4], seed: 6}\n");
    for (std::size_t i = 0; i < size; ++i) {
      const ending alone =
          start("alone", "train", {"--index", std::to_string(i), "--threads", "1"}).wait();
      INFO(alone.err);
      REQUIRE(alone.code == (i == failing ? 65 : 0));
    }
    const auto begun = std::chrono::steady_clock::now();
    const ending calm = start("calm").wait();
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    INFO(calm.err);
    REQUIRE(calm.code == 65);
    check_equal_to_alone("calm");
  }

  [[nodiscard]] double seconds() const { return seconds_; }

  [[nodiscard]] testing::process start(const std::string& name,
                                       const std::string& command = "sweep",
                                       const std::vector<std::string>& more = {"--threads", "2"},
                                       const std::string& twin = "") const {
    std::vector<std::string> words{SWEEPNET_PROGRAM,
                                   command,
                                   directory_ / "sweep.yml",
                                   "--data",
                                   directory_ / "data",
                                   "--output",
                                   directory_ / name,
                                   "--verbose",
                                   "0",
                                   "--csv-log",
                                   "--keep-state",
                                   "--save-every",
                                   "0.01"};
    words.insert(words.end(), more.begin(), more.end());
    return testing::process(words, {}, directory_ / (name + twin + ".err"));
  }

  /// All files of all runs, byte by byte, but for what a clock writes; and nothing is left over.
  void check_equal_to_alone(const std::string& name, bool with_states = true) const {
    auto found = files_of(name);
    auto expected = files_of("alone");
    const auto is_state = [](const auto& file) { return file.first.starts_with("state_"); };
    if (!with_states) {
      std::erase_if(found, is_state);
      std::erase_if(expected, is_state);
    }
    CHECK(found.erase("best.json") == 1);
    const auto best = found.lower_bound("best.");
    REQUIRE(best != found.end());
    CHECK(best->first.starts_with("best."));
    found.erase(best);
    for (const auto& [file, content] : expected) {
      INFO(file);
      CHECK((found[file] == content));
    }
    CHECK(found.size() == expected.size());
  }

  void clear(const std::string& name) const { std::filesystem::remove_all(directory_ / name); }

  static constexpr std::size_t size = 8;
  static constexpr std::size_t failing = 3;

 private:
  [[nodiscard]] std::map<std::string, std::string> files_of(const std::string& name) const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory_ / name)) {
      const std::string file = entry.path().filename().string();
      std::string content = testing::read_file(entry.path());
      if (file.starts_with("result_")) {
        auto result = sweepnet::ordered_json::parse(content);
        for (const char* key :
             {"seconds", "threads", "scheduler", "variable", "array_size", "attempt", "model"}) {
          result.erase(key);
        }
        content = result.dump();
      }
      files[file] = content;
    }
    return files;
  }

  testing::temporary_directory directory_{};
  double seconds_ = 0;
};

}  // namespace

TEST_CASE(
    "a sweep killed at random moments and started again ends in the bytes of its runs alone") {
  const killed_sweep site;
  const auto [kills, finished] = testing::kill_and_go_on(
      site, "SWEEPNET_SWEEP_KILLS", 10, 65, [] {}, [&] { site.check_equal_to_alone("killed"); });
  WARN(kills << " kills in " << finished << " sweeps: all ended as their runs alone");
}

TEST_CASE("a signal saves all runs of a sweep within 2 s, exits 75, and the same command goes on") {
  const killed_sweep site;
  testing::ask_to_stop(site, SIGTERM, 65, [](const std::string& said) {
    CHECK(said.find("sweepnet: SIGTERM came") != std::string::npos);
    CHECK(said.find("the same command goes on from there") != std::string::npos);
  });
  site.check_equal_to_alone("asked");
}

TEST_CASE("two sweeps of one directory at once lose nothing") {
  const killed_sweep site;
  testing::process one = site.start("shared", "sweep", {"--threads", "1"}, "_one");
  testing::sleep_for(0.2 * site.seconds());
  testing::process other = site.start("shared", "sweep", {"--threads", "2"}, "_other");
  for (testing::process* each : {&one, &other}) {
    const ending how = each->wait();
    INFO(how.err);
    CHECK(how.code == 65);
    CHECK(how.err.find("1 of 8 runs failed or are damaged: paramset 3;") != std::string::npos);
  }
  // The state that is kept beside a result is that of either, when it saved last.
  site.check_equal_to_alone("shared", false);
}
