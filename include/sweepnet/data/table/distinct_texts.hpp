// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The distinct texts of a column, numbered in the order in which they come.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace sweepnet::csv {

/// Text is std::string, or std::string_view where others keep the bytes.
template <class Text> class distinct_texts {
 public:
  [[nodiscard]] std::size_t size() const { return texts_.size(); }
  [[nodiscard]] const std::vector<Text>& texts() const { return texts_; }
  [[nodiscard]] std::vector<Text>&& release() { return std::move(texts_); }

  /// The number of a text, and whether it is new.
  std::pair<std::int32_t, bool> add(std::string_view text) {
    if (4 * texts_.size() >= 3 * slots_.size()) grow();
    const std::uint64_t hash = hash_of(text);
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      slot& here = slots_[at];
      if (here.number < 0) {
        here = {.number = static_cast<std::int32_t>(texts_.size()), .tag = tag};
        texts_.emplace_back(text);
        return {here.number, true};
      }
      if (here.tag == tag && texts_[static_cast<std::size_t>(here.number)] == text) {
        return {here.number, false};
      }
    }
  }

  void clear() {
    texts_.clear();
    slots_.clear();
  }

 private:
  struct slot {
    std::int32_t number = -1;  ///< none
    std::uint32_t tag = 0;     ///< the upper half of the text's hash
  };

  /// Eight bytes at a time, each step a bijection of what came before.
  static std::uint64_t hash_of(std::string_view text) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
    std::uint64_t hash = odd * (text.size() + 1);
    const auto mix = [&](const char* from, std::size_t bytes) {
      std::uint64_t word = 0;
      std::memcpy(&word, from, bytes);
      hash = (hash ^ word) * odd;
      hash ^= hash >> 29;
    };
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left >= 8; at += 8, left -= 8) mix(at, 8);
    if (left >= 4) {
      mix(at, 4);
      at += 4;
      left -= 4;
    }
    for (; left > 0; ++at, --left) mix(at, 1);
    hash *= odd;
    return hash ^ hash >> 32;
  }

  void grow() {
    std::vector<slot> old(slots_.empty() ? 16 : 2 * slots_.size());
    old.swap(slots_);
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      const std::uint64_t hash = hash_of(texts_[i]);
      std::size_t at = hash & (slots_.size() - 1);
      while (slots_[at].number >= 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = {.number = static_cast<std::int32_t>(i),
                    .tag = static_cast<std::uint32_t>(hash >> 32)};
    }
  }

  std::vector<slot> slots_{};  ///< a power of two of them, a quarter of them empty
  std::vector<Text> texts_{};
};

}  // namespace sweepnet::csv
