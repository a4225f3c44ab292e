// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// URLs as people may see them. User and password, and what stands behind the path (a presigned
// URL's signature, a token), are secrets: they go into requests, never into a message or a file.

#include <string>
#include <string_view>

#include "sweepnet/core/text.hpp"

namespace sweepnet {

namespace detail {

/// How much of a URL behind its "://" is user, password and '@'. Passwords hold what ought to be
/// encoded: where the port is no number, it is taken for one, which may reach up to the last '@' of
/// the line, or of the next KiB, so that a long text takes no longer than its length.
[[nodiscard]] inline std::size_t userinfo_size(std::string_view rest) {
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  std::size_t at = authority.rfind('@');
  const std::size_t colon = authority.rfind(':');
  if (at == rest.npos && colon != rest.npos && !rest.starts_with('[') &&
      authority.find_first_not_of("0123456789", colon + 1) != rest.npos) {
    const std::string_view near = rest.substr(0, 1024);
    at = near.substr(0, near.find('\n')).rfind('@');
  }
  return at == rest.npos ? 0 : at + 1;
}

}  // namespace detail

/// The URL that the whole of `url` is, without user, password, query and fragment.
[[nodiscard]] inline std::string public_url(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == url.npos) return std::string(url);
  std::string_view rest = url.substr(colon + 3);
  rest.remove_prefix(detail::userinfo_size(rest));
  return std::string(url.substr(0, colon + 3)).append(rest.substr(0, rest.find_first_of("?#")));
}

/// A message with each URL in it as public_url has it. Of s3:// only the user goes: a key may hold
/// any character. For text that others made, such as a parser's complaint about an argument;
/// messages of our own name places by location::shown.
[[nodiscard]] inline std::string without_secrets(std::string_view text) {
  constexpr std::string_view white = " \t\r\n\v\f";
  std::string shown;
  for (std::size_t colon; (colon = text.find("://")) != text.npos;) {
    const bool s3 = lowercase(text.substr(0, colon)).ends_with("s3");
    shown += text.substr(0, colon + 3);
    text.remove_prefix(colon + 3);
    text.remove_prefix(detail::userinfo_size(text));
    const std::string_view url = text.substr(0, text.find_first_of(white));
    text.remove_prefix(url.size());
    const std::string_view kept = s3 ? url : url.substr(0, url.find_first_of("?#"));
    shown += kept;
    // What closes a quotation is no part of the URL.
    const std::string_view left_out = url.substr(kept.size());
    shown += left_out.substr(left_out.find_last_not_of("'\"`)]}>,;:.") + 1);
  }
  return shown.append(text);
}

}  // namespace sweepnet
