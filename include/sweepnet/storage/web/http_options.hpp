// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How servers are spoken to, by environment variables.

#include <string>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/web/url.hpp"

namespace sweepnet::storage {

struct http_options {
  long stall_seconds = 30;   ///< a transfer that is slower than slowest_rate so long is cut
  long slowest_rate = 1024;  ///< bytes a second
  std::string ca_file{};     ///< certificates to trust; empty: libcurl's own
  std::string ca_directory{};
  bool downgrades = false;  ///< follow redirects from https to http, too
};

/// As the AWS CLI, curl and OpenSSL name the certificates; SWEEPNET_STALL_SECONDS for slow lines;
/// SWEEPNET_ALLOW_PLAIN_HTTP.
[[nodiscard]] inline http_options make_http_options(const environment_map& environment) {
  http_options options;
  for (const char* name : {"AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
    if (options.ca_file.empty()) options.ca_file = variable_or_empty(environment, name);
  }
  options.ca_directory = variable_or_empty(environment, "SSL_CERT_DIR");
  options.downgrades = allows_plain_http(environment);
  if (const std::string text = variable_or_empty(environment, "SWEEPNET_STALL_SECONDS");
      !text.empty()) {
    const auto seconds = parse_number<long>(text);
    if (!seconds || *seconds < 1) {
      throw configuration_error("SWEEPNET_STALL_SECONDS must be an integer from 1, got '" + text +
                                "'");
    }
    options.stall_seconds = *seconds;
  }
  return options;
}

}  // namespace sweepnet::storage
