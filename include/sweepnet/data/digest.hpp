// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// By what a run knows its data again.

#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/data/table/schema.hpp"

namespace sweepnet {

namespace detail {

/// What a model's file tells of its table.
inline void add_schema(digest& d, const table_schema& schema) {
  const auto add_text = [&d](const std::string& text) {
    d.add(std::ssize(text));
    d.add(std::string_view(text));
  };
  add_text(schema.target);
  for (const std::string& name : schema.classes) add_text(name);
  if (schema.task == task::regression) {
    for (const double x : {schema.target_mean, schema.target_deviation}) d.add(x);
  }
  for (const std::string& name : schema.input_names()) add_text(name);
  for (const table_column& column : schema.columns) {
    add_text(column.name);
    add_text(column.fill_text.value_or(""));
    for (const double x : {column.mean, column.deviation, column.fill.value_or(0)}) d.add(x);
  }
}

}  // namespace detail

/// A digest of all features, targets, shapes and the class count, and of the names and scales of a
/// table; other names do not count.
[[nodiscard]] inline std::string digest_of(const dataset& data) {
  digest d;
  d.add(data.classes());
  if (data.task == task::binary) d.add(data.outputs());
  for (const labelled_rows* part : {&data.train, &data.validation}) {
    d.add(part->width);
    d.add(part->scale);
    d.add(std::span<const std::int32_t>(part->labels));
    d.add(std::span<const float>(part->values.elements));
    d.add(std::span<const float>(part->weights));
    part->visit([&](const auto& view) { view.add_to(d); });
  }
  if (data.schema) detail::add_schema(d, *data.schema);
  return d.text();
}

}  // namespace sweepnet
