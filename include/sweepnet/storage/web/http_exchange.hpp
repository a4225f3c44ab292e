// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is asked of a web server, and how that ends: as values.

#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"

namespace sweepnet::storage {

struct http_request {
  std::string method = "GET";
  std::string url{};
  std::map<std::string, std::string> headers{};
  std::string_view body{};      ///< borrowed
  bool follow = false;          ///< follow redirects, from https to https only
  bool direct = false;          ///< past any proxy
  double connect_seconds = 10;  ///< at most, until the connection stands
  /// Bytes of the answer's body that are kept at most, where no sink takes it.
  std::size_t most_kept = std::size_t{16} << 20;
};

struct http_response {
  long status = 0;
  std::map<std::string, std::string> headers{};  ///< names in lower case
  std::string body{};                            ///< unless a sink took it

  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

/// The exchange broke before the response was whole.
class transport_error : public std::runtime_error {
 public:
  enum class cause {
    passing,    ///< worth a retry
    impatient,  ///< given up because the thread's patience is over
    lasting,
    refused,  ///< by a rule of this machine: certificates, redirects
  };
  transport_error(const std::string& what, cause why) : std::runtime_error(what), why_(why) {}

  [[nodiscard]] cause why() const { return why_; }
  /// Throws what is said of a failure that another try would not cure: configuration_error or
  /// io_error.
  void throw_if_lasting(const std::string& message) const {
    if (why_ == cause::refused) throw configuration_error(message);
    if (why_ == cause::lasting) throw io_error(message);
  }
  /// What to say after this failure, when `before` was said until now: what a server answered tells
  /// more than that there was no time for another answer.
  [[nodiscard]] std::string after(const std::string& before) const {
    return why_ == cause::impatient && !before.empty() ? before : what();
  }

 private:
  cause why_;
};

}  // namespace sweepnet::storage
