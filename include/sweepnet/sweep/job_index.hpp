// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which paramset is this job's: the array index from the scheduler's environment variables.
//
// A pure function over an environment map. Each scheduler counts from a fixed base; the index is
// never normalised by the smallest one of the array, because resubmitting one failed index makes an
// array whose smallest index is that one.

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/sweep/schedulers.hpp"

namespace sweepnet {

/// An index into the sweep, and where it came from.
struct job_index {
  std::int64_t index = 0;                 ///< from 0
  std::optional<std::int64_t> size{};     ///< children of the array, where the scheduler tells
  std::optional<std::int64_t> attempt{};  ///< from 1
  std::string scheduler{};                ///< "AWS Batch"; index_words::given_by
  std::string variable{};                 ///< "AWS_BATCH_JOB_ARRAY_INDEX"; index_words::index
  std::string why{};                      ///< a sentence for people
};

/// How messages call what is given beside the environment. A program puts its options' names here.
struct index_words {
  std::string_view given_by = "the caller";
  std::string_view index = "index";
  std::string_view index_base = "index_base";
  std::string_view scheduler = "scheduler";
  std::string_view share = "share";
};

struct index_options {
  std::optional<std::int64_t> index{};       ///< wins over everything, counts from 0
  std::optional<std::int64_t> index_base{};  ///< the scheduler's first index
  std::string scheduler{};                   ///< look at the one of this key only
  index_words words{};
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
                                           const index_options& options) {
  if (variable_or_empty(environment, s.index) == s.not_an_array) return std::nullopt;
  const std::int64_t base = options.index_base.value_or(s.base);
  const std::optional<std::int64_t> number = environment_count(environment, s.index, base);
  if (!number) return std::nullopt;
  const std::optional<std::int64_t> size = array_size(environment, s, base);
  if (size && *number - base >= *size) {
    throw configuration_error(
        fmt::format("{} must be in [{}, {}), as the array's size is {}, got {}", s.index, base,
                    base + *size, *size, *number));
  }
  const auto attempt = environment_count(environment, s.attempt, s.attempt_base);
  return job_index{
      .index = *number - base,
      .size = size,
      .attempt = attempt ? std::optional(*attempt - s.attempt_base + 1) : std::nullopt,
      .scheduler = std::string(s.scheduler),
      .variable = std::string(s.index),
      .why = fmt::format("{}={} is set, and {} counts from {}", s.index, *number,
                         options.index_base ? options.words.index_base : s.scheduler, base)};
}

/// A scheduler that is asked for by its key must be known and give an index.
inline void check_scheduler(const environment_map& environment, const index_options& options) {
  const std::string& key = options.scheduler;
  std::vector<std::string_view> keys;
  for (const scheduler_variables& s : known_schedulers) {
    keys.push_back(s.key);
    if (s.key != key) continue;
    const std::string text = variable_or_empty(environment, s.index);
    if (text != s.not_an_array && !text.empty()) return;
    throw configuration_error(fmt::format("{} {}: {} must be an array index, got '{}'",
                                          options.words.scheduler, key, s.index, text));
  }
  throw usage_error(fmt::format("{}: unknown scheduler '{}'{}", options.words.scheduler, key,
                                did_you_mean(key, keys)));
}

/// The index that the caller gives, whatever the environment says.
inline job_index given_index(std::int64_t index, const index_words& words) {
  if (index < 0)
    throw usage_error(fmt::format("{} must be at least 0, got {}", words.index, index));
  return {.index = index,
          .scheduler = std::string(words.given_by),
          .variable = std::string(words.index),
          .why = fmt::format("{} is given, and wins over every variable", words.index)};
}

/// The index of the schedulers' variables, if any is set.
inline std::optional<job_index> scheduled_index(const environment_map& environment,
                                                const index_options& options) {
  std::optional<job_index> resolved;
  for (const scheduler_variables& s : known_schedulers) {
    if (options.scheduler.empty() ? s.only_on_request : s.key != options.scheduler) continue;
    const std::optional<job_index> candidate = index_from(environment, s, options);
    if (!candidate) continue;
    if (resolved && resolved->index != candidate->index) {
      throw configuration_error(
          fmt::format("{} says index {} and {} says index {}: choose with {} or {}",
                      resolved->variable, resolved->index, candidate->variable, candidate->index,
                      options.words.index, options.words.scheduler));
    }
    if (!resolved) resolved = candidate;
  }
  return resolved;
}

}  // namespace detail

/// The job's index, or nothing where no scheduler gives one. options.index wins, then
/// SWEEPNET_INDEX, then the schedulers. Throws configuration_error if a variable is malformed or
/// two schedulers disagree or the one asked for gives no index, usage_error for an unknown
/// scheduler.
[[nodiscard]] inline std::optional<job_index> resolve_job_index(const environment_map& environment,
                                                                const index_options& options = {}) {
  if (!options.scheduler.empty()) detail::check_scheduler(environment, options);
  if (options.index) return detail::given_index(*options.index, options.words);
  if (const auto index = detail::environment_count(environment, "SWEEPNET_INDEX")) {
    return job_index{.index = *index,
                     .scheduler = "environment",
                     .variable = "SWEEPNET_INDEX",
                     .why = "SWEEPNET_INDEX is set, and wins over every scheduler's variable"};
  }
  return detail::scheduled_index(environment, options);
}

/// What to set when several paramsets stand there and no index.
[[nodiscard]] inline std::string how_to_set_index(const environment_map& environment,
                                                  const index_words& words = {}) {
  std::vector<std::string_view> variables;
  std::string hint;
  for (const scheduler_variables& s : known_schedulers) {
    if (!s.only_on_request) {
      variables.push_back(s.index);
    } else if (environment.contains(s.index)) {
      hint = fmt::format("; {} is set, {} {} would use it", s.index, words.scheduler, s.key);
    }
  }
  return fmt::format("set {} or SWEEPNET_INDEX, or run it as an array job ({}){}", words.index,
                     join_text(variables, ", "), hint);
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
  index_words words{};
};

/// The indices of the sweep that this job trains. Empty only for an allowed surplus index.
[[nodiscard]] inline std::vector<std::size_t> assigned_indices(const std::optional<job_index>& job,
                                                               std::size_t sweep_size,
                                                               const array_policy& policy,
                                                               const environment_map& environment) {
  if (!job) {
    if (sweep_size == 1) return {0};
    throw configuration_error(fmt::format("the sweep holds {} paramsets and no index is set: {}",
                                          sweep_size, how_to_set_index(environment, policy.words)));
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
    throw configuration_error(fmt::format("{} needs the array's size, which {} does not tell",
                                          policy.words.share, job->scheduler));
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
