// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// safetensors: u64 little-endian N; N bytes of JSON; the tensors' bytes.
// Source: huggingface/safetensors, README section "Format", and its reader's checks.

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sweepnet {

static_assert(std::endian::native == std::endian::little,
              "safetensors are little-endian: this code copies bytes as they are");

/// A tensor that owns its bytes, or one whose bytes lie elsewhere, and live on there.
template <class Bytes> struct basic_safetensor {
  std::string name;
  std::string dtype;  ///< "F32", "U8", ...
  std::vector<std::int64_t> shape;
  Bytes bytes;  ///< row-major, little-endian

  /// The elements; T must be as wide as the dtype.
  template <class T> [[nodiscard]] std::vector<T> values() const {
    std::vector<T> elements(bytes.size() / sizeof(T));
    if (!elements.empty()) std::memcpy(elements.data(), bytes.data(), elements.size() * sizeof(T));
    return elements;
  }
};

using safetensor = basic_safetensor<std::string>;
using safetensor_view = basic_safetensor<std::string_view>;

/// The tensor of these reals, row-major, which are not copied.
template <class Real>
requires std::same_as<Real, float> || std::same_as<Real, double>
[[nodiscard]] safetensor_view view_of_reals(std::string name, std::vector<std::int64_t> shape,
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

/// A file's tensors, which must outlive these.
[[nodiscard]] std::vector<safetensor_view> views_of(const safetensors_file& file);

using safetensors_metadata = std::map<std::string, std::string>;

/// Gives `take` the file's bytes, in pieces that follow each other; those of large tensors are not
/// copied. Tensors are sorted by descending element size, then by name, and the header padded so
/// that they lie at a multiple of 8.
void write_safetensors(std::vector<safetensor_view> tensors, const safetensors_metadata& metadata,
                       const std::function<void(std::span<const std::string_view>)>& take);

/// The same bytes in one piece.
[[nodiscard]] std::string write_safetensors(std::vector<safetensor_view> tensors,
                                            const safetensors_metadata& metadata);
[[nodiscard]] std::string write_safetensors(const safetensors_file& file);

/// What is in a file, where it lies.
struct safetensors_view {
  std::vector<safetensor_view> tensors;
  safetensors_metadata metadata;
};

/// The tensors in `bytes`, in the order of their data. Throws data_error naming `source` unless the
/// header is well-formed and the tensors fill the data exactly, without holes or overlap.
[[nodiscard]] safetensors_view view_safetensors(std::string_view bytes, const std::string& source);

/// The same, copied.
[[nodiscard]] safetensors_file read_safetensors(std::string_view bytes, const std::string& source);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/model/safetensors/container.inl"
#endif
