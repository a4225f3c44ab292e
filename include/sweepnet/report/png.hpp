// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Small pictures as PNG files, not compressed, and any bytes as base64. Sources: RFC 2083, RFC
// 1950, RFC 4648.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sweepnet/report/crc32.hpp"

namespace sweepnet::report {

namespace detail {

inline void append_big_endian(std::string& to, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) to += static_cast<char>(value >> shift & 0xffU);
}

inline void append_chunk(std::string& png, std::string_view type, std::string_view content) {
  append_big_endian(png, static_cast<std::uint32_t>(content.size()));
  const std::string body = std::string(type) + std::string(content);
  png += body;
  append_big_endian(png, crc32<crc_polynomial::ieee>(body));
}

/// RFC 1950's sum of bytes and of sums.
inline std::uint32_t adler32(std::string_view bytes) {
  constexpr std::uint32_t modulus = 65521;
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char byte : bytes) {
    a = (a + static_cast<unsigned char>(byte)) % modulus;
    b = (b + a) % modulus;
  }
  return b << 16 | a;
}

/// Bytes as zlib's format holds them without compression, at most 65,535 a block.
inline std::string stored(std::string_view bytes) {
  constexpr std::size_t most = 65535;
  std::string zlib("\x78\x01", 2);
  for (std::size_t at = 0; at < bytes.size(); at += most) {
    const std::string_view block = bytes.substr(at, most);
    const bool is_last = at + block.size() == bytes.size();
    const auto size = static_cast<std::uint16_t>(block.size());
    const auto complement = static_cast<std::uint16_t>(~size);
    zlib += is_last ? '\x01' : '\x00';
    for (const std::uint16_t word : {size, complement}) {
      zlib += static_cast<char>(word & 0xffU);
      zlib += static_cast<char>(word >> 8);
    }
    zlib += block;
  }
  append_big_endian(zlib, adler32(bytes));
  return zlib;
}

}  // namespace detail

/// A picture of (height x width) shades of grey, 0 black; there is at least one pixel.
[[nodiscard]] inline std::string grey_png(std::span<const std::uint8_t> pixels,
                                          std::uint32_t width) {
  const auto height = static_cast<std::uint32_t>(pixels.size() / width);
  std::string rows;
  for (std::uint32_t y = 0; y < height; ++y) {
    rows += '\0';  // no filter
    for (std::uint32_t x = 0; x < width; ++x) {
      rows += static_cast<char>(pixels[std::size_t{y} * width + x]);
    }
  }
  std::string header;
  detail::append_big_endian(header, width);
  detail::append_big_endian(header, height);
  header += std::string("\x08\x00\x00\x00\x00", 5);  // 8 bits, grey, not interlaced
  std::string png("\x89PNG\r\n\x1a\n", 8);
  detail::append_chunk(png, "IHDR", header);
  detail::append_chunk(png, "IDAT", detail::stored(rows));
  detail::append_chunk(png, "IEND", "");
  return png;
}

[[nodiscard]] inline std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view three = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < three.size() ? static_cast<unsigned char>(three[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= three.size() ? digits[bits >> (18 - 6 * i) & 63U] : '=';
    }
  }
  return text;
}

}  // namespace sweepnet::report
