// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An object's way to S3 in parts: begun, part by part, and completed or taken back.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/storage/aws/s3_connection.hpp"
#include "sweepnet/storage/aws/xml.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/patience.hpp"

namespace sweepnet::storage {

/// An upload in parts. One that was not completed at the end of its life is taken back.
class s3_parts {
 public:
  static constexpr std::size_t most = 10'000;  ///< parts of an object, says S3

  /// Begins one, of an object with these headers. Both are borrowed.
  s3_parts(s3_connection& connection, const location& where,
           const std::map<std::string, std::string>& headers)
      : connection_(&connection), where_(&where) {
    s3_call begin = writing_call(*where_, "POST");
    begin.query = {{"uploads", ""}};
    begin.headers = headers;
    upload_ = xml_text(connection_->perform(begin).body, "UploadId");
  }
  s3_parts(const s3_parts&) = delete;  // one owner takes it back
  s3_parts& operator=(const s3_parts&) = delete;
  ~s3_parts() {
    if (!completed_) abort();
  }

  /// Sends part `number`, from 1 on, in any order; tried again by itself.
  void put(std::size_t number, std::string_view bytes) {
    s3_call call = writing_call(*where_, "PUT");
    call.query = {{"partNumber", std::to_string(number)}, {"uploadId", upload_}};
    call.body = bytes;
    if (tags_.size() < number) tags_.resize(number);
    tags_[number - 1] = connection_->perform(call).header("etag");
  }

  /// The request that makes the object of all parts; borrows from here. completed() says that it
  /// did.
  [[nodiscard]] s3_call completion() {
    manifest_ = "<CompleteMultipartUpload>";
    for (std::size_t i = 0; i < tags_.size(); ++i) {
      manifest_ +=
          fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", i + 1, tags_[i]);
    }
    manifest_ += "</CompleteMultipartUpload>";
    s3_call complete = writing_call(*where_, "POST");
    complete.query = {{"uploadId", upload_}};
    complete.body = manifest_;
    return complete;
  }
  void completed() { completed_ = true; }

 private:
  /// Parts that stay cost money, so a moment is spent on this even by who has no patience left.
  void abort() const noexcept {
    patience moment;
    moment.end_in(patience::seconds(2));
    const patience_scope scope(moment);
    try {
      s3_call call = writing_call(*where_, "DELETE");
      call.query = {{"uploadId", upload_}};
      call.expected = {404};
      connection_->perform(call);
    } catch (...) {
      // What led here is told; the bucket's lifecycle rule removes the parts.
    }
  }

  s3_connection* connection_;
  const location* where_;
  std::string upload_{};
  std::vector<std::string> tags_{};  ///< of the parts
  std::string manifest_{};
  bool completed_ = false;
};

/// Throws cannot_create for an upload that is gone, though its object is not there.
[[noreturn]] inline void refuse_lost_upload(const location& where, const http_response& response) {
  throw cannot_create(fmt::format("{}: cannot write: the upload in parts is gone, request id {}",
                                  where.shown(), response.header("x-amz-request-id")));
}

}  // namespace sweepnet::storage
