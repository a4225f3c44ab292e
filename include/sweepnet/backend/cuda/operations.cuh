// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a model does in a step, as a list of launches and calls: one model alone puts them on a
// stream one after the other, and many models' are merged (merged.cuh).

#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/backend/cuda/kernels/evaluation.hpp"
#include "sweepnet/backend/cuda/kernels/first_layer.hpp"
#include "sweepnet/backend/cuda/kernels/fused_update.hpp"
#include "sweepnet/backend/cuda/kernels/plain.hpp"
#include "sweepnet/backend/cuda/kernels/tail.hpp"
#include "sweepnet/backend/cuda/launch.cuh"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/core/visit.hpp"

namespace sweepnet::cuda {

/// Puts what a library computes on a stream.
using library_call = std::function<void(const stream&)>;

using operation =
    std::variant<library_call, first_layer_kernel, tail_kernel, fused_update_kernel, gather_kernel,
                 activate_kernel, differentiate_kernel, dropout_kernel, score_kernel,
                 column_sum_kernel, penalty_kernel, clip_norm_kernel, update_kernel,
                 evaluated_layer_kernel, whole_row_kernel, total_kernel>;

/// In their order. What the operations read and write must outlive them.
class operations {
 public:
  template <class Operation> void add(Operation each) {
    if constexpr (!std::is_same_v<Operation, library_call>) {
      if (each.shape().blocks == 0) return;
    }
    all_.emplace_back(std::move(each));
  }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] const operation& operator[](std::size_t i) const { return all_[i]; }

  void put_on(const stream& on) const {
    for (const operation& each : all_) {
      visit_alternative(
          [&]<class Operation>(const Operation& what) {
            if constexpr (std::is_same_v<Operation, library_call>) {
              what(on);
            } else {
              launch(what, on);
            }
          },
          each);
    }
  }

 private:
  std::vector<operation> all_;
};

}  // namespace sweepnet::cuda
