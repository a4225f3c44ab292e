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
      elements;
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
  if (sizeof(T) == 1 || stored == std::endian::native) return elements;
  for (T& element : elements) {
    auto* bytes = reinterpret_cast<unsigned char*>(&element);
    std::reverse(bytes, bytes + sizeof(T));
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
  if (labels.shape.size() != 1) {
    throw data_error(labels.source + ": labels must have one dimension, got shape " +
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
      throw data_error(
          fmt::format("{}: element {} must be a finite float, got {}", source, i, values[i]));
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
      throw data_error(
          fmt::format("{}: label {} must be a class number from 0, got {}", source, i, values[i]));
    }
    labels.push_back(static_cast<std::int32_t>(label));
  }
  return labels;
}

}  // namespace detail

/// Features (rows x anything) and labels (rows) as labelled rows. Bytes stay bytes and are scaled
/// by 1/255; other types become float as they are. Throws data_error naming both files where the
/// counts differ, a shape is wrong, or a value is not finite or no class number.
[[nodiscard]] inline labelled_rows make_labelled_rows(tensor features, const tensor& labels) {
  detail::check_shapes(features, labels);
  labelled_rows rows;
  rows.width = 1;
  for (std::size_t i = 1; i < features.shape.size(); ++i) rows.width *= features.shape[i];
  if (rows.width == 0) throw data_error(features.source + ": rows have no features");
  std::visit(
      [&]<class T>(std::vector<T>& values) {
        if constexpr (std::same_as<T, std::uint8_t>) {
          rows.scale = 1.0 / 255.0;
          rows.features = std::move(values);
        } else {
          rows.features = detail::floats_from(values, features.source);
        }
      },
      features.elements);
  rows.labels =
      std::visit([&](const auto& values) { return detail::labels_from(values, labels.source); },
                 labels.elements);
  return rows;
}

}  // namespace sweepnet
