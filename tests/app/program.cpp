// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/app/program.hpp"

#include "catch.hpp"
#include "mnist.hpp"
#include "program.hpp"
#include "sweepnet/sweep/paramset.hpp"

namespace testing {

outcome run_program(const command_line& line) {
  std::ostringstream out;
  std::ostringstream err;
  const sweepnet::app::context world{.out = out,
                                     .err = err,
                                     .environment = line.environment,
                                     .terminal = line.terminal,
                                     .embedded = {embedded_mnist()}};
  const int code = sweepnet::app::run<sweepnet::paramset>(line.arguments, world);
  return {code, out.str(), err.str()};
}

}  // namespace testing
