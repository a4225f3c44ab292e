// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a table's rows are to give: the classes or the values in its target column.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sweepnet/data/data_request.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/data/table/encode_rows.hpp"
#include "sweepnet/data/table/raw_table.hpp"
#include "sweepnet/data/table/schema.hpp"
#include "sweepnet/data/task.hpp"

namespace sweepnet {

/// The targets of a table's rows, as far as they are of a task.
struct table_targets {
  sweepnet::task task = sweepnet::task::multiclass;
  column_type type = column_type::category;
  std::vector<std::string> names{};     ///< of classes: numbers in their order, texts sorted
  std::vector<std::int32_t> of_rows{};  ///< index into names
  std::vector<double> values{};         ///< real ones
};

/// The targets in the column that `request` names, of the task that it says. Where it says none:
/// words and up to 100 different integers are classes, two of them a binary task, other numbers
/// real values. Throws data_error with source, line and cell for a column that is not there, a row
/// without a target, a single class, and targets that are not of the task.
[[nodiscard]] table_targets targets_of(const raw_table& table, const data_request& request);

/// Gives the rows of `data`, of which `rows` are those of the table, their targets: classes, or
/// values, raw or as the schema standardises them.
void set_targets(labelled_rows& data, const table_targets& targets,
                 std::span<const std::int64_t> rows, const table_schema& schema,
                 number_scale scale);

/// How much each of these rows of the table counts, by the column that `request` names; none where
/// it names none. Throws data_error with source, line and cell for a column that is not there or
/// holds texts, for a row without a weight or with a negative one, and for weights that are all 0.
[[nodiscard]] std::vector<float> weights_of(const raw_table& table,
                                            std::span<const std::int64_t> rows,
                                            const data_request& request);

/// The targets of all rows by a schema that is known. Throws data_error with source, line and cell
/// for a row without one, or of a class that the schema lacks.
[[nodiscard]] table_targets targets_of(const raw_table& table, const table_schema& schema);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/table_targets.inl"
#endif
