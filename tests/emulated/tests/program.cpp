// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The program with --device cuda, as a process: whole runs, killed and resumed.

#include <csignal>
#include <filesystem>
#include <string>

#include "crash/disturbed.hpp"
#include "crash/runs.hpp"
#include "crash/sweeps.hpp"

using testing::crash_plan;
using testing::crash_site;
using testing::ending;
using testing::killed_sweep;

namespace {

/// What the fused kernels train, or with a penalty what they cannot.
crash_plan plan(const std::string& more) {
  return {.paramset =
              "- {batch_size: 32, epochs: 12, input_units: 24, hidden_nodes: [12], seed: 3,"
              " optimizer: adam, early_stopping: {patience: 9}, "
              "reduce_lr_on_plateau: {patience: 1, factor: 0.5}" +
              more + "}\n",
          .data = testing::random_dataset(300, 20, 5),
          .options = {"--save-every", "0.001", "--keep-state", "--device", "cuda"}};
}

/// A sweep whose runs are members of one group: one is for the libraries, one has no finite loss.
testing::sweep_plan sweep_on_gpu() {
  return {.paramsets =
              "- {epochs: 4, batch_size: 8, input_units: 24, hidden_nodes: [8], optimizer: adam}\n"
              "- {epochs: 6, batch_size: 16, input_units: 16, hidden_nodes: [], l2: 0.001, "
              "reduce_lr_on_plateau: {patience: 1}}\n"
              "- {epochs: 2, input_units: 8, hidden_nodes: [], learning_rate: 1e30}\n"
              "- {epochs: 9, batch_size: 30, input_units: 40, hidden_nodes: [12, 6], "
              "early_stopping: {patience: 3}}\n"
              "- {epochs: 3, input_units: 8, hidden_nodes: [4], seed: 5}\n",
          .size = 5,
          .failing = 2,
          .data = testing::random_dataset(120, 20, 4),
          .threads = "4",
          .options = {"--device", "cuda"}};
}

/// For at most half a minute.
void wait_for(const std::filesystem::path& file) {
  for (int i = 0; i < 30'000 && !std::filesystem::exists(file); ++i) testing::sleep_for(0.001);
  REQUIRE(std::filesystem::exists(file));
}

}  // namespace

TEST_CASE("a program's run on the GPU that is killed and resumed ends in the same bytes") {
  const std::string more = GENERATE("", ", l2: 0.001");
  const crash_site site(plan(more));
  const std::string result = testing::read_file(site.output("calm") / "result_0.json");
  CHECK(result.find("\"device\": \"cuda (emulated, driver 13.0, " +
                    std::string(more.empty() ? "fused" : "plain") + " kernels, fp32, ") !=
        std::string::npos);
  for (int kills = 0; kills < 2; ++kills) {
    site.clear("killed");
    testing::process run = site.start("killed");
    const auto state = site.output("killed") / crash_site::state;
    wait_for(state);
    run.send(SIGKILL);
    CHECK(run.wait().signal == SIGKILL);
    REQUIRE_FALSE(std::filesystem::exists(site.output("killed") / "result_0.json"));
    const ending how = site.run("killed");
    INFO(how.err);
    CHECK(how.code == 0);
    site.check_equal_to_calm("killed");
  }
}

TEST_CASE("a program's run that was asked to stop on the GPU goes on there") {
  crash_plan longer = plan("");
  longer.paramset.replace(longer.paramset.find("epochs: 12"), 10, "epochs: 60");
  longer.paramset.replace(longer.paramset.find("patience: 9"), 11, "patience: 60");
  const crash_site site(longer);
  testing::process run = site.start("asked");
  const auto state = site.output("asked") / crash_site::state;
  wait_for(state);
  run.send(SIGTERM);
  const ending how = run.wait();
  INFO(how.err);
  CHECK(how.code == 75);
  CHECK(site.run("asked").code == 0);
  site.check_equal_to_calm("asked");
}

TEST_CASE(
    "a program's sweep on the GPU ends in the bytes of its runs alone, also when it is killed") {
  const killed_sweep site(sweep_on_gpu());
  const auto [kills, finished] = testing::kill_and_go_on(
      site, "SWEEPNET_SWEEP_KILLS", 3, 65, [] {}, [&] { site.check_equal_to_alone("killed"); });
  CHECK(kills >= 3);
  CHECK(finished >= 1);
}

TEST_CASE("a program's sweep that was asked to stop on the GPU goes on there") {
  const killed_sweep site(sweep_on_gpu());
  testing::process run = site.start("asked");
  testing::sleep_for(0.4 * site.seconds());
  run.send(SIGTERM);
  const ending how = run.wait();
  INFO(how.err);
  CHECK((how.code == 75 || how.signal == SIGTERM));  // before it could listen
  CHECK(site.start("asked").wait().code == 65);
  site.check_equal_to_alone("asked");
}

TEST_CASE("a program's run on a GPU that is not there exits 78 and says why") {
  crash_plan automatic = plan("");
  automatic.options.clear();
  const crash_site site(automatic);
  testing::process run = site.start("other", {}, {"--device", "cuda:7"});
  const ending how = run.wait();
  CHECK(how.code == 78);
  CHECK(how.err.find("--device cuda:7: there is no GPU 7, only 2 from 0") != std::string::npos);
}
