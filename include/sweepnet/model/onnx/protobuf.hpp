// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Protocol Buffers' wire format, as far as writing needs it: varints, reals, and bytes.
// Source: https://protobuf.dev/programming-guides/encoding

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace sweepnet {

/// One message: fields in the order in which they are added.
class protobuf_message {
 public:
  void add_integer(int field, std::int64_t value) {
    add_key(field, wire_type::varint);
    add_varint(static_cast<std::uint64_t>(value));
  }
  void add_real(int field, float value) {
    add_key(field, wire_type::bits_32);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>(bits >> shift & 0xff);
  }
  void add_double(int field, double value) {
    add_key(field, wire_type::bits_64);
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (int shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>(bits >> shift & 0xff);
  }
  void add_bytes(int field, std::string_view content) {
    add_key(field, wire_type::length_delimited);
    add_varint(content.size());
    bytes_ += content;
  }
  void add_message(int field, const protobuf_message& message) { add_bytes(field, message.bytes_); }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  enum class wire_type : std::uint64_t {
    varint = 0,
    bits_64 = 1,
    length_delimited = 2,
    bits_32 = 5
  };

  void add_key(int field, wire_type type) {
    add_varint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(type));
  }
  /// Seven bits a byte, the lowest first; the top bit says that more follow.
  void add_varint(std::uint64_t value) {
    while (value >= 0x80) {
      bytes_ += static_cast<char>(value | 0x80);
      value >>= 7;
    }
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

}  // namespace sweepnet
