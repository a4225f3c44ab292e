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
#include "sweepnet/core/url_text.hpp"
#include "sweepnet/storage/aws/s3_names.hpp"

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

/// Which version of a file lies at a place: S3's ETag; on disk device, inode, size and modification
/// time. Empty: none does.
struct revision {
  std::string tag{};
  bool operator==(const revision&) const = default;
};

namespace detail {

/// What is wrong with host and port of a URL; empty: nothing is. What a URL parser may take for
/// another host than a reader does is no host here.
inline std::string host_fault(std::string_view url) {
  std::string_view rest = url.substr(url.find("://") + 3);
  const std::string_view user = rest.substr(0, sweepnet::detail::userinfo_size(rest));
  if (user.find_first_of("/?#\\") != user.npos ||
      std::ranges::any_of(user, [](char c) { return static_cast<unsigned char>(c) <= ' '; })) {
    return "a user or password with characters that must be percent-encoded";
  }
  rest.remove_prefix(user.size());
  std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  const std::size_t bracket = host.starts_with('[') ? std::min(host.find(']'), host.size()) : 0;
  const std::size_t colon = std::min(host.find(':', bracket), host.size());
  const std::string_view port = host.substr(colon);
  host = host.substr(0, colon);
  if (port.size() > 6 || (!port.empty() && port.find_first_not_of("0123456789", 1) != port.npos)) {
    return "a port that is no number";
  }
  if (bracket > 0) {
    host.remove_prefix(1);
    const bool address =
        host.ends_with(']') && host.find_first_not_of("0123456789abcdefABCDEF:.]") == host.npos;
    return address ? "" : "an address that is no IPv6 address";
  }
  const auto of_a_name = [](char c) {
    return is_lower_or_digit(c) || c == '.' || c == '-' || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  if (host.empty()) return "no host";
  return std::ranges::all_of(lowercase(host), of_a_name)
             ? ""
             : "a host with characters of no host's name";
}

}  // namespace detail

inline location::location(std::string_view written) : text_(written) {
  const std::size_t colon = written.find("://");
  const std::string scheme =
      lowercase(written.substr(0, std::min(written.find(':'), written.size())));
  const auto refuse = [&](std::string_view expected, std::string_view found) {
    throw usage_error(
        fmt::format("{}: expected {}, found {}", without_secrets(written), expected, found));
  };
  if (written == "-") {
    type = kind::standard_stream;
  } else if (colon == written.npos || written.substr(0, colon).find('/') != written.npos) {
    type = kind::local;
    // A slash that was forgotten must not make a password the name of a file.
    if (scheme == "s3" || scheme == "http" || scheme == "https") {
      throw usage_error(
          fmt::format("a path that begins with {0}: is none: expected {0}://, or ./{0}:", scheme));
    }
  } else if (scheme == "s3") {
    type = kind::s3;
    const std::string_view rest = written.substr(colon + 3);
    bucket = rest.substr(0, rest.find('/'));
    if (bucket.size() < rest.size()) key = rest.substr(bucket.size() + 1);
    if (const std::string fault = bucket_fault(bucket); !fault.empty()) {
      refuse("s3://BUCKET/KEY", fault);
    }
  } else if (scheme == "http" || scheme == "https") {
    type = kind::http;
    if (const std::string fault = detail::host_fault(written); !fault.empty()) {
      throw usage_error(fmt::format("{}: expected {}://HOST[:PORT]/PATH, found {}",
                                    public_url(written), scheme, fault));
    }
  } else {
    refuse("a path, s3://, https://, http:// or -", fmt::format("the scheme '{}'", scheme));
  }
}

/// Whether `text` names something beyond this machine's file system and streams.
[[nodiscard]] inline bool is_remote(const location& where) { return where.is_remote(); }

/// `name` below `directory`; a name that is absolute, or remote itself, stands alone.
[[nodiscard]] inline location join_location(const location& directory, const std::string& name) {
  location alone(name);
  if (alone.is_remote()) return alone;
  const std::string& parent = directory.request_text();
  if (!directory.is_remote()) return (std::filesystem::path(parent) / name).string();
  const std::string relative = std::filesystem::path(name).lexically_normal().string();
  return parent + (parent.ends_with('/') ? "" : "/") +
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
