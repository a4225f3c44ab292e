// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(SWEEPNET_HAS_S3)  // else a unit of nothing

#include "sweepnet/storage/aws/s3.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/aws/s3_read.hpp"
#include "sweepnet/storage/aws/s3_stream.hpp"
#include "sweepnet/storage/aws/xml.hpp"

namespace sweepnet::storage {

SWEEPNET_INLINE std::string s3_client::read(const location& where, const read_limit& limit) {
  require_key(where);
  read_bound bound(where.shown(), limit);
  for (int attempts = 0;;) {
    std::string content;
    try {
      const auto take = [&](std::string_view bytes) {
        bound.check(content.size() + bytes.size());
        content += bytes;
      };
      read_object(connection_, where, take, attempts);
      return content;
    } catch (const damaged_transfer& e) {
      if (!wait_for_retry(connection_.retry(), attempts)) throw service_unavailable(e.what());
    }
  }
}

SWEEPNET_INLINE void s3_client::read(const location& where,
                                     const std::function<void(std::string_view)>& take) {
  require_key(where);
  int attempts = 0;
  read_object(connection_, where, take, attempts);
}

SWEEPNET_INLINE revision s3_client::revision_of(const location& where) {
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

SWEEPNET_INLINE void s3_client::write(const location& where, std::string_view content) {
  require_key(where);
  int attempts = 0;
  (void)upload(where, content, {}, attempts);
}

SWEEPNET_INLINE void s3_client::write_by(const location& where, std::size_t head,
                                         const headed_producer& produce) {
  require_key(where);
  s3_stream object(connection_, where, sizes_.part, head);
  object.finish(produce([&](std::string_view piece) { object.add(piece); }));
}

SWEEPNET_INLINE std::optional<revision> s3_client::write_if(const location& where,
                                                            std::string_view content,
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
      throw service_unavailable(fmt::format("{}: cannot write: 409, another write is in its way{}",
                                            where.shown(), after_attempts(attempts)));
    }
  }
}

SWEEPNET_INLINE void s3_client::remove(const location& where) {
  require_key(where);
  connection_.perform({.where = where,
                       .to = s3_call::aim::write,
                       .method = "DELETE",
                       .key = where.key,
                       .expected = {404}});
}

SWEEPNET_INLINE std::vector<std::string> s3_client::list(const location& directory,
                                                         std::size_t most) {
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

SWEEPNET_INLINE void s3_client::require_key(const location& where) {
  if (where.key.empty()) {
    throw usage_error(where.shown() + ": expected s3://BUCKET/KEY, found no key");
  }
}

SWEEPNET_INLINE s3_call s3_client::listing(const location& where, const std::string& prefix,
                                           std::size_t most) {
  s3_call call{.where = where};
  call.query = {{"list-type", "2"},
                {"prefix", prefix},
                {"encoding-type", "url"},
                {"max-keys", std::to_string(std::min<std::size_t>(most, 1000))}};
  return call;
}

SWEEPNET_INLINE std::vector<std::string> s3_client::keys_in(std::string_view answer) {
  std::vector<std::string> keys;
  for (const std::string_view item : xml_elements(answer, "Contents")) {
    keys.push_back(url_decoded(xml_text(item, "Key")));
  }
  return keys;
}

SWEEPNET_INLINE s3_written s3_client::upload(const location& where, std::string_view content,
                                             const s3_condition& condition, int& attempts) {
  const s3_upload one(connection_, where, content, condition, attempts);
  return content.size() > sizes_.multipart_from ? one.in_parts(sizes_.part) : one.whole();
}

SWEEPNET_INLINE std::optional<revision> s3_client::echo_of(const location& where,
                                                           std::string_view content) {
  int attempts = 0;
  const s3_condition none;
  if (!s3_upload(connection_, where, content, none, attempts).landed()) return std::nullopt;
  return revision_of(where);
}

SWEEPNET_INLINE std::string s3_client::url_decoded(std::string_view text) {
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

}  // namespace sweepnet::storage

#endif
