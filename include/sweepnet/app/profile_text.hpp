// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Profiles of data as people read them.

#include <cstddef>
#include <string>

#include "sweepnet/data/dataset_profile.hpp"
#include "sweepnet/data/table/table_profile.hpp"

namespace sweepnet::app {

struct profile_layout {
  std::size_t width = 80;  ///< columns of the terminal; lines of findings may be longer
  std::size_t most = 20;   ///< columns and classes, and a quarter as many findings of a kind
};

[[nodiscard]] std::string text_of_profile(const table_profile& profile,
                                          const profile_layout& layout);
[[nodiscard]] std::string text_of_profile(const dataset_profile& profile,
                                          const profile_layout& layout);

}  // namespace sweepnet::app

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/app/profile_text.inl"
#endif
