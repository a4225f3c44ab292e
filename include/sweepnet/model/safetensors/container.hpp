// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// safetensors: u64 little-endian N; N bytes of JSON; the tensors' bytes.
// Source: huggingface/safetensors, README section "Format", and its reader's checks.

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sweepnet {

static_assert(std::endian::native == std::endian::little,
              "safetensors are little-endian: this code copies bytes as they are");

struct safetensor {
  std::string name;
  std::string dtype;  ///< "F32", "U8", ...
  std::vector<std::int64_t> shape;
  std::string bytes;  ///< row-major, little-endian

  /// The elements; T must be as wide as the dtype.
  template <class T> [[nodiscard]] std::vector<T> values() const {
    std::vector<T> elements(bytes.size() / sizeof(T));
    if (!elements.empty()) std::memcpy(elements.data(), bytes.data(), elements.size() * sizeof(T));
    return elements;
  }
};

/// The tensor of these reals, row-major.
template <class Real>
requires std::same_as<Real, float> || std::same_as<Real, double>
[[nodiscard]] safetensor safetensor_of(std::string name, std::vector<std::int64_t> shape,
                                       std::span<const Real> values) {
  return {.name = std::move(name),
          .dtype = std::same_as<Real, float> ? "F32" : "F64",
          .shape = std::move(shape),
          .bytes = {reinterpret_cast<const char*>(values.data()), values.size_bytes()}};
}

struct safetensors_file {
  std::vector<safetensor> tensors;
  std::map<std::string, std::string> metadata;

  /// The tensor of that name, or nullptr.
  [[nodiscard]] const safetensor* find(std::string_view name) const;
};

/// The file's bytes. Tensors are sorted by descending element size, then by name, and the header
/// padded so that they lie at a multiple of 8.
[[nodiscard]] std::string write_safetensors(safetensors_file file);

/// The tensors in `bytes`, in the order of their data. Throws data_error naming `source` unless the
/// header is well-formed and the tensors fill the data exactly, without holes or overlap.
[[nodiscard]] safetensors_file read_safetensors(std::string_view bytes, const std::string& source);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/model/safetensors/container.inl"
#endif
