// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What becomes of gradients on the CPU: clipping, and the optimizer's rule for a run of weights.
//
// A sink takes gradients as they are summed, sink(offset, g, count, penalty): `updating_sink`
// applies the rule at once, so that no gradient is ever stored; `storing_sink` keeps them, for a
// clip by norm that must see all of them first. Each weight stands alone in both, so any split
// gives the same bits.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/network/optimizer.hpp"

namespace sweepnet {

/// Where one kernel or bias lies among the gradients, its padding included.
struct packed_tensor {
  std::int64_t at;
  std::int64_t size;

  [[nodiscard]] std::span<float> of(std::span<float> all) const {
    return all.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(size));
  }
};

namespace detail {

inline double sum_of_squares(std::span<const float> g) {
  double squares = 0;
  for (const float x : g) squares += static_cast<double>(x) * x;
  return squares;
}

/// g *= limit / norm over the tensors together, where the norm is above the limit.
inline void limit_norm(std::span<float> gradients, std::span<const packed_tensor> tensors,
                       double limit) {
  double squares = 0;
  for (const packed_tensor& t : tensors) squares += sum_of_squares(t.of(gradients));
  const double norm = std::sqrt(squares);
  if (!(norm > limit)) return;
  const float factor = static_cast<float>(limit / norm);
  for (const packed_tensor& t : tensors) {
    for (float& g : t.of(gradients)) g *= factor;
  }
}

}  // namespace detail

/// Whether the optimizer must see whole gradients before it changes a weight.
[[nodiscard]] inline bool clips_by_norm(const optimizer& o) {
  return o.clipnorm || o.global_clipnorm;
}

/// Limits the norm of each tensor's gradient or of all together, as the optimizer asks.
inline void clip_norms(const optimizer& o, std::span<float> gradients,
                       std::span<const packed_tensor> tensors) {
  const std::optional<double> global = o.is_keras2() ? o.clipnorm : o.global_clipnorm;
  if (global) {
    detail::limit_norm(gradients, tensors, *global);
  } else if (o.clipnorm) {
    for (const packed_tensor& t : tensors) {
      detail::limit_norm(gradients, std::span(&t, 1), *o.clipnorm);
    }
  }
}

/// The L1 and L2 penalty of a layer's kernel.
struct penalty_rates {
  float l1 = 0;
  float l2 = 0;

  /// g += l1 sign(w) + 2 l2 w
  void add(const float* w, float* g, std::int64_t count) const {
    if (l1 == 0 && l2 == 0) return;
    for (std::int64_t i = 0; i < count; ++i) {
      g[i] += l1 * static_cast<float>((w[i] > 0) - (w[i] < 0)) + 2 * l2 * w[i];
    }
  }
};

struct storing_sink {
  const float* weights;
  float* gradients;

  void operator()(std::int64_t offset, float* g, std::int64_t count,
                  const penalty_rates& penalty) const {
    penalty.add(weights + offset, g, count);
    std::copy_n(g, count, gradients + offset);
  }
};

template <int Slots, class Step> struct updating_sink {
  Step step;
  float decay;
  std::optional<float> limit;  ///< on each gradient's magnitude
  float* weights;
  std::array<float*, 3> slots;  ///< the first Slots are used

  void operator()(std::int64_t offset, float* g, std::int64_t count,
                  const penalty_rates& penalty) const {
    penalty.add(weights + offset, g, count);
    if (limit) {
      for (std::int64_t i = 0; i < count; ++i) g[i] = std::clamp(g[i], -*limit, *limit);
    }
    const auto slot = [&](int k) {
      return k < Slots ? slots[static_cast<std::size_t>(k)] + offset : nullptr;
    };
    apply_step<Slots>(step, decay, weights + offset, g, slot(0), slot(1), slot(2), count);
  }
};

/// A sink whose type is forgotten, so that what calls it once for some thousand weights is compiled
/// once.
struct sink_view {
  const void* sink;
  void (*apply)(const void* sink, std::int64_t offset, float* g, std::int64_t count,
                const penalty_rates& penalty);

  void operator()(std::int64_t offset, float* g, std::int64_t count,
                  const penalty_rates& penalty = {}) const {
    apply(sink, offset, g, count, penalty);
  }
};

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
      o.rule);
}

/// Calls f(sink) with the updating sink of step t (from 1) at learning rate `rate`. `slots` are
/// containers as long as the weights.
template <class Slots, class F>
void with_updating_sink(const optimizer& o, std::uint64_t t, double rate, float* weights,
                        Slots& slots, const F& f) {
  const float decay = static_cast<float>(o.decoupled_decay() * rate);
  const auto limit = o.clipvalue ? std::optional(static_cast<float>(*o.clipvalue)) : std::nullopt;
  std::array<float*, 3> pointers{};
  for (std::size_t k = 0; k < slots.size(); ++k) pointers[k] = slots[k].data();
  std::visit(
      [&]<class Rule>(const Rule& rule) {
        const auto step = rule.template at<float>(t, rate);
        const auto call = [&]<int Count>() {
          f(updating_sink<Count, decltype(rule.template at<float>(t, rate))>{step, decay, limit,
                                                                             weights, pointers});
        };
        [&]<int... Counts>(std::integer_sequence<int, Counts...>) {
          ((rule.slots() == Counts ? call.template operator()<Counts>() : void()), ...);
        }
        (typename Rule::slot_counts{});
      },
      o.rule);
}

}  // namespace sweepnet
