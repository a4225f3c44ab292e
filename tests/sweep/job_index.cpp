// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/sweep/job_index.hpp"

#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support.hpp"
#include "sweepnet/sweep/schedulers.hpp"

using sweepnet::assigned_indices;
using sweepnet::environment_map;
using sweepnet::index_options;
using sweepnet::job_index;
using sweepnet::resolve_job_index;
using testing::message_of;

namespace {

struct scheduler_case {
  std::string key;
  environment_map environment;
  std::int64_t index;
  std::optional<std::int64_t> size;
  std::optional<std::int64_t> attempt;
  std::string scheduler;
  std::string variable;
  std::string why;
};

const std::vector<scheduler_case>& scheduler_cases() {
  static const std::vector<scheduler_case> cases = {
      {"aws-batch",
       {{"AWS_BATCH_JOB_ARRAY_INDEX", "3"},
        {"AWS_BATCH_JOB_ARRAY_SIZE", "8"},
        {"AWS_BATCH_JOB_ATTEMPT", "2"},
        {"AWS_BATCH_JOB_ID", "f1:3"}},
       3,
       8,
       2,
       "AWS Batch",
       "AWS_BATCH_JOB_ARRAY_INDEX",
       "AWS_BATCH_JOB_ARRAY_INDEX=3 is set, and AWS Batch counts from 0"},
      {"kubernetes",
       {{"JOB_COMPLETION_INDEX", "0"}},
       0,
       std::nullopt,
       std::nullopt,
       "Kubernetes",
       "JOB_COMPLETION_INDEX",
       "JOB_COMPLETION_INDEX=0 is set, and Kubernetes counts from 0"},
      {"slurm",
       {{"SLURM_ARRAY_TASK_ID", "5"},
        {"SLURM_ARRAY_TASK_MIN", "0"},
        {"SLURM_ARRAY_TASK_MAX", "9"},
        {"SLURM_ARRAY_TASK_STEP", "1"},
        {"SLURM_RESTART_COUNT", "1"}},
       5,
       10,
       2,
       "Slurm",
       "SLURM_ARRAY_TASK_ID",
       "SLURM_ARRAY_TASK_ID=5 is set, and Slurm counts from 0"},
      {"gcp-batch",
       {{"BATCH_TASK_INDEX", "1"}, {"BATCH_TASK_COUNT", "4"}, {"BATCH_TASK_RETRY_ATTEMPT", "0"}},
       1,
       4,
       1,
       "Google Cloud Batch",
       "BATCH_TASK_INDEX",
       "BATCH_TASK_INDEX=1 is set, and Google Cloud Batch counts from 0"},
      {"cloud-run",
       {{"CLOUD_RUN_TASK_INDEX", "2"},
        {"CLOUD_RUN_TASK_COUNT", "3"},
        {"CLOUD_RUN_TASK_ATTEMPT", "3"}},
       2,
       3,
       4,
       "Cloud Run",
       "CLOUD_RUN_TASK_INDEX",
       "CLOUD_RUN_TASK_INDEX=2 is set, and Cloud Run counts from 0"},
      {"pbs",
       {{"PBS_ARRAY_INDEX", "7"}},
       7,
       std::nullopt,
       std::nullopt,
       "PBS Professional",
       "PBS_ARRAY_INDEX",
       "PBS_ARRAY_INDEX=7 is set, and PBS Professional counts from 0"},
      {"torque",
       {{"PBS_ARRAYID", "7"}},
       7,
       std::nullopt,
       std::nullopt,
       "Torque",
       "PBS_ARRAYID",
       "PBS_ARRAYID=7 is set, and Torque counts from 0"},
      {"sge",
       {{"SGE_TASK_ID", "1"},
        {"SGE_TASK_FIRST", "1"},
        {"SGE_TASK_LAST", "6"},
        {"SGE_TASK_STEPSIZE", "1"}},
       0,
       6,
       std::nullopt,
       "Grid Engine",
       "SGE_TASK_ID",
       "SGE_TASK_ID=1 is set, and Grid Engine counts from 1"},
      {"lsf",
       {{"LSB_JOBINDEX", "4"}, {"LSB_JOBINDEX_END", "4"}, {"LSB_JOBINDEX_STEP", "1"}},
       3,
       4,
       std::nullopt,
       "LSF",
       "LSB_JOBINDEX",
       "LSB_JOBINDEX=4 is set, and LSF counts from 1"},
      {"nomad",
       {{"NOMAD_ALLOC_INDEX", "1"}},
       1,
       std::nullopt,
       std::nullopt,
       "Nomad",
       "NOMAD_ALLOC_INDEX",
       "NOMAD_ALLOC_INDEX=1 is set, and Nomad counts from 0"},
      {"openmpi",
       {{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}},
       1,
       2,
       std::nullopt,
       "Open MPI",
       "OMPI_COMM_WORLD_RANK",
       "OMPI_COMM_WORLD_RANK=1 is set, and Open MPI counts from 0"},
      {"torchrun",
       {{"RANK", "0"}, {"WORLD_SIZE", "2"}},
       0,
       2,
       std::nullopt,
       "torchrun",
       "RANK",
       "RANK=0 is set, and torchrun counts from 0"},
      {"aws-batch-node",
       {{"AWS_BATCH_JOB_NODE_INDEX", "1"},
        {"AWS_BATCH_JOB_NUM_NODES", "2"},
        {"AWS_BATCH_JOB_ATTEMPT", "1"}},
       1,
       2,
       1,
       "AWS Batch multi-node",
       "AWS_BATCH_JOB_NODE_INDEX",
       "AWS_BATCH_JOB_NODE_INDEX=1 is set, and AWS Batch multi-node counts from 0"},
  };
  return cases;
}

bool on_request_only(const std::string& key) {
  return key == "nomad" || key == "openmpi" || key == "torchrun" || key == "aws-batch-node";
}

job_index resolved(const environment_map& environment, const index_options& options = {}) {
  const auto job = resolve_job_index(environment, options);
  REQUIRE(job);
  return *job;
}

std::string refused(const environment_map& environment, const index_options& options = {}) {
  return message_of<sweepnet::configuration_error>(
      [&] { (void)resolve_job_index(environment, options); });
}

std::string not_assigned(const std::optional<job_index>& job, std::size_t sweep_size,
                         const sweepnet::array_policy& policy = {}) {
  return message_of<sweepnet::configuration_error>(
      [&] { (void)assigned_indices(job, sweep_size, policy, {}); });
}

using indices = std::vector<std::size_t>;

}  // namespace

TEST_CASE("each scheduler's variables give index, size, attempt and the reason") {
  REQUIRE(scheduler_cases().size() == sweepnet::known_schedulers.size());
  for (const scheduler_case& c : scheduler_cases()) {
    INFO(c.key);
    const job_index job = resolved(c.environment, {.scheduler = c.key});
    CHECK(job.index == c.index);
    CHECK(job.size == c.size);
    CHECK(job.attempt == c.attempt);
    CHECK(job.scheduler == c.scheduler);
    CHECK(job.variable == c.variable);
    CHECK(job.why == c.why);
    CHECK(resolve_job_index(c.environment).has_value() == !on_request_only(c.key));
  }
}

TEST_CASE("a job that is no array job has no index") {
  const auto environment = GENERATE(
      as<environment_map>{}, environment_map{}, environment_map{{"AWS_BATCH_JOB_ID", "f1"}},
      environment_map{{"SLURM_JOB_ID", "7"}}, environment_map{{"SLURM_ARRAY_TASK_ID", ""}},
      environment_map{{"SGE_TASK_ID", "undefined"}, {"SGE_TASK_LAST", "undefined"}},
      environment_map{{"LSB_JOBINDEX", "0"}}, environment_map{{"AWS_BATCH_JOB_NODE_INDEX", "1"}});
  CHECK_FALSE(resolve_job_index(environment));
}

TEST_CASE("resubmitting one index of an array keeps its index and tells no size") {
  const job_index slurm = resolved({{"SLURM_ARRAY_TASK_ID", "17"},
                                    {"SLURM_ARRAY_TASK_MIN", "17"},
                                    {"SLURM_ARRAY_TASK_MAX", "17"},
                                    {"SLURM_ARRAY_TASK_COUNT", "1"}});
  CHECK(slurm.index == 17);
  CHECK_FALSE(slurm.size);
  const job_index sge =
      resolved({{"SGE_TASK_ID", "17"}, {"SGE_TASK_FIRST", "17"}, {"SGE_TASK_LAST", "17"}});
  CHECK(sge.index == 16);
  CHECK_FALSE(sge.size);
}

TEST_CASE("an array with a step tells no size") {
  const job_index job = resolved({{"SLURM_ARRAY_TASK_ID", "4"},
                                  {"SLURM_ARRAY_TASK_MIN", "0"},
                                  {"SLURM_ARRAY_TASK_MAX", "8"},
                                  {"SLURM_ARRAY_TASK_STEP", "4"}});
  CHECK(job.index == 4);
  CHECK_FALSE(job.size);
}

TEST_CASE("index_base overrides the scheduler's own base") {
  const environment_map slurm = {{"SLURM_ARRAY_TASK_ID", "11"},
                                 {"SLURM_ARRAY_TASK_MIN", "10"},
                                 {"SLURM_ARRAY_TASK_MAX", "19"}};
  const job_index job = resolved(slurm, {.index_base = 10});
  CHECK(job.index == 1);
  CHECK(job.size == 10);
  CHECK(job.why == "SLURM_ARRAY_TASK_ID=11 is set, and index_base counts from 10");
  CHECK(refused(slurm, {.index_base = 12}) ==
        "SLURM_ARRAY_TASK_ID must be an integer from 12, got '11'");

  const job_index lsf =
      resolved({{"LSB_JOBINDEX", "4"}, {"LSB_JOBINDEX_END", "9"}}, {.index_base = 3});
  CHECK(lsf.index == 1);
  CHECK_FALSE(lsf.size);  // LSF does not tell its smallest index
}

TEST_CASE("an index that is given wins over SWEEPNET_INDEX, which wins over every scheduler") {
  const environment_map environment = {
      {"AWS_BATCH_JOB_ARRAY_INDEX", "1"}, {"SLURM_ARRAY_TASK_ID", "2"}, {"SWEEPNET_INDEX", "3"}};
  const job_index own = resolved(environment);
  CHECK(own.index == 3);
  CHECK(own.variable == "SWEEPNET_INDEX");
  CHECK(own.why == "SWEEPNET_INDEX is set, and wins over every scheduler's variable");
  const job_index given = resolved(environment, {.index = 4});
  CHECK(given.index == 4);
  CHECK(given.scheduler == "the caller");
  CHECK(given.variable == "index");
  CHECK(given.why == "index is given, and wins over every variable");
}

TEST_CASE("a program's messages call what is given by its own options' names") {
  const sweepnet::index_words words{
      .given_by = "options", .index = "-i", .index_base = "-b", .scheduler = "-s", .share = "-x"};
  const job_index given = resolved({}, {.index = 4, .words = words});
  CHECK(given.scheduler == "options");
  CHECK(given.variable == "-i");
  CHECK(resolved({{"SGE_TASK_ID", "3"}}, {.index_base = 3, .words = words}).why ==
        "SGE_TASK_ID=3 is set, and -b counts from 3");
  CHECK(refused({{"JOB_COMPLETION_INDEX", "1"}, {"SGE_TASK_ID", "3"}}, {.words = words}) ==
        "JOB_COMPLETION_INDEX says index 1 and SGE_TASK_ID says index 2: choose with -i or -s");
  CHECK(refused({}, {.scheduler = "slurm", .words = words}) ==
        "-s slurm: SLURM_ARRAY_TASK_ID must be an array index, got ''");
  CHECK(sweepnet::how_to_set_index({{"RANK", "0"}}, words).starts_with("set -i or SWEEPNET_INDEX"));
  CHECK(sweepnet::how_to_set_index({{"RANK", "0"}}, words)
            .ends_with("; RANK is set, -s torchrun would use it"));
  CHECK(
      not_assigned(job_index{.index = 1, .scheduler = "K"}, 10, {.share = true, .words = words}) ==
      "-x needs the array's size, which K does not tell");
}

TEST_CASE("two schedulers must agree, unless one is chosen") {
  const environment_map environment = {{"JOB_COMPLETION_INDEX", "1"}, {"SGE_TASK_ID", "3"}};
  CHECK(refused(environment) ==
        "JOB_COMPLETION_INDEX says index 1 and SGE_TASK_ID says index 2: choose with index or "
        "scheduler");
  CHECK(resolved(environment, {.scheduler = "sge"}).index == 2);
  const job_index agreed = resolved({{"JOB_COMPLETION_INDEX", "1"}, {"SGE_TASK_ID", "2"}});
  CHECK(agreed.index == 1);
  CHECK(agreed.variable == "JOB_COMPLETION_INDEX");
}

TEST_CASE("a malformed variable is named with its value") {
  const auto text = GENERATE(as<std::string>{}, "x", "1.5", "-1", " 1", "1 ", "0x1",
                             "99999999999999999999", "9223372036854775807");
  CHECK(refused({{"SLURM_ARRAY_TASK_ID", text}}) ==
        "SLURM_ARRAY_TASK_ID must be an integer from 0, got '" + text + "'");
  CHECK(refused({{"SLURM_ARRAY_TASK_ID", "0"}, {"SLURM_ARRAY_TASK_MAX", text}}) ==
        "SLURM_ARRAY_TASK_MAX must be an integer from 0, got '" + text + "'");
  CHECK(refused({{"SWEEPNET_INDEX", text}}) ==
        "SWEEPNET_INDEX must be an integer from 0, got '" + text + "'");
}

TEST_CASE("sizes and attempts that cannot be are named") {
  CHECK(refused({{"AWS_BATCH_JOB_ARRAY_INDEX", "0"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "0"}}) ==
        "AWS_BATCH_JOB_ARRAY_SIZE must be an integer from 1, got '0'");
  CHECK(refused({{"AWS_BATCH_JOB_ARRAY_INDEX", "8"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "8"}}) ==
        "AWS_BATCH_JOB_ARRAY_INDEX must be in [0, 8), as the array's size is 8, got 8");
  CHECK(refused({{"AWS_BATCH_JOB_ARRAY_INDEX", "0"}, {"AWS_BATCH_JOB_ATTEMPT", "0"}}) ==
        "AWS_BATCH_JOB_ATTEMPT must be an integer from 1, got '0'");
}

TEST_CASE("a scheduler that is asked for must be known and give an index, even beside an index") {
  const auto unknown = [](const index_options& options) {
    return message_of<sweepnet::usage_error>([&] { (void)resolve_job_index({}, options); });
  };
  CHECK(unknown({.scheduler = "kubernets"}) ==
        "scheduler: unknown scheduler 'kubernets' (did you mean 'kubernetes'?)");
  CHECK(unknown({.index = 1, .scheduler = "kubernets"}) ==
        "scheduler: unknown scheduler 'kubernets' (did you mean 'kubernetes'?)");
  CHECK(refused({}, {.scheduler = "slurm"}) ==
        "scheduler slurm: SLURM_ARRAY_TASK_ID must be an array index, got ''");
  CHECK(refused({{"SGE_TASK_ID", "undefined"}}, {.scheduler = "sge"}) ==
        "scheduler sge: SGE_TASK_ID must be an array index, got 'undefined'");
}

TEST_CASE("without an index a lone paramset runs, and several tell what to set") {
  CHECK(assigned_indices(std::nullopt, 1, {}, {}) == indices{0});
  CHECK(not_assigned(std::nullopt, 3) ==
        "the sweep holds 3 paramsets and no index is set: index 0 trains the first, index 2 the "
        "last; an array job is told its index by AWS Batch, Kubernetes, Slurm or another "
        "scheduler");
  CHECK(not_assigned(std::nullopt, 3, {.words = {.index = "-i", .listed = "-l lists them"}}) ==
        "the sweep holds 3 paramsets and no index is set: -i 0 trains the first, -i 2 the last; "
        "-l lists them; an array job is told its index by AWS Batch, Kubernetes, Slurm or another "
        "scheduler");
}

TEST_CASE("an index beyond the sweep is an error, unless the surplus is allowed") {
  const job_index job{.index = 5, .size = 8, .variable = "V"};
  CHECK(not_assigned(job, 5) ==
        "index 5 (V) is out of range: the sweep holds 5 paramsets (from 0), the array 8 children");
  CHECK(not_assigned(job_index{.index = 1, .variable = "V"}, 1) ==
        "index 1 (V) is out of range: the sweep holds 1 paramset (from 0)");
  CHECK(assigned_indices(job, 5, {.allow_surplus = true}, {}).empty());
  CHECK(assigned_indices(job, 6, {.allow_surplus = true}, {}) == indices{5});
}

TEST_CASE("a smaller array shares the sweep out when asked to, each paramset once") {
  std::vector<int> trained(10, 0);
  for (std::int64_t i = 0; i < 4; ++i) {
    for (const std::size_t index :
         assigned_indices(job_index{.index = i, .size = 4}, 10, {.share = true}, {})) {
      ++trained[index];
    }
  }
  CHECK(trained == std::vector<int>(10, 1));
  CHECK(assigned_indices(job_index{.index = 1, .size = 4}, 10, {.share = true}, {}) ==
        indices{1, 5, 9});
  CHECK(assigned_indices(job_index{.index = 1, .size = 4}, 10, {}, {}) == indices{1});
  CHECK(not_assigned(job_index{.index = 1, .scheduler = "Kubernetes"}, 10, {.share = true}) ==
        "share needs the array's size, which Kubernetes does not tell");
}
