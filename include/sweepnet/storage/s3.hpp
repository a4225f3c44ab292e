// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Objects in S3: read, written and listed, whole and unharmed.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/s3_call.hpp"
#include "sweepnet/storage/sha256.hpp"
#include "sweepnet/storage/xml.hpp"

namespace sweepnet::storage {

/// What came is not what lies there, or that was replaced meanwhile: read it anew.
class damaged_transfer : public io_error {
 public:
  using io_error::io_error;
};

struct s3_sizes {
  std::size_t multipart_from = std::size_t{64} << 20;  ///< larger objects are written in parts
  std::size_t part = std::size_t{16} << 20;            ///< S3 takes 5 MiB and more
};

class s3_client {
 public:
  explicit s3_client(const environment_map& environment, s3_sizes sizes = {})
      : connection_(environment), sizes_(sizes) {}
  s3_client(const environment_map& environment, s3_sizes sizes, retry_policy retry)
      : connection_(environment, retry), sizes_(sizes) {}

  /// The object's bytes. Throws input_missing if there is none.
  [[nodiscard]] std::string read(const location& where) {
    for (int attempt = 1;; ++attempt) {
      std::string content;
      try {
        read(where, [&](std::string_view bytes) { content += bytes; });
        return content;
      } catch (const damaged_transfer& e) {
        if (attempt >= connection_.retry().attempts) throw service_unavailable(e.what());
        pause(connection_.retry(), attempt);
      }
    }
  }

  /// The same piece by piece, in order and each byte once, in bounded memory; a broken transfer
  /// goes on where it broke. Throws damaged_transfer at the end if what came is not what lies
  /// there.
  void read(const location& where, const std::function<void(std::string_view)>& take) {
    require_key(where);
    std::uint64_t received = 0;
    std::uint64_t position = 0;  // of this attempt's body
    bool begun = false;
    seal expected;
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
    const http_response response = connection_.perform({.where = where,
                                                        .key = where.key,
                                                        .take = sink,
                                                        .prepare = prepare,
                                                        .expected = {412, 416}});
    if (response.status == 412)
      throw damaged_transfer(where.shown() + ": changed while it was read");
    if (received == 0) expected = seal_of(response);
    const bool same = !expected.sha256.empty()
                          ? expected.sha256 == hexadecimal(whole.finish())
                          : expected.md5.empty() || expected.md5 == hexadecimal(md5.finish());
    if (!same) {
      throw damaged_transfer(fmt::format("{}: cannot read: damaged on its way, request id {}",
                                         where.shown(), response.header("x-amz-request-id")));
    }
  }

  /// By a listing: a role that may list a prefix only gets 403, not 404, for a HEAD of what is not
  /// there.
  [[nodiscard]] bool exists(const location& where) {
    require_key(where);
    const http_response response = connection_.perform(listing(where, where.key, 1));
    const std::vector<std::string> keys = keys_in(response.body);
    return !keys.empty() && keys.front() == where.key;  // it stands before what it begins
  }

  enum class mode {
    replace,
    create,  ///< only where no object is
  };

  /// False, with nothing written, if mode is create and another object is there.
  bool write(const location& where, std::string_view content, mode how = mode::replace) {
    require_key(where);
    if (content.size() > sizes_.multipart_from) return write_parts(where, content, how);
    s3_call call = writing(where, "PUT");
    call.headers["x-amz-meta-sha256"] = sha256(content);
    call.body = content;
    if (how == mode::create) call.headers["if-none-match"] = "*";
    call.expected = {412};
    // "There is one" may be the echo of an earlier attempt, whose answer was lost.
    return connection_.perform(call).ok() || read(where) == content;
  }

  /// Does nothing if there is no such object.
  void remove(const location& where) {
    require_key(where);
    s3_call call = writing(where, "DELETE");
    call.expected = {404};
    connection_.perform(call);
  }

  /// The names of the objects directly below the prefix `directory`, at most `most`.
  [[nodiscard]] std::vector<std::string> list(const location& directory,
                                              std::size_t most = SIZE_MAX) {
    std::string prefix = directory.key;
    if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
    std::vector<std::string> names;
    for (std::string token;;) {
      s3_call call = listing(directory, prefix, most);
      call.query.emplace_back("delimiter", "/");
      if (!token.empty()) call.query.emplace_back("continuation-token", token);
      const http_response response = connection_.perform(call);
      for (const std::string& key : keys_in(response.body)) {
        if (key.size() > prefix.size()) names.push_back(key.substr(prefix.size()));
      }
      token = xml_text(response.body, "NextContinuationToken");
      if (token.empty() || names.size() >= most) return names;
    }
  }

 private:
  /// What tells that an object arrived whole.
  struct seal {
    std::string etag{};
    std::string sha256{};  ///< as write() puts it beside the object
    std::string md5{};
  };

  static seal seal_of(const http_response& response) {
    seal found{.etag = response.header("etag"), .sha256 = response.header("x-amz-meta-sha256")};
    // An ETag is the content's MD5 unless it was written in parts or encrypted with a key of KMS.
    const std::string tag =
        found.etag.size() > 2 ? found.etag.substr(1, found.etag.size() - 2) : "";
    const bool plain = tag.size() == 32 && tag.find_first_not_of("0123456789abcdef") == tag.npos;
    const std::string encryption = response.header("x-amz-server-side-encryption");
    const bool keyed = encryption.starts_with("aws:kms") ||
                       !response.header("x-amz-server-side-encryption-customer-algorithm").empty();
    if (plain && !keyed) found.md5 = tag;
    return found;
  }

  static void require_key(const location& where) {
    if (where.key.empty()) {
      throw usage_error(where.shown() + ": expected s3://BUCKET/KEY, found no key");
    }
  }

  static s3_call listing(const location& where, const std::string& prefix, std::size_t most) {
    s3_call call{.where = where};
    call.query = {{"list-type", "2"},
                  {"prefix", prefix},
                  {"encoding-type", "url"},
                  {"max-keys", std::to_string(std::min<std::size_t>(most, 1000))}};
    return call;
  }

  static std::vector<std::string> keys_in(std::string_view answer) {
    std::vector<std::string> keys;
    for (const std::string_view item : xml_elements(answer, "Contents")) {
      keys.push_back(url_decoded(xml_text(item, "Key")));
    }
    return keys;
  }

  static s3_call writing(const location& where, std::string method) {
    return {
        .where = where, .to = s3_call::aim::write, .method = std::move(method), .key = where.key};
  }

  /// Each part is tried again by itself; an upload that fails is taken back.
  bool write_parts(const location& where, std::string_view content, mode how) {
    constexpr std::size_t most_parts = 10'000;
    const std::string digest = sha256(content);
    s3_call begin = writing(where, "POST");
    begin.query = {{"uploads", ""}};
    begin.headers["x-amz-meta-sha256"] = digest;
    const std::string upload = xml_text(connection_.perform(begin).body, "UploadId");
    try {
      const std::size_t part = std::max(sizes_.part, content.size() / most_parts + 1);
      std::string manifest = "<CompleteMultipartUpload>";
      for (std::size_t first = 0, number = 1; first < content.size(); first += part, ++number) {
        s3_call call = writing(where, "PUT");
        call.query = {{"partNumber", std::to_string(number)}, {"uploadId", upload}};
        call.body = content.substr(first, part);
        manifest += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", number,
                                connection_.perform(call).header("etag"));
      }
      manifest += "</CompleteMultipartUpload>";
      s3_call complete = writing(where, "POST");
      complete.query = {{"uploadId", upload}};
      complete.body = manifest;
      complete.expected = {404, 412};
      if (how == mode::create) complete.headers["if-none-match"] = "*";
      const http_response response = connection_.perform(complete);
      if (response.ok()) return true;
      // The upload may be gone because an earlier attempt completed it and its answer was lost.
      const http_response there = connection_.perform(
          {.where = where, .method = "HEAD", .key = where.key, .expected = {404}});
      if (there.header("x-amz-meta-sha256") == digest) return true;
      if (response.status == 404) {
        throw cannot_create(where.shown() +
                            ": cannot write: the upload in parts is gone, request id " +
                            response.header("x-amz-request-id"));
      }
    } catch (...) {
      abort(where, upload);
      throw;
    }
    abort(where, upload);
    return false;
  }

  /// Parts that stay cost money.
  void abort(const location& where, const std::string& upload) {
    try {
      s3_call call = writing(where, "DELETE");
      call.query = {{"uploadId", upload}};
      call.expected = {404};
      connection_.perform(call);
    } catch (const error&) {
      // The error that led here is told; the bucket's lifecycle rule removes the parts.
    }
  }

  static std::string url_decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
      unsigned code = 0;
      const std::string_view digits = text.substr(i + 1, 2);
      if (text[i] == '%' && digits.size() == 2 &&
          std::from_chars(digits.data(), digits.data() + 2, code, 16).ec == std::errc{}) {
        plain += static_cast<char>(code);
        i += 2;
      } else {
        plain += text[i] == '+' ? ' ' : text[i];
      }
    }
    return plain;
  }

  s3_connection connection_;
  s3_sizes sizes_;
};

}  // namespace sweepnet::storage
