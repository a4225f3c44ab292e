// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Update rules, by Keras' names, defaults and option names: each formula once, for host and device.
//
// A rule is a plain aggregate of hyperparameters. `slots()` is how many values per weight it keeps
// between steps (one of `slot_counts`), `initial_slot(k)` what slot k starts from, and
// `at<T>(t, rate)` the numbers of step t (from 1). By them update_weight() updates one weight: it
// is in optimizer_formulas.inl, because the CPU kernels compile it for vectors, too. Where Keras 2
// and Keras 3 differ, the plain name is Keras 3's and `..._keras2` the older rule. Source:
// keras/src/optimizers/*.py (3.15), keras/optimizers.py (2.1.6).
//
// A rule rests(), if it has that, where a gradient of 0 at a finite rate leaves the weight, and
// what it makes of the slots depends on them alone: so steps with such gradients can be made up for
// later.

#include <cstdint>

#include "sweepnet/core/elementary.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/host_device.hpp"
#include "sweepnet/describe/owning_variant.hpp"
#include "sweepnet/network/custom_optimizer.hpp"
#include "sweepnet/network/optimizers/adagrad.hpp"
#include "sweepnet/network/optimizers/adam.hpp"
#include "sweepnet/network/optimizers/ftrl.hpp"
#include "sweepnet/network/optimizers/lion.hpp"
#include "sweepnet/network/optimizers/rmsprop.hpp"
#include "sweepnet/network/optimizers/sgd.hpp"
#include "sweepnet/network/optimizers/slots.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

using optimizer_rule =
    owning_variant<rules::rmsprop, rules::rmsprop_keras2, rules::sgd, rules::adam, rules::adamw,
                   rules::adamax, rules::adamax_keras2, rules::nadam, rules::nadam_keras2,
                   rules::adagrad, rules::adagrad_keras2, rules::adadelta, rules::adadelta_keras2,
                   rules::lion, rules::ftrl, rules::custom>;

using rules::slot_values;
#include "sweepnet/network/optimizer_formulas.inl"

/// Updates `count` weights in place; w -= w decay comes first. Each weight stands alone, so any
/// split gives the same bits. s0, s1, s2 are arrays of `count` values, of which the first Slots are
/// used.
template <int Slots, class T, class Step>
SWEEPNET_HOST_DEVICE void apply_step(const Step step, T decay, T* __restrict w,
                                     const T* __restrict g, T* __restrict s0, T* __restrict s1,
                                     T* __restrict s2, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    rules::slot_values<T, Slots> slot;
    if constexpr (Slots > 0) slot[0] = s0[i];
    if constexpr (Slots > 1) slot[1] = s1[i];
    if constexpr (Slots > 2) slot[2] = s2[i];
    T weight = w[i] - w[i] * decay;
    update_weight(step, weight, g[i], slot);
    w[i] = weight;
    if constexpr (Slots > 0) s0[i] = slot[0];
    if constexpr (Slots > 1) s1[i] = slot[1];
    if constexpr (Slots > 2) s2[i] = slot[2];
  }
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
