// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes that may be gzip-compressed, read front to back with bounded memory (zlib).

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/storage/location.hpp"

namespace sweepnet {

using bytes_view = std::span<const unsigned char>;

namespace detail {

/// Inflates gzip files, of which several may be joined, from bytes that come in any pieces.
class gzip_stream {
 public:
  explicit gzip_stream(std::string name) : name_(std::move(name)) {
    constexpr int gzip_window = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, gzip_window) != Z_OK) throw std::bad_alloc();
  }
  gzip_stream(const gzip_stream&) = delete;  // the stream points into itself
  gzip_stream& operator=(const gzip_stream&) = delete;
  ~gzip_stream() { inflateEnd(&stream_); }

  /// Whether what was read ends with a file, and not within one.
  [[nodiscard]] bool at_end() const { return at_end_; }

  /// Expands what `from` begins with, and shortens it by that. How many bytes that gave; less than
  /// fit if a file ends or `from` has no more. Throws data_error for damaged data.
  std::size_t expand(bytes_view& from, std::span<unsigned char> to) {
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    if (at_end_ && !from.empty()) inflateReset(&stream_);  // what follows must be another one
    stream_.next_in = const_cast<Bytef*>(from.data());     // zlib does not write through it
    stream_.avail_in = static_cast<uInt>(std::min(from.size(), most));
    stream_.next_out = to.data();
    stream_.avail_out = static_cast<uInt>(std::min(to.size(), most));
    const uInt in_before = stream_.avail_in;
    const uInt out_before = stream_.avail_out;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    from = from.subspan(in_before - stream_.avail_in);
    at_end_ = status == Z_STREAM_END;
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      throw data_error(name_ + ": damaged gzip data: " +
                       (stream_.msg != nullptr ? stream_.msg : zError(status)));
    }
    return out_before - stream_.avail_out;
  }

  [[noreturn]] void refuse_cut() const {
    throw data_error(name_ + ": truncated: the gzip stream has no end");
  }

 private:
  std::string name_;
  z_stream stream_{};
  bool at_end_ = false;
};

inline constexpr unsigned char gzip_magic[] = {0x1f, 0x8b};

}  // namespace detail

/// Reads from bytes in memory, through inflate if they begin with gzip's magic 1f 8b. Only what is
/// asked for is ever expanded.
class byte_source {
 public:
  byte_source(bytes_view content, std::string name) : name_(std::move(name)), rest_(content) {
    const auto magic = std::span(detail::gzip_magic);
    if (content.size() < 2 || !std::ranges::equal(content.first(2), magic)) return;
    inflater_ = std::make_unique<detail::gzip_stream>(name_);
  }

  [[nodiscard]] const std::string& name() const { return name_; }

  /// No more bytes than these can come.
  [[nodiscard]] std::uint64_t most_left() const {
    constexpr std::uint64_t expansion = 1032;  // of deflate
    constexpr std::uint64_t window = 1 << 16;  // that it may hold already
    return inflater_ ? window + expansion * rest_.size() : rest_.size();
  }

  /// Fills `to` as far as the content goes and returns how many bytes that was. Throws data_error
  /// if compressed data are damaged or cut off.
  std::size_t read(std::span<unsigned char> to) {
    if (!inflater_) {
      const std::size_t count = std::min(to.size(), rest_.size());
      std::copy_n(rest_.begin(), count, to.begin());
      rest_ = rest_.subspan(count);
      return count;
    }
    std::size_t count = 0;
    while (count < to.size() && !(inflater_->at_end() && rest_.empty())) {
      const std::size_t got = inflater_->expand(rest_, to.subspan(count));
      if (got == 0 && rest_.empty() && !inflater_->at_end()) inflater_->refuse_cut();
      count += got;
    }
    return count;
  }

  /// Reads exactly `count` bytes, or throws data_error saying how many there were. Grows with what
  /// arrives, so that a false count costs no memory. As values of T, whose size divides the count.
  template <class T = unsigned char>
  [[nodiscard]] std::vector<T> read_exactly(std::uint64_t count, const std::string& what) {
    constexpr std::uint64_t block = 1 << 16;
    std::vector<T> values;
    values.reserve(static_cast<std::size_t>(std::min(count, most_left()) / sizeof(T)));
    for (std::uint64_t before = 0; before < count;) {
      const std::uint64_t wanted = std::min(block, count - before);
      values.resize(static_cast<std::size_t>((before + wanted) / sizeof(T)));
      auto* const to = reinterpret_cast<unsigned char*>(values.data()) + before;
      const std::size_t got = read({to, static_cast<std::size_t>(wanted)});
      before += got;
      if (got < wanted) {
        throw data_error(name_ + ": truncated: expected " + std::to_string(count) + " bytes of " +
                         what + ", found " + std::to_string(before));
      }
    }
    return values;
  }

 private:
  std::string name_;
  bytes_view rest_;
  std::unique_ptr<detail::gzip_stream> inflater_;
};

[[nodiscard]] inline bytes_view as_bytes(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

/// The same for content that comes in pieces: passes them on, expanded where need be.
class piece_expander {
 public:
  explicit piece_expander(std::string name) : name_(std::move(name)) {}

  void add(std::string_view piece, const storage::piece_taker& take) {
    if (!begun_) {
      head_ += piece;
      if (head_.size() < 2) return;
      begin(take);
    } else if (inflater_) {
      expand(piece, take);
    } else {
      take(piece);
    }
  }
  /// After the last piece. Throws data_error if compressed data are cut off.
  void finish(const storage::piece_taker& take) {
    if (!begun_) begin(take);
    if (inflater_ && !inflater_->at_end()) inflater_->refuse_cut();
  }

 private:
  void begin(const storage::piece_taker& take) {
    begun_ = true;
    const bytes_view bytes = as_bytes(head_);
    if (bytes.size() < 2 || !std::ranges::equal(bytes.first(2), detail::gzip_magic)) {
      take(head_);
      return;
    }
    inflater_ = std::make_unique<detail::gzip_stream>(name_);
    expanded_.resize(std::size_t{1} << 17);
    expand(head_, take);
  }

  void expand(std::string_view piece, const storage::piece_taker& take) {
    bytes_view from = as_bytes(piece);
    auto* const to = reinterpret_cast<unsigned char*>(expanded_.data());
    for (std::size_t got = 1; !from.empty() || got > 0;) {
      got = inflater_->expand(from, {to, expanded_.size()});
      if (got > 0) take(std::string_view(expanded_).substr(0, got));
    }
  }

  std::string name_;
  std::string head_{};  ///< until it can be told what it is
  bool begun_ = false;
  std::unique_ptr<detail::gzip_stream> inflater_{};
  std::string expanded_{};
};

}  // namespace sweepnet
