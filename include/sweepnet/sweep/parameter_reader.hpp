// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parameters of a search space: names, nesting, and the distributions that their keys mean.

#include <string>
#include <vector>

#include "sweepnet/describe/decode.hpp"
#include "sweepnet/describe/parsed_node.hpp"
#include "sweepnet/sweep/search_space.hpp"

namespace sweepnet::detail {

/// The parameters in a mapping, those of nested ones in their parent's place: at each level in the
/// order of their names, as W&B has them, or as the file has them. What a reader should know is
/// added to `notes`. Throws data_error as `report` words it.
[[nodiscard]] std::vector<space_parameter> read_parameters(const parsed_node& mapping,
                                                           bool in_file_order,
                                                           const decoder& report,
                                                           std::vector<std::string>& notes);

}  // namespace sweepnet::detail

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/parameter_reader.inl"
#endif
