// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a URL says of where a request goes, read by libcurl's own parser so that the check and the
// request agree, and the rule that nothing secret travels over plain http.

#include <curl/curl.h>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"

namespace sweepnet::storage {

struct url_parts {
  std::string scheme{};  ///< lower case
  std::string host{};    ///< lower case, without port; an IPv6 address in brackets
  std::string query{};
  bool has_user = false;
  bool has_fragment = false;

  /// Whether it names this machine, so that nobody else listens in.
  [[nodiscard]] bool is_loopback() const {
    return host == "localhost" || host == "[::1]" ||
           (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
  }
};

/// Nothing if libcurl would not send a request there.
[[nodiscard]] inline std::optional<url_parts> parse_url(const std::string& url) {
  struct deleter {
    void operator()(CURLU* each) const { curl_url_cleanup(each); }
  };
  const std::unique_ptr<CURLU, deleter> parsed(curl_url());
  if (!parsed || url.find('\0') != url.npos ||
      curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
          CURLUE_OK) {
    return std::nullopt;
  }
  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    std::optional<std::string> found;
    if (curl_url_get(parsed.get(), which, &text, 0) == CURLUE_OK) found = text;
    curl_free(text);
    return found;
  };
  return url_parts{.scheme = lowercase(part(CURLUPART_SCHEME).value_or("")),
                   .host = lowercase(part(CURLUPART_HOST).value_or("")),
                   .query = part(CURLUPART_QUERY).value_or(""),
                   .has_user = part(CURLUPART_USER) || part(CURLUPART_PASSWORD),
                   .has_fragment = part(CURLUPART_FRAGMENT).has_value()};
}

/// Whether the environment allows secrets over plain http to other machines.
[[nodiscard]] inline bool allows_plain_http(const environment_map& environment) {
  const std::string value = variable_or_empty(environment, "SWEEPNET_ALLOW_PLAIN_HTTP");
  if (value.empty() || value == "0") return false;
  if (value == "1") return true;
  throw configuration_error("SWEEPNET_ALLOW_PLAIN_HTTP must be 0 or 1, got '" + value + "'");
}

/// Throws configuration_error unless what goes to `url` is hidden from others: by https, or because
/// it stays on this machine. `secret` says what would be told, `trusted` where else it may go.
inline void require_private(const url_parts& url, std::string_view secret,
                            const environment_map& environment,
                            std::initializer_list<std::string_view> trusted = {}) {
  if (url.scheme == "https" || url.is_loopback() || std::ranges::count(trusted, url.host) > 0 ||
      allows_plain_http(environment)) {
    return;
  }
  throw configuration_error(
      fmt::format("{} would go over plain http to the host '{}', where others can read it: "
                  "expected https:// or "
                  "a loopback host (SWEEPNET_ALLOW_PLAIN_HTTP=1 allows it)",
                  secret, url.host));
}

/// An endpoint that credentials are sent to: https://HOST[:PORT][/PATH], and plain http as above.
/// Without slashes at its end. Throws configuration_error, in which no user, password or query is
/// shown.
[[nodiscard]] inline std::string checked_endpoint(
    std::string url, std::string_view what, const environment_map& environment,
    std::initializer_list<std::string_view> trusted = {}) {
  const auto parts = parse_url(url);
  if (!parts || (parts->scheme != "https" && parts->scheme != "http") || parts->has_user ||
      parts->has_fragment || !parts->query.empty()) {
    const bool plain = url.find_first_of("@?#") == url.npos;
    throw configuration_error(fmt::format(
        "{} must be https://HOST[:PORT][/PATH], without user, password or query, got {}", what,
        plain ? "'" + url + "'" : "one with some of these"));
  }
  require_private(*parts, fmt::format("a request to {}", what), environment, trusted);
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace sweepnet::storage
