// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One optimizer step on the CPU: clip the gradients, then update every parameter.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "sweepnet/backend/cpu/thread_pool.hpp"
#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/network/parameters.hpp"

namespace sweepnet {

namespace detail {

inline double norm_of(const float* g, std::int64_t count) {
  double squares = 0;
  for (std::int64_t i = 0; i < count; ++i) squares += static_cast<double>(g[i]) * g[i];
  return std::sqrt(squares);
}

/// g *= limit / norm, where the norm is above the limit.
inline void limit_norm(float* g, std::int64_t count, double limit) {
  const double norm = norm_of(g, count);
  if (!(norm > limit)) return;
  const float factor = static_cast<float>(limit / norm);
  for (std::int64_t i = 0; i < count; ++i) g[i] *= factor;
}

}  // namespace detail

/// Limits the gradients as the optimizer asks: the norm of each tensor or of all, then each
/// element.
inline void clip_gradients(const optimizer& o, const parameter_layout& layout, float* gradients) {
  const std::optional<double> global = o.is_keras2() ? o.clipnorm : o.global_clipnorm;
  if (global) {
    detail::limit_norm(gradients, layout.size, *global);
  } else if (o.clipnorm) {
    for (const dense_slot& slot : layout.slots) {
      detail::limit_norm(gradients + slot.kernel, slot.kernel_size(), *o.clipnorm);
      detail::limit_norm(gradients + slot.bias, slot.units, *o.clipnorm);
    }
  }
  if (o.clipvalue) {
    const float limit = static_cast<float>(*o.clipvalue);
    for (std::int64_t i = 0; i < layout.size; ++i) {
      gradients[i] = std::clamp(gradients[i], -limit, limit);
    }
  }
}

/// The slots that the optimizer keeps for `size` parameters, at their initial values.
[[nodiscard]] inline std::vector<std::vector<float>> initial_slots(const optimizer& o,
                                                                   std::int64_t size) {
  return std::visit(
      [size](const auto& rule) {
        std::vector<std::vector<float>> slots;
        for (int k = 0; k < rule.slots(); ++k) {
          slots.emplace_back(static_cast<std::size_t>(size),
                             static_cast<float>(rule.initial_slot(k)));
        }
        return slots;
      },
      o.kind);
}

/// Step t (from 1) at learning rate `rate`, on all `size` parameters in place.
inline void update_parameters(thread_pool& pool, const optimizer& o, std::uint64_t t, double rate,
                              std::int64_t size, float* parameters, const float* gradients,
                              std::vector<std::vector<float>>& slots) {
  const float decay = static_cast<float>(o.decoupled_decay() * rate);
  const auto slot = [&](std::size_t k, std::int64_t first) {
    return k < slots.size() ? slots[k].data() + first : nullptr;
  };
  std::visit(
      [&]<class Rule>(const Rule& rule) {
        const auto step = rule.template at<float>(t, rate);
        const auto apply = [&]<int Slots>() {
          for_each_block(pool, size, 16384, [&](std::int64_t first, std::int64_t last) {
            apply_step<Slots>(step, decay, parameters + first, gradients + first, slot(0, first),
                              slot(1, first), slot(2, first), last - first);
          });
        };
        [&]<int... Slots>(std::integer_sequence<int, Slots...>) {
          ((rule.slots() == Slots ? apply.template operator()<Slots>() : void()), ...);
        }
        (typename Rule::slot_counts{});
      },
      o.kind);
}

}  // namespace sweepnet
