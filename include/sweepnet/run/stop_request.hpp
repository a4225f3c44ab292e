// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A wish that runs stop soon, each after the step that it takes: of the process's signals
// (interruption), or of the program itself.

#include <atomic>
#include <limits>
#include <string>

#include "sweepnet/core/error.hpp"

namespace sweepnet {

/// The run was left in good order; the same command goes on from there.
using interrupted_error = coded_error<exit_code::interrupted>;

/// Asked by runs between their steps, from any thread.
class stop_request {
 public:
  virtual ~stop_request() = default;

  /// What asks to stop, for people ("SIGTERM"), once something does, else empty.
  [[nodiscard]] virtual std::string asked_by() const = 0;
  /// How long after it servers are waited for; what is left of it.
  [[nodiscard]] virtual double seconds() const { return std::numeric_limits<double>::infinity(); }
  [[nodiscard]] virtual double seconds_left() const { return seconds(); }

  /// Throws interrupted_error, saying by what and `where` it was asked, once it has been.
  void throw_if_asked(const std::string& where) const {
    if (const std::string by = asked_by(); !by.empty()) {
      throw interrupted_error(by + " came " + where);
    }
  }

 protected:
  stop_request() = default;
  stop_request(const stop_request&) = default;
  stop_request& operator=(const stop_request&) = default;
};

/// A program's own wish: ask(), from any thread or callback.
class cancellation final : public stop_request {
 public:
  cancellation() = default;
  cancellation(const cancellation&) = delete;  // runs hold its address
  cancellation& operator=(const cancellation&) = delete;

  void ask() noexcept { asked_ = true; }
  [[nodiscard]] std::string asked_by() const override { return asked_ ? "a cancellation" : ""; }

 private:
  std::atomic<bool> asked_{false};
};

}  // namespace sweepnet
