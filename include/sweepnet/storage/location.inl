// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/storage/location.hpp"

#include <algorithm>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/aws/s3_names.hpp"

namespace sweepnet::storage {

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

SWEEPNET_INLINE location::location(std::string_view written) : text_(written) {
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

SWEEPNET_INLINE location join_location(const location& directory, const std::string& name) {
  location alone(name);
  if (alone.is_remote()) return alone;
  const std::string& parent = directory.request_text();
  if (!directory.is_remote()) return (std::filesystem::path(parent) / name).string();
  const std::string relative = std::filesystem::path(name).lexically_normal().string();
  return parent + (parent.ends_with('/') ? "" : "/") +
         relative.substr(std::min(relative.size(), relative.find_first_not_of('/')));
}

SWEEPNET_INLINE std::string percent_encode(std::string_view text, std::string_view keep) {
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
