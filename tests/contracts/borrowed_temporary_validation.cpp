// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Must not compile: the validation rows' features end with the line.
#include <sweepnet/train.hpp>
#include <vector>

int main() {
  const std::vector<float> x{1, 2};
  const std::vector<int> labels{0, 1};
  const auto data =
      sweepnet::borrow_dataset(x, labels, std::vector<float>{1, 2}, labels, {.width = 1});
}
