// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where AWS' keys come from: environment, web identity, profile files, container, EC2's metadata
// service, in botocore's order. Nothing here prints or keeps a secret in a message.

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/storage/aws/credential_service.hpp"
#include "sweepnet/storage/aws/profile.hpp"
#include "sweepnet/storage/aws/s3_endpoint.hpp"
#include "sweepnet/storage/aws/sigv4.hpp"
#include "sweepnet/storage/aws/xml.hpp"
#include "sweepnet/storage/local.hpp"
#include "sweepnet/storage/web/http.hpp"
#include "sweepnet/storage/web/retry.hpp"
#include "sweepnet/storage/web/url.hpp"

namespace sweepnet::storage {

/// STS' host: AWS_ENDPOINT_URL_STS before AWS_ENDPOINT_URL before the region's. Throws
/// configuration_error.
[[nodiscard]] inline std::string sts_endpoint(const environment_map& environment) {
  for (const char* name : {"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"}) {
    const std::string url = variable_or_empty(environment, name);
    if (!url.empty()) return checked_endpoint(url, name, environment);
  }
  const std::string region = region_of(environment, load_aws_profile(environment));
  return region.empty() ? "https://sts.amazonaws.com"
                        : fmt::format("https://sts.{}.{}", region, aws_domain(region));
}

/// Finds credentials and keeps them until shortly before they expire. Safe to use from any thread.
class credential_chain {
 public:
  explicit credential_chain(environment_map environment)
      : credential_chain(std::move(environment), {.attempts = 3}) {}
  /// `local` is how the services on this machine are asked again.
  credential_chain(environment_map environment, retry_policy local)
      : environment_(std::move(environment)),
        http_({.stall_seconds = 5, .slowest_rate = 1}),
        sts_http_(make_http_options(environment_)),
        retry_(make_retry_policy(environment_)),
        local_retry_(local) {}

  /// Throws configuration_error, saying where it looked, if there are none or a source that is set
  /// up does not give any; service_unavailable if a service that should give them does not answer.
  /// While the keys at hand have not expired, a failure to renew them is no error: it is tried
  /// again a minute later.
  [[nodiscard]] aws_keys get() {
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

  /// Forgets them: the service said that they have expired.
  void discard() {
    const std::lock_guard lock(mutex_);
    found_.reset();
    next_renewal_ = {};
  }

  /// Whence the keys in use came.
  [[nodiscard]] std::string source() {
    (void)get();
    const std::lock_guard lock(mutex_);
    return found_ ? found_->source : "";
  }

 private:
  using optional_credentials = std::optional<aws_credentials>;

  [[nodiscard]] std::string variable(const char* name) const {
    return variable_or_empty(environment_, name);
  }

  aws_credentials find() const {
    if (auto keys = from_environment()) return *keys;
    if (auto keys =
            from_web_identity(variable("AWS_WEB_IDENTITY_TOKEN_FILE"), variable("AWS_ROLE_ARN"),
                              variable("AWS_ROLE_SESSION_NAME"))) {
      return *keys;
    }
    if (auto keys = from_profile()) return *keys;
    if (auto keys = from_container()) return *keys;
    if (auto keys = from_instance()) return *keys;
    throw configuration_error(
        "no AWS credentials: looked at AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE, the profile "
        "files, AWS_CONTAINER_CREDENTIALS_*_URI and EC2's metadata service");
  }

  optional_credentials from_environment() const {
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

  /// STS' AssumeRoleWithWebIdentity, as on EKS.
  optional_credentials from_web_identity(const std::string& token_file, const std::string& role,
                                         std::string session) const {
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

  optional_credentials from_profile() const {
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

  /// The endpoint that ECS, Batch and EKS Pod Identity give a container.
  optional_credentials from_container() const {
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
    if (const std::string file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        !file.empty()) {
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

  /// EC2's metadata service, version 2: first a token, then role and keys. Nothing where no such
  /// service answers, unless it has answered before.
  optional_credentials from_instance() const {
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

  static std::string first_line(const std::string& path) {
    const std::string content = read_text(path);
    return std::string(detail::stripped(content.substr(0, content.find('\n'))));
  }

  environment_map environment_;
  http_client http_;      ///< to services on this machine
  http_client sts_http_;  ///< to others
  retry_policy retry_;
  retry_policy local_retry_;
  std::mutex mutex_;
  optional_credentials found_;
  std::string source_;         ///< whence the last ones came
  time_point next_renewal_{};  ///< not before, while the keys at hand are good
};

}  // namespace sweepnet::storage
