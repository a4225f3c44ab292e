// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Must not compile: labels are integers.
#include <string>
#include <sweepnet/train.hpp>
#include <vector>

int main() {
  const std::vector<float> x{1, 2};
  const std::vector<std::string> labels{"cat", "dog"};
  const auto data = sweepnet::make_dataset(x, labels, {.width = 1});
}
