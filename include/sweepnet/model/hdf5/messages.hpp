// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parts of an HDF5 object header that say what a dataset or attribute holds, read without
// libhdf5 and within their bounds: dataspace, datatype, fill value.
// Source: HDF5 File Format Specification 3.0, section IV.A.2.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "sweepnet/model/hdf5/parts.hpp"

namespace sweepnet::detail::hdf5 {

/// The number of elements of a dataspace.
inline std::uint64_t read_dataspace(piece message, const reporter& report) {
  const auto version = message.number<std::uint8_t>();
  const auto rank = message.number<std::uint8_t>();
  const auto flags = message.number<std::uint8_t>();
  report.support(version == 1 || version == 2,
                 fmt::format("dataspaces of version {} are", version));
  report.require(rank <= 32 && flags <= 1, "a dataspace of an unknown kind");
  bool none = false;  // neither scalar nor array: no elements at all
  if (version == 1) {
    message.skip(5);
  } else {
    const auto type = message.number<std::uint8_t>();
    report.require(type <= 2 && (type == 1) == (rank > 0), "a dataspace of an unknown kind");
    none = type == 2;
  }
  std::array<std::uint64_t, 32> sizes{};
  std::uint64_t elements = 1;  // with each size 0 as 1: the library multiplies in any order
  for (std::size_t i = 0; i < rank; ++i) {
    sizes[i] = message.number<std::uint64_t>();
    none |= sizes[i] == 0;
    elements = product(elements, std::max<std::uint64_t>(sizes[i], 1), report);
  }
  for (std::size_t i = 0; flags == 1 && i < rank; ++i) {
    report.require(message.number<std::uint64_t>() >= sizes[i], "a size beyond its maximum");
  }
  return none ? 0 : elements;
}

struct datatype {
  std::uint64_t size = 0;        ///< bytes of one element
  bool variable_string = false;  ///< the element is a reference into a global heap
};

/// Integers, IEEE reals, strings of fixed length, and byte-wise strings of variable length.
inline datatype read_datatype(piece& message, const reporter& report) {
  const auto head = message.number<std::uint8_t>();
  const auto bits = message.number<std::uint8_t>();
  const auto more_bits = message.number<std::uint16_t>();
  const std::uint32_t size = message.number<std::uint32_t>();
  const int kind = head & 0xf;
  const int version = head >> 4;
  report.support(version >= 1 && version <= 3, fmt::format("datatypes of version {} are", version));
  report.require(size > 0, "a datatype without size");
  enum : int { integer = 0, real = 1, string = 3, variable = 9 };
  if (kind == integer) {
    report.support(size <= 8 && std::has_single_bit(size) && bits <= 0xf && more_bits == 0,
                   "unusual integers are");
    const bool whole =
        message.number<std::uint16_t>() == 0 && message.number<std::uint16_t>() == 8 * size;
    report.support(whole, "unusual integers are");
  } else if (kind == real) {
    struct ieee {
      std::uint8_t size, exponent_at, exponent_bits;
      std::uint32_t bias;
    };
    constexpr std::array<ieee, 3> formats{{{2, 10, 5, 15}, {4, 23, 8, 127}, {8, 52, 11, 1023}}};
    bool known = false;
    const auto offset = message.number<std::uint16_t>();
    const auto precision = message.number<std::uint16_t>();
    const auto exponent_at = message.number<std::uint8_t>();
    const auto exponent_bits = message.number<std::uint8_t>();
    const auto mantissa_at = message.number<std::uint8_t>();
    const auto mantissa_bits = message.number<std::uint8_t>();
    const auto bias = message.number<std::uint32_t>();
    for (const ieee& f : formats) {
      known |= size == f.size && (bits & ~1) == 0x20 && more_bits == 8U * f.size - 1 &&
               offset == 0 && precision == 8U * f.size && exponent_at == f.exponent_at &&
               exponent_bits == f.exponent_bits && mantissa_at == 0 &&
               mantissa_bits == f.exponent_at && bias == f.bias;
    }
    report.support(known, "reals other than IEEE's are");
  } else if (kind == string) {
    report.require((bits & 0xf) <= 2 && bits >> 4 <= 1 && more_bits == 0, "a string of a bad kind");
  } else if (kind == variable) {
    report.support((bits & 0xf) == 1, "sequences of variable length are");
    report.require(bits >> 4 <= 2 && more_bits <= 1 && size == 16, "a string of a bad kind");
    const int base = static_cast<unsigned char>(piece(message).bytes(1)[0]) & 0xf;
    report.require(base == integer || base == string, "a string that is not of bytes");
    report.require(read_datatype(message, report).size == 1, "a string that is not of bytes");
    return {size, true};
  } else {
    report.support(false, fmt::format("datatypes of class {} are", kind));
  }
  return {size, false};
}

/// The bytes of a fill value; 0 where there is none.
inline std::uint64_t read_fill_value(piece message, const reporter& report) {
  const auto version = message.number<std::uint8_t>();
  report.support(version >= 1 && version <= 3,
                 fmt::format("fill values of version {} are", version));
  bool defined = false;
  if (version < 3) {
    const auto allocation = message.number<std::uint8_t>();
    const auto writing = message.number<std::uint8_t>();
    const auto is_defined = message.number<std::uint8_t>();
    report.require(allocation <= 3 && writing <= 2 && is_defined <= 1, "a bad fill value");
    defined = is_defined == 1;
  } else {
    const auto flags = message.number<std::uint8_t>();
    report.require(flags < 0x40, "a bad fill value");
    defined = (flags & 0x20) != 0;
  }
  if (!defined) return 0;
  const auto size = message.number<std::uint32_t>();
  message.skip(size);
  return size;
}

}  // namespace sweepnet::detail::hdf5
