// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Job files that `plan --emit` writes; tests/cloud gives them to the engines themselves.

#include "sweepnet/app/job_file.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "program.hpp"
#include "sweepnet/describe/json.hpp"

using sweepnet::ordered_json;
using testing::outcome;

namespace {

outcome emit(std::vector<std::string> options) {
  std::vector<std::string> words{"plan", testing::source_path("examples/hyperparam_list.yml")};
  words.insert(words.end(), options.begin(), options.end());
  return testing::run_program({.arguments = words});
}

}  // namespace

TEST_CASE("an AWS Batch request carries size, command, resources and retry rules") {
  const outcome done =
      emit({"--emit", "aws-batch", "--output", "s3://bucket/o", "--queue", "q", "--definition",
            "d:1", "--name", "n", "--cpus", "4", "--set", "epochs=2", "--validation-split", "0.2"});
  REQUIRE(done.code == 0);
  const ordered_json request = ordered_json::parse(done.out);
  CHECK(request["jobName"] == "n");
  CHECK(request["jobQueue"] == "q");
  CHECK(request["jobDefinition"] == "d:1");
  CHECK(request["arrayProperties"]["size"] == 2);
  const std::string sweep = testing::source_path("examples/hyperparam_list.yml");
  CHECK(request["containerOverrides"]["command"] ==
        ordered_json({"train", sweep, "--output", "s3://bucket/o", "--validation-split", "0.2",
                      "--set", "epochs=2", "--threads", "4"}));
  CHECK(request["containerOverrides"]["resourceRequirements"][0] ==
        ordered_json({{"type", "VCPU"}, {"value", "4"}}));
  CHECK(request["retryStrategy"]["evaluateOnExit"].size() == 5);  // as many as AWS takes
}

TEST_CASE("a lone paramset is a plain job, and an array has its engine's limits") {
  using namespace sweepnet::app;
  CHECK_FALSE(ordered_json::parse(job_file(engine::aws_batch, {})).contains("arrayProperties"));
  CHECK(testing::message_of<sweepnet::usage_error>(
            [] { (void)job_file(engine::aws_batch, {.size = 10'001}); }) ==
        "AWS Batch takes arrays of at most 10000 jobs, the sweep holds 10001 paramsets: "
        "--array-size 10000 makes each job train several");
  CHECK(testing::message_of<sweepnet::usage_error>(
            [] { (void)job_file(engine::kubernetes, {.size = 100'001}); }) ==
        "A Kubernetes Indexed Job takes arrays of at most 100000 jobs, the sweep holds 100001 "
        "paramsets: split it");
  CHECK(testing::message_of<sweepnet::usage_error>(
            [] { (void)job_file(engine::slurm, {.size = 1002}); }) ==
        "Slurm takes arrays of at most 1001 jobs, unless MaxArraySize is set, the sweep holds 1002 "
        "paramsets: --array-size 1001 makes each job train several; where MaxArraySize is larger, "
        "--array-size 1002 is one for each");
  CHECK(job_file(engine::slurm, {.size = 1001}).find("#SBATCH --array=0-1000\n") !=
        std::string::npos);
  CHECK(
      job_file(engine::slurm, {.size = 5000, .children = 5000}).find("#SBATCH --array=0-4999\n") !=
      std::string::npos);
  CHECK(testing::message_of<sweepnet::usage_error>(
            [] { (void)job_file(engine::slurm, {.size = 5'000'000, .children = 5'000'000}); }) ==
        "Slurm takes arrays of at most 4000001 jobs, the sweep holds 5000000 paramsets: "
        "--array-size 1001 makes each job train several");
  CHECK(job_file(engine::slurm, {.size = 1}).find("#SBATCH --array=0-0\n") != std::string::npos);
}

TEST_CASE(
    "an array that is smaller than the sweep shares it out, where its jobs know their number") {
  const auto emit_array = [](const std::string& engine, const std::string& children) {
    return emit({"--emit", engine, "--output", "o", "--array-size", children});
  };
  const outcome shared = emit_array("slurm", "1");  // of two paramsets
  REQUIRE(shared.code == 0);
  CHECK(shared.out.find("#SBATCH --array=0-0\n") != std::string::npos);
  CHECK(shared.out.find(" --share --threads 2\n") != std::string::npos);
  const outcome one_each = emit_array("slurm", "2");
  CHECK(one_each.out.find("#SBATCH --array=0-1\n") != std::string::npos);
  CHECK(one_each.out.find("--share") == std::string::npos);
  const auto refused = [&](const std::string& engine, const std::string& children) {
    const outcome told = emit_array(engine, children);
    CHECK(told.code == 64);
    CHECK(told.out.empty());
    return told.err;
  };
  CHECK(refused("slurm", "3") ==
        "sweepnet: --array-size must be at most the 2 paramsets of the sweep, got 3\n");
  CHECK(refused("aws-batch", "1") ==
        "sweepnet: --array-size must be at least 2 for AWS Batch, got 1\n");
  CHECK(refused("kubernetes", "1") ==
        "sweepnet: --array-size: A Kubernetes Indexed Job does not tell its pods their number, so "
        "they cannot share a sweep\n");
}

TEST_CASE("emitted jobs take as many threads as they ask for processors") {
  for (const char* engine : {"slurm", "kubernetes", "aws-batch"}) {
    INFO(engine);
    const outcome emitted =
        emit({"--emit", engine, "--output", "o", "--cpus", "7", "--scale", "1/4"});
    REQUIRE(emitted.code == 0);
    std::string words;  // without quotes and commas, on one line
    for (const char c : emitted.out) {
      if (c == '\n') words += ' ';
      if (std::string_view("\",\n").find(c) == std::string_view::npos) words += c;
    }
    words.erase(std::unique(words.begin(), words.end(),
                            [](char a, char b) { return a == ' ' && b == ' '; }),
                words.end());
    CHECK(words.find("--scale 1/4 --threads 7") != words.npos);
  }
  CHECK(emit({"--emit", "slurm", "--output", "o", "--cpus", "1025"}).code == 64);
}

TEST_CASE("words are quoted for the shell and for YAML") {
  using namespace sweepnet::app;
  const job_request job{.arguments = {"train", "it's here.yml", "", "--set", "hidden_nodes=[1, 2]"},
                        .image = "i\"1"};
  CHECK(job_file(engine::slurm, job)
            .find("train 'it'\\''s here.yml' '' --set 'hidden_nodes=[1, 2]'\n") !=
        std::string::npos);
  const std::string manifest = job_file(engine::kubernetes, job);
  CHECK(manifest.find("image: \"i\\\"1\"\n") != std::string::npos);
  CHECK(manifest.find("args: [\"train\", \"it's here.yml\", \"\",") != std::string::npos);
}

TEST_CASE("an unknown engine, and jobs that could not read or write, are usage errors") {
  CHECK(emit({"--emit", "slrm", "--output", "o"}).err ==
        "sweepnet: --emit: unknown engine 'slrm' (did you mean 'slurm'?)\n");
  const outcome nowhere = emit({"--emit", "slurm"});
  CHECK(nowhere.code == 64);
  CHECK(nowhere.err == "sweepnet: --emit needs a sweep that each job can read, and --output\n");
}

TEST_CASE("a name that an engine does not take, and a secret in a word, are usage errors") {
  const outcome named = emit({"--emit", "slurm", "--output", "o", "--name", "x\n#SBATCH --uid=0"});
  CHECK(named.code == 64);
  CHECK(named.out.empty());
  CHECK(named.err ==
        "sweepnet: a job's name for slurm must be 1 to 64 of letters, digits, -, _ and ., a letter "
        "or "
        "digit first, got \"x\\n#SBATCH --uid=0\"\n");
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{"--output", "o", "--set",
                                 "model_path=https://h/{index}.h5?X-Amz-Signature=planted"},
        {"--output", "o", "--set", "model_path=https://bob:planted@h/{index}.h5"}}) {
    for (const char* engine : {"slurm", "aws-batch", "kubernetes"}) {
      std::vector<std::string> all{"--allow-outside", "--emit", engine};
      all.insert(all.end(), options.begin(), options.end());
      const outcome refused = emit(all);
      CHECK(refused.code == 64);
      CHECK(refused.out.empty());
      CHECK(refused.err.find("has a password or a query") != std::string::npos);
      CHECK(refused.err.find("planted") == std::string::npos);
    }
  }
}
