// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Reads the data of a report, JSON, from standard input and writes its page to standard output.

#include <iostream>
#include <iterator>
#include <string>

#include "sweepnet/report/page.hpp"

int main() {
  const std::string json{std::istreambuf_iterator<char>(std::cin), {}};
  std::cout << sweepnet::report::page("A sweep's report", json);
  return std::cout.flush() ? 0 : 74;
}
