// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A probe answers each line of standard input, an object, by a line of standard output: another
// one, or why there is none.

#include <iostream>
#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/json.hpp"

namespace testing {

template <class Answer> void answer_lines(const Answer& answer) {
  const auto answer_or_error = [&](const sweepnet::ordered_json& request) {
    try {
      return answer(request);
    } catch (const sweepnet::error& e) {
      return sweepnet::ordered_json{{"error", e.what()}};
    }
  };
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << sweepnet::dump(answer_or_error(sweepnet::ordered_json::parse(line))) << "\n";
  }
}

}  // namespace testing
