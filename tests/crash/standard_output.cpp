// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What cannot be printed is an error: a full disk, a closed stream, a reader who goes away.

#include <string>
#include <vector>

#include "runs.hpp"

using testing::crash_site;
using testing::ending;

namespace {

/// Runs the program by a shell that redirects its output.
ending run_into(const crash_site& site, const std::string& redirection,
                std::vector<std::string> arguments) {
  std::vector<std::string> words{"/bin/sh", "-c", "exec \"$@\" " + redirection, "sh",
                                 SWEEPNET_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return testing::process(words, {}, (site.directory() / "err").string()).wait();
}

}  // namespace

TEST_CASE("an answer that cannot be printed is exit code 74") {
  const crash_site site(testing::short_plan());
  const std::string sweep = (site.directory() / "sweep.yml").string();
  const std::string data = (site.directory() / "data").string();
  const std::string output = site.output("calm").string();
  const std::string model = output + "/" + crash_site::model;
  std::filesystem::create_directory(site.directory() / "empty");
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"plan", sweep, "--data", data},
           {"plan", sweep, "--data", data, "--output", output, "--emit", "slurm"},
           {"evaluate", model, "--data", data},
           {"inspect", model},
           {"inspect", model, "--json"},
           {"status", output},
           {"status", (site.directory() / "empty").string(), "--sweep", sweep, "--missing"},
           {"index", "--index", "0"},
           {"train", sweep, "--data", data, "--output", output},
           {"train", "--help"},
           {"--help"},
           {"--version"}}) {
    INFO(arguments.front() << " " << arguments.back());
    const ending full = run_into(site, "> /dev/full", arguments);
    CHECK(full.err == "sweepnet: standard output: write failed: No space left on device\n");
    CHECK(full.code == 74);
    const ending closed = run_into(site, ">&-", arguments);
    CHECK(closed.err == "sweepnet: standard output: write failed: Bad file descriptor\n");
    CHECK(closed.code == 74);
    const ending taken = run_into(site, "> /dev/null", arguments);
    CHECK(taken.err.empty());
    CHECK(taken.code == 0);
  }
}

TEST_CASE("nothing to print is nothing lost, and an error keeps its code") {
  const crash_site site(testing::short_plan());
  const std::string output = site.output("calm").string();
  CHECK(run_into(site, "> /dev/full", {"status", output, "--missing"}).code == 0);
  CHECK(run_into(site, "< /dev/null >&- 2>&-", {"status", output, "--missing"}).code == 0);
  CHECK(run_into(site, "> /dev/full", {"status", output + "/no"}).code == 66);
}

TEST_CASE("a run whose lines cannot be printed is trained, saved, and found finished") {
  const crash_site site(testing::short_plan());
  const auto train = [&](const std::string& redirection) {
    return run_into(
        site, redirection,
        {"train", (site.directory() / "sweep.yml").string(), "--data",
         (site.directory() / "data").string(), "--output", site.output("unheard").string(),
         "--threads", "1", "--csv-log", "--save-predictions"});
  };
  const std::string redirection = GENERATE(as<std::string>{}, "> /dev/full", ">&-", "| :");
  const ending lost = train(redirection);
  INFO(redirection << ": " << lost.err);
  if (redirection != "| :") CHECK(lost.code == 74);  // else it is the reader's
  CHECK(lost.err.starts_with("sweepnet: standard output: write failed: "));
  site.check_equal_to_calm("unheard");
  const ending again = train("> " + (site.directory() / "out").string());
  CHECK(again.code == 0);
  CHECK(testing::read_file(site.directory() / "out").find(" is finished: ") != std::string::npos);
}
