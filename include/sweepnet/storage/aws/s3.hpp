// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Objects in S3: read, written and listed, whole and unharmed.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/aws/s3_connection.hpp"
#include "sweepnet/storage/aws/s3_read.hpp"
#include "sweepnet/storage/aws/s3_write.hpp"
#include "sweepnet/storage/aws/xml.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/web/retry.hpp"

namespace sweepnet::storage {

class s3_client {
 public:
  explicit s3_client(const environment_map& environment, s3_sizes sizes = {})
      : connection_(environment), sizes_(sizes) {}
  s3_client(const environment_map& environment, s3_sizes sizes, retry_policy retry)
      : connection_(environment, retry), sizes_(sizes) {}

  /// The object's bytes. Throws input_missing if there is none.
  [[nodiscard]] std::string read(const location& where) {
    require_key(where);
    for (int attempts = 0;;) {
      std::string content;
      try {
        const auto take = [&](std::string_view bytes) { content += bytes; };
        read_object(connection_, where, take, attempts);
        return content;
      } catch (const damaged_transfer& e) {
        if (!wait_for_retry(connection_.retry(), attempts)) throw service_unavailable(e.what());
      }
    }
  }

  /// The same piece by piece, in bounded memory. Throws damaged_transfer at the end if what came is
  /// not what lies there.
  void read(const location& where, const std::function<void(std::string_view)>& take) {
    require_key(where);
    int attempts = 0;
    read_object(connection_, where, take, attempts);
  }

  [[nodiscard]] bool exists(const location& where) { return revision_of(where) != revision{}; }

  /// The object's ETag, by a listing: a role that may list a prefix only gets 403, not 404, for a
  /// HEAD of what is not there.
  [[nodiscard]] revision revision_of(const location& where) {
    require_key(where);
    const http_response response = connection_.perform(listing(where, where.key, 1));
    for (const std::string_view item : xml_elements(response.body, "Contents")) {
      // It stands before what it begins.
      if (url_decoded(xml_text(item, "Key")) != where.key) break;
      const std::string tag = bare_tag(xml_text(item, "ETag"));
      return {.tag = tag.empty() ? "unknown" : tag};
    }
    return {};
  }

  void write(const location& where, std::string_view content) {
    require_key(where);
    int attempts = 0;
    (void)upload(where, content, {}, attempts);
  }

  /// Creates the object where `expected` is empty, else replaces the version that it names. The new
  /// revision; nullopt, with nothing written, if something else lies there meanwhile.
  ///
  /// S3 decides that itself. Of other servers some ignore conditions, so there the place is looked
  /// at before the write and after it. What is left: two writers that both looked before either
  /// wrote, the first of which looked again before the second wrote, both believe that they won.
  [[nodiscard]] std::optional<revision> write_if(const location& where, std::string_view content,
                                                 const revision& expected) {
    require_key(where);
    const s3_condition condition{
        .type = expected == revision{} ? s3_condition::kind::nothing : s3_condition::kind::one,
        .tag = expected.tag};
    for (int attempts = 0;;) {
      if (!connection_.is_aws() && revision_of(where) != expected) return echo_of(where, content);
      const s3_written ended = upload(where, content, condition, attempts);
      if (ended.type == s3_written::kind::refused) return echo_of(where, content);
      if (ended.type == s3_written::kind::done) {
        if (connection_.is_aws() && !ended.tag.empty()) return revision{ended.tag};
        const revision there = revision_of(where);
        return there.tag == ended.tag ? there : echo_of(where, content);
      }
      if (revision_of(where) != expected) return echo_of(where, content);
      if (!wait_for_retry(connection_.retry(), attempts)) {
        throw service_unavailable(
            fmt::format("{}: cannot write: 409, another write is in its way{}", where.shown(),
                        after_attempts(attempts)));
      }
    }
  }

  /// Does nothing if there is no such object.
  void remove(const location& where) {
    require_key(where);
    connection_.perform({.where = where,
                         .to = s3_call::aim::write,
                         .method = "DELETE",
                         .key = where.key,
                         .expected = {404}});
  }

  /// The names of the objects directly below the prefix `directory`, at most `most`.
  [[nodiscard]] std::vector<std::string> list(const location& directory,
                                              std::size_t most = SIZE_MAX) {
    std::string prefix = directory.key;
    if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
    std::vector<std::string> names;
    std::set<std::string> seen;  // continuation tokens
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
      if (!seen.insert(token).second) {
        throw io_error(directory.shown() + ": cannot list: the server repeats a page");
      }
    }
  }

 private:
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

  s3_written upload(const location& where, std::string_view content, const s3_condition& condition,
                    int& attempts) {
    const s3_upload one(connection_, where, content, condition, attempts);
    return content.size() > sizes_.multipart_from ? one.in_parts(sizes_.part) : one.whole();
  }

  /// What lies there if it is `content`: the echo of an attempt whose answer was lost. Else
  /// nothing: it is another's.
  std::optional<revision> echo_of(const location& where, std::string_view content) {
    int attempts = 0;
    const s3_condition none;
    if (!s3_upload(connection_, where, content, none, attempts).landed()) return std::nullopt;
    return revision_of(where);
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
