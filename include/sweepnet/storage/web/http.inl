// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(SWEEPNET_HAS_S3)  // else a unit of nothing

#include "sweepnet/storage/web/http.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/web/url.hpp"
#include "sweepnet/version.hpp"

namespace sweepnet::storage {

SWEEPNET_INLINE http_client::http_client(http_options options) : options_(std::move(options)) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) throw std::runtime_error("libcurl cannot start");
}

SWEEPNET_INLINE http_response http_client::send(const http_request& request,
                                                const sink& take) const {
  exchange state{.take = take ? &take : nullptr,
                 .unsent = request.body,
                 .most_kept = request.most_kept,
                 .waiting = patience::current()};
  const handle curl = borrow();
  configure(curl.get(), request, state);
  const CURLcode result = curl_easy_perform(curl.get());
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &state.response.status);
  if (state.failure) std::rethrow_exception(state.failure);
  if (result == CURLE_OK) return std::move(state.response);
  if (result == CURLE_ABORTED_BY_CALLBACK) {
    throw transport_error("no answer so far, and no time to wait for one",
                          transport_error::cause::impatient);
  }
  if (result == CURLE_UNSUPPORTED_PROTOCOL && state.response.status / 100 == 3) {
    throw transport_error("redirected from https:// to where others can read it",
                          transport_error::cause::refused);
  }
  // Some reasons quote a proxy or a URL, password and all: only the code's text is told then.
  const std::string_view reason = state.reason.data();
  const std::string detail(reason.find_first_of("@?") == reason.npos ? reason : "");
  throw transport_error(detail.empty() ? curl_easy_strerror(result) : detail, cause_of(result));
}

SWEEPNET_INLINE http_client::handle http_client::borrow() const {
  const std::lock_guard lock(mutex_);
  CURL* curl = nullptr;
  if (idle_.empty()) {
    curl = curl_easy_init();
    if (curl == nullptr) throw std::bad_alloc();
  } else {
    curl = idle_.back().release();
    idle_.pop_back();
    curl_easy_reset(curl);  // connections stay
  }
  return {curl, returner{this}};
}

SWEEPNET_INLINE transport_error::cause http_client::cause_of(CURLcode result) {
  switch (result) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_PARTIAL_FILE:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_AGAIN:
    case CURLE_UPLOAD_FAILED:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return transport_error::cause::passing;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return transport_error::cause::refused;
    default: return transport_error::cause::lasting;
  }
}

SWEEPNET_INLINE void http_client::configure(CURL* curl, const http_request& request,
                                            exchange& state) const {
  state.curl = curl;
  set(curl, CURLOPT_URL, request.url.c_str());
  set(curl, CURLOPT_PATH_AS_IS, 1L);  // a key may hold ".."
  set(curl, CURLOPT_NOSIGNAL, 1L);
  const bool began_plain = lowercase(request.url).starts_with("http://");
  const bool to_plain = began_plain || options_.downgrades;
#if LIBCURL_VERSION_NUM >= 0x075500
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_REDIR_PROTOCOLS_STR, to_plain ? "http,https" : "https");
#else
  set(curl, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  set(curl, CURLOPT_REDIR_PROTOCOLS,
      static_cast<long>(to_plain ? CURLPROTO_HTTP | CURLPROTO_HTTPS : CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
  set(curl, CURLOPT_QUICK_EXIT, 1L);  // who gives up does not wait for the resolver either
#endif
  set(curl, CURLOPT_ERRORBUFFER, state.reason.data());
  set(curl, CURLOPT_USERAGENT, (std::string("sweepnet/") + version).c_str());
  set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_seconds * 1000));
  set(curl, CURLOPT_LOW_SPEED_TIME, options_.stall_seconds);
  set(curl, CURLOPT_LOW_SPEED_LIMIT, options_.slowest_rate);
  set(curl, CURLOPT_NOPROGRESS, 0L);
  set(curl, CURLOPT_XFERINFOFUNCTION, &http_client::look_at_clock);
  set(curl, CURLOPT_XFERINFODATA, &state);
  set(curl, CURLOPT_FOLLOWLOCATION, request.follow ? 1L : 0L);
  set(curl, CURLOPT_MAXREDIRS, 5L);
  // What may go over plain http because it stays on this machine stays there.
  const auto url = parse_url(request.url);
  const bool stays = began_plain && url && url->is_loopback();
  if (request.direct || stays) set(curl, CURLOPT_NOPROXY, "*");
  if (!options_.ca_file.empty()) set(curl, CURLOPT_CAINFO, options_.ca_file.c_str());
  if (!options_.ca_directory.empty()) set(curl, CURLOPT_CAPATH, options_.ca_directory.c_str());

  if (request.method == "HEAD") {
    set(curl, CURLOPT_NOBODY, 1L);
  } else if (request.method == "PUT" || request.method == "POST") {
    set(curl, CURLOPT_UPLOAD, 1L);
    set(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(curl, CURLOPT_READFUNCTION, &http_client::read_body);
    set(curl, CURLOPT_READDATA, &state);
    set(curl, CURLOPT_SEEKFUNCTION, &http_client::rewind_body);
    set(curl, CURLOPT_SEEKDATA, &state);
  }
  set(curl, CURLOPT_CUSTOMREQUEST, request.method == "HEAD" ? nullptr : request.method.c_str());
  set(curl, CURLOPT_HEADERFUNCTION, &http_client::take_header);
  set(curl, CURLOPT_HEADERDATA, &state);
  set(curl, CURLOPT_WRITEFUNCTION, &http_client::take_body);
  set(curl, CURLOPT_WRITEDATA, &state);

  std::vector<std::string> lines{"Expect:"};  // no waiting for "100 Continue"
  for (const auto& [name, value] : request.headers) {
    lines.push_back(value.empty() ? name + ";" : name + ": " + value);
  }
  for (const std::string& line : lines) {
    curl_slist* longer = curl_slist_append(state.lines.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    (void)state.lines.release();
    state.lines.reset(longer);
  }
  set(curl, CURLOPT_HTTPHEADER, state.lines.get());
}

SWEEPNET_INLINE std::size_t http_client::read_body(char* to, std::size_t, std::size_t count,
                                                   void* data) {
  std::string_view& unsent = static_cast<exchange*>(data)->unsent;
  const std::size_t size = std::min(count, unsent.size());
  std::memcpy(to, unsent.data(), size);
  unsent.remove_prefix(size);
  return size;
}

SWEEPNET_INLINE int http_client::rewind_body(void* data, curl_off_t offset, int) {
  auto& state = *static_cast<exchange*>(data);
  state.unsent = state.body.substr(static_cast<std::size_t>(offset));
  return CURL_SEEKFUNC_OK;
}

SWEEPNET_INLINE int http_client::look_at_clock(void* data, curl_off_t, curl_off_t, curl_off_t,
                                               curl_off_t) {
  const patience* waiting = static_cast<exchange*>(data)->waiting;
  return waiting != nullptr && waiting->over() ? 1 : 0;
}

SWEEPNET_INLINE std::size_t http_client::take_header(char* from, std::size_t, std::size_t count,
                                                     void* data) {
  auto& state = *static_cast<exchange*>(data);
  constexpr std::size_t most_bytes = std::size_t{1} << 18;
  state.header_bytes += count;  // of all redirects, too
  if (state.header_bytes > most_bytes) {
    state.failure = std::make_exception_ptr(
        transport_error("the response's headers are too long", transport_error::cause::lasting));
    return 0;
  }
  http_response& response = state.response;
  std::string_view line(from, count);
  if (line.starts_with("HTTP/")) {  // of this response, not of one that redirected here
    response.headers.clear();
    response.body.clear();
  }
  line = line.substr(0, line.find_last_not_of("\r\n") + 1);
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return count;
  const std::size_t value = line.find_first_not_of(" \t", colon + 1);
  response.headers[lowercase(line.substr(0, colon))] =
      value == line.npos ? "" : std::string(line.substr(value));
  return count;
}

SWEEPNET_INLINE std::size_t http_client::take_body(char* from, std::size_t, std::size_t count,
                                                   void* data) {
  auto& state = *static_cast<exchange*>(data);
  curl_easy_getinfo(state.curl, CURLINFO_RESPONSE_CODE, &state.response.status);
  try {
    if (state.take != nullptr && state.response.ok()) {
      (*state.take)(state.response, {from, count});
    } else if (state.response.body.size() + count > state.most_kept) {
      throw transport_error("the response is too long", transport_error::cause::lasting);
    } else {
      state.response.body.append(from, count);
    }
    return count;
  } catch (...) {
    state.failure = std::current_exception();
    return 0;
  }
}

}  // namespace sweepnet::storage

#endif
