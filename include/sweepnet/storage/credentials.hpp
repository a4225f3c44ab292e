// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where AWS' keys come from: environment, web identity, profile files, container, EC2's metadata
// service, in botocore's order. Nothing here prints or keeps a secret in a message.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <chrono>
#include <ctime>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/storage/aws_profile.hpp"
#include "sweepnet/storage/http.hpp"
#include "sweepnet/storage/local.hpp"
#include "sweepnet/storage/retry.hpp"
#include "sweepnet/storage/sigv4.hpp"
#include "sweepnet/storage/xml.hpp"

namespace sweepnet::storage {

struct aws_credentials {
  aws_keys keys;
  std::optional<time_point> expiration{};
  std::string source{};  ///< for people
};

/// 2026-11-23T12:00:00Z, with or without a fraction. Nothing if it is none.
[[nodiscard]] inline std::optional<time_point> parse_iso_time(const std::string& text) {
  std::tm utc{};
  const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
  if (end == nullptr) return std::nullopt;
  return std::chrono::system_clock::from_time_t(::timegm(&utc));
}

/// Finds credentials and keeps them until shortly before they expire. Safe to use from any thread.
class credential_chain {
 public:
  explicit credential_chain(environment_map environment)
      : environment_(std::move(environment)),
        http_({.stall_seconds = 5, .slowest_rate = 1}),
        sts_http_(make_http_options(environment_)),
        retry_(make_retry_policy(environment_)) {}

  /// Throws configuration_error, saying where it looked, if there are none or a source that is set
  /// up does not give any; service_unavailable if a service that should give them does not answer.
  [[nodiscard]] aws_keys get() {
    const std::lock_guard lock(mutex_);
    constexpr std::chrono::minutes ahead(15);
    if (!found_ ||
        (found_->expiration && std::chrono::system_clock::now() + ahead >= *found_->expiration)) {
      try {
        found_ = find();
      } catch (const service_unavailable&) {
        // What is at hand serves until it really expires.
        if (!found_ || std::chrono::system_clock::now() >= *found_->expiration) throw;
      }
    }
    return found_->keys;
  }

  /// Forgets them: the service said that they have expired.
  void discard() {
    const std::lock_guard lock(mutex_);
    found_.reset();
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
    std::string endpoint = variable("AWS_ENDPOINT_URL_STS");
    if (endpoint.empty()) endpoint = variable("AWS_ENDPOINT_URL");
    std::string region = variable("AWS_REGION");
    if (region.empty()) region = variable("AWS_DEFAULT_REGION");
    if (endpoint.empty()) {
      endpoint = region.empty() ? "https://sts.amazonaws.com"
                                : fmt::format("https://sts.{}.amazonaws.com", region);
    }
    const std::string body = canonical_query({{"Action", "AssumeRoleWithWebIdentity"},
                                              {"Version", "2011-06-15"},
                                              {"RoleArn", role},
                                              {"RoleSessionName", session},
                                              {"WebIdentityToken", first_line(token_file)}});
    const http_response response =
        ask(sts_http_,
            {.method = "POST",
             .url = endpoint + "/",
             .headers = {{"content-type", "application/x-www-form-urlencoded"}},
             .body = body},
            "AssumeRoleWithWebIdentity", retry_);
    return aws_credentials{
        .keys = {xml_text(response.body, "AccessKeyId"), xml_text(response.body, "SecretAccessKey"),
                 xml_text(response.body, "SessionToken")},
        .expiration = parse_iso_time(xml_text(response.body, "Expiration")),
        .source = "web identity"};
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
    http_request request{.url = relative.empty() ? full : "http://169.254.170.2" + relative,
                         .direct = true,
                         .connect_seconds = 2};
    if (relative.empty()) require_trusted(full);
    std::string token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (const std::string file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        !file.empty()) {
      token = first_line(file);
    }
    if (token.find_first_of("\r\n") != token.npos) {
      throw configuration_error("AWS_CONTAINER_AUTHORIZATION_TOKEN holds a line break");
    }
    if (!token.empty()) request.headers["authorization"] = token;
    return from_json(ask(http_, request, "the container's credential endpoint", local_retry),
                     "container");
  }

  /// Plain http only where no other machine listens in.
  static void require_trusted(const std::string& url) {
    if (lowercase(url).starts_with("https://")) return;
    const std::string prefix = "http://";
    const std::size_t end = url.find_first_of("/?#", prefix.size());
    std::string host = url.substr(std::min(prefix.size(), url.size()), end - prefix.size());
    host =
        host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
    for (const char* trusted :
         {"localhost", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "[::1]"}) {
      if (host == trusted) return;
    }
    if (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos) return;
    throw configuration_error(fmt::format(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI: plain http is allowed only to loopback and AWS' own "
        "addresses, got the host '{}'",
        host));
  }

  /// EC2's metadata service, version 2: first a token, then role and keys. Nothing where no such
  /// service answers.
  optional_credentials from_instance() const {
    if (lowercase(variable("AWS_EC2_METADATA_DISABLED")) == "true") return std::nullopt;
    std::string endpoint = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    if (endpoint.empty()) {
      endpoint = lowercase(variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")) == "ipv6"
                     ? "http://[fd00:ec2::254]"
                     : "http://169.254.169.254";
    }
    while (endpoint.ends_with('/')) endpoint.pop_back();
    const auto metadata = [&](const std::string& method, const std::string& path,
                              std::map<std::string, std::string> headers) {
      return http_request{.method = method,
                          .url = endpoint + "/latest/" + path,
                          .headers = std::move(headers),
                          .direct = true,
                          .connect_seconds = 1};
    };
    const std::string roles = "meta-data/iam/security-credentials/";
    http_response role;
    std::map<std::string, std::string> key;
    try {
      const http_response token = http_.send(
          metadata("PUT", "api/token", {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}}));
      if (!token.ok()) return std::nullopt;
      key = {{"x-aws-ec2-metadata-token", token.body}};
      role = http_.send(metadata("GET", roles, key));
    } catch (const transport_error&) {
      return std::nullopt;  // this is no EC2 instance
    }
    if (!role.ok()) return std::nullopt;  // an instance without a role
    const std::string name(detail::stripped(role.body.substr(0, role.body.find('\n'))));
    return from_json(ask(http_, metadata("GET", roles + percent_encode(name, "/"), key),
                         "EC2's metadata service", local_retry),
                     "instance metadata");
  }

  /// {"AccessKeyId": ..., "SecretAccessKey": ..., "Token": ..., "Expiration": ...}
  static aws_credentials from_json(const http_response& response, const char* source) {
    const nlohmann::json answer = nlohmann::json::parse(response.body, nullptr, false);
    const auto text = [&](const char* name) {
      const bool there = answer.is_object() && answer.contains(name) && answer[name].is_string();
      return there ? answer[name].get<std::string>() : std::string();
    };
    aws_credentials found{.keys = {text("AccessKeyId"), text("SecretAccessKey"), text("Token")},
                          .expiration = parse_iso_time(text("Expiration")),
                          .source = source};
    if (found.keys.id.empty() || found.keys.secret.empty()) {
      throw configuration_error(fmt::format(
          "the AWS credential source '{}' answered without AccessKeyId and SecretAccessKey{}",
          source, text("Code").empty() ? "" : ": " + text("Code")));
    }
    return found;
  }

  static std::string first_line(const std::string& path) {
    const std::string content = read_text(path);
    return std::string(detail::stripped(content.substr(0, content.find('\n'))));
  }

  /// A successful response, tried again where that may help.
  static http_response ask(const http_client& http, const http_request& request, const char* what,
                           const retry_policy& policy) {
    for (int attempt = 1;; ++attempt) {
      std::string reason;
      bool worth_a_retry = true;
      try {
        http_response response = http.send(request);
        if (response.ok()) return response;
        worth_a_retry = response.status >= 500 || response.status == 429;
        const std::string code = xml_text(response.body, "Code");
        reason = fmt::format("{}{}{}", response.status, code.empty() ? "" : " ", code);
      } catch (const transport_error& e) {
        reason = e.what();
        worth_a_retry = e.worth_a_retry();
      }
      const std::string message = fmt::format("no AWS credentials from {}: {}", what, reason);
      if (!worth_a_retry) throw configuration_error(message);
      if (attempt >= policy.attempts) throw service_unavailable(message);
      pause(policy, attempt);
    }
  }

  static constexpr retry_policy local_retry{.attempts = 3};

  environment_map environment_;
  http_client http_;      ///< to services on this machine
  http_client sts_http_;  ///< to others
  retry_policy retry_;
  std::mutex mutex_;
  optional_credentials found_;
};

}  // namespace sweepnet::storage
