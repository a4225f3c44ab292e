// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which host answers for a bucket, and how its objects are addressed there.

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/storage/aws_profile.hpp"
#include "sweepnet/storage/s3_names.hpp"

namespace sweepnet::storage {

struct s3_settings {
  std::string endpoint{};  ///< https://host[:port][/path]; empty: AWS
  std::string region = "us-east-1";
  std::string addressing{};  ///< "path", "virtual", or empty: path for an endpoint, else virtual
};

/// AWS_ENDPOINT_URL_S3 before AWS_ENDPOINT_URL before the profile's endpoint_url; AWS_REGION before
/// AWS_DEFAULT_REGION before the profile's region; the profile's s3.addressing_style.
[[nodiscard]] inline s3_settings make_s3_settings(const environment_map& environment) {
  const aws_profile profile = load_aws_profile(environment);
  const auto first = [&](const char* variable, const char* other, const char* key) {
    std::string value = variable_or_empty(environment, variable);
    if (value.empty()) value = variable_or_empty(environment, other);
    const auto entry = profile.find(key);
    if (value.empty() && entry != profile.end()) value = entry->second;
    return value;
  };
  s3_settings settings{.endpoint = first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "endpoint_url"),
                       .addressing = first("", "", "s3.addressing_style")};
  if (const std::string region = first("AWS_REGION", "AWS_DEFAULT_REGION", "region");
      !region.empty()) {
    settings.region = region;
  }
  if (!settings.endpoint.empty() && !settings.endpoint.starts_with("http://") &&
      !settings.endpoint.starts_with("https://")) {
    throw configuration_error(fmt::format(
        "the S3 endpoint must begin with https:// or http://, got '{}'", settings.endpoint));
  }
  return settings;
}

/// A bucket's place: the object KEY is at `origin` + `path` + KEY.
struct s3_address {
  std::string origin;  ///< https://host[:port]
  std::string host;    ///< host[:port]
  std::string path;    ///< "/" or "/bucket/", raw
};

/// Throws configuration_error for what is no region's name, whoever gave it: it leads elsewhere.
[[nodiscard]] inline s3_address address_of(const s3_settings& settings, const std::string& bucket,
                                           const std::string& region) {
  require_region(region);
  std::string endpoint = settings.endpoint;
  if (endpoint.empty()) {
    endpoint = fmt::format("https://s3.{}.amazonaws.com{}", region,
                           region.starts_with("cn-") ? ".cn" : "");
  }
  while (endpoint.ends_with('/')) endpoint.pop_back();
  const std::size_t host_start = endpoint.find("://") + 3;
  const std::size_t path_start = std::min(endpoint.find('/', host_start), endpoint.size());
  s3_address address{.origin = endpoint.substr(0, host_start),
                     .host = endpoint.substr(host_start, path_start - host_start),
                     .path = endpoint.substr(path_start) + "/"};
  // AWS' certificates are for *.s3.REGION..., where the star stands for no dot.
  const bool in_path = settings.addressing == "path" ||
                       (settings.addressing != "virtual" && !settings.endpoint.empty()) ||
                       bucket.find('.') != bucket.npos;
  if (in_path) {
    address.path += bucket + "/";
  } else {
    address.host = bucket + "." + address.host;
  }
  address.origin += address.host;
  return address;
}

}  // namespace sweepnet::storage
