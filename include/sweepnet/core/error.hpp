// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What can go wrong, and the exit code by which a scheduler learns of it.
//
// Every error is an exception whose text says where, what was expected and what was found. Its
// type fixes the exit code, so that a retry rule ("never retry 64, 65, 66, 78") needs no text.

#include <stdexcept>
#include <string>

namespace sweepnet {

/// Exit codes after BSD's sysexits.h. `usage`, `data`, `no_input` and `configuration` never
/// deserve a retry; `interrupted` asks for one.
enum class exit_code : int {
  done = 0,
  usage = 64,
  data = 65,
  no_input = 66,
  unavailable = 69,
  internal = 70,
  cannot_create = 73,
  io = 74,
  interrupted = 75,
  configuration = 78,
};

/// Base of every exception that the library throws on purpose.
class error : public std::runtime_error {
 public:
  error(exit_code code, const std::string& message) : std::runtime_error(message), code_(code) {}

  [[nodiscard]] exit_code code() const noexcept { return code_; }

 private:
  exit_code code_;
};

template <exit_code Code> class coded_error : public error {
 public:
  explicit coded_error(const std::string& message) : error(Code, message) {}
};

using usage_error = coded_error<exit_code::usage>;  ///< the command line is off
using data_error = coded_error<exit_code::data>;    ///< a file's content is off

/// What a program hands to the library is malformed, or its parts do not fit each other: a model,
/// data, options, a state.
struct argument_error : data_error {
  using data_error::data_error;
};

/// Training gave nothing that could be used.
struct training_error : data_error {
  using data_error::data_error;
};

using input_missing = coded_error<exit_code::no_input>;             ///< a file is not there
using service_unavailable = coded_error<exit_code::unavailable>;    ///< a service does not answer
using cannot_create = coded_error<exit_code::cannot_create>;        ///< an output cannot be made
using io_error = coded_error<exit_code::io>;                        ///< a read or write failed
using configuration_error = coded_error<exit_code::configuration>;  ///< the environment is off

}  // namespace sweepnet
