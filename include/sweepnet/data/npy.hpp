// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// NumPy's .npy arrays, read and written.
// Source: numpy/lib/format.py, format versions 1.0 to 3.0.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/data/gzip.hpp"
#include "sweepnet/data/npy_header.hpp"
#include "sweepnet/data/tensor.hpp"
#include "sweepnet/storage/read_limit.hpp"

namespace sweepnet {

namespace detail {

/// IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction.
inline float float_from_half(std::uint16_t half) {
  const int exponent = half >> 10 & 0x1f;
  const int fraction = half & 0x3ff;
  const float sign = half >> 15 != 0 ? -1.0F : 1.0F;
  if (exponent == 0x1f) {
    return fraction != 0 ? std::numeric_limits<float>::quiet_NaN()
                         : sign * std::numeric_limits<float>::infinity();
  }
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  return sign * std::ldexp(static_cast<float>(0x400 + fraction), exponent - 25);
}

inline std::vector<float> floats_from_halves(const std::vector<std::uint16_t>& halves) {
  std::vector<float> reals(halves.size());
  std::ranges::transform(halves, reals.begin(), float_from_half);
  return reals;
}

[[noreturn]] inline void refuse_npy_type(const std::string& name, const std::string& descr) {
  throw data_error(fmt::format(
      "{}: the .npy type must be b1, u1 to u8, i1 to i8 or f2 to f8, found '{}'", name, descr));
}

inline decltype(tensor::elements) npy_elements(const npy_header& header, const std::string& name,
                                               byte_source& source, std::uint64_t bytes) {
  const char mark = header.descr.front();
  const std::endian order = mark == '>' ? std::endian::big : std::endian::little;
  const std::string_view type = std::string_view(header.descr).substr(1);
  const auto read_as = [&]<class T>(std::type_identity<T>) {
    return in_native_order(source.read_exactly<T>(bytes, "elements"), order);
  };
  if (type == "u1") return read_as(std::type_identity<std::uint8_t>{});
  if (type == "i1" || type == "b1") return read_as(std::type_identity<std::int8_t>{});
  if (type == "u2") return read_as(std::type_identity<std::uint16_t>{});
  if (type == "i2") return read_as(std::type_identity<std::int16_t>{});
  if (type == "u4") return read_as(std::type_identity<std::uint32_t>{});
  if (type == "i4") return read_as(std::type_identity<std::int32_t>{});
  if (type == "u8") return read_as(std::type_identity<std::uint64_t>{});
  if (type == "i8") return read_as(std::type_identity<std::int64_t>{});
  if (type == "f2") return floats_from_halves(read_as(std::type_identity<std::uint16_t>{}));
  if (type == "f4") return read_as(std::type_identity<float>{});
  if (type == "f8") return read_as(std::type_identity<double>{});
  refuse_npy_type(name, header.descr);
}

/// Elements that are stored with the first dimension fastest, with the last one fastest.
template <class T>
std::vector<T> transposed(const std::vector<T>& stored, std::span<const std::int64_t> shape) {
  std::vector<std::int64_t> stride(shape.size(), 1);  // in `stored`
  for (std::size_t k = 1; k < shape.size(); ++k) stride[k] = stride[k - 1] * shape[k - 1];
  std::vector<std::int64_t> at(shape.size());
  std::int64_t from = 0;
  std::vector<T> elements(stored.size());
  for (T& element : elements) {
    element = stored[static_cast<std::size_t>(from)];
    for (std::size_t k = shape.size(); k-- > 0;) {
      from += stride[k];
      if (++at[k] < shape[k]) break;
      from -= stride[k] * shape[k];
      at[k] = 0;
    }
  }
  return elements;
}

/// Reads what stands before the elements. Throws data_error for an array that is not plain.
inline npy_header read_npy_header(byte_source& source, const std::string& name) {
  const std::vector<unsigned char> magic = source.read_exactly(8, "magic");
  if (magic[6] < 1 || magic[6] > 3) {
    throw data_error(fmt::format("{}: the .npy version must be 1 to 3, found {}", name, magic[6]));
  }
  const std::vector<unsigned char> size =
      source.read_exactly(magic[6] == 1 ? 2 : 4, "header length");
  std::uint64_t length = 0;
  for (std::size_t i = size.size(); i-- > 0;) length = length << 8 | size[i];
  constexpr std::uint64_t longest_header = 1 << 16;
  if (length > longest_header) {
    throw data_error(fmt::format("{}: bad .npy header: expected at most {} bytes, found {}", name,
                                 longest_header, length));
  }
  const std::vector<unsigned char> bytes = source.read_exactly(length, "header");
  npy_header header = npy_header_parser(std::string(bytes.begin(), bytes.end()), name).parse();

  const std::string& descr = header.descr;
  const bool plain = descr.size() == 3 && std::string_view("<>|=").find(descr[0]) != descr.npos &&
                     std::string_view("uifb").find(descr[1]) != descr.npos &&
                     std::string_view("1248").find(descr[2]) != descr.npos;
  if (!plain) refuse_npy_type(name, descr);
  return header;
}

}  // namespace detail

/// The array in `content`, of either order; `limit` is of what it takes in memory as floats or
/// labels. Throws data_error for anything but a plain array of integers or reals whose bytes are
/// all there, and as read_bound does before more is expanded.
[[nodiscard]] inline tensor read_npy(bytes_view content, const std::string& name,
                                     const storage::read_limit& limit = {}) {
  constexpr std::string_view expected = "\x93NUMPY";
  const std::size_t known = std::min(content.size(), expected.size());
  if (!std::ranges::equal(content.first(known), as_bytes(expected).first(known))) {
    throw data_error(name + ": not an .npy array: its magic is not \\x93NUMPY");
  }
  byte_source source(content, name);
  const detail::npy_header header = detail::read_npy_header(source, name);
  const auto element_size = static_cast<std::uint64_t>(header.descr[2] - '0');
  const auto bytes = detail::byte_count(header.shape, element_size);
  if (!bytes) throw data_error(name + ": .npy sizes overflow");
  const std::uint64_t coming = std::min(*bytes, source.most_left());  // sizes may lie
  storage::read_bound(name, limit)
      .check_whole(detail::bytes_in_use(coming, element_size, header.shape.size()));
  tensor result{.source = name,
                .shape = {header.shape.begin(), header.shape.end()},
                .elements = detail::npy_elements(header, name, source, *bytes)};
  unsigned char extra[1];
  if (source.read(extra) > 0) {
    throw data_error(fmt::format("{}: has bytes beyond the {} that its shape {} calls for", name,
                                 *bytes, text_of_shape(result.shape)));
  }
  if (header.fortran_order && result.shape.size() > 1) {
    std::visit([&](auto& elements) { elements = detail::transposed(elements, result.shape); },
               result.elements);
    result.transposed = true;
  }
  return result;
}

/// What stands before the elements of a (rows x columns) float32 array, row-major, is as long for
/// all of them, so that it can be written when the rows are counted.
inline constexpr std::size_t npy_head_bytes = 128;
[[nodiscard]] inline std::string npy_head(std::int64_t rows, std::int64_t columns) {
  std::string header =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", rows, columns);
  // Magic, version, length and header, which ends in a newline, fill a multiple of 64 bytes.
  constexpr std::size_t before = 10;
  header.append(npy_head_bytes - before - header.size() - 1, ' ');
  header += '\n';
  std::string bytes = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0};
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header;
}

/// The bytes of such an array.
[[nodiscard]] inline std::string write_npy(std::span<const float> values, std::int64_t rows,
                                           std::int64_t columns) {
  return npy_head(rows, columns)
      .append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

}  // namespace sweepnet
