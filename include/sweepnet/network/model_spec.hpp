// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a network is: an input width and a list of layers. Plain values, no weights.

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "sweepnet/describe/fields.hpp"
#include "sweepnet/network/activation.hpp"
#include "sweepnet/network/initializer.hpp"

namespace sweepnet {

/// act(x W + b): x (rows x inputs), W (inputs x units), b (units). The penalty
/// l1 sum |W| + l2 sum W^2 is part of the loss.
struct dense {
  std::int64_t units = 1;
  activation activate{};
  initializer kernel_initializer = initializer::glorot_uniform;
  double l1 = 0;
  double l2 = 0;
};

/// While training, each element is 0 with probability `rate`, else divided by 1 - rate.
struct dropout {
  double rate = 0;
};

template <>
inline constexpr auto fields<dense> =
    std::tuple(field("units", &dense::units, closed_range(1, 1 << 20), "outputs"),
               field("activation", &dense::activate, "function of the weighted inputs"),
               field("kernel_initializer", &dense::kernel_initializer, "start of the kernel"),
               field("l1", &dense::l1, at_least(0), "penalty l1 sum |W|"),
               field("l2", &dense::l2, at_least(0), "penalty l2 sum W^2"));

template <>
inline constexpr auto fields<dropout> = std::tuple(field("rate", &dropout::rate, in_range(0, 1),
                                                         "share dropped"));

using layer = std::variant<dense, dropout>;

struct model_spec {
  std::int64_t inputs = 0;  ///< features of a row
  std::vector<layer> layers{};

  /// Width of the last layer's output: the number of classes.
  [[nodiscard]] std::int64_t outputs() const { return width_after(layers.size()); }

  /// Width of what the first `count` layers give.
  [[nodiscard]] std::int64_t width_after(std::size_t count) const;

  /// Throws argument_error unless there are inputs, the last layer is dense, every activation is
  /// sound, and each layer's options lie in their domains: widths are positive, rates in [0, 1),
  /// penalties at least 0.
  void validate() const;
};

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/network/model_spec.inl"
#endif
