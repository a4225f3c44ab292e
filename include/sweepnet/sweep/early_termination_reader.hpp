// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A sweep file's early_terminate -> the rule that it names, by W&B's grammar and a few types more.
// Both W&B's rule and the search by brackets are called hyperband: keys tell them apart.

#include <string>
#include <vector>

#include "sweepnet/describe/decode.hpp"
#include "sweepnet/describe/parsed_node.hpp"
#include "sweepnet/sweep/early_termination.hpp"

namespace sweepnet {

/// Fails by `report` for what is no rule, keys of two rules, and values that no run can meet. Adds
/// to `notes` what a reader should know.
[[nodiscard]] early_termination read_early_termination(const parsed_node& value,
                                                       const decoder& report,
                                                       std::vector<std::string>& notes);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/early_termination_reader.inl"
#endif
