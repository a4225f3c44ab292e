// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// IDX files, plain or gzip-compressed: 0, 0, element type, number of dimensions, each size as a
// big-endian u32, then the elements, big-endian, last dimension fastest.
// Source: LeCun, Cortes, Burges, "The MNIST database", section "File formats".

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sweepnet/core/format.hpp"
#include "sweepnet/data/gzip.hpp"
#include "sweepnet/data/tensor.hpp"
#include "sweepnet/storage/read_limit.hpp"

namespace sweepnet {

/// Reads the tensor in `content`; `name` is for messages. At most `most_rows` rows are read (and
/// expanded), the rest is left alone; 0 means all, and then trailing bytes are an error. `limit` is
/// of what the tensor takes in memory as floats or labels.
/// Throws data_error for a wrong magic, an unknown type, or a size that the bytes do not bear out,
/// and as read_bound does before more is expanded.
[[nodiscard]] inline tensor read_idx(bytes_view content, const std::string& name,
                                     std::int64_t most_rows = 0,
                                     const storage::read_limit& limit = {}) {
  byte_source source(content, name);
  const std::vector<unsigned char> magic = source.read_exactly(4, "magic");
  if (magic[0] != 0 || magic[1] != 0) {
    throw data_error(
        fmt::format("{}: not an IDX file: expected a magic of 00 00, found {:02x} {:02x}", name,
                    magic[0], magic[1]));
  }
  const int type = magic[2];
  const std::size_t dimensions = magic[3];
  const auto element_size = [&]() -> std::uint64_t {
    switch (type) {
      case 0x08:
      case 0x09: return 1;
      case 0x0B: return 2;
      case 0x0C:
      case 0x0D: return 4;
      case 0x0E: return 8;
      default:
        throw data_error(fmt::format(
            "{}: IDX element type must be one of 08 09 0b 0c 0d 0e, found {:02x}", name, type));
    }
  }();
  if (dimensions == 0) throw data_error(name + ": IDX file has no dimensions");

  const std::vector<unsigned char> sizes = source.read_exactly(4 * dimensions, "sizes");
  std::vector<std::uint64_t> shape(dimensions);
  for (std::size_t i = 0; i < dimensions; ++i) {
    for (std::size_t k = 0; k < 4; ++k) shape[i] = shape[i] << 8 | sizes[4 * i + k];
  }
  const bool partly = most_rows > 0 && static_cast<std::uint64_t>(most_rows) < shape[0];
  if (partly) shape[0] = static_cast<std::uint64_t>(most_rows);
  const auto bytes = detail::byte_count(shape, element_size);
  if (!bytes) throw data_error(name + ": IDX sizes overflow");

  tensor result{.source = name, .shape = {shape.begin(), shape.end()}, .elements = {}};
  const std::uint64_t coming = std::min(*bytes, source.most_left());  // sizes may lie
  storage::read_bound(name, limit)
      .check_whole(detail::bytes_in_use(coming, element_size, dimensions));
  const auto read_as = [&]<class T>(std::type_identity<T>) {
    result.elements =
        detail::in_native_order(source.read_exactly<T>(*bytes, "elements"), std::endian::big);
  };
  switch (type) {
    case 0x08: read_as(std::type_identity<std::uint8_t>{}); break;
    case 0x09: read_as(std::type_identity<std::int8_t>{}); break;
    case 0x0B: read_as(std::type_identity<std::int16_t>{}); break;
    case 0x0C: read_as(std::type_identity<std::int32_t>{}); break;
    case 0x0D: read_as(std::type_identity<float>{}); break;
    case 0x0E: read_as(std::type_identity<double>{}); break;
  }
  unsigned char extra[1];
  if (!partly && source.read(extra) > 0) {
    throw data_error(fmt::format("{}: has bytes beyond the {} that its sizes {} call for", name,
                                 *bytes, text_of_shape(result.shape)));
  }
  return result;
}

}  // namespace sweepnet
