// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// AWS Signature Version 4: a pure function of request, credentials and time.
//
// Source: AWS General Reference, "Create a signed AWS API request". As S3 wants it: the path is
// encoded once and never normalised.

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/aws/sha256.hpp"
#include "sweepnet/storage/location.hpp"

namespace sweepnet::storage {

using time_point = std::chrono::system_clock::time_point;

/// A time that a server tells, in seconds since 1970; one that the clock cannot hold (in
/// nanoseconds the years 1677 to 2262) becomes its last or first.
[[nodiscard]] inline time_point time_of(std::time_t seconds) {
  using std::chrono::floor;
  constexpr std::time_t last =
      floor<std::chrono::seconds>(time_point::max().time_since_epoch()).count();
  return std::chrono::system_clock::from_time_t(std::clamp(seconds, -last, last));
}

struct aws_keys {
  std::string id;
  std::string secret;
  std::string session_token{};  ///< empty for long-lived keys
};

/// What of a request is signed. Path and query are raw, not encoded; header names are lower case
/// and include host.
struct signable_request {
  std::string method = "GET";
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> query{};
  std::map<std::string, std::string> headers{};
  std::string payload_sha256{};
};

/// 20150830T123600Z
[[nodiscard]] inline std::string amz_date(time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

/// The query as it is sent and signed: encoded, sorted, each name with its '='.
[[nodiscard]] inline std::string canonical_query(
    const std::vector<std::pair<std::string, std::string>>& query) {
  std::vector<std::pair<std::string, std::string>> encoded;
  for (const auto& [name, value] : query) {
    encoded.emplace_back(percent_encode(name), percent_encode(value));
  }
  std::ranges::sort(encoded);
  std::vector<std::string> pairs;
  for (const auto& [name, value] : encoded) pairs.push_back(name + "=" + value);
  return join_text(pairs, "&");
}

namespace detail {

/// Without spaces at its ends, and with single ones within.
inline std::string trimmed(std::string_view value) {
  std::string result;
  for (const char c : value) {
    if (c != ' ' || (!result.empty() && result.back() != ' ')) result += c;
  }
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

}  // namespace detail

/// The value of the Authorization header. The request's headers are those to sign: host and
/// x-amz-date at least.
[[nodiscard]] inline std::string authorization(const signable_request& request,
                                               const aws_keys& keys, const std::string& region,
                                               const std::string& service, time_point time) {
  // canonical request = method \n path \n query \n headers \n signed header names \n SHA-256(body)
  std::string headers;
  std::vector<std::string_view> names;
  for (const auto& [name, value] : request.headers) {
    headers += name + ":" + detail::trimmed(value) + "\n";
    names.push_back(name);
  }
  const std::string signed_names = join_text(names, ";");
  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, percent_encode(request.path, "/"),
                  canonical_query(request.query), headers, signed_names, request.payload_sha256);

  // string to sign = algorithm \n time \n scope \n SHA-256(canonical request)
  const std::string now = amz_date(time);
  const std::string day = now.substr(0, 8);
  const std::string scope = fmt::format("{}/{}/{}/aws4_request", day, region, service);
  const std::string to_sign =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", now, scope, sha256(canonical));

  // key = HMAC(HMAC(HMAC(HMAC("AWS4" + secret, day), region), service), "aws4_request")
  std::string key = "AWS4" + keys.secret;
  for (const std::string& part : {day, region, service, std::string("aws4_request")}) {
    key = hmac_sha256(key, part);
  }
  return fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}", keys.id,
                     scope, signed_names, hexadecimal(hmac_sha256(key, to_sign)));
}

}  // namespace sweepnet::storage
