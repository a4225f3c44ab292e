// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a stage of a search asks, as the results of all stages before it decide it: read once, and
// written beside them, so that each job of a large array does not read all of them again.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/storage/location.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/search_stages.hpp"
#include "sweepnet/sweep/searched_points.hpp"

namespace sweepnet {

struct decided_stage {
  std::vector<run_leg> legs{};       ///< by index
  std::vector<stopped_run> stops{};  ///< by the stages before
  std::vector<told_run> told{};      ///< of a search that learns, before the stage's own batch
  bool is_there = true;              ///< false: the search ended before it
};

/// Where a stage is written down, and of which one: what was decided of another sweep, other rules
/// or other data is none of it.
struct stage_file {
  storage::location directory{};
  std::string sweep{};  ///< a digest of what the sweep was read from
};

/// What stands there of this stage; nothing where none does that is whole.
[[nodiscard]] std::optional<decided_stage> find_stage(const stage_file& file,
                                                      const search_rules& rules, std::size_t runs,
                                                      const std::string& data_digest,
                                                      std::int64_t stage);

/// Writes it; where that cannot be done, nothing is lost, and nothing said.
void keep_stage(const stage_file& file, const search_rules& rules, std::size_t runs,
                const std::string& data_digest, std::int64_t stage, const decided_stage& decided);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/stage_file.inl"
#endif
