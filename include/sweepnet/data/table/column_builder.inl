// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/column_builder.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "sweepnet/core/linkage.hpp"

namespace sweepnet::csv {

namespace detail {

inline part_reading first_reading(cell_reading reading) {
  switch (reading) {
    case cell_reading::inferred: return part_reading::numbers_or_texts;
    case cell_reading::number: return part_reading::numbers;
    case cell_reading::text: return part_reading::texts;
    case cell_reading::skipped: break;
  }
  return part_reading::skipped;
}

}  // namespace detail

SWEEPNET_INLINE column_builder::column_builder(const column_form& form, cell_reading reading,
                                               std::size_t most_texts)
    : is_inferred_(form.is_inferred),
      reading_(detail::first_reading(reading)),
      most_texts_(std::min<std::size_t>(most_texts, std::numeric_limits<std::int32_t>::max())) {
  column_.name = form.name;
  column_.is_number = reading == cell_reading::number || reading == cell_reading::inferred;
  column_.was_skipped = reading == cell_reading::skipped;
}

SWEEPNET_INLINE bool column_builder::needs_other(const column_part& part) const {
  return part.is_number && !column_.is_number && !column_.was_skipped;
}

SWEEPNET_INLINE void column_builder::expect(std::size_t rows) {
  if (column_.is_number) {
    column_.numbers.reserve(rows);
  } else if (reading_ == part_reading::texts) {
    column_.codes.reserve(rows);
  }
}

SWEEPNET_INLINE void column_builder::append(const column_part& part) {
  if (column_.was_skipped) return;
  if (column_.is_number && !part.is_number) turn_to_texts();
  if (part.missing > 0 && column_.missing == 0) column_.first_missing = rows_ + part.first_missing;
  column_.missing += part.missing;
  const auto note = [&](const odd_cell& found, odd_cell& first) {
    if (found.row >= 0 && first.row < 0) first = {.row = rows_ + found.row, .text = found.text};
  };
  note(part.not_finite, not_finite_);
  note(part.with_commas, with_commas_);
  has_plain_text_ = has_plain_text_ || part.has_plain_text;
  if (column_.is_number) {
    column_.numbers.insert(column_.numbers.end(), part.numbers.begin(), part.numbers.end());
  } else if (reading_ == part_reading::texts) {
    append_texts(part);
  }
  rows_ += part.rows;
}

/// Where no number was seen yet nothing is lost.
SWEEPNET_INLINE void column_builder::turn_to_texts() {
  column_.is_number = false;
  column_.numbers = {};
  not_finite_ = {};
  numbers_lost_ = column_.missing < rows_;
  reading_ = numbers_lost_ ? part_reading::counted : part_reading::texts;
  if (!numbers_lost_) column_.codes.assign(static_cast<std::size_t>(rows_), -1);
}

SWEEPNET_INLINE void column_builder::append_texts(const column_part& part) {
  std::vector<std::int32_t> codes;
  codes.reserve(part.texts.size());
  for (const std::string_view text : part.texts.texts()) {
    const auto [code, is_new] = texts_.add(text);
    codes.push_back(code);
    if (is_new) text_bytes_ += sizeof(std::string) + 16 + (text.size() < 16 ? 0 : text.size());
    if (texts_.size() <= most_texts_) continue;
    column_.has_too_many_texts = true;
    column_.codes = {};
    texts_ = {};
    text_bytes_ = 0;
    reading_ = part_reading::counted;
    return;
  }
  const std::size_t before = column_.codes.size();
  column_.codes.resize(before + part.codes.size());
  for (std::size_t i = 0; i < part.codes.size(); ++i) {
    const std::int32_t code = part.codes[i];
    column_.codes[before + i] = code < 0 ? -1 : codes[static_cast<std::size_t>(code)];
  }
}

SWEEPNET_INLINE std::uint64_t column_builder::bytes() const {
  return sizeof(column_builder) + column_.numbers.size() * sizeof(double) +
         column_.codes.size() * sizeof(std::int32_t) + text_bytes_;
}

SWEEPNET_INLINE std::pair<odd_cell, const char*> column_builder::refused() const {
  if (column_.is_number && not_finite_.row >= 0) return {not_finite_, "finite numbers"};
  if (!column_.is_number && is_inferred_ && !has_plain_text_ && with_commas_.row >= 0) {
    return {with_commas_, "numbers with a decimal point and no thousands separators"};
  }
  return {};
}

SWEEPNET_INLINE raw_column column_builder::finish() {
  if (reading_ == part_reading::texts) sort_texts();
  return std::move(column_);
}

SWEEPNET_INLINE void column_builder::sort_texts() {
  std::vector<std::string> texts = texts_.release();
  std::vector<std::int32_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0);
  const auto text = [&](std::int32_t code) -> std::string& {
    return texts[static_cast<std::size_t>(code)];
  };
  std::ranges::sort(order, [&](std::int32_t a, std::int32_t b) { return text(a) < text(b); });
  std::vector<std::int32_t> place(texts.size());
  column_.texts.reserve(texts.size());
  for (const std::int32_t code : order) {
    place[static_cast<std::size_t>(code)] = static_cast<std::int32_t>(column_.texts.size());
    column_.texts.push_back(std::move(text(code)));
  }
  for (std::int32_t& code : column_.codes) {
    if (code >= 0) code = place[static_cast<std::size_t>(code)];
  }
}

}  // namespace sweepnet::csv
