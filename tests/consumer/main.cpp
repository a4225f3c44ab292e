// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A consumer's own paramset type: described once, it is read, validated and encoded.

#include <iostream>
#include <sweepnet/sweepnet.hpp>

struct tree_params {
  std::int64_t depth = 3;
  double rate = 0.5;
};

template <>
inline constexpr auto sweepnet::fields<tree_params> =
    std::tuple(sweepnet::field("depth", &tree_params::depth, sweepnet::at_least(1), "levels"),
               sweepnet::field("rate", &tree_params::rate, sweepnet::in_range(0, 1), "share"));

int main() {
  const auto sweep = sweepnet::parse_sweep<tree_params>("- depth: 4\n- rate: 1e-1\n", "text");
  std::cout << sweepnet::encode(sweep.at(1)).dump() << "\n";
}
