// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An object to S3 piece by piece, while nobody knows how large it will be.

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "sweepnet/core/format.hpp"
#include "sweepnet/storage/aws/s3_connection.hpp"
#include "sweepnet/storage/aws/s3_parts.hpp"
#include "sweepnet/storage/aws/s3_write.hpp"
#include "sweepnet/storage/location.hpp"

namespace sweepnet::storage {

/// Writes an object in the memory of two parts, whatever its size: one that is larger than a part
/// goes in parts, which S3 may get in any order, so the first one, with the head, waits for
/// finish(). Where that is not called nothing is written. Parts are of the size that is asked for,
/// and larger ones behind 20 GB, since S3 takes 10,000 of them and objects of 5 TB.
class s3_stream {
 public:
  /// The first two are borrowed. The object begins with `head` bytes that are known last.
  s3_stream(s3_connection& connection, const location& where, std::size_t part, std::size_t head)
      : connection_(&connection),
        where_(&where),
        part_(std::max(part, head)),
        head_(head),
        filling_(head, '\0') {}

  void add(std::string_view piece) {
    while (!piece.empty()) {
      if (filling_.size() == size_of(number_)) send();
      const std::size_t some = std::min(piece.size(), size_of(number_) - filling_.size());
      filling_ += piece.substr(0, some);
      piece.remove_prefix(some);
    }
  }

  /// After the last piece.
  void finish(std::string_view head) {
    if (!parts_) {
      std::ranges::copy(head, filling_.begin());
      int attempts = 0;
      const s3_condition none;
      (void)s3_upload(*connection_, *where_, filling_, none, attempts).whole();
      return;
    }
    send();
    if (head_ > 0) {
      std::ranges::copy(head, first_.begin());
      parts_->put(1, first_);
    }
    s3_call complete = parts_->completion();
    complete.expected = {404};
    // The upload may be gone because an earlier attempt completed it and its answer was lost.
    const http_response response = connection_->perform(complete);
    if (!response.ok() && !landed()) refuse_lost_upload(*where_, response);
    parts_->completed();
  }

 private:
  static constexpr const char* mark = "x-amz-meta-upload";

  /// Of part `number`: twice as much behind each eighth of them.
  [[nodiscard]] std::size_t size_of(std::size_t number) const {
    return part_ << (number - 1) / (s3_parts::most / 8);
  }

  /// The part that is filled.
  void send() {
    if (!parts_) {
      std::random_device random;
      for (int i = 0; i < 4; ++i) id_ += fmt::format("{:08x}", random());
      parts_.emplace(*connection_, *where_, std::map<std::string, std::string>{{mark, id_}});
    }
    if (number_ == 1 && head_ > 0) {
      first_ = std::exchange(filling_, "");
    } else {
      parts_->put(number_, filling_);
      filling_.clear();
    }
    ++number_;
  }

  /// Whether this upload's object lies there, by what it was begun with.
  [[nodiscard]] bool landed() const {
    const http_response there = connection_->perform(
        {.where = *where_, .method = "HEAD", .key = where_->key, .expected = {404}});
    return there.ok() && there.header(mark) == id_;
  }

  s3_connection* connection_;
  const location* where_;
  std::size_t part_;
  std::size_t head_;
  std::size_t number_ = 1;  ///< of the part that is filled
  std::string filling_;
  std::string first_{};  ///< the part with the head
  std::string id_{};     ///< of this upload
  std::optional<s3_parts> parts_{};
};

}  // namespace sweepnet::storage
