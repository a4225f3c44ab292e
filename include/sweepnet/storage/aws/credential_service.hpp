// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Asking a service for AWS' keys, and what it answers.

#include <nlohmann/json.hpp>

#include <chrono>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/storage/aws/sigv4.hpp"
#include "sweepnet/storage/aws/xml.hpp"
#include "sweepnet/storage/read_limit.hpp"
#include "sweepnet/storage/web/http.hpp"
#include "sweepnet/storage/web/retry.hpp"

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
  return time_of(::timegm(&utc));
}

/// What was found, if it holds keys; others would be kept for good. Throws configuration_error with
/// the service's own `code`.
[[nodiscard]] inline aws_credentials checked_credentials(aws_credentials found,
                                                         const std::string& code) {
  if (found.keys.id.empty() || found.keys.secret.empty()) {
    throw configuration_error(fmt::format(
        "the AWS credential source '{}' answered without AccessKeyId and SecretAccessKey{}",
        found.source, code.empty() ? "" : ": " + code));
  }
  return found;
}

/// Those in a service's answer, {"AccessKeyId": ..., "SecretAccessKey": ..., "Token": ...,
/// "Expiration": ...}. Throws configuration_error.
[[nodiscard]] inline aws_credentials credentials_in(const http_response& response,
                                                    const char* source) {
  const nlohmann::json answer = nlohmann::json::parse(response.body, nullptr, false);
  const auto text = [&](const char* name) {
    const bool there = answer.is_object() && answer.contains(name) && answer[name].is_string();
    return there ? answer[name].get<std::string>() : std::string();
  };
  aws_credentials found{.keys = {text("AccessKeyId"), text("SecretAccessKey"), text("Token")},
                        .expiration = parse_iso_time(text("Expiration")),
                        .source = source};
  return checked_credentials(std::move(found), text("Code"));
}

/// When ask_for_credentials() gives nothing instead of an error.
enum class nothing_if {
  never,
  refused,      ///< the service has nothing to give
  unreachable,  ///< that, or no such service is here
};

/// A successful response, tried again where that may help.
inline std::optional<http_response> ask_for_credentials(const http_client& http,
                                                        http_request request, const char* what,
                                                        const retry_policy& policy,
                                                        nothing_if when = nothing_if::never) {
  request.most_kept = longest_metadata;
  std::string reason;
  for (int attempt = 1;; ++attempt) {
    bool worth_a_retry = true;
    try {
      http_response response = http.send(request);
      if (response.ok()) return response;
      const std::string code = xml_text(response.body, "Code");
      worth_a_retry =
          response.status >= 500 || response.status == 429 || code == "IDPCommunicationError";
      if (when != nothing_if::never && !worth_a_retry) return std::nullopt;
      reason = fmt::format("{}{}{}", response.status, code.empty() ? "" : " ", code);
    } catch (const transport_error& e) {
      if (when == nothing_if::unreachable && e.why() != transport_error::cause::impatient)
        return std::nullopt;
      reason = e.after(reason);
      worth_a_retry = e.why() == transport_error::cause::passing ||
                      e.why() == transport_error::cause::impatient;
    }
    const std::string message = fmt::format("no AWS credentials from {}: {}", what, reason);
    if (!worth_a_retry) throw configuration_error(message);
    if (!wait_for_retry(policy, attempt)) {
      throw service_unavailable(message + after_attempts(attempt));
    }
  }
}

}  // namespace sweepnet::storage
