// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tells whether bytes are those that were seen before: XXH3's 128-bit hash, as fast as memory. It
// is no defence against forgery.

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "sweepnet/core/format.hpp"

namespace sweepnet {

class digest {
 public:
  digest() { XXH3_128bits_reset(&state_); }

  void add(std::string_view bytes) { XXH3_128bits_update(&state_, bytes.data(), bytes.size()); }

  template <class T>
  requires std::is_arithmetic_v<T>
  void add(std::span<const T> values) {
    add({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
  }

  template <class T>
  requires std::is_arithmetic_v<T>
  void add(T value) { add(std::span<const T>(&value, 1)); }

  /// 32 hexadecimal digits.
  [[nodiscard]] std::string text() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(&state_);
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  XXH3_state_t state_;
};

/// XXH3's 64-bit hash.
[[nodiscard]] inline std::uint64_t hash_of(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

[[nodiscard]] inline std::string digest_of(std::string_view bytes) {
  digest d;
  d.add(bytes);
  return d.text();
}

}  // namespace sweepnet
