// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One request to S3, signed and tried again until it is answered, or an error that names bucket,
// key, status and request id.

#include <curl/curl.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/storage/aws/credentials.hpp"
#include "sweepnet/storage/aws/s3_endpoint.hpp"
#include "sweepnet/storage/aws/sigv4.hpp"
#include "sweepnet/storage/aws/xml.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/web/http.hpp"
#include "sweepnet/storage/web/retry.hpp"

namespace sweepnet::storage {

struct s3_call {
  enum class aim { read, write };

  const location& where;  ///< for messages; its bucket is asked
  aim to = aim::read;
  std::string method = "GET";
  std::string key{};
  std::vector<std::pair<std::string, std::string>> query{};
  std::map<std::string, std::string> headers{};
  std::string_view body{};
  http_client::sink take{};
  std::function<void(std::map<std::string, std::string>&)> prepare{};  ///< before each attempt
  /// Statuses beside 2xx that are answers; NoSuchBucket never is.
  std::vector<long> expected{};
  int* attempts = nullptr;  ///< counts on from here, where several calls share the attempts
};

/// A call about the object at `where`, which must outlive it, by who writes it.
[[nodiscard]] inline s3_call writing_call(const location& where, std::string method) {
  return {.where = where, .to = s3_call::aim::write, .method = std::move(method), .key = where.key};
}

/// Speaks with S3 or what speaks like it. Safe to use from any thread.
class s3_connection {
 public:
  explicit s3_connection(const environment_map& environment)
      : s3_connection(environment, make_retry_policy(environment)) {}
  s3_connection(const environment_map& environment, retry_policy retry)
      : settings_(make_s3_settings(environment)),
        http_(make_http_options(environment)),
        credentials_(environment),
        retry_(retry) {}

  [[nodiscard]] const retry_policy& retry() const { return retry_; }
  /// Whether AWS itself answers, which keeps to all of S3's rules.
  [[nodiscard]] bool is_aws() const { return settings_.endpoint.empty(); }

  /// The answer, of a status that is 2xx or expected. Throws input_missing or cannot_create for
  /// what is not there, configuration_error for what is not allowed, service_unavailable where
  /// S3 cannot be had, io_error for the rest.
  http_response perform(const s3_call& call) {
    int redirects = 0;
    int own_attempts = 0;
    int& attempt = call.attempts == nullptr ? own_attempts : *call.attempts;
    std::string failure;
    for (++attempt;; ++attempt) {
      try {
        http_response response = send(call);
        // Completing a large upload may begin with 200 and end in an error.
        const std::string code = xml_text(response.body, "Code");
        const bool failed_late = call.method == "POST" && response.ok() &&
                                 response.body.find("<Error") != response.body.npos;
        if ((response.ok() && !failed_late) ||
            (std::ranges::count(call.expected, response.status) > 0 && code != "NoSuchBucket")) {
          return response;
        }
        if (redirected(call.where.bucket, response) && ++redirects <= 3) {
          --attempt;  // the next one goes to the right region
          continue;
        }
        failure = describe(response, code);
        if (!worth_a_retry(response, code, failed_late)) fail(call, response.status, code, failure);
        if (code == "RequestTimeTooSkewed") adjust_clock(response);
        if (code.starts_with("ExpiredToken") || code == "TokenRefreshRequired")
          credentials_.discard();
      } catch (const transport_error& e) {
        failure = e.after(failure);
        e.throw_if_lasting(message(call, failure));
      }
      if (!wait_for_retry(retry_, attempt)) {
        throw service_unavailable(message(call, failure) + after_attempts(attempt));
      }
    }
  }

 private:
  http_response send(const s3_call& call) {
    std::string region;
    std::chrono::seconds skew{};
    {
      const std::lock_guard lock(mutex_);
      const auto known = regions_.find(call.where.bucket);
      region = known == regions_.end() ? settings_.region : known->second;
      skew = skew_;
    }
    const s3_address address = address_of(settings_, call.where.bucket, region);
    const aws_keys keys = credentials_.get();
    const time_point now = std::chrono::system_clock::now() + skew;
    signable_request to_sign{.method = call.method,
                             .path = address.path + call.key,
                             .query = call.query,
                             .headers = call.headers,
                             .payload_sha256 = sha256(call.body)};
    if (call.prepare) call.prepare(to_sign.headers);
    to_sign.headers["host"] = address.host;
    to_sign.headers["x-amz-date"] = amz_date(now);
    to_sign.headers["x-amz-content-sha256"] = to_sign.payload_sha256;
    if (!keys.session_token.empty()) {
      to_sign.headers["x-amz-security-token"] = keys.session_token;
    }
    http_request request{.method = call.method,
                         .url = address.origin + percent_encode(to_sign.path, "/") +
                                (call.query.empty() ? "" : "?" + canonical_query(call.query)),
                         .headers = to_sign.headers,
                         .body = call.body};
    request.headers["authorization"] = authorization(to_sign, keys, region, "s3", now);
    return http_.send(request, call.take);
  }

  /// Whether the bucket lies in another region than the one asked; the next request goes there.
  bool redirected(const std::string& bucket, const http_response& response) {
    std::string region = response.header("x-amz-bucket-region");
    if (region.empty()) region = xml_text(response.body, "Region");
    if (!is_region(region) || (response.status / 100 != 3 && response.status != 400)) return false;
    const std::lock_guard lock(mutex_);
    std::string& known = regions_.try_emplace(bucket, settings_.region).first->second;
    if (known == region) return false;
    known = region;
    return true;
  }

  /// By S3's own clock, where this machine's is off.
  void adjust_clock(const http_response& response) {
    const std::time_t there = curl_getdate(response.header("date").c_str(), nullptr);
    if (there < 0) return;
    const std::lock_guard lock(mutex_);
    skew_ = std::chrono::duration_cast<std::chrono::seconds>(time_of(there) -
                                                             std::chrono::system_clock::now());
  }

  static bool worth_a_retry(const http_response& response, const std::string& code,
                            bool failed_late) {
    constexpr std::array statuses{500L, 502L, 503L, 504L, 429L, 409L};
    constexpr std::array<std::string_view, 15> codes{
        "RequestTimeout", "SlowDown", "Throttling", "ThrottlingException", "RequestThrottled",
        "RequestLimitExceeded", "BandwidthLimitExceeded", "InternalError", "ServiceUnavailable",
        "RequestTimeTooSkewed", "ExpiredToken", "TokenRefreshRequired",
        // the body was damaged on its way
        "BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody"};
    return failed_late || std::ranges::count(statuses, response.status) > 0 ||
           std::ranges::count(codes, code) > 0;
  }

  static std::string describe(const http_response& response, const std::string& code) {
    const std::string text = xml_text(response.body, "Message");
    std::string id = response.header("x-amz-request-id");
    if (id.empty()) id = xml_text(response.body, "RequestId");
    return fmt::format("{}{}{}{}{}, request id {}", response.status, code.empty() ? "" : " ", code,
                       text.empty() ? "" : ": ", text, id.empty() ? "unknown" : id);
  }

  static std::string message(const s3_call& call, const std::string& failure) {
    return fmt::format("{}: cannot {}: {}", call.where.shown(),
                       call.to == s3_call::aim::read ? "read" : "write", failure);
  }

  [[noreturn]] static void fail(const s3_call& call, long status, const std::string& code,
                                const std::string& failure) {
    const std::string text = message(call, failure);
    if (status == 401 || status == 403 || code == "InvalidToken" ||
        code == "AuthorizationHeaderMalformed") {
      const bool unlisted =
          call.to == s3_call::aim::read && (code == "AccessDenied" || code.empty());
      throw configuration_error(
          text + (unlisted ? " (without s3:ListBucket, so does an object that is not there)" : ""));
    }
    if (status == 404 && call.to == s3_call::aim::read) throw input_missing(text);
    if (call.to == s3_call::aim::write) throw cannot_create(text);
    throw io_error(text);
  }

  s3_settings settings_;
  http_client http_;
  credential_chain credentials_;
  retry_policy retry_;
  std::mutex mutex_;
  std::map<std::string, std::string> regions_;  ///< of buckets that are elsewhere
  std::chrono::seconds skew_{};                 ///< what S3's clock is ahead
};

}  // namespace sweepnet::storage
