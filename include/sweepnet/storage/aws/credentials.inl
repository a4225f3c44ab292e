// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(SWEEPNET_HAS_S3)  // else a unit of nothing

#include "sweepnet/storage/aws/credentials.hpp"

#include <chrono>
#include <map>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/storage/aws/profile.hpp"
#include "sweepnet/storage/aws/s3_endpoint.hpp"
#include "sweepnet/storage/aws/xml.hpp"
#include "sweepnet/storage/local.hpp"
#include "sweepnet/storage/web/url.hpp"

namespace sweepnet::storage {

SWEEPNET_INLINE std::string sts_endpoint(const environment_map& environment) {
  for (const char* name : {"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"}) {
    const std::string url = variable_or_empty(environment, name);
    if (!url.empty()) return checked_endpoint(url, name, environment);
  }
  const std::string region = region_of(environment, load_aws_profile(environment));
  return region.empty() ? "https://sts.amazonaws.com"
                        : fmt::format("https://sts.{}.{}", region, aws_domain(region));
}

SWEEPNET_INLINE credential_chain::credential_chain(environment_map environment, retry_policy local)
    : environment_(std::move(environment)),
      http_({.stall_seconds = 5, .slowest_rate = 1}),
      sts_http_(make_http_options(environment_)),
      retry_(make_retry_policy(environment_)),
      local_retry_(local) {}

SWEEPNET_INLINE aws_keys credential_chain::get() {
  const std::lock_guard lock(mutex_);
  const time_point now = std::chrono::system_clock::now();
  constexpr std::chrono::minutes ahead(15);
  constexpr std::chrono::minutes between(1);
  const bool due = !found_ || (found_->expiration && now + ahead >= *found_->expiration);
  const bool good = found_ && (!found_->expiration || now < *found_->expiration);
  if (!due || (good && now < next_renewal_)) return found_->keys;
  try {
    found_ = find();
    source_ = found_->source;
  } catch (const error&) {
    if (!good) throw;
    next_renewal_ = now + between;
  }
  return found_->keys;
}

SWEEPNET_INLINE void credential_chain::discard() {
  const std::lock_guard lock(mutex_);
  found_.reset();
  next_renewal_ = {};
}

SWEEPNET_INLINE std::string credential_chain::source() {
  (void)get();
  const std::lock_guard lock(mutex_);
  return found_ ? found_->source : "";
}

SWEEPNET_INLINE aws_credentials credential_chain::find() const {
  if (auto keys = from_environment()) return *keys;
  if (auto keys = from_web_identity(variable("AWS_WEB_IDENTITY_TOKEN_FILE"),
                                    variable("AWS_ROLE_ARN"), variable("AWS_ROLE_SESSION_NAME"))) {
    return *keys;
  }
  if (auto keys = from_profile()) return *keys;
  if (auto keys = from_container()) return *keys;
  if (auto keys = from_instance()) return *keys;
  throw configuration_error(
      "no AWS credentials: looked at AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE, the profile "
      "files, AWS_CONTAINER_CREDENTIALS_*_URI and EC2's metadata service");
}

SWEEPNET_INLINE credential_chain::optional_credentials credential_chain::from_environment() const {
  const std::string id = variable("AWS_ACCESS_KEY_ID");
  const std::string secret = variable("AWS_SECRET_ACCESS_KEY");
  if (id.empty() && secret.empty()) return std::nullopt;
  if (id.empty() || secret.empty()) {
    throw configuration_error(
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must both be set or both unset");
  }
  return aws_credentials{.keys = {id, secret, variable("AWS_SESSION_TOKEN")},
                         .source = "environment"};
}

SWEEPNET_INLINE credential_chain::optional_credentials credential_chain::from_web_identity(
    const std::string& token_file, const std::string& role, std::string session) const {
  if (token_file.empty()) return std::nullopt;
  if (role.empty()) {
    throw configuration_error("AWS_WEB_IDENTITY_TOKEN_FILE needs AWS_ROLE_ARN beside it");
  }
  if (session.empty()) session = "sweepnet";
  const std::string endpoint = sts_endpoint(environment_);
  const std::string body = canonical_query({{"Action", "AssumeRoleWithWebIdentity"},
                                            {"Version", "2011-06-15"},
                                            {"RoleArn", role},
                                            {"RoleSessionName", session},
                                            {"WebIdentityToken", first_line(token_file)}});
  const http_response response =
      *ask_for_credentials(sts_http_,
                           {.method = "POST",
                            .url = endpoint + "/",
                            .headers = {{"content-type", "application/x-www-form-urlencoded"}},
                            .body = body},
                           "AssumeRoleWithWebIdentity", retry_);
  aws_credentials found{
      .keys = {xml_text(response.body, "AccessKeyId"), xml_text(response.body, "SecretAccessKey"),
               xml_text(response.body, "SessionToken")},
      .expiration = parse_iso_time(xml_text(response.body, "Expiration")),
      .source = "web identity"};
  if (found.keys.session_token.empty() || !found.expiration) {
    throw configuration_error(
        "AssumeRoleWithWebIdentity answered without SessionToken and Expiration");
  }
  return checked_credentials(std::move(found), xml_text(response.body, "Code"));
}

SWEEPNET_INLINE credential_chain::optional_credentials credential_chain::from_profile() const {
  const aws_profile profile = load_aws_profile(environment_);
  const auto value = [&](const char* name) {
    const auto entry = profile.find(name);
    return entry == profile.end() ? std::string() : entry->second;
  };
  if (!value("aws_access_key_id").empty()) {
    if (value("aws_secret_access_key").empty()) {
      throw configuration_error(
          "the AWS profile has aws_access_key_id, but no aws_secret_access_key");
    }
    return aws_credentials{.keys = {value("aws_access_key_id"), value("aws_secret_access_key"),
                                    value("aws_session_token")},
                           .source = "profile"};
  }
  if (!value("web_identity_token_file").empty()) {
    return from_web_identity(value("web_identity_token_file"), value("role_arn"),
                             value("role_session_name"));
  }
  for (const char* other : {"role_arn", "sso_session", "sso_start_url", "credential_process"}) {
    if (value(other).empty()) continue;
    throw configuration_error(fmt::format(
        "the AWS profile uses {}, which sweepnet does not: put its keys into the environment "
        "(aws configure export-credentials --format env)",
        other));
  }
  return std::nullopt;
}

SWEEPNET_INLINE credential_chain::optional_credentials credential_chain::from_container() const {
  const std::string relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const std::string full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (relative.empty() && full.empty()) return std::nullopt;
  const std::string url = relative.empty() ? full : "http://169.254.170.2" + relative;
  const auto parts = parse_url(url);
  if (!parts || parts->has_user) {
    throw configuration_error(fmt::format("AWS_CONTAINER_CREDENTIALS_{}_URI is no URL",
                                          relative.empty() ? "FULL" : "RELATIVE"));
  }
  require_private(*parts, "AWS_CONTAINER_CREDENTIALS_FULL_URI: the container's credentials",
                  environment_, {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"});
  http_request request{.url = url, .direct = true, .connect_seconds = 2};
  std::string token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (const std::string file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty()) {
    token = first_line(file);
  }
  if (token.find_first_of("\r\n") != token.npos) {
    throw configuration_error("AWS_CONTAINER_AUTHORIZATION_TOKEN holds a line break");
  }
  if (!token.empty()) request.headers["authorization"] = token;
  return credentials_in(
      *ask_for_credentials(http_, request, "the container's credential endpoint", local_retry_),
      "container");
}

SWEEPNET_INLINE credential_chain::optional_credentials credential_chain::from_instance() const {
  if (lowercase(variable("AWS_EC2_METADATA_DISABLED")) == "true") return std::nullopt;
  std::string endpoint = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (endpoint.empty()) {
    endpoint = lowercase(variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")) == "ipv6"
                   ? "http://[fd00:ec2::254]"
                   : "http://169.254.169.254";
  }
  endpoint = checked_endpoint(endpoint, "AWS_EC2_METADATA_SERVICE_ENDPOINT", environment_,
                              {"169.254.169.254", "[fd00:ec2::254]"});
  const auto ask_metadata = [&](const std::string& method, const std::string& path,
                                std::map<std::string, std::string> headers, nothing_if when) {
    return ask_for_credentials(http_,
                               {.method = method,
                                .url = endpoint + "/latest/" + path,
                                .headers = std::move(headers),
                                .direct = true,
                                .connect_seconds = 1},
                               "EC2's metadata service", local_retry_, when);
  };
  constexpr const char* name = "instance metadata";
  const bool known = source_ == name;
  const auto token =
      ask_metadata("PUT", "api/token", {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}},
                   known ? nothing_if::never : nothing_if::unreachable);
  if (!token) return std::nullopt;  // this is no EC2 instance
  const std::map<std::string, std::string> key{{"x-aws-ec2-metadata-token", token->body}};
  const std::string roles = "meta-data/iam/security-credentials/";
  const auto role =
      ask_metadata("GET", roles, key, known ? nothing_if::never : nothing_if::refused);
  if (!role) return std::nullopt;  // an instance without a role
  const std::string of(detail::stripped(role->body.substr(0, role->body.find('\n'))));
  return credentials_in(
      *ask_metadata("GET", roles + percent_encode(of, "/"), key, nothing_if::never), name);
}

SWEEPNET_INLINE std::string credential_chain::first_line(const std::string& path) {
  const std::string content = read_text(path, {.bytes = longest_metadata});
  return std::string(detail::stripped(content.substr(0, content.find('\n'))));
}

}  // namespace sweepnet::storage

#endif
