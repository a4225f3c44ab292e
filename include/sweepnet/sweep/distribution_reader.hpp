// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One parameter of a search space -> its distribution, by W&B's keys.

#include <string>
#include <vector>

#include "sweepnet/describe/decode.hpp"
#include "sweepnet/describe/parsed_node.hpp"
#include "sweepnet/sweep/distribution.hpp"

namespace sweepnet::detail {

/// The distribution in the mapping of the parameter of that name, which stands at `key`. What a
/// reader should know is added to `notes`. Throws data_error as `report` words it.
[[nodiscard]] distribution read_distribution(const std::string& name, const parsed_node& key,
                                             const parsed_node& mapping, const decoder& report,
                                             std::vector<std::string>& notes);

/// The same text for values that are one to W&B: numbers by what they are, as 1 and 1.0, mappings
/// in any order of their keys.
[[nodiscard]] std::string canonical_text(const parsed_node& value);

}  // namespace sweepnet::detail

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/distribution_reader.inl"
#endif
