// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which host answers for a bucket, and how its objects are addressed there.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/storage/aws/profile.hpp"
#include "sweepnet/storage/aws/s3_names.hpp"
#include "sweepnet/storage/web/url.hpp"

namespace sweepnet::storage {

struct s3_settings {
  std::string endpoint{};  ///< https://host[:port][/path]; empty: AWS
  std::string region = "us-east-1";
  std::string addressing{};  ///< "path", "virtual", or empty: path for an endpoint, else virtual
};

/// The domain of AWS' hosts in a region, by botocore's table of partitions. Throws
/// configuration_error for what cannot be a region's name, and so might be a host's.
[[nodiscard]] inline std::string_view aws_domain(std::string_view region) {
  require_region(region);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> partitions{
      {{"cn-", "amazonaws.com.cn"},
       {"us-iso-", "c2s.ic.gov"},
       {"us-isob-", "sc2s.sgov.gov"},
       {"us-isof-", "csp.hci.ic.gov"},
       {"eu-isoe-", "cloud.adc-e.uk"},
       {"eusc-", "amazonaws.eu"}}};
  const auto found = std::ranges::find_if(
      partitions, [&](const auto& each) { return region.starts_with(each.first); });
  return found == partitions.end() ? "amazonaws.com" : found->second;
}

/// AWS_REGION before AWS_DEFAULT_REGION before the profile's region; empty if none is set.
[[nodiscard]] inline std::string region_of(const environment_map& environment,
                                           const aws_profile& profile) {
  const auto entry = profile.find("region");
  for (const std::string& region : {variable_or_empty(environment, "AWS_REGION"),
                                    variable_or_empty(environment, "AWS_DEFAULT_REGION"),
                                    entry == profile.end() ? std::string() : entry->second}) {
    if (region.empty()) continue;
    (void)aws_domain(region);
    return region;
  }
  return "";
}

/// AWS_ENDPOINT_URL_S3 before AWS_ENDPOINT_URL before the profile's endpoint_url; the region as
/// above; the profile's s3.addressing_style. Throws configuration_error for an endpoint that is
/// none, or that others could listen to.
[[nodiscard]] inline s3_settings make_s3_settings(const environment_map& environment) {
  const aws_profile profile = load_aws_profile(environment);
  const auto value = [&](const char* key) {
    const auto entry = profile.find(key);
    return entry == profile.end() ? std::string() : entry->second;
  };
  s3_settings settings{.addressing = value("s3.addressing_style")};
  for (const std::string& endpoint :
       {variable_or_empty(environment, "AWS_ENDPOINT_URL_S3"),
        variable_or_empty(environment, "AWS_ENDPOINT_URL"), value("endpoint_url")}) {
    if (settings.endpoint.empty()) settings.endpoint = endpoint;
  }
  if (!settings.endpoint.empty()) {
    settings.endpoint = checked_endpoint(settings.endpoint, "the S3 endpoint", environment);
  }
  if (const std::string region = region_of(environment, profile); !region.empty()) {
    settings.region = region;
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
  if (endpoint.empty()) endpoint = fmt::format("https://s3.{}.{}", region, aws_domain(region));
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
