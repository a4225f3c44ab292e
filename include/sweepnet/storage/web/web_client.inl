// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(SWEEPNET_HAS_S3)  // else a unit of nothing

#include "sweepnet/storage/web/web_client.hpp"

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/storage/web/resumed_body.hpp"
#include "sweepnet/storage/web/url.hpp"

namespace sweepnet::storage {

SWEEPNET_INLINE std::string web_client::read(const location& where, const read_limit& limit) const {
  std::string content;
  read_bound bound(where.shown(), limit);
  const auto take = [&](const http_response&, std::string_view bytes) {
    bound.check(content.size() + bytes.size());
    content += bytes;
  };
  const http_response response = until_answered(where, "read", [&] {
    content.clear();
    return http_.send({.url = where.request_text(), .follow = true}, take);
  });
  require_found(where, response);
  return content;
}

SWEEPNET_INLINE void web_client::read(const location& where, const piece_taker& take) const {
  const std::string shown = where.shown();
  resumed_body body(shown, take);
  const http_response response = until_answered(where, "read", [&] {
    return http_.send(
        {.url = where.request_text(), .headers = body.headers(), .follow = true},
        [&](const http_response& head, std::string_view bytes) { body.add(head, bytes); });
  });
  // Of a file that ends where it broke nothing is left to be sent.
  if (response.status != 416 || body.received() == 0) require_found(where, response);
  body.finish(response);
}

SWEEPNET_INLINE bool web_client::exists(const location& where) const {
  return until_answered(
             where, "read",
             [&] {
               return http_.send({.method = "HEAD", .url = where.request_text(), .follow = true});
             })
      .ok();
}

SWEEPNET_INLINE void web_client::write(const location& where, std::string_view content) const {
  require_success(
      where, "write", until_answered(where, "write", [&] {
        return http_.send({.method = "PUT", .url = where.request_text(), .body = content});
      }));
}

SWEEPNET_INLINE void web_client::require_found(const location& where,
                                               const http_response& response) {
  if (response.status == 404 || response.status == 410) {
    throw input_missing(message(where, "read", std::to_string(response.status)));
  }
  require_success(where, "read", response);
}

SWEEPNET_INLINE void web_client::require_success(const location& where, const char* doing,
                                                 const http_response& response) {
  if (response.ok()) return;
  const std::string text = message(where, doing, std::to_string(response.status));
  if (response.status == 401 || response.status == 403) throw configuration_error(text);
  throw io_error(text);
}

SWEEPNET_INLINE void web_client::require_hidden(const location& where,
                                                std::string_view doing) const {
  const auto url = parse_url(where.request_text());
  if (!url) throw usage_error(where.shown() + ": expected a URL");
  const std::string query = lowercase(url->query);
  const bool presigned = query.find("signature=") != query.npos || query.starts_with("sig=") ||
                         query.find("&sig=") != query.npos;
  if (doing != "write" && !url->has_user && !presigned) return;
  require_private(*url, where.shown() + ": what is secret of it", environment_);
}

SWEEPNET_INLINE http_response web_client::until_answered(
    const location& where, const char* doing, const std::function<http_response()>& send) const {
  require_hidden(where, doing);
  std::string failure;
  for (int attempt = 1;; ++attempt) {
    try {
      http_response response = send();
      if (response.status < 500 && response.status != 429) return response;
      failure = std::to_string(response.status);
    } catch (const transport_error& e) {
      failure = e.after(failure);
      e.throw_if_lasting(message(where, doing, failure));
    }
    if (!wait_for_retry(retry_, attempt)) {
      throw service_unavailable(message(where, doing, failure) + after_attempts(attempt));
    }
  }
}

}  // namespace sweepnet::storage

#endif
