// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One HTTP exchange, by libcurl. Proxies are libcurl's own (https_proxy, no_proxy, ...); retries
// are the caller's.

#include <curl/curl.h>
#include <array>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "sweepnet/core/format.hpp"
#include "sweepnet/storage/patience.hpp"
#include "sweepnet/storage/web/http_exchange.hpp"
#include "sweepnet/storage/web/http_options.hpp"

namespace sweepnet::storage {

/// Sends requests from any thread and keeps connections open between them.
class http_client {
 public:
  /// Takes the body of a response with a status of 200 to 299 as it comes, and sees the response's
  /// status and headers.
  using sink = std::function<void(const http_response&, std::string_view)>;

  explicit http_client(http_options options = {});

  /// Throws transport_error. What `take` throws comes through.
  http_response send(const http_request& request, const sink& take = nullptr) const;

 private:
  struct list_deleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  /// One exchange's state: what libcurl's callbacks see.
  struct exchange {
    const sink* take;
    std::string_view unsent;
    std::size_t most_kept;
    const patience* waiting;
    std::size_t header_bytes = 0;
    http_response response{};
    std::exception_ptr failure{};
    std::array<char, CURL_ERROR_SIZE> reason{};
    std::string_view body = unsent;
    std::unique_ptr<curl_slist, list_deleter> lines{};
    CURL* curl = nullptr;
  };
  /// Gives the connection back when it is no longer used.
  struct returner {
    const http_client* owner;
    void operator()(CURL* curl) const {
      const std::lock_guard lock(owner->mutex_);
      owner->idle_.emplace_back(curl);
    }
  };
  struct cleaner {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  };
  using handle = std::unique_ptr<CURL, returner>;

  handle borrow() const;

  static transport_error::cause cause_of(CURLcode result);

  template <class Value> static void set(CURL* curl, CURLoption option, Value value) {
    const CURLcode result = curl_easy_setopt(curl, option, value);
    if (result != CURLE_OK) {
      throw std::runtime_error(fmt::format("libcurl option {}: {}", static_cast<int>(option),
                                           curl_easy_strerror(result)));
    }
  }

  void configure(CURL* curl, const http_request& request, exchange& state) const;

  // The callbacks: an exception may not pass through libcurl, so it waits in the exchange.

  static std::size_t read_body(char* to, std::size_t, std::size_t count, void* data);

  static int rewind_body(void* data, curl_off_t offset, int);

  /// libcurl asks about once a second, and more often while bytes come and go.
  static int look_at_clock(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  static std::size_t take_header(char* from, std::size_t, std::size_t count, void* data);

  static std::size_t take_body(char* from, std::size_t, std::size_t count, void* data);

  http_options options_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<CURL, cleaner>> idle_;
};

}  // namespace sweepnet::storage

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/storage/web/http.inl"
#endif
