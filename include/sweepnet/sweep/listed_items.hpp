// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where the items of a sweep's list lie in its text, without reading them: a job of an array needs
// one of them, and their number.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace sweepnet {

struct listed_item {
  std::size_t line;       ///< on which it begins, counted from 1
  std::string_view text;  ///< with the dash before it, up to the next item
};

/// The items of a list in YAML text that is written as people and scripts do: each item begins with
/// a dash in the first column and ends with all of its brackets closed, its other lines are
/// indented, and quotes end on the line on which they begin. Nothing of another text, which must be
/// read to be understood. Items need not be valid.
[[nodiscard]] std::optional<std::vector<listed_item>> list_items(std::string_view text);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/listed_items.inl"
#endif
