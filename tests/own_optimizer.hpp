// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An optimizer's rule of the tests' own.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "sweepnet/network/custom_optimizer.hpp"
#include "sweepnet/network/optimizer_rules.hpp"

namespace testing {

/// Gradient descent with a momentum of 0.9, by any name: m = 0.9 m - rate g; w += m.
class own_sgd : public sweepnet::custom_optimizer {
 public:
  explicit own_sgd(std::string name = "own_sgd") : name_(std::move(name)) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] double default_rate() const override { return 0.01; }
  [[nodiscard]] int slots() const override { return 1; }
  void update(std::span<float> weights, std::span<const float> gradients,
              std::span<const std::span<float>> slots, std::uint64_t, double rate) const override {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      float& m = slots[0][i];
      m = sweepnet::flushed(0.9F * m - static_cast<float>(rate) * gradients[i]);
      weights[i] += m;
    }
  }

 private:
  std::string name_;
};

/// Keeps too much.
class greedy final : public own_sgd {
 public:
  [[nodiscard]] int slots() const override { return 4; }
};

}  // namespace testing
