// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of features of each kind, as all that reads them sees them. The views have the same members,
// so that what is written over them takes every kind:
//
//   rows()                       whole ones
//   check(what)                  throws argument_error, beginning with `what`, for malformed ones
//   copy_row(row, to)            a row as `width` reals
//   count_nonzeros(row, counts)  adds 1 to counts[column] where that is not 0
//   add_to(digest)
//
// Where `lists_nonzeros`, hardly anything else is stored, so that a row takes as long as they do:
//
//   most_nonzeros()               of a row
//   for_each_nonzero(row, visit)  visit(column, value), ascending

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>

#include "sweepnet/data/one_hot_rows.hpp"

namespace sweepnet {

/// What a stored feature stands for.
template <class T, class Stored> [[nodiscard]] T scaled(Stored stored, double scale) {
  return static_cast<T>(static_cast<double>(stored) * scale);
}

/// Of bytes or floats, row by row, which stand for element * scale.
template <class Stored> struct dense_view {
  static constexpr bool lists_nonzeros = false;

  std::span<const Stored> elements;
  std::int64_t width;
  double scale;

  [[nodiscard]] std::int64_t rows() const { return width > 0 ? std::ssize(elements) / width : 0; }
  [[nodiscard]] const Stored* row(std::int64_t i) const { return elements.data() + i * width; }

  void check(const std::string& what) const;

  template <class T> void copy_row(std::int64_t i, T* to) const {
    const Stored* from = row(i);
    for (std::int64_t k = 0; k < width; ++k) to[k] = scaled<T>(from[k], scale);
  }
  void count_nonzeros(std::int64_t i, std::int64_t* counts) const {
    const Stored* from = row(i);
    for (std::int64_t k = 0; k < width; ++k) counts[k] += from[k] != 0 ? 1 : 0;
  }
  template <class Digest> void add_to(Digest& d) const {
    d.add(static_cast<std::int64_t>(sizeof(Stored)));
    d.add(elements);
  }
};

/// Of reals and one-hot groups, which stand for themselves.
struct one_hot_view {
  static constexpr bool lists_nonzeros = true;

  const one_hot_rows& stored;
  std::int64_t width;
  double scale;

  [[nodiscard]] std::int64_t rows() const { return stored.rows(); }

  void check(const std::string& what) const;

  template <class T> void copy_row(std::int64_t i, T* to) const {
    std::fill_n(to, width, T{0});
    for_each_nonzero(i, [&](std::int64_t k, float value) { to[k] = static_cast<T>(value); });
  }
  void count_nonzeros(std::int64_t i, std::int64_t* counts) const {
    for_each_nonzero(i, [&](std::int64_t k, float) { ++counts[k]; });
  }
  [[nodiscard]] std::int64_t most_nonzeros() const { return stored.real_width + stored.groups; }
  template <class Visit> void for_each_nonzero(std::int64_t i, const Visit& visit) const {
    const float* reals = stored.reals.data() + i * stored.real_width;
    for (std::int64_t k = 0; k < stored.real_width; ++k) {
      if (reals[k] != 0) visit(k, reals[k]);
    }
    const std::int32_t* ones = stored.ones.data() + i * stored.groups;
    for (std::int64_t group = 0; group < stored.groups; ++group) {
      if (ones[group] >= 0) visit(std::int64_t{ones[group]}, 1.0F);
    }
  }
  template <class Digest> void add_to(Digest& d) const {
    d.add(std::int64_t{0});  // no element has this size
    d.add(stored.real_width);
    d.add(stored.groups);
    d.add(std::span<const float>(stored.reals));
    d.add(std::span<const std::int32_t>(stored.ones));
  }
};

template <class Stored>
dense_view<Stored> view_of(std::span<const Stored> elements, std::int64_t width, double scale) {
  return {elements, width, scale};
}
inline one_hot_view view_of(const one_hot_rows& rows, std::int64_t width, double scale) {
  return {rows, width, scale};
}

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/feature_views.inl"
#endif
