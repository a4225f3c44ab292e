// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An activation of the tests' own.

#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "sweepnet/network/activation.hpp"
#include "sweepnet/network/custom_activation.hpp"

namespace testing {

/// y = sign(x) ln(1 + |x|), by any name.
class signed_log final : public sweepnet::custom_activation {
 public:
  explicit signed_log(std::string name = "signed_log") : name_(std::move(name)) {}

  [[nodiscard]] std::string name() const override { return name_; }
  void apply(std::span<const float> x, std::span<float> y) const override {
    for (std::size_t i = 0; i < x.size(); ++i)
      y[i] = std::copysign(std::log1p(std::abs(x[i])), x[i]);
  }
  void differentiate(std::span<const float> x, std::span<const float>,
                     std::span<float> slope) const override {
    for (std::size_t i = 0; i < x.size(); ++i) slope[i] = 1 / (1 + std::abs(x[i]));
  }

 private:
  std::string name_;
};

/// A built-in activation's formula as a program's own, by another name.
template <class F> class own_of final : public sweepnet::custom_activation {
 public:
  [[nodiscard]] std::string name() const override { return "own_" + std::string(F::name); }
  void apply(std::span<const float> x, std::span<float> y) const override {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = sweepnet::value_of(F{}, x[i]);
  }
  void differentiate(std::span<const float> x, std::span<const float> y,
                     std::span<float> slope) const override {
    for (std::size_t i = 0; i < x.size(); ++i) slope[i] = sweepnet::derivative_of(F{}, x[i], y[i]);
  }
};

}  // namespace testing
