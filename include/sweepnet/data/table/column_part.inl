// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/column_part.hpp"

#include <limits>
#include <tuple>
#include <utility>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/data/table/cell_text.hpp"

namespace sweepnet::csv {

namespace detail {

class column_part_reader {
 public:
  column_part_reader(std::string_view text, const record_index& index, std::size_t c,
                     char delimiter, const column_form& form, part_reading reading,
                     column_part& part)
      : text_(text),
        index_(index),
        c_(c),
        delimiter_(delimiter),
        form_(form),
        reading_(reading),
        part_(part) {}

  void run() {
    part_.rows = static_cast<std::int64_t>(index_.rows());
    part_.numbers.clear();
    part_.codes.clear();
    part_.texts.clear();
    part_.kept.clear();
    switch (reading_) {
      case part_reading::skipped: forget(); return;
      case part_reading::numbers: read_numbers(); return;
      case part_reading::numbers_or_texts:
        if (!read_numbers()) read_texts<true>();
        return;
      case part_reading::texts: read_texts<true>(); return;
      case part_reading::counted: read_texts<false>(); return;
    }
  }

 private:
  void forget() {
    part_.is_number = false;
    part_.missing = 0;
    part_.first_missing = -1;
    part_.not_finite = part_.with_commas = {};
    part_.has_plain_text = false;
    part_.fault.reset();
  }

  /// Of a row, as it stands.
  [[nodiscard]] std::string_view cell(std::size_t row) const {
    const std::size_t at = row * index_.columns + c_;
    const std::size_t begin = c_ == 0 ? index_.begins[row] : index_.ends[at - 1] + std::size_t{1};
    return text_.substr(begin, index_.ends[at] - begin);
  }

  std::string_view text_of(std::string_view cell) {
    return text_of_cell(cell, [&](std::string text) -> std::string_view {
      return part_.kept.emplace_back(std::move(text));
    });
  }

  void note_missing(std::size_t row) {
    if (part_.missing++ == 0) part_.first_missing = static_cast<std::int64_t>(row);
  }

  void fail(std::size_t row, std::string why) {
    part_.fault = {.row = static_cast<std::int64_t>(row), .why = std::move(why)};
  }

  /// False if some cell is none, and the column may be one of texts.
  bool read_numbers() {
    forget();
    part_.is_number = true;
    part_.numbers.resize(index_.rows());
    double* const numbers = part_.numbers.data();
    for (std::size_t row = 0; row < index_.rows(); ++row) {
      const std::string_view here = cell(row);
      if (read_short_number(here.data(), here.data() + here.size(), numbers[row])) continue;
      if (!read_long_number(row, here, numbers[row])) return false;
      if (part_.fault) return true;
    }
    return true;
  }

  bool read_long_number(std::size_t row, std::string_view here, double& number) {
    if (read_number(here, number) == number_kind::finite) return true;
    const std::string_view text = text_of(here);
    const std::string_view core = without_spaces(text);
    const bool is_strict = reading_ == part_reading::numbers;
    if (is_missing_cell(text)) {
      note_missing(row);
      number = std::numeric_limits<double>::quiet_NaN();
      return true;
    }
    const number_kind kind = read_number(core, number);
    if (kind == number_kind::finite) return true;
    if (kind == number_kind::none && !is_strict) return false;
    if (!is_strict) {
      if (part_.not_finite.row < 0) {
        part_.not_finite = {.row = static_cast<std::int64_t>(row), .text = shown_text(text)};
      }
      return true;
    }
    const char* hint = is_number_with_commas(core, delimiter_)
                           ? ": expected a decimal point and no thousands separators"
                           : "";
    fail(row, fmt::format("column '{}' expected a {}number, got '{}'{}", shown_text(form_.name),
                          kind == number_kind::none ? "" : "finite ", shown_text(text), hint));
    return true;
  }

  template <bool Keeps> void read_texts() {
    forget();
    part_.numbers.clear();
    if (Keeps) part_.codes.resize(index_.rows());
    std::int32_t* const codes = part_.codes.data();
    for (std::size_t row = 0; row < index_.rows(); ++row) {
      const std::string_view here = cell(row);
      const std::size_t kept = part_.kept.size();
      const std::string_view text = text_of(here);
      bool is_new = true;
      if (is_missing_cell(text)) {
        note_missing(row);
        if (Keeps) codes[row] = -1;
        continue;
      }
      if (Keeps) std::tie(codes[row], is_new) = part_.texts.add(text);
      if (is_new && !take_new(row, here, text)) return;
      if ((!Keeps || !is_new) && part_.kept.size() > kept) part_.kept.pop_back();
    }
  }

  /// False if it is no text for a table.
  bool take_new(std::size_t row, std::string_view here, std::string_view text) {
    if (std::string why = fault_of_text(here); !why.empty()) {
      fail(row, std::move(why));
      return false;
    }
    if (!form_.is_inferred || part_.has_plain_text) return true;
    const std::string_view core = without_spaces(text);
    double number = 0;
    if (is_number_with_commas(core, delimiter_)) {
      if (part_.with_commas.row < 0) {
        part_.with_commas = {.row = static_cast<std::int64_t>(row), .text = shown_text(text)};
      }
    } else if (read_number(core, number) == number_kind::none) {
      part_.has_plain_text = true;
    }
    return true;
  }

  std::string_view text_;
  const record_index& index_;
  std::size_t c_;
  char delimiter_;
  const column_form& form_;
  part_reading reading_;
  column_part& part_;
};

}  // namespace detail

SWEEPNET_INLINE void read_column_part(std::string_view text, const record_index& index,
                                      std::size_t c, char delimiter, const column_form& form,
                                      part_reading reading, column_part& part) {
  detail::column_part_reader(text, index, c, delimiter, form, reading, part).run();
}

}  // namespace sweepnet::csv
