// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/job_index.hpp"

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/sweep/schedulers.hpp"

namespace sweepnet {

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

/// Of variables that are set, but used on request only: "; RANK is set, ...". Else empty.
inline std::string hint_on_request(const environment_map& environment, const index_words& words) {
  std::string hint;
  for (const scheduler_variables& s : known_schedulers) {
    if (!s.only_on_request || !environment.contains(s.index)) continue;
    hint = fmt::format("; {} is set, {} {} would use it", s.index, words.scheduler, s.key);
  }
  return hint;
}

/// What to do where several paramsets stand there and nothing says which one is meant.
inline std::string how_to_choose(std::size_t sweep_size, const index_words& words,
                                 const environment_map& environment) {
  return fmt::format(
      "the sweep holds {} paramsets and no index is set: {} 0 trains the first, {} {} the last; "
      "{}{}an array job is told its index by AWS Batch, Kubernetes, Slurm or another scheduler{}",
      sweep_size, words.index, words.index, sweep_size - 1, words.listed,
      words.listed.empty() ? "" : "; ", hint_on_request(environment, words));
}

}  // namespace detail

SWEEPNET_INLINE std::optional<job_index> resolve_job_index(const environment_map& environment,
                                                           const index_options& options) {
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

SWEEPNET_INLINE std::string how_to_set_index(const environment_map& environment,
                                             const index_words& words) {
  std::vector<std::string_view> variables;
  for (const scheduler_variables& s : known_schedulers) {
    if (!s.only_on_request) variables.push_back(s.index);
  }
  return fmt::format("set {} or SWEEPNET_INDEX, or run it as an array job ({}){}", words.index,
                     join_text(variables, ", "), detail::hint_on_request(environment, words));
}

SWEEPNET_INLINE std::string with_index(std::string name, std::size_t index) {
  constexpr std::string_view mark = "{index}";
  for (std::size_t at = name.find(mark); at != name.npos; at = name.find(mark, at)) {
    name.replace(at, mark.size(), std::to_string(index));
  }
  return name;
}

SWEEPNET_INLINE std::vector<std::size_t> assigned_indices(const std::optional<job_index>& job,
                                                          std::size_t sweep_size,
                                                          const array_policy& policy,
                                                          const environment_map& environment) {
  if (!job) {
    if (sweep_size == 1) return {0};
    throw configuration_error(detail::how_to_choose(sweep_size, policy.words, environment));
  }
  const auto index = static_cast<std::size_t>(job->index);
  if (index >= sweep_size) {
    if (policy.allow_surplus) return {};
    throw configuration_error(
        fmt::format("index {} ({}) is out of range: the sweep holds {} paramset{} (from 0){}",
                    index, job->variable, sweep_size, sweep_size == 1 ? "" : "s",
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
