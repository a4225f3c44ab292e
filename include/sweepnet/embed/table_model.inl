// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/embed/table_model.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/model/origin.hpp"
#include "sweepnet/network/folding.hpp"

namespace sweepnet {

namespace detail {

/// Throws argument_error unless the schema is sound and fits the network.
inline void require_fitting(const table_schema& schema, const model_spec& model) {
  schema.validate();
  const auto require = [](std::int64_t expected, std::int64_t found, const char* what) {
    if (expected == found) return;
    throw argument_error(
        fmt::format("the schema of a table: expected {} {}, as the network has, got {}", expected,
                    what, found));
  };
  require(model.inputs, schema.width(), "inputs");
  require(model.outputs(), schema.outputs(), "outputs");
  if (schema.standardizes_target()) require_linear_output(model);
}

/// x = standardised x * deviation + mean, of the numbers of rows.
inline void unscale(std::vector<float>& rows, const table_schema& schema) {
  const std::vector<double> means = schema.means();
  const std::vector<double> deviations = schema.deviations();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t k = i % means.size();
    rows[i] = static_cast<float>(static_cast<double>(rows[i]) * deviations[k] + means[k]);
  }
}

}  // namespace detail

SWEEPNET_INLINE trained_model with_schema(trained_model trained, const table_schema& of_data) {
  table_schema schema = of_data;
  if (schema.task == task::binary && trained.model.outputs() == 2) {
    schema.task = task::multiclass;  // the network has an output for each
  }
  detail::require_fitting(schema, trained.model);
  fold_standardization(trained.model, schema.means(), schema.deviations(), trained.parameters);
  if (schema.standardizes_target()) {
    unfold_targets(trained.model, schema.target_mean, schema.target_deviation, trained.parameters);
  }
  ordered_json metadata = metadata_of(trained);
  metadata[detail::schema_key] = encode(schema);
  trained.metadata = dump(metadata);
  return trained;
}

SWEEPNET_INLINE std::optional<table_schema> schema_of(const trained_model& trained,
                                                      const std::string& source) {
  const ordered_json metadata = metadata_of(trained, source);
  const auto found = metadata.find(detail::schema_key);
  if (found == metadata.end()) return std::nullopt;
  table_schema schema = decode_json<table_schema>(*found, source, detail::schema_key);
  try {
    detail::require_fitting(schema, trained.model);
  } catch (const argument_error& e) {
    throw data_error(source + ": " + e.what());
  }
  return schema;
}

SWEEPNET_INLINE labelled_rows raw_inputs(const labelled_rows& rows, const table_schema& schema) {
  labelled_rows raw{.features = rows.features, .width = rows.width};
  if (schema.number_width() == 0) return raw;
  if (const one_hot_rows* stored = rows.features.one_hot()) {
    one_hot_rows changed = *stored;
    detail::unscale(changed.reals, schema);
    raw.features = std::move(changed);
  } else {
    detail::unscale(raw.features.owned<float>(), schema);
  }
  return raw;
}

SWEEPNET_INLINE const labelled_rows& rows_for_files(const dataset& data, labelled_rows& raw) {
  if (!data.schema) return data.validation;
  raw = raw_inputs(data.validation, *data.schema);
  raw.labels = data.validation.labels;
  raw.values = {.width = data.validation.values.width};
  for (const float value : data.validation.values.elements) {
    raw.values.elements.push_back(static_cast<float>(data.schema->raw_value(value)));
  }
  return raw;
}

SWEEPNET_INLINE double folding_difference(const trained_model& trained, const trained_model& folded,
                                          const table_schema& schema, const labelled_rows& rows,
                                          int threads) {
  const predictor_options options{.threads = threads};
  const predictor before(trained, options);
  const predictor after(folded, options);
  const std::vector<float> expected = before.outputs_for(rows);
  const std::vector<float> found = after.outputs_for(raw_inputs(rows, schema));
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(schema.raw_value(expected[i]) - double{found[i]}));
  }
  return largest;
}

namespace detail {

inline table_schema required_schema(const trained_model& trained) {
  if (std::optional<table_schema> schema = schema_of(trained)) return *std::move(schema);
  throw data_error("the model was not trained on a table: it has no schema");
}

}  // namespace detail

SWEEPNET_INLINE table_predictor::table_predictor(const trained_model& trained,
                                                 const predictor_options& options)
    : schema_(detail::required_schema(trained)), predict_(trained, options) {}

SWEEPNET_INLINE std::vector<float> table_predictor::operator()(const raw_table& table,
                                                               unknown_cells& unknown) const {
  return predict_.outputs_for(encode_rows(table, schema_, number_scale::raw, unknown));
}
SWEEPNET_INLINE std::vector<float> table_predictor::operator()(const raw_table& table) const {
  unknown_cells unknown;
  return (*this)(table, unknown);
}

}  // namespace sweepnet
