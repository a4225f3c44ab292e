// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which paramset is this job's: the array index from the scheduler's environment variables.
//
// A pure function over an environment map. Each scheduler counts from a fixed base; the index is
// never normalised by the smallest one of the array, because resubmitting one failed index makes an
// array whose smallest index is that one.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/core/environment.hpp"

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
  std::string_view listed{};  ///< what tells the paramsets of an index, a clause; may be empty
};

struct index_options {
  std::optional<std::int64_t> index{};       ///< wins over everything, counts from 0
  std::optional<std::int64_t> index_base{};  ///< the scheduler's first index
  std::string scheduler{};                   ///< look at the one of this key only
  index_words words{};
};

/// The job's index, or nothing where no scheduler gives one. options.index wins, then
/// SWEEPNET_INDEX, then the schedulers. Throws configuration_error if a variable is malformed or
/// two schedulers disagree or the one asked for gives no index, usage_error for an unknown
/// scheduler.
[[nodiscard]] std::optional<job_index> resolve_job_index(const environment_map& environment,
                                                         const index_options& options = {});

/// What gives an index where there is none: every variable by its name.
[[nodiscard]] std::string how_to_set_index(const environment_map& environment,
                                           const index_words& words = {});

/// `name` with the index in each place of {index}.
[[nodiscard]] std::string with_index(std::string name, std::size_t index);

/// What a job does with indices that do not match the sweep one to one.
struct array_policy {
  bool allow_surplus = false;  ///< an index beyond the sweep is no error: nothing to do
  bool share = false;          ///< an array of known size takes index, index + size, ...
  index_words words{};
};

/// The indices of the sweep that this job trains. Empty only for an allowed surplus index.
[[nodiscard]] std::vector<std::size_t> assigned_indices(const std::optional<job_index>& job,
                                                        std::size_t sweep_size,
                                                        const array_policy& policy,
                                                        const environment_map& environment);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/job_index.inl"
#endif
