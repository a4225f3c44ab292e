// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Models of tables: a network and the schema by which columns become its inputs.
//
// In memory a network takes the standardised inputs it was trained on. In a file, whatever its
// form, it takes numbers as they stand in the table, so that every program that reads the file can
// use it; the schema lies beside it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/data/table/encode_rows.hpp"
#include "sweepnet/data/table/raw_table.hpp"
#include "sweepnet/data/table/schema.hpp"
#include "sweepnet/embed/predictor.hpp"
#include "sweepnet/model/trained_model.hpp"

namespace sweepnet {

namespace detail {

/// Where metadata hold a schema.
inline constexpr const char* schema_key = "table";

}  // namespace detail

/// The model for files: for raw inputs, with the schema in its metadata. `trained` takes
/// standardised ones, and gives real values so. Throws argument_error unless the schema has as many
/// inputs as the model, and as many outputs; values that are to be scaled need a linear output.
[[nodiscard]] trained_model with_schema(trained_model trained, const table_schema& schema);

/// The schema in a model's metadata, if there is one. Throws data_error, beginning with `source`,
/// for one that is damaged or does not fit the network.
[[nodiscard]] std::optional<table_schema> schema_of(const trained_model& trained,
                                                    const std::string& source = "the model");

/// Rows that are standardised as they stand in a table, up to rounding. Labels are not kept.
[[nodiscard]] labelled_rows raw_inputs(const labelled_rows& rows, const table_schema& schema);

/// The rows to validate on as a model's file takes them: raw ones of a table, which `raw` then
/// holds.
[[nodiscard]] const labelled_rows& rows_for_files(const dataset& data, labelled_rows& raw);

/// The largest difference of an output that folding makes: |f'(x) - f(standardised x)| over the
/// rows, which are standardised; f' is `folded`, what with_schema() makes of `trained`, and gets
/// raw_inputs().
[[nodiscard]] double folding_difference(const trained_model& trained, const trained_model& folded,
                                        const table_schema& schema, const labelled_rows& rows,
                                        int threads = 1);

/// Predicts for tables with a model that with_schema() gave or a file holds: columns are found by
/// name, in any order, others are not looked at.
class table_predictor {
 public:
  /// Throws data_error where the model has no schema.
  explicit table_predictor(const trained_model& trained, const predictor_options& options = {});

  [[nodiscard]] const table_schema& schema() const { return schema_; }

  /// The outputs, (rows x outputs), row by row: the probability of each class, of a binary task of
  /// the second, or the value. What was met that the training rows had not is
  /// added to `unknown`. Throws as encode_rows() does.
  [[nodiscard]] std::vector<float> operator()(const raw_table& table, unknown_cells& unknown) const;
  [[nodiscard]] std::vector<float> operator()(const raw_table& table) const;

 private:
  table_schema schema_;
  predictor predict_;
};

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/embed/table_model.inl"
#endif
