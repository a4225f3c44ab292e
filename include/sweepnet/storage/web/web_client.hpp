// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Files behind http and https URLs: read by anybody, written where a URL was presigned for it. A
// URL's query may be such a signature, so messages leave it out.

#include <functional>
#include <string>
#include <string_view>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/read_limit.hpp"
#include "sweepnet/storage/web/http.hpp"
#include "sweepnet/storage/web/retry.hpp"

namespace sweepnet::storage {

class web_client {
 public:
  explicit web_client(const environment_map& environment)
      : environment_(environment),
        http_(make_http_options(environment)),
        retry_(make_retry_policy(environment)) {}
  web_client(const environment_map& environment, retry_policy retry)
      : environment_(environment), http_(make_http_options(environment)), retry_(retry) {}

  /// Throws input_missing for 404 and 410, configuration_error for 401 and 403 and for what may not
  /// be asked over plain http; beyond the limit as read_bound::check() does.
  [[nodiscard]] std::string read(const location& where, const read_limit& limit = {}) const;

  /// The same piece by piece, in bounded memory: resumed_body. Throws io_error too.
  void read(const location& where, const piece_taker& take) const;

  [[nodiscard]] bool exists(const location& where) const;

  /// One PUT, as a presigned URL allows it.
  void write(const location& where, std::string_view content) const;

 private:
  static std::string message(const location& where, const char* doing, const std::string& failure) {
    return fmt::format("{}: cannot {}: {}", where.shown(), doing, failure);
  }

  static void require_found(const location& where, const http_response& response);
  static void require_success(const location& where, const char* doing,
                              const http_response& response);

  /// Reads without secrets may go over plain http: a password, a presigned query (AWS, Google,
  /// Azure) and what is written may not.
  void require_hidden(const location& where, std::string_view doing) const;

  http_response until_answered(const location& where, const char* doing,
                               const std::function<http_response()>& send) const;

  environment_map environment_;
  http_client http_;
  retry_policy retry_;
};

}  // namespace sweepnet::storage

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/storage/web/web_client.inl"
#endif
