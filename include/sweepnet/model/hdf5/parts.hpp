// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An HDF5 file as bytes: parts that are handed out once each and read within their bounds.

#include <bit>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"

namespace sweepnet::detail::hdf5 {

static_assert(std::endian::native == std::endian::little,
              "HDF5's numbers are little-endian: this code copies bytes as they are");

inline constexpr std::uint64_t undefined_address = std::numeric_limits<std::uint64_t>::max();

/// What a complaint begins with.
struct reporter {
  std::string source;

  /// Throws unless what the format demands holds.
  void require(bool holds, const char* what) const {
    if (!holds) throw data_error(fmt::format("{}: damaged HDF5 file: {}", source, what));
  }
  /// Throws unless a permitted choice of the format is one that this library reads.
  void support(bool holds, const std::string& what) const {
    if (!holds) throw data_error(fmt::format("{}: {} not supported", source, what));
  }
};

/// Bytes read front to back, never beyond their end.
class piece {
 public:
  piece(std::string_view bytes, const reporter& report) : rest_(bytes), report_(&report) {}

  [[nodiscard]] std::size_t left() const { return rest_.size(); }

  std::string_view bytes(std::uint64_t count) {
    report_->require(count <= rest_.size(), "a part ends early");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  template <class T> T number() {
    T value{};
    std::memcpy(&value, bytes(sizeof(T)).data(), sizeof(T));
    return value;
  }
  piece part(std::uint64_t count) { return {bytes(count), *report_}; }
  void skip(std::uint64_t count) { (void)bytes(count); }

 private:
  std::string_view rest_;
  const reporter* report_;
};

/// a * b. Throws where that is no size of anything.
inline std::uint64_t product(std::uint64_t a, std::uint64_t b, const reporter& report) {
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  report.require(a <= most && (a == 0 || b <= most / a), "a size overflows");
  return a * b;
}

/// The whole file.
class parts {
 public:
  parts(std::string_view bytes, reporter report)
      : bytes_(bytes), report_(std::move(report)), end_(bytes.size()) {}
  parts(const parts&) = delete;  // pieces point to its reporter
  parts& operator=(const parts&) = delete;

  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  [[nodiscard]] const reporter& report() const { return report_; }

  /// Sets where the file ends by its own account.
  void end_at(std::uint64_t end) {
    report_.require(end <= end_, "it is cut off");
    end_ = end;
  }

  /// The `size` bytes at `address`, which nothing else may use.
  piece claim(std::uint64_t address, std::uint64_t size) {
    report_.require(address <= end_ && size <= end_ - address, "a part lies beyond its end");
    if (size > 0) {
      const auto next = claimed_.upper_bound(address);
      report_.require((next == claimed_.end() || next->first >= address + size) &&
                          (next == claimed_.begin() || std::prev(next)->second <= address),
                      "two parts overlap");
      claimed_.emplace_hint(next, address, address + size);
    }
    return {bytes_.substr(address, size), report_};
  }

 private:
  std::string_view bytes_;
  reporter report_;
  std::uint64_t end_;
  std::map<std::uint64_t, std::uint64_t> claimed_;  ///< begin -> end
};

}  // namespace sweepnet::detail::hdf5
