// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Must not compile: the features end with the line on which they are borrowed.
#include <sweepnet/train.hpp>
#include <vector>

int main() {
  const std::vector<int> labels{0, 1};
  const auto data = sweepnet::borrow_dataset(std::vector<float>{1, 2}, labels, {.width = 1});
}
