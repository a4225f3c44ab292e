// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which paramset is this job's: the array index from the scheduler's environment variables.
//
// A pure function over an environment map. Each scheduler counts from a fixed base; the index is
// never normalised by the smallest one of the array, because resubmitting one failed index makes an
// array whose smallest index is that one.

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"

namespace sweepnet {

/// An index into the sweep, and where it came from.
struct job_index {
  std::int64_t index = 0;                 ///< from 0
  std::optional<std::int64_t> size{};     ///< children of the array, where the scheduler tells
  std::optional<std::int64_t> attempt{};  ///< from 1
  std::string scheduler{};  ///< "AWS Batch"; "command line"; "none" for a lone paramset
  std::string variable{};   ///< "AWS_BATCH_JOB_ARRAY_INDEX"; "--index"; empty
  std::string why{};        ///< a sentence for people
};

/// How one scheduler tells a job its place.
struct scheduler_variables {
  std::string_view key;                ///< for --scheduler
  std::string_view scheduler;          ///< for people
  std::string_view index;              ///< variable
  std::int64_t base = 0;               ///< the array's first index
  std::string_view size = {};          ///< variable with the number of children
  std::string_view last = {};          ///< or variable with the largest index,
  std::string_view first = {};         ///< which gives the size only if the smallest is the base
  std::string_view step = {};          ///< and the step 1
  std::string_view attempt = {};       ///< variable with the attempt's number,
  std::int64_t attempt_base = 0;       ///< which is this for the first
  std::string_view not_an_array = {};  ///< the index's value in a job that is no array
  bool only_on_request = false;        ///< its variable is also set in jobs that are no sweep
};

// Sources: each scheduler's own documentation of array jobs.
inline constexpr std::array<scheduler_variables, 13> known_schedulers{{
    {.key = "aws-batch",
     .scheduler = "AWS Batch",
     .index = "AWS_BATCH_JOB_ARRAY_INDEX",
     .size = "AWS_BATCH_JOB_ARRAY_SIZE",
     .attempt = "AWS_BATCH_JOB_ATTEMPT",
     .attempt_base = 1},
    {.key = "kubernetes", .scheduler = "Kubernetes", .index = "JOB_COMPLETION_INDEX"},
    {.key = "slurm",
     .scheduler = "Slurm",
     .index = "SLURM_ARRAY_TASK_ID",
     .last = "SLURM_ARRAY_TASK_MAX",
     .first = "SLURM_ARRAY_TASK_MIN",
     .step = "SLURM_ARRAY_TASK_STEP",
     .attempt = "SLURM_RESTART_COUNT"},
    {.key = "gcp-batch",
     .scheduler = "Google Cloud Batch",
     .index = "BATCH_TASK_INDEX",
     .size = "BATCH_TASK_COUNT",
     .attempt = "BATCH_TASK_RETRY_ATTEMPT"},
    {.key = "cloud-run",
     .scheduler = "Cloud Run",
     .index = "CLOUD_RUN_TASK_INDEX",
     .size = "CLOUD_RUN_TASK_COUNT",
     .attempt = "CLOUD_RUN_TASK_ATTEMPT"},
    {.key = "pbs", .scheduler = "PBS Professional", .index = "PBS_ARRAY_INDEX"},
    {.key = "torque", .scheduler = "Torque", .index = "PBS_ARRAYID"},
    {.key = "sge",
     .scheduler = "Grid Engine",
     .index = "SGE_TASK_ID",
     .base = 1,
     .last = "SGE_TASK_LAST",
     .first = "SGE_TASK_FIRST",
     .step = "SGE_TASK_STEPSIZE",
     .not_an_array = "undefined"},
    {.key = "lsf",
     .scheduler = "LSF",
     .index = "LSB_JOBINDEX",
     .base = 1,
     .last = "LSB_JOBINDEX_END",
     .step = "LSB_JOBINDEX_STEP",
     .not_an_array = "0"},
    {.key = "nomad", .scheduler = "Nomad", .index = "NOMAD_ALLOC_INDEX", .only_on_request = true},
    {.key = "openmpi",
     .scheduler = "Open MPI",
     .index = "OMPI_COMM_WORLD_RANK",
     .size = "OMPI_COMM_WORLD_SIZE",
     .only_on_request = true},
    {.key = "torchrun",
     .scheduler = "torchrun",
     .index = "RANK",
     .size = "WORLD_SIZE",
     .only_on_request = true},
    {.key = "aws-batch-node",
     .scheduler = "AWS Batch multi-node",
     .index = "AWS_BATCH_JOB_NODE_INDEX",
     .size = "AWS_BATCH_JOB_NUM_NODES",
     .attempt = "AWS_BATCH_JOB_ATTEMPT",
     .attempt_base = 1,
     .only_on_request = true},
}};

struct index_options {
  std::optional<std::int64_t> index{};       ///< --index: wins over everything, counts from 0
  std::optional<std::int64_t> index_base{};  ///< --index-base: the scheduler's first index
  std::string scheduler{};                   ///< --scheduler: look at this one only
};

namespace detail {

/// No array counts further; sums of such numbers do not overflow.
inline constexpr std::int64_t largest_count = std::int64_t{1} << 53;

inline std::optional<std::int64_t> environment_count(const environment_map& environment,
                                                     std::string_view variable,
                                                     std::int64_t least = 0) {
  const std::string text = variable_or_empty(environment, variable);
  if (text.empty()) return std::nullopt;
  const auto number = parse_number<std::int64_t>(text);
  if (!number || *number < least || *number > largest_count) {
    throw configuration_error(
        fmt::format("{} must be an integer from {}, got '{}'", variable, least, text));
  }
  return number;
}

inline std::optional<std::int64_t> array_size(const environment_map& environment,
                                              const scheduler_variables& s, std::int64_t base) {
  if (const auto size = environment_count(environment, s.size, 1)) return size;
  const auto last = environment_count(environment, s.last, base);
  const bool whole = environment_count(environment, s.first).value_or(s.base) == base &&
                     environment_count(environment, s.step).value_or(1) == 1;
  if (last && whole) return *last - base + 1;
  return std::nullopt;
}

inline std::optional<job_index> index_from(const environment_map& environment,
                                           const scheduler_variables& s,
                                           std::optional<std::int64_t> base_override) {
  if (variable_or_empty(environment, s.index) == s.not_an_array) return std::nullopt;
  const std::int64_t base = base_override.value_or(s.base);
  const std::optional<std::int64_t> number = environment_count(environment, s.index, base);
  if (!number) return std::nullopt;
  const std::optional<std::int64_t> size = array_size(environment, s, base);
  if (size && *number - base >= *size) {
    throw configuration_error(
        fmt::format("{} must be in [{}, {}), as the array's size is {}, got {}", s.index, base,
                    base + *size, *size, *number));
  }
  const auto attempt = environment_count(environment, s.attempt, s.attempt_base);
  return job_index{.index = *number - base,
                   .size = size,
                   .attempt = attempt ? std::optional(*attempt - s.attempt_base + 1) : std::nullopt,
                   .scheduler = std::string(s.scheduler),
                   .variable = std::string(s.index),
                   .why = fmt::format("{}={} is set, and {} counts from {}", s.index, *number,
                                      base_override ? "--index-base" : s.scheduler, base)};
}

/// A scheduler that is asked for by its key must be known and give an index.
inline void check_scheduler(const environment_map& environment, const std::string& key) {
  std::vector<std::string_view> keys;
  for (const scheduler_variables& s : known_schedulers) {
    keys.push_back(s.key);
    if (s.key != key) continue;
    const std::string text = variable_or_empty(environment, s.index);
    if (text != s.not_an_array && !text.empty()) return;
    throw configuration_error(
        fmt::format("--scheduler {}: {} must be an array index, got '{}'", key, s.index, text));
  }
  throw usage_error(
      fmt::format("--scheduler: unknown scheduler '{}'{}", key, did_you_mean(key, keys)));
}

}  // namespace detail

/// The job's index, or nothing where no scheduler gives one. --index wins, then SWEEPNET_INDEX,
/// then the schedulers. Throws configuration_error if a variable is malformed or two schedulers
/// disagree or the one asked for gives no index, usage_error for an unknown scheduler.
[[nodiscard]] inline std::optional<job_index> resolve_job_index(const environment_map& environment,
                                                                const index_options& options = {}) {
  if (!options.scheduler.empty()) detail::check_scheduler(environment, options.scheduler);
  if (options.index) {
    if (*options.index < 0) {
      throw usage_error(fmt::format("--index must be at least 0, got {}", *options.index));
    }
    return job_index{.index = *options.index,
                     .scheduler = "command line",
                     .variable = "--index",
                     .why = "--index is given, and wins over every variable"};
  }
  if (const auto index = detail::environment_count(environment, "SWEEPNET_INDEX")) {
    return job_index{.index = *index,
                     .scheduler = "environment",
                     .variable = "SWEEPNET_INDEX",
                     .why = "SWEEPNET_INDEX is set, and wins over every scheduler's variable"};
  }

  std::optional<job_index> resolved;
  for (const scheduler_variables& s : known_schedulers) {
    if (options.scheduler.empty() ? s.only_on_request : s.key != options.scheduler) continue;
    const std::optional<job_index> candidate =
        detail::index_from(environment, s, options.index_base);
    if (!candidate) continue;
    if (resolved && resolved->index != candidate->index) {
      throw configuration_error(
          fmt::format("{} says index {} and {} says index {}: choose with --index or --scheduler",
                      resolved->variable, resolved->index, candidate->variable, candidate->index));
    }
    if (!resolved) resolved = candidate;
  }
  return resolved;
}

/// What to set when several paramsets stand there and no index.
[[nodiscard]] inline std::string how_to_set_index(const environment_map& environment) {
  std::string text = "set --index or SWEEPNET_INDEX, or run it as an array job (";
  std::vector<std::string_view> variables;
  std::string hint;
  for (const scheduler_variables& s : known_schedulers) {
    if (!s.only_on_request) {
      variables.push_back(s.index);
    } else if (environment.contains(s.index)) {
      hint = fmt::format("; {} is set, --scheduler {} would use it", s.index, s.key);
    }
  }
  return text + join(variables, ", ") + ")" + hint;
}

/// `name` with the index in each place of {index}.
[[nodiscard]] inline std::string with_index(std::string name, std::size_t index) {
  constexpr std::string_view mark = "{index}";
  for (std::size_t at = name.find(mark); at != name.npos; at = name.find(mark, at)) {
    name.replace(at, mark.size(), std::to_string(index));
  }
  return name;
}

/// What a job does with indices that do not match the sweep one to one.
struct array_policy {
  bool allow_surplus = false;  ///< an index beyond the sweep is no error: nothing to do
  bool share = false;          ///< an array of known size takes index, index + size, ...
};

/// The indices of the sweep that this job trains. Empty only for an allowed surplus index.
[[nodiscard]] inline std::vector<std::size_t> assigned_indices(const std::optional<job_index>& job,
                                                               std::size_t sweep_size,
                                                               const array_policy& policy,
                                                               const environment_map& environment) {
  if (!job) {
    if (sweep_size == 1) return {0};
    throw configuration_error(fmt::format("the sweep holds {} paramsets and no index is set: {}",
                                          sweep_size, how_to_set_index(environment)));
  }
  const auto index = static_cast<std::size_t>(job->index);
  if (index >= sweep_size) {
    if (policy.allow_surplus) return {};
    throw configuration_error(
        fmt::format("index {} ({}) is out of range: the sweep holds {} paramset{}{}", index,
                    job->variable, sweep_size, sweep_size == 1 ? "" : "s",
                    job->size ? fmt::format(", the array {} children", *job->size) : ""));
  }
  if (!policy.share) return {index};
  if (!job->size) {
    throw configuration_error(
        fmt::format("--share needs the array's size, which {} does not tell", job->scheduler));
  }
  if (*job->size < 1) {
    throw configuration_error(
        fmt::format("the array's size must be at least 1, got {}", *job->size));
  }
  std::vector<std::size_t> indices;
  for (std::size_t i = index; i < sweep_size; i += static_cast<std::size_t>(*job->size)) {
    indices.push_back(i);
  }
  return indices;
}

}  // namespace sweepnet
