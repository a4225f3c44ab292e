// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An object's bytes from S3, compared with what tells that they arrived whole.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/aws/s3_connection.hpp"
#include "sweepnet/storage/aws/sha256.hpp"
#include "sweepnet/storage/location.hpp"

namespace sweepnet::storage {

/// What came is not what lies there, or that was replaced meanwhile: read it anew.
class damaged_transfer : public io_error {
 public:
  using io_error::io_error;
};

/// What tells that an object arrived whole.
struct s3_seal {
  std::string etag{};
  std::string sha256{};  ///< as sweepnet puts it beside the object
  std::string md5{};
};

[[nodiscard]] inline s3_seal seal_of(const http_response& response) {
  const auto is_hexadecimal = [](std::string_view text, std::size_t digits) {
    return text.size() == digits && text.find_first_not_of("0123456789abcdef") == text.npos;
  };
  s3_seal found{.etag = response.header("etag")};
  // Tools that copy objects may write metadata in upper case, or use the name for something else.
  const std::string digest = lowercase(response.header("x-amz-meta-sha256"));
  if (is_hexadecimal(digest, 64)) found.sha256 = digest;
  // An ETag is the content's MD5 unless it was written in parts or encrypted with a key of KMS.
  const std::string tag =
      found.etag.size() > 2 ? lowercase(found.etag.substr(1, found.etag.size() - 2)) : "";
  const bool keyed = response.header("x-amz-server-side-encryption").starts_with("aws:kms") ||
                     !response.header("x-amz-server-side-encryption-customer-algorithm").empty();
  if (is_hexadecimal(tag, 32) && !keyed) found.md5 = tag;
  return found;
}

/// Gives the object's bytes to `take`, in order and each byte once, in bounded memory; a broken
/// transfer goes on where it broke. `attempts` counts what was tried, here and before. Throws
/// damaged_transfer at the end if what came is not what lies there.
inline void read_object(s3_connection& connection, const location& where,
                        const std::function<void(std::string_view)>& take, int& attempts) {
  std::uint64_t received = 0;
  std::uint64_t position = 0;  // of this attempt's body
  bool begun = false;
  s3_seal expected;
  hasher whole(EVP_sha256());
  hasher md5(EVP_md5());
  const auto prepare = [&](std::map<std::string, std::string>& headers) {
    begun = false;
    if (received == 0) return;
    headers["range"] = fmt::format("bytes={}-", received);
    headers["if-match"] = expected.etag;
  };
  const auto sink = [&](const http_response& response, std::string_view bytes) {
    if (!std::exchange(begun, true)) {
      position = response.status == 206 ? received : 0;
      if (received == 0) expected = seal_of(response);
    }
    const auto known = static_cast<std::size_t>(
        std::min<std::uint64_t>(received - std::min(position, received), bytes.size()));
    position += bytes.size();
    bytes.remove_prefix(known);
    received += bytes.size();
    whole.add(bytes);
    md5.add(bytes);
    take(bytes);
  };
  const http_response response = connection.perform({.where = where,
                                                     .key = where.key,
                                                     .take = sink,
                                                     .prepare = prepare,
                                                     .expected = {412, 416},
                                                     .attempts = &attempts});
  if (response.status == 412) throw damaged_transfer(where.shown() + ": changed while it was read");
  if (received == 0) expected = seal_of(response);
  const bool same = !expected.sha256.empty()
                        ? expected.sha256 == hexadecimal(whole.finish())
                        : expected.md5.empty() || expected.md5 == hexadecimal(md5.finish());
  if (!same) {
    throw damaged_transfer(fmt::format("{}: cannot read: damaged on its way, request id {}",
                                       where.shown(), response.header("x-amz-request-id")));
  }
}

}  // namespace sweepnet::storage
