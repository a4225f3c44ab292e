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
#include <vector>

#include "sweepnet/core/error.hpp"

namespace sweepnet {

using bytes_view = std::span<const unsigned char>;

/// Reads from bytes in memory, through inflate if they begin with gzip's magic 1f 8b. Only what is
/// asked for is ever expanded.
class byte_source {
 public:
  byte_source(bytes_view content, std::string name) : name_(std::move(name)), rest_(content) {
    if (content.size() < 2 || content[0] != 0x1f || content[1] != 0x8b) return;
    inflater_ = std::make_unique<inflater>();
    constexpr int gzip_window = 16 + MAX_WBITS;
    if (inflateInit2(&inflater_->stream, gzip_window) != Z_OK) throw std::bad_alloc();
    inflater_->live = true;
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
    while (count < to.size() && !inflater_->finished) count += inflate_some(to.subspan(count));
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
  struct inflater {
    z_stream stream{};
    bool live = false;
    bool finished = false;
    inflater() = default;
    inflater(const inflater&) = delete;  // the stream points into itself
    inflater& operator=(const inflater&) = delete;
    ~inflater() {
      if (live) inflateEnd(&stream);
    }
  };

  std::size_t inflate_some(std::span<unsigned char> to) {
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    z_stream& stream = inflater_->stream;
    stream.next_in = const_cast<Bytef*>(rest_.data());  // zlib does not write through it
    stream.avail_in = static_cast<uInt>(std::min(rest_.size(), most));
    stream.next_out = to.data();
    stream.avail_out = static_cast<uInt>(std::min(to.size(), most));
    const uInt in_before = stream.avail_in;
    const uInt out_before = stream.avail_out;
    const int status = inflate(&stream, Z_NO_FLUSH);
    rest_ = rest_.subspan(in_before - stream.avail_in);
    if (status == Z_STREAM_END) {  // gzip files may be joined: what follows must be another one
      inflater_->finished = rest_.empty();
      if (!rest_.empty()) inflateReset(&stream);
    }
    if (status == Z_BUF_ERROR) throw data_error(name_ + ": truncated: the gzip stream has no end");
    if (status != Z_OK && status != Z_STREAM_END) {
      throw data_error(
          name_ + ": damaged gzip data: " + (stream.msg != nullptr ? stream.msg : zError(status)));
    }
    return out_before - stream.avail_out;
  }

  std::string name_;
  bytes_view rest_;
  std::unique_ptr<inflater> inflater_;
};

[[nodiscard]] inline bytes_view as_bytes(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

}  // namespace sweepnet
