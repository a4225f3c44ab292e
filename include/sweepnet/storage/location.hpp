// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a file lies, as users write it: a local path, s3://bucket/key, http(s)://..., or "-".

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"

namespace sweepnet::storage {

struct location {
  enum class kind { local, standard_stream, http, s3 };

  kind type = kind::local;
  std::string text{};    ///< as it was written
  std::string bucket{};  ///< of s3
  std::string key{};     ///< of s3: raw, without the leading slash; may hold any byte
};

/// Throws usage_error for a scheme that is none of these, or s3:// without a bucket.
[[nodiscard]] inline location parse_location(std::string_view text) {
  location where{.text = std::string(text)};
  const std::size_t colon = text.find("://");
  if (text == "-") {
    where.type = location::kind::standard_stream;
  } else if (colon == text.npos || text.substr(0, colon).find('/') != text.npos) {
    where.type = location::kind::local;
  } else if (const std::string scheme = lowercase(text.substr(0, colon)); scheme == "s3") {
    where.type = location::kind::s3;
    const std::string_view rest = text.substr(colon + 3);
    where.bucket = rest.substr(0, rest.find('/'));
    if (where.bucket.size() < rest.size()) where.key = rest.substr(where.bucket.size() + 1);
    if (where.bucket.empty()) {
      throw usage_error(fmt::format("{}: expected s3://BUCKET/KEY, found no bucket", text));
    }
  } else if (scheme == "http" || scheme == "https") {
    where.type = location::kind::http;
  } else {
    throw usage_error(fmt::format(
        "{}: expected a path, s3://, https://, http:// or -, found the scheme '{}'", text, scheme));
  }
  return where;
}

/// Whether `text` names something beyond this machine's file system and streams.
[[nodiscard]] inline bool is_remote(std::string_view text) {
  const location::kind type = parse_location(text).type;
  return type == location::kind::http || type == location::kind::s3;
}

/// `text` without what may stand behind a URL's path: a presigned URL's signature is a secret, and
/// file types are told by the path's ending.
[[nodiscard]] inline std::string without_query(std::string_view text) {
  if (parse_location(text).type != location::kind::http) return std::string(text);
  return std::string(text.substr(0, text.find_first_of("?#")));
}

/// `name` below `directory`; a name that is absolute, or remote itself, stands alone.
[[nodiscard]] inline std::string join_location(const std::string& directory,
                                               const std::string& name) {
  if (is_remote(name)) return name;
  if (!is_remote(directory)) return (std::filesystem::path(directory) / name).string();
  const std::string relative = std::filesystem::path(name).lexically_normal().string();
  return directory + (directory.ends_with('/') ? "" : "/") +
         relative.substr(std::min(relative.size(), relative.find_first_not_of('/')));
}

/// Percent-encodes each byte outside A-Z a-z 0-9 - . _ ~ and `keep` (RFC 3986, as SigV4 has it).
[[nodiscard]] inline std::string percent_encode(std::string_view text, std::string_view keep = "") {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       (std::string_view("-._~").find(c) != std::string_view::npos) ||
                       keep.find(c) != keep.npos;
    if (plain) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

}  // namespace sweepnet::storage
