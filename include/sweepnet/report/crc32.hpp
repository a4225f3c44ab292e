// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Cyclic redundancy checks of 32 bits, reflected: IEEE's, as PNG has it, and Castagnoli's, as
// TensorFlow's records have it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sweepnet::report {

/// Coefficients, the highest power in the lowest bit.
enum class crc_polynomial : std::uint32_t { ieee = 0xEDB88320, castagnoli = 0x82F63B78 };

namespace detail {

/// The remainders of each byte.
constexpr std::array<std::uint32_t, 256> remainders_by(crc_polynomial polynomial) {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t remainder = i;
    for (int bit = 0; bit < 8; ++bit) {
      const bool is_odd = (remainder & 1U) != 0;
      remainder = remainder >> 1 ^ (is_odd ? static_cast<std::uint32_t>(polynomial) : 0U);
    }
    table[i] = remainder;
  }
  return table;
}

template <crc_polynomial Polynomial>
inline constexpr std::array<std::uint32_t, 256> remainders = remainders_by(Polynomial);

}  // namespace detail

template <crc_polynomial Polynomial>
[[nodiscard]] constexpr std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) {
    const std::uint32_t at = (crc ^ static_cast<unsigned char>(byte)) & 0xffU;
    crc = crc >> 8 ^ detail::remainders<Polynomial>[at];
  }
  return ~crc;
}

}  // namespace sweepnet::report
