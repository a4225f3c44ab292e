// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Losses of the tests' own.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "sweepnet/network/custom_loss.hpp"
#include "sweepnet/network/loss.hpp"

namespace testing {

/// The Brier score: L = sum_j (y_j - t_j)^2, with t the one-hot label, by any name.
class brier_score final : public sweepnet::custom_loss {
 public:
  explicit brier_score(std::string name = "brier_score") : name_(std::move(name)) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] double value(std::span<const float> outputs, std::int64_t label) const override {
    double sum = 0;
    for (std::size_t j = 0; j < outputs.size(); ++j) {
      const double error = outputs[j] - target(j, label);
      sum += error * error;
    }
    return sum;
  }
  void differentiate(std::span<const float> outputs, std::int64_t label,
                     std::span<float> gradient) const override {
    for (std::size_t j = 0; j < outputs.size(); ++j) {
      gradient[j] = 2 * (outputs[j] - target(j, label));
    }
  }

 private:
  static float target(std::size_t j, std::int64_t label) {
    return static_cast<std::int64_t>(j) == label ? 1.0F : 0.0F;
  }

  std::string name_;
};

/// The library's cross-entropy from probabilities, as a program's own.
class own_crossentropy final : public sweepnet::custom_loss {
 public:
  [[nodiscard]] std::string name() const override { return "own_crossentropy"; }
  [[nodiscard]] double value(std::span<const float> outputs, std::int64_t label) const override {
    return sweepnet::loss_of_probabilities(outputs.data(), label, std::ssize(outputs), 0.0F);
  }
  void differentiate(std::span<const float> outputs, std::int64_t label,
                     std::span<float> gradient) const override {
    sweepnet::gradient_by_probabilities(outputs.data(), gradient.data(), label, std::ssize(outputs),
                                        0.0F, 1.0F);
  }
};

/// One value for all outputs, and no slope.
class constant_loss final : public sweepnet::custom_loss {
 public:
  explicit constant_loss(double value) : value_(value) {}

  [[nodiscard]] std::string name() const override { return "constant_loss"; }
  [[nodiscard]] double value(std::span<const float>, std::int64_t) const override { return value_; }
  void differentiate(std::span<const float>, std::int64_t,
                     std::span<float> gradient) const override {
    for (float& slope : gradient) slope = 0;
  }

 private:
  double value_;
};

}  // namespace testing
