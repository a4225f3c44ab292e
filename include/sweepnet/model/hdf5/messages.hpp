// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parts of an HDF5 object header that say what a dataset or attribute holds, read without
// libhdf5 and within their bounds: dataspace, datatype, fill value.
// Source: HDF5 File Format Specification 3.0, section IV.A.2.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "sweepnet/core/format.hpp"
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

/// What every datatype begins with, behind its class and version.
struct datatype_head {
  std::uint8_t bits;
  std::uint16_t more_bits;
  std::uint32_t size;  ///< bytes of one element
};

/// Whole bytes in either order, with or without a sign.
inline void check_integer(const datatype_head& head, piece& properties, const reporter& report) {
  const auto offset = properties.number<std::uint16_t>();
  const auto precision = properties.number<std::uint16_t>();
  report.support(head.size <= 8 && std::has_single_bit(head.size) && head.bits <= 0xf &&
                     head.more_bits == 0 && offset == 0 && precision == 8 * head.size,
                 "unusual integers are");
}

/// IEEE's reals of 16, 32 and 64 bits, in either order.
inline void check_real(const datatype_head& head, piece& properties, const reporter& report) {
  struct ieee {
    std::uint8_t size, exponent_at, exponent_bits;
    std::uint32_t bias;
  };
  constexpr std::array<ieee, 3> formats{{{2, 10, 5, 15}, {4, 23, 8, 127}, {8, 52, 11, 1023}}};
  const auto offset = properties.number<std::uint16_t>();
  const auto precision = properties.number<std::uint16_t>();
  const auto exponent_at = properties.number<std::uint8_t>();
  const auto exponent_bits = properties.number<std::uint8_t>();
  const auto mantissa_at = properties.number<std::uint8_t>();
  const auto mantissa_bits = properties.number<std::uint8_t>();
  const auto bias = properties.number<std::uint32_t>();
  const bool known = std::ranges::any_of(formats, [&](const ieee& f) {
    return head.size == f.size && (head.bits & ~1) == 0x20 && head.more_bits == 8U * f.size - 1 &&
           offset == 0 && precision == 8U * f.size && exponent_at == f.exponent_at &&
           exponent_bits == f.exponent_bits && mantissa_at == 0 && mantissa_bits == f.exponent_at &&
           bias == f.bias;
  });
  report.support(known, "reals other than IEEE's are");
}

/// Integers, IEEE reals, strings of fixed length, and byte-wise strings of variable length.
inline datatype read_datatype(piece& message, const reporter& report) {
  const auto class_and_version = message.number<std::uint8_t>();
  datatype_head head{};
  head.bits = message.number<std::uint8_t>();
  head.more_bits = message.number<std::uint16_t>();
  head.size = message.number<std::uint32_t>();
  const int type_class = class_and_version & 0xf;
  const int version = class_and_version >> 4;
  report.support(version >= 1 && version <= 3, fmt::format("datatypes of version {} are", version));
  report.require(head.size > 0, "a datatype without size");
  enum : int { integer = 0, real = 1, string = 3, variable = 9 };
  switch (type_class) {
    case integer: check_integer(head, message, report); break;
    case real: check_real(head, message, report); break;
    case string:
      report.require((head.bits & 0xf) <= 2 && head.bits >> 4 <= 1 && head.more_bits == 0,
                     "a string of a bad kind");
      break;
    case variable: {
      report.support((head.bits & 0xf) == 1, "sequences of variable length are");
      report.require(head.bits >> 4 <= 2 && head.more_bits <= 1 && head.size == 16,
                     "a string of a bad kind");
      const int base = static_cast<unsigned char>(piece(message).bytes(1)[0]) & 0xf;
      report.require(base == integer || base == string, "a string that is not of bytes");
      report.require(read_datatype(message, report).size == 1, "a string that is not of bytes");
      return {.size = head.size, .variable_string = true};
    }
    default: report.support(false, fmt::format("datatypes of class {} are", type_class));
  }
  return {.size = head.size};
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
