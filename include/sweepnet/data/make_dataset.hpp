// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Data sets from what a program holds: Eigen's matrices, or contiguous ranges of elements.
//
// Eigen is not included here, as it would cost a unit without matrices half of what the rest of
// train.hpp does on the compiled library: who has a matrix has included it.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/data/feature_matrix.hpp"

namespace sweepnet {

/// A dense matrix or expression of Eigen's, of either storage order and any arithmetic type.
template <class X>
concept matrix = requires(const X& x) {
  typename X::Scalar;
  typename X::PlainObject;
  x.derived().rows();
  x.derived().cols();
  x.derived().eval();
};

/// A contiguous range of T, or of const T: a vector, an array, a span.
template <class Range, class T>
concept contiguous_range_of = std::ranges::contiguous_range<Range> &&
    std::ranges::sized_range<Range> && std::same_as<std::ranges::range_value_t<Range>, T>;

/// Class labels.
template <class Range>
concept label_range = std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> &&
    std::integral<std::ranges::range_value_t<Range>>;

/// One that outlives the call: an object with a name, or a view.
template <class Range, class T>
concept lasting_range_of = contiguous_range_of<Range, T> && std::ranges::borrowed_range<Range>;

/// How elements lie in a range: `width` features a row, each of which stands for element * scale.
struct row_format {
  std::int64_t width = 0;
  double scale = 1;
};

namespace detail {

inline constexpr const char* rows_of_parts[] = {"training rows", "validation rows"};

[[noreturn]] void refuse_label(const std::string& label, std::size_t row, const std::string& what);
[[noreturn]] void refuse_matrix(std::int64_t rows, std::int64_t columns, const std::string& what);

/// Throws argument_error, beginning with `what`, for labels that are no small integers from 0.
template <class Labels>
std::vector<std::int32_t> class_labels(const Labels& labels, const std::string& what) {
  std::vector<std::int32_t> result;
  result.reserve(std::ranges::size(labels));
  for (const auto element : labels) {
    const auto label = +element;  // bool and char as the integers that they are
    if (!std::in_range<std::int32_t>(label) || label < 0) {
      refuse_label(std::to_string(label), result.size(), what);
    }
    result.push_back(static_cast<std::int32_t>(label));
  }
  return result;
}

void require_rows(std::int64_t features, std::int64_t targets, const std::string& what);

/// Elements of any matrix, row by row. Bytes stay bytes, all other numbers become floats.
template <matrix X> feature_matrix features_from(const X& x) {
  using Scalar = typename X::Scalar;
  using Element = std::conditional_t<std::is_same_v<Scalar, std::uint8_t>, std::uint8_t, float>;
  const auto& values = x.eval();  // a plain matrix is itself
  std::vector<Element> elements(static_cast<std::size_t>(values.size()));
  auto at = elements.begin();
  for (std::int64_t row = 0; row < values.rows(); ++row) {
    for (std::int64_t column = 0; column < values.cols(); ++column) {
      *at++ = static_cast<Element>(values(row, column));
    }
  }
  return elements;
}

/// Integers are labels, reals are values to be predicted.
template <matrix Y> void set_targets(labelled_rows& rows, const Y& y, const std::string& what) {
  using Scalar = typename Y::Scalar;
  if constexpr (std::integral<Scalar>) {
    if (y.cols() != 1 && y.rows() != 1) {
      refuse_matrix(y.rows(), y.cols(), what + ": labels must be one column");
    }
    require_rows(rows.rows(), y.size(), what);
    const auto& column = y.eval();
    std::vector<Scalar> labels(static_cast<std::size_t>(column.size()));
    for (std::size_t i = 0; i < labels.size(); ++i) {
      labels[i] = column(static_cast<std::int64_t>(i));
    }
    rows.labels = class_labels(labels, what);
  } else {
    require_rows(rows.rows(), y.rows(), what);
    rows.values = {.elements = features_from(y.template cast<float>()).template owned<float>(),
                   .width = y.cols()};
  }
}

template <matrix X, matrix Y>
labelled_rows rows_from(const X& x, const Y& y, const std::string& what) {
  labelled_rows rows{.features = features_from(x), .width = x.cols()};
  if (x.rows() == 0 || x.cols() == 0) {
    refuse_matrix(x.rows(), x.cols(), what + ": expected rows of features");
  }
  set_targets(rows, y, what);
  return rows;
}

dataset checked_dataset(labelled_rows train, labelled_rows validation);

template <class Labels>
labelled_rows rows_from_range(feature_matrix features, const Labels& labels,
                              const row_format& format, const std::string& what) {
  labelled_rows rows{.features = std::move(features), .scale = format.scale, .width = format.width};
  rows.check_features(what);
  require_rows(rows.rows(), static_cast<std::int64_t>(std::ranges::size(labels)), what);
  rows.labels = class_labels(labels, what);
  return rows;
}

template <class X> feature_matrix copy_of(const X& x) {
  return std::vector<std::ranges::range_value_t<X>>(std::ranges::begin(x), std::ranges::end(x));
}
template <class X> feature_matrix view_of(const X& x) {
  using T = std::ranges::range_value_t<X>;
  return feature_matrix::borrow(std::span<const T>(std::ranges::data(x), std::ranges::size(x)));
}

}  // namespace detail

/// Rows x (rows x features) of either storage order, of any arithmetic type or expression; targets
/// y are integers in [0, classes), or real values (rows x columns), which make the task a
/// regression: of values 0 and 1 that are labels, say `data.task = task::multilabel`. Elements are
/// copied: bytes stay bytes, others become floats, and none are scaled, as a file's bytes are.
/// Throws argument_error, saying what was expected and found, where sizes do not fit, a label is
/// negative or a feature is not finite.
template <matrix X, matrix Y> [[nodiscard]] dataset make_dataset(const X& x, const Y& y) {
  return detail::checked_dataset(detail::rows_from(x, y, detail::rows_of_parts[0]), {});
}

/// The same with validation rows, by which the best epoch is told.
template <matrix X, matrix Y, matrix XV, matrix YV>
[[nodiscard]] dataset make_dataset(const X& x, const Y& y, const XV& x_validation,
                                   const YV& y_validation) {
  return detail::checked_dataset(
      detail::rows_from(x, y, detail::rows_of_parts[0]),
      detail::rows_from(x_validation, y_validation, detail::rows_of_parts[1]));
}

/// Of bytes or floats, row by row, which are copied, and a label for each row.
template <class X, label_range Y>
requires(contiguous_range_of<X, std::uint8_t> || contiguous_range_of<X, float>)
    [[nodiscard]] dataset make_dataset(const X& x, const Y& y, const row_format& format) {
  return detail::checked_dataset(
      detail::rows_from_range(detail::copy_of(x), y, format, detail::rows_of_parts[0]), {});
}

/// The same with validation rows.
template <class X, class XV, label_range Y, label_range YV>
requires((contiguous_range_of<X, std::uint8_t> && contiguous_range_of<XV, std::uint8_t>) ||
         (contiguous_range_of<X, float> && contiguous_range_of<XV, float>)) [[nodiscard]] dataset
    make_dataset(const X& x, const Y& y, const XV& x_validation, const YV& y_validation,
                 const row_format& format) {
  return detail::checked_dataset(
      detail::rows_from_range(detail::copy_of(x), y, format, detail::rows_of_parts[0]),
      detail::rows_from_range(detail::copy_of(x_validation), y_validation, format,
                              detail::rows_of_parts[1]));
}

/// Of the same elements without a copy: they must live, unchanged, as long as the data set and all
/// that is made of it. What would be gone at the end of the line does not compile. Labels are
/// copied.
template <class X, label_range Y>
requires(lasting_range_of<X, std::uint8_t> || lasting_range_of<X, float>) [[nodiscard]] dataset
    borrow_dataset(X&& x, const Y& y, const row_format& format) {
  return detail::checked_dataset(
      detail::rows_from_range(detail::view_of(x), y, format, detail::rows_of_parts[0]), {});
}
template <class Temporary, label_range Y>
requires(!std::ranges::borrowed_range<Temporary>) dataset
    borrow_dataset(Temporary&&, const Y&, const row_format&)
= delete;

/// The same with validation rows.
template <class X, class XV, label_range Y, label_range YV>
requires((lasting_range_of<X, std::uint8_t> && lasting_range_of<XV, std::uint8_t>) ||
         (lasting_range_of<X, float> && lasting_range_of<XV, float>)) [[nodiscard]] dataset
    borrow_dataset(X&& x, const Y& y, XV&& x_validation, const YV& y_validation,
                   const row_format& format) {
  return detail::checked_dataset(
      detail::rows_from_range(detail::view_of(x), y, format, detail::rows_of_parts[0]),
      detail::rows_from_range(detail::view_of(x_validation), y_validation, format,
                              detail::rows_of_parts[1]));
}
template <class X, class Temporary, label_range Y, label_range YV>
requires(!std::ranges::borrowed_range<X> || !std::ranges::borrowed_range<Temporary>) dataset
    borrow_dataset(X&&, const Y&, Temporary&&, const YV&, const row_format&)
= delete;

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/make_dataset.inl"
#endif
