// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// NumPy's .npy array files, written. Source: numpy/lib/format.py, format version 1.0.

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>

namespace sweepnet {

/// The bytes of a (rows x columns) float32 array, row-major.
[[nodiscard]] inline std::string write_npy(std::span<const float> values, std::int64_t rows,
                                           std::int64_t columns) {
  std::string header =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", rows, columns);
  // Magic, version, length and header, which ends in a newline, fill a multiple of 64 bytes.
  constexpr std::size_t before = 10;
  header.append(63 - (before + header.size()) % 64, ' ');
  header += '\n';
  std::string bytes = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0};
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  return bytes;
}

}  // namespace sweepnet
