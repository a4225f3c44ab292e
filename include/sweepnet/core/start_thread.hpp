// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Threads are a resource that a machine or a container may be short of.

#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "sweepnet/core/error.hpp"

namespace sweepnet {

/// A thread that runs body(). Throws configuration_error, naming the thread by `what`, where the
/// system starts none: a limit on processes (ulimit -u, a container's pids limit) is reached, or
/// there is no memory for its stack.
template <class Body> [[nodiscard]] std::thread start_thread(const std::string& what, Body&& body) {
  try {
    return std::thread(std::forward<Body>(body));
  } catch (const std::system_error& e) {
    throw configuration_error("cannot start " + what + ": " + e.code().message() +
                              "; limits on processes and memory count threads, too");
  }
}

}  // namespace sweepnet
