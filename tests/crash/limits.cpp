// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What a shell or a scheduler does to a process: limits, ignored signals, several signals at once.

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "runs.hpp"

using testing::crash_site;
using testing::ending;

namespace {

/// Starts a run of the site by a shell that first does `before`.
testing::process start_after(const crash_site& site, const std::string& before,
                             const std::string& name, const std::string& threads = "1") {
  const std::string output = site.output(name).string();
  return testing::process({"/bin/sh",
                           "-c",
                           before + "; exec \"$@\"",
                           "sh",
                           SWEEPNET_PROGRAM,
                           "train",
                           (site.directory() / "sweep.yml").string(),
                           "--data",
                           (site.directory() / "data").string(),
                           "--output",
                           output,
                           "--verbose",
                           "0",
                           "--threads",
                           threads,
                           "--csv-log",
                           "--save-every",
                           "0.01",
                           "--keep-state",
                           "--save-predictions"},
                          {}, (site.directory() / (name + ".err")).string());
}

}  // namespace

TEST_CASE("a hangup that nohup has ignored does not end a run") {
  const crash_site site;
  testing::process run = start_after(site, "trap '' HUP", "nohup");
  for (int i = 0; i < 3; ++i) {
    testing::sleep_for(0.25 * site.seconds());
    run.send(SIGHUP);
  }
  const ending how = run.wait();
  INFO(how.err);
  CHECK(how.code == 0);
  site.check_equal_to_calm("nohup");
}

TEST_CASE("signals that come together are one: the run is saved") {
  const crash_site site;
  testing::process run = site.start("together");
  testing::sleep_for(0.4 * site.seconds());
  run.send(SIGTERM);
  run.send(SIGTERM);
  run.send(SIGHUP);
  const ending how = run.wait();
  INFO(how.err);
  CHECK(how.code == 75);
  CHECK(site.run("together").code == 0);
  site.check_equal_to_calm("together");
}

TEST_CASE("a file that grows beyond the limit on files is exit code 74, and leaves nothing") {
  const crash_site site;
  const std::string limit = GENERATE(as<std::string>{}, "1", "16");  // blocks of 512 bytes
  testing::process run = start_after(site, "ulimit -f " + limit, "limited");
  const ending how = run.wait();
  INFO(limit << ": " << how.err);
  CHECK(how.code == 74);
  CHECK(how.err.find(": write failed: File too large") != std::string::npos);
  for (const auto& entry : std::filesystem::directory_iterator(site.output("limited"))) {
    INFO(entry.path());
    CHECK(entry.path().string().find(".sweepnet-tmp") == std::string::npos);
  }
  site.check_whole("limited");
  CHECK(site.run("limited").code == 0);
  site.check_equal_to_calm("limited");
}

#if !defined(SWEEPNET_SANITIZES_ADDRESS)  // it takes all of the address space, and memory
TEST_CASE("a network for which there is not memory enough is exit code 78, and nothing is taken") {
  const crash_site site(testing::short_plan());
  testing::write_file(site.directory() / "sweep.yml",
                      "- {batch_size: 1, epochs: 1, hidden_nodes: [20000, 20000]}\n");
  testing::process run = start_after(site, "ulimit -v 4000000", "large");
  const ending how = run.wait();
  INFO(how.err);
  CHECK(how.code == 78);
  CHECK(how.err.starts_with("sweepnet: to train a network of 4"));
  CHECK(how.err.find(" parameters takes 6.") != std::string::npos);
  CHECK(how.err.find(" GB of memory, ") != std::string::npos);
  CHECK(how.err.ends_with("B are available\n"));
  CHECK(how.peak < 500'000'000);
}

TEST_CASE("a run takes a few times its model's memory, however often it is saved") {
  const auto peak_of = [](const std::string& nodes, double& model_bytes) {
    testing::crash_plan plan = testing::short_plan();
    plan.paramset =
        "- {batch_size: 100, epochs: 4, input_units: 2000, hidden_nodes: " + nodes + ", seed: 3}\n";
    plan.options.clear();
    const crash_site site(plan);
    const ending how = site.run("measured");
    CHECK(how.code == 0);
    model_bytes = static_cast<double>(
        std::filesystem::file_size(site.output("measured") / crash_site::model));
    return static_cast<double>(how.peak);
  };
  double small = 0;
  double large = 0;
  const double base = peak_of("[4]", small);
  const double peak = peak_of("[4000]", large);
  const double multiple = (peak - base) / (large - small);
  WARN("a model of " << large / 1e6 << " MB: " << multiple << " times");
  CHECK(multiple < 9);
}

TEST_CASE("threads that cannot be started are exit code 78") {
  const crash_site site;
  testing::process run = start_after(site, "ulimit -v 1000000", "threads", "1000");
  const ending how = run.wait();
  INFO(how.err);
  CHECK(how.code == 78);
  CHECK(how.err.starts_with("sweepnet: cannot start thread "));
  CHECK(how.err.find(" of 1000: Resource temporarily unavailable; limits on processes and memory "
                     "count threads, too\n") != std::string::npos);
}
#endif
