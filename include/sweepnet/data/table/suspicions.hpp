// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What makes a table suspicious, found in its cells and in their profile.

#include "sweepnet/data/data_request.hpp"
#include "sweepnet/data/table/raw_table.hpp"
#include "sweepnet/data/table/target_telling.hpp"

namespace sweepnet {

struct table_profile;

/// Adds to a profile, whose columns are there, its findings, by kind and then by column, and the
/// rows that are duplicates. Columns that are no inputs are not looked at.
void add_suspicions(const raw_table& table, const data_request& request, const row_targets& targets,
                    table_profile& profile);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/suspicions.inl"
#endif
