// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a file lies, as users write it: a local path, s3://bucket/key, http(s)://..., or "-".

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "sweepnet/core/url_text.hpp"

namespace sweepnet::storage {

/// A file's place, parsed once. Made from text implicitly, so that every function that takes one
/// takes what a user wrote.
struct location {
  enum class kind { local, standard_stream, http, s3 };

  kind type = kind::local;
  std::string bucket{};  ///< of s3
  std::string key{};     ///< of s3: raw, without the leading slash; may hold any byte
  /// Not empty: the directory that a local file must lie in, whatever links say.
  std::string root{};

  location() = default;
  /// Throws usage_error for a scheme that is none of these, a bucket's name that S3 does not allow,
  /// or a URL without a sound host.
  location(std::string_view written);  // NOLINT(google-explicit-constructor)
  location(const std::string& written) : location(std::string_view(written)) {}   // NOLINT
  location(const char* written) : location(std::string_view(written)) {}          // NOLINT
  location(const std::filesystem::path& written) : location(written.string()) {}  // NOLINT

  [[nodiscard]] bool is_remote() const { return type == kind::http || type == kind::s3; }

  /// As it was written, password and signature included: for the file system and for requests. All
  /// that people and files see comes from shown().
  [[nodiscard]] const std::string& request_text() const { return text_; }
  /// For people, logs and files: of a URL without user, password, query and fragment.
  [[nodiscard]] std::string shown() const { return type == kind::http ? public_url(text_) : text_; }

 private:
  std::string text_{};
};

/// How messages name a file to be read: "-" is standard input, and a URL's query may be a secret.
[[nodiscard]] inline std::string display_name(const location& where) {
  return where.type == location::kind::standard_stream ? "standard input" : where.shown();
}

/// Which version of a file lies at a place: S3's ETag; on disk device, inode, size and modification
/// time. Empty: none does.
struct revision {
  std::string tag{};
  bool operator==(const revision&) const = default;
};

/// Takes the next piece of a content, and gives all of them, one after the other.
using piece_taker = std::function<void(std::string_view)>;
using piece_producer = std::function<void(const piece_taker&)>;
/// The same of a content whose first bytes, its head, are known last: gives what stands behind
/// them, and returns them.
using headed_producer = std::function<std::string(const piece_taker&)>;

/// Whether `text` names something beyond this machine's file system and streams.
[[nodiscard]] inline bool is_remote(const location& where) { return where.is_remote(); }

/// `name` below `directory`; a name that is absolute, or remote itself, stands alone.
[[nodiscard]] location join_location(const location& directory, const std::string& name);

/// Percent-encodes each byte outside A-Z a-z 0-9 - . _ ~ and `keep` (RFC 3986, as SigV4 has it).
[[nodiscard]] std::string percent_encode(std::string_view text, std::string_view keep = "");

}  // namespace sweepnet::storage

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/storage/location.inl"
#endif
