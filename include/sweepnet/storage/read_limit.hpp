// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How much is read of one file. A file may be larger than it looks, or have no end: a pipe, a
// device, what a server sends. Reading stops where the limit is passed.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "sweepnet/core/available_memory.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"

namespace sweepnet::storage {

struct read_limit {
  std::optional<std::uint64_t> bytes{};  ///< none: half of the memory that is available then
};

/// Bytes of what says how other things are: profiles, tokens, keys.
inline constexpr std::size_t longest_metadata = std::size_t{1} << 20;

/// A file, or what it unfolds to, for which there is not enough memory.
struct beyond_memory : configuration_error {
  using configuration_error::configuration_error;
};

/// The limit of one thing that is being read, which `shown` names. Its functions throw data_error
/// beyond the limit, or beyond_memory where that sets it.
class read_bound {
 public:
  read_bound(std::string shown, const read_limit& limit)
      : shown_(std::move(shown)), limit_(limit), most_(limit.bytes.value_or(small)) {}

  /// Of what has come so far.
  void check(std::uint64_t size) {
    if (!holds(size)) fail("more");
  }
  /// Of a size that is known before.
  void check_whole(std::uint64_t size) {
    if (!holds(size)) fail(std::to_string(size));
  }

 private:
  static constexpr std::uint64_t small = std::uint64_t{16} << 20;  ///< read without a look at it

  bool holds(std::uint64_t size) {
    if (size > most_ && !limit_.bytes && !std::exchange(looked_, true)) {
      most_ = std::max(small, available_memory() / 2);
    }
    return size <= most_;
  }
  [[noreturn]] void fail(const std::string& found) const {
    const std::string expected = fmt::format("{}: expected at most {} bytes", shown_, most_);
    if (limit_.bytes) throw data_error(expected + ", found " + found);
    throw beyond_memory(expected + ", half of the memory available, found " + found);
  }

  std::string shown_;
  read_limit limit_;
  bool looked_ = false;  ///< at the memory
  std::uint64_t most_;
};

}  // namespace sweepnet::storage
