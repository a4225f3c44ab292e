// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a web server sends, each byte once, however often the transfer breaks and is begun again.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/web/http_exchange.hpp"

namespace sweepnet::storage {

/// Goes on where a transfer broke, if the server can tell by a strong ETag that its file is still
/// the same; else all comes again, and what is known of it must be as it was. Throws io_error where
/// it is not.
class resumed_body {
 public:
  /// Both are borrowed. `shown` is for messages.
  resumed_body(const std::string& shown, const piece_taker& take) : shown_(shown), take_(take) {}

  /// Begins an attempt: what to ask for.
  [[nodiscard]] std::map<std::string, std::string> headers() {
    begun_ = false;
    if (received_ == 0 || !tag_.starts_with('"')) return {};
    return {{"range", "bytes=" + std::to_string(received_) + "-"}, {"if-range", tag_}};
  }

  void add(const http_response& response, std::string_view bytes) {
    if (!std::exchange(begun_, true)) begin(response);
    const auto known =
        static_cast<std::size_t>(std::min<std::uint64_t>(received_ - position_, bytes.size()));
    if (known > 0) again_.add(bytes.substr(0, known));
    position_ += known;
    if (known > 0 && position_ == received_) require_same();
    bytes.remove_prefix(known);
    if (bytes.empty()) return;
    received_ = position_ += bytes.size();
    whole_.add(bytes);
    take_(bytes);
  }

  /// After the last attempt, whose body was whole.
  void finish(const http_response& response) {
    if (response.status == 416) return;  // nothing is left
    if (!begun_) begin(response);
    if (position_ != received_) refuse();
  }

  [[nodiscard]] std::uint64_t received() const { return received_; }

 private:
  void begin(const http_response& response) {
    if (received_ == 0) tag_ = response.header("etag");
    position_ = response.status == 206 ? received_ : 0;
    again_ = {};
  }
  void require_same() const {
    if (again_.text() != whole_.text()) refuse();
  }
  [[noreturn]] void refuse() const { throw io_error(shown_ + ": changed while it was read"); }

  const std::string& shown_;
  const piece_taker& take_;
  std::uint64_t received_ = 0;  ///< bytes that were taken
  std::uint64_t position_ = 0;  ///< in the content, of this attempt
  bool begun_ = false;          ///< this attempt's body
  std::string tag_{};
  digest whole_{};  ///< of what was taken
  digest again_{};  ///< of what came once more, in this attempt
};

}  // namespace sweepnet::storage
