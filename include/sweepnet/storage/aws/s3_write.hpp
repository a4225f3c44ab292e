// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An object's bytes to S3, in one request or in parts, where S3's conditions may forbid it.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/aws/s3_connection.hpp"
#include "sweepnet/storage/aws/s3_parts.hpp"
#include "sweepnet/storage/aws/s3_read.hpp"
#include "sweepnet/storage/aws/sha256.hpp"
#include "sweepnet/storage/aws/xml.hpp"
#include "sweepnet/storage/location.hpp"

namespace sweepnet::storage {

struct s3_sizes {
  std::size_t multipart_from = std::size_t{64} << 20;  ///< larger objects are written in parts
  std::size_t part = std::size_t{16} << 20;            ///< S3 takes 5 MiB and more
};

/// What may lie at the place of a write.
struct s3_condition {
  enum class kind { anything, nothing, one };
  kind type = kind::anything;
  std::string tag{};  ///< of the one
};

/// How a write ended.
struct s3_written {
  enum class kind {
    done,
    refused,   ///< something else lies there
    conflict,  ///< with another write at the same time: to be looked at, and made again
  };
  kind type = kind::done;
  std::string tag{};  ///< of what was written, if S3 told
};

/// An ETag without its quotes, which some servers leave out of some answers.
[[nodiscard]] inline std::string bare_tag(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
    etag = etag.substr(1, etag.size() - 2);
  }
  return std::string(etag);
}

/// Writes one object.
class s3_upload {
 public:
  /// All are borrowed. `attempts` counts the requests that take effect.
  s3_upload(s3_connection& connection, const location& where, std::string_view content,
            const s3_condition& condition, int& attempts)
      : connection_(&connection),
        where_(&where),
        content_(content),
        condition_(&condition),
        attempts_(&attempts) {}

  [[nodiscard]] s3_written whole() const {
    s3_call call = writing_call(*where_, "PUT");
    call.headers["x-amz-meta-sha256"] = sha256(content_);
    call.body = content_;
    return take_effect(call);
  }

  /// Each part is tried again by itself; an upload that fails is taken back.
  [[nodiscard]] s3_written in_parts(std::size_t part) const {
    s3_parts parts(*connection_, *where_, {{"x-amz-meta-sha256", sha256(content_)}});
    part = std::max(part, content_.size() / s3_parts::most + 1);
    for (std::size_t first = 0, number = 1; first < content_.size(); first += part, ++number) {
      parts.put(number, content_.substr(first, part));
    }
    s3_call complete = parts.completion();
    const s3_written ended = take_effect(complete);
    if (ended.type == s3_written::kind::done) parts.completed();
    return ended;
  }

  /// Whether it lies there, by the digest beside it; where a server keeps none, by the content.
  [[nodiscard]] bool landed() const {
    const http_response there = connection_->perform(
        {.where = *where_, .method = "HEAD", .key = where_->key, .expected = {404}});
    if (!there.ok()) return false;
    const std::string digest = lowercase(there.header("x-amz-meta-sha256"));
    if (!digest.empty()) return digest == sha256(content_);
    std::string content;
    int attempts = 0;
    const auto take = [&](std::string_view bytes) { content += bytes; };
    read_object(*connection_, *where_, take, attempts);
    return content == content_;
  }

 private:
  /// The request that makes the object, under the condition.
  [[nodiscard]] s3_written take_effect(s3_call& call) const {
    const bool completes = call.method == "POST";
    if (condition_->type != s3_condition::kind::anything) {
      call.expected = {409, 412};
      call.attempts = attempts_;
    }
    if (condition_->type == s3_condition::kind::nothing) call.headers["if-none-match"] = "*";
    if (condition_->type == s3_condition::kind::one) {
      call.headers["if-match"] = "\"" + condition_->tag + "\"";
      call.expected.push_back(404);  // there is nothing any more
    }
    if (completes) call.expected.push_back(404);
    const http_response response = connection_->perform(call);
    if (response.ok()) {
      return {.tag =
                  bare_tag(completes ? xml_text(response.body, "ETag") : response.header("etag"))};
    }
    if (response.status == 409) return {.type = s3_written::kind::conflict};
    // The upload may be gone because an earlier attempt completed it and its answer was lost.
    if (completes && response.status == 404) {
      if (landed()) return {};
      if (xml_text(response.body, "Code") != "NoSuchKey") refuse_lost_upload(*where_, response);
    }
    return {.type = s3_written::kind::refused};
  }

  s3_connection* connection_;
  const location* where_;
  std::string_view content_;
  const s3_condition* condition_;
  int* attempts_;
};

}  // namespace sweepnet::storage
