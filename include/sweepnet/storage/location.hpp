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

/// A file's place, parsed once. Made from text implicitly, so that every function that takes one
/// takes what a user wrote.
struct location {
  enum class kind { local, standard_stream, http, s3 };

  kind type = kind::local;
  std::string text{};    ///< as it was written: for requests only, since it may hold secrets
  std::string bucket{};  ///< of s3
  std::string key{};     ///< of s3: raw, without the leading slash; may hold any byte
  /// Not empty: the directory that a local file must lie in, whatever links say.
  std::string root{};

  location() = default;
  /// Throws usage_error for a scheme that is none of these, or s3:// without a bucket.
  location(std::string_view written);  // NOLINT(google-explicit-constructor)
  location(const std::string& written) : location(std::string_view(written)) {}  // NOLINT
  location(const char* written) : location(std::string_view(written)) {}         // NOLINT

  [[nodiscard]] bool is_remote() const { return type == kind::http || type == kind::s3; }
  /// For people, logs and files: without what may stand behind a URL's path, because a presigned
  /// URL's signature is a secret.
  [[nodiscard]] std::string shown() const {
    return type == kind::http ? text.substr(0, text.find_first_of("?#")) : text;
  }
};

/// Which version of a file lies at a place: S3's ETag; on disk device, inode, size and modification
/// time. Empty: none does.
struct revision {
  std::string tag{};
  bool operator==(const revision&) const = default;
};

inline location::location(std::string_view written) : text(written) {
  const std::size_t colon = written.find("://");
  if (written == "-") {
    type = kind::standard_stream;
  } else if (colon == written.npos || written.substr(0, colon).find('/') != written.npos) {
    type = kind::local;
  } else if (const std::string scheme = lowercase(written.substr(0, colon)); scheme == "s3") {
    type = kind::s3;
    const std::string_view rest = written.substr(colon + 3);
    bucket = rest.substr(0, rest.find('/'));
    if (bucket.size() < rest.size()) key = rest.substr(bucket.size() + 1);
    if (bucket.empty()) {
      throw usage_error(fmt::format("{}: expected s3://BUCKET/KEY, found no bucket", written));
    }
  } else if (scheme == "http" || scheme == "https") {
    type = kind::http;
  } else {
    throw usage_error(
        fmt::format("{}: expected a path, s3://, https://, http:// or -, found the scheme '{}'",
                    written, scheme));
  }
}

/// Whether `text` names something beyond this machine's file system and streams.
[[nodiscard]] inline bool is_remote(const location& where) { return where.is_remote(); }

/// See location::shown.
[[nodiscard]] inline std::string without_query(const location& where) { return where.shown(); }

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
