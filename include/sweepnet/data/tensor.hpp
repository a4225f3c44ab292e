// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An array as a data file holds it: a shape and elements of one of the common types. The IDX and
// NumPy readers give it; the catalog makes datasets of it.

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet {

struct tensor {
  std::string source;  ///< file, for messages
  std::vector<std::int64_t> shape;
  std::variant<std::vector<std::uint8_t>, std::vector<std::int8_t>, std::vector<std::uint16_t>,
               std::vector<std::int16_t>, std::vector<std::uint32_t>, std::vector<std::int32_t>,
               std::vector<std::uint64_t>, std::vector<std::int64_t>, std::vector<float>,
               std::vector<double>>
      elements;             ///< the last dimension fastest
  bool transposed = false;  ///< the file holds the first dimension fastest (Fortran order)
};

/// What was made of an array that can be read in more than one way.
struct array_note {
  std::string source;  ///< the array's
  std::string text;
};

/// Labelled rows as files hold them.
struct read_rows {
  labelled_rows rows{};
  std::int64_t classes = 0;  ///< that one-hot labels tell of, else 0
  std::vector<array_note> notes{};
};

[[nodiscard]] inline std::string text_of_shape(std::span<const std::int64_t> shape) {
  std::vector<std::string> sizes;
  for (const std::int64_t size : shape) sizes.push_back(std::to_string(size));
  return "(" + join_text(sizes, ", ") + (sizes.size() == 1 ? ",)" : ")");
}

namespace detail {

/// The product of the sizes times `element_size`; nothing if it overflows without the zeros.
inline std::optional<std::uint64_t> byte_count(std::span<const std::uint64_t> shape,
                                               std::uint64_t element_size) {
  std::uint64_t bytes = element_size;
  bool empty = false;
  for (const std::uint64_t size : shape) {
    empty |= size == 0;
    if (size == 0) continue;
    if (bytes > std::numeric_limits<std::int64_t>::max() / size) return std::nullopt;
    bytes *= size;
  }
  return empty ? 0 : bytes;
}

/// Elements that were stored in the given byte order.
template <class T> std::vector<T> in_native_order(std::vector<T> elements, std::endian stored) {
  if constexpr (sizeof(T) > 1) {
    if (stored == std::endian::native) return elements;
    for (T& element : elements) {
      auto* bytes = reinterpret_cast<unsigned char*>(&element);
      std::reverse(bytes, bytes + sizeof(T));
    }
  }
  return elements;
}

/// The bytes that an array takes when it becomes floats or labels.
inline std::uint64_t bytes_in_use(std::uint64_t bytes, std::uint64_t element_size,
                                  std::size_t dimensions) {
  const bool pixels = element_size == 1 && dimensions > 1;
  return pixels ? bytes : std::max<std::uint64_t>(bytes, bytes / element_size * sizeof(float));
}

/// Throws data_error unless there are rows of features, and a label for each.
inline void check_shapes(const tensor& features, const tensor& labels) {
  if (features.shape.size() < 2) {
    throw data_error(features.source + ": features must have at least two dimensions, got shape " +
                     text_of_shape(features.shape));
  }
  if (labels.shape.empty() || labels.shape.size() > 2) {
    throw data_error(labels.source + ": labels must have one dimension, or be one-hot, got shape " +
                     text_of_shape(labels.shape));
  }
  if (labels.shape[0] != features.shape[0]) {
    throw data_error(labels.source + ": expected " + std::to_string(features.shape[0]) +
                     " labels, one for each row of " + features.source + ", found " +
                     std::to_string(labels.shape[0]));
  }
}

/// Throws data_error unless all are finite as floats.
template <class T>
std::vector<float> floats_from(const std::vector<T>& values, const std::string& source) {
  std::vector<float> reals(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    reals[i] = static_cast<float>(values[i]);
    if (!(std::abs(reals[i]) <= std::numeric_limits<float>::max())) {
      throw data_error(fmt::format("{}: element {} must be a finite float, got {}", source, i,
                                   plain_nan(values[i])));
    }
  }
  return reals;
}

/// Throws data_error unless all are class numbers.
template <class T>
std::vector<std::int32_t> labels_from(const std::vector<T>& values, const std::string& source) {
  std::vector<std::int32_t> labels;
  labels.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double label = static_cast<double>(values[i]);
    constexpr double most = 1 << 20;
    if (!(label >= 0 && label < most) || label != static_cast<double>(static_cast<int>(label))) {
      throw data_error(fmt::format("{}: label {} must be a class number from 0, got {}", source, i,
                                   plain_nan(values[i])));
    }
    labels.push_back(static_cast<std::int32_t>(label));
  }
  return labels;
}

/// The place of the one 1 in each row of zeros. Throws data_error for a row that is another.
template <class T>
std::vector<std::int32_t> labels_from_one_hot(const std::vector<T>& values,
                                              const tensor& described) {
  const std::int64_t width = described.shape[1];
  std::vector<std::int32_t> labels;
  for (auto row = values.begin(); row != values.end(); row += width) {
    const auto one = std::find(row, row + width, T{1});
    if (std::count(row, row + width, T{0}) != width - 1 || one == row + width) {
      throw data_error(fmt::format(
          "{}: labels must have one dimension, or be one-hot, got shape {}, whose row {} is not "
          "a 1 and zeros",
          described.source, text_of_shape(described.shape), labels.size()));
    }
    labels.push_back(static_cast<std::int32_t>(one - row));
  }
  return labels;
}

/// Class numbers (rows) or (rows x 1), or one-hot rows (rows x classes).
inline void read_labels(const tensor& labels, read_rows& result) {
  const std::int64_t width = labels.shape.size() == 2 ? labels.shape[1] : 0;
  std::visit(
      [&](const auto& values) {
        result.rows.labels =
            width > 1 ? labels_from_one_hot(values, labels) : labels_from(values, labels.source);
      },
      labels.elements);
  if (width > 1) {
    result.classes = width;
    result.notes.push_back({labels.source, fmt::format("one-hot rows of {} are classes", width)});
  } else if (width == 1) {
    result.notes.push_back({labels.source, "a column of labels is a label for each row"});
  }
}

}  // namespace detail

/// Features (rows x anything) and labels (rows), (rows x 1) or one-hot (rows x classes) as labelled
/// rows. A feature is multiplied by `scale`; with none, uint8 by 1/255 and all others by 1. Bytes
/// stay bytes, other types become float. Throws data_error naming both files where the counts
/// differ, a shape is wrong, or a value is not finite or no class number.
[[nodiscard]] inline read_rows make_labelled_rows(tensor features, const tensor& labels,
                                                  std::optional<double> scale = {}) {
  detail::check_shapes(features, labels);
  read_rows result;
  labelled_rows& rows = result.rows;
  rows.width = 1;
  for (std::size_t i = 1; i < features.shape.size(); ++i) rows.width *= features.shape[i];
  if (rows.width == 0) throw data_error(features.source + ": rows have no features");
  const auto note = [&](const tensor& array, std::string text) {
    result.notes.push_back({array.source, std::move(text)});
  };
  if (features.transposed) note(features, "Fortran order is read as rows all the same");
  rows.scale = scale.value_or(1);
  std::visit(
      [&]<class T>(std::vector<T>& values) {
        if constexpr (std::same_as<T, std::uint8_t>) {
          if (!scale) {
            rows.scale = 1.0 / 255.0;
            note(features, "uint8 features are divided by 255");
          }
          rows.features = std::move(values);
        } else {
          if (!scale && std::integral<T> && sizeof(T) > 1) {
            note(features,
                 fmt::format("{}int{} features are taken as they are, only uint8 is divided by 255",
                             std::is_signed_v<T> ? "" : "u", 8 * sizeof(T)));
          }
          rows.features = detail::floats_from(values, features.source);
        }
      },
      features.elements);
  detail::read_labels(labels, result);
  return result;
}

}  // namespace sweepnet
