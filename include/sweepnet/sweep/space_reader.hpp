// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A document -> a search space, by the grammar of W&B's sweep configuration with a few keys more:
// seed, repeats, draws, order, parallel. Source of the grammar: W&B's package sweeps 0.3.0.

#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/parsed_node.hpp"
#include "sweepnet/sweep/search_space.hpp"

namespace sweepnet {

/// The points of a space have no end, and nothing says how many are wanted.
struct endless_space : data_error {
  using data_error::data_error;
};

/// Whether a mapping looks like a search space, and not like what was meant for another thing.
[[nodiscard]] bool is_search_space(const parsed_node& document);

/// The space in a document. Throws data_error with `source`, line and column, for what the grammar
/// does not have and for methods and keys that are not here; endless_space.
[[nodiscard]] search_space read_search_space(const parsed_node& document, const std::string& source,
                                             const draw_options& options = {});

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/space_reader.inl"
#endif
