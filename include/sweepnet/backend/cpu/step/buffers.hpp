// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a batch is while it goes through the network: its rows and features, and at each layer its
// output, gate and delta. Made once; a step allocates nothing.

#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/backend/cpu/factors/layer_input.hpp"
#include "sweepnet/backend/cpu/factors/left_factor.hpp"
#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/factors/prepared_rows.hpp"
#include "sweepnet/backend/cpu/factors/scattered_features.hpp"
#include "sweepnet/backend/cpu/factors/sparse_features.hpp"
#include "sweepnet/backend/cpu/kernels/table.hpp"
#include "sweepnet/backend/cpu/step/shares.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/loss.hpp"

namespace sweepnet::cpu {

enum class network_use { training, evaluation };

/// As reals or by lists.
using batch_features = std::variant<left_factor, listed_features, scattered_features>;

/// Of one layer; see engine.hpp.
struct layer_buffers {
  left_factor output{};   // f(z) k (capacity x units); of the last layer z, its logits
  aligned_floats gate{};  // f'(z) k, or f(z) where f takes whole rows (capacity x gate_stride)
  std::int64_t gate_stride = 0;
  left_factor delta{};  // dL/dz (capacity x units)

  [[nodiscard]] columns_view gate_view() { return {gate.data(), gate_stride}; }
};

/// What a batch's buffers are made for.
struct batch_shape {
  std::int64_t capacity;  ///< rows
  network_use use;
  double sparse_below;  ///< see cost.hpp
  bool lists_features;  ///< whose zeros are skipped then
};

class batch_buffers {
 public:
  /// All must outlive the buffers.
  batch_buffers(const kernel_table& kernels, const staged_network& network,
                const prepared_rows& data, const thread_shares& shares, const batch_shape& shape)
      : network_(&network),
        data_(&data.rows()),
        shares_(shares),
        rows_(static_cast<std::size_t>(shape.capacity)) {
    make_features(kernels, data, shape);
    for (std::size_t i = 0; i < network.stages.size(); ++i) make_layer(kernels, i, shape);
  }

  [[nodiscard]] std::size_t layers() const { return layers_.size(); }
  [[nodiscard]] layer_buffers& layer(std::size_t i) { return layers_[i]; }
  [[nodiscard]] const layer_buffers& layer(std::size_t i) const { return layers_[i]; }
  [[nodiscard]] layer_buffers& last() { return layers_.back(); }

  /// Row r of the batch is row `row` of the data.
  void set_row(std::int64_t r, std::int64_t row) {
    rows_[static_cast<std::size_t>(r)] = static_cast<std::uint32_t>(row);
  }
  [[nodiscard]] std::span<const std::uint32_t> rows() const { return rows_; }
  /// What row r of the batch is to give.
  [[nodiscard]] row_target target(std::int64_t r) const {
    const std::size_t row = rows_[static_cast<std::size_t>(r)];
    const real_targets& values = data_->values;
    if (values.width == 0) return {.label = data_->labels[row]};
    return {.values = values.elements.data() + row * static_cast<std::size_t>(values.width)};
  }
  /// How much row r of the batch counts.
  [[nodiscard]] float weight(std::int64_t r) const {
    return data_->weights.empty() ? 1.0F : data_->weights[rows_[static_cast<std::size_t>(r)]];
  }
  /// The values that it is to give, none where it is a class; of one kind for all rows.
  [[nodiscard]] const real_targets& values() const { return data_->values; }

  /// The features as a thread has them.
  [[nodiscard]] batch_features& features(std::int64_t thread) { return features_[copy_of(thread)]; }

  /// The input of layer i as a thread has it.
  [[nodiscard]] layer_input input(std::size_t i, std::int64_t thread) const {
    if (i > 0) return layer_input(layers_[i - 1].output);
    return std::visit([](const auto& x) { return layer_input(x); }, features_[copy_of(thread)]);
  }

  /// Which part of the outputs and deltas of layer i a thread makes.
  [[nodiscard]] std::int64_t part_of(std::size_t i, std::int64_t thread) const {
    return shares_.is_by_panels(i) ? thread : 0;
  }

  /// Readies what a thread has of the outputs of layer i, not the last, for the next product.
  void ready_output(std::size_t i, index_range rows, std::int64_t thread) {
    layers_[i].output.prepare(rows, part_of(i, thread),
                              network_->stages[i + 1].weights.kernel.padded_columns());
  }
  /// The same of its deltas; those of the first layer go into no further product.
  void ready_delta(std::size_t i, index_range rows, std::int64_t thread) {
    layers_[i].delta.prepare(rows, part_of(i, thread),
                             i > 0 ? network_->stages[i].transposed().padded_columns() : 0);
  }

 private:
  void make_features(const kernel_table& kernels, const prepared_rows& data,
                     const batch_shape& shape) {
    // Each thread that needs those of all rows has its own: to load them takes less time than to
    // get them from another processor's cache. Input dropout needs reals.
    const int copies = shares_.by_panels > 0 ? shares_.threads : 1;
    const bool drops = shape.use == network_use::training && !network_->input_dropout.empty();
    for (int t = 0; t < copies; ++t) {
      if (!shape.lists_features || drops) {
        features_.emplace_back(std::in_place_type<left_factor>, kernels, shape.capacity,
                               data_->width, shape.sparse_below);
      } else if (data.are_lists()) {
        features_.emplace_back(std::in_place_type<scattered_features>, kernels, *data_,
                               shape.capacity);
      } else {
        features_.emplace_back(std::in_place_type<listed_features>, kernels, data.nonzeros(),
                               shape.capacity);
      }
    }
  }

  void make_layer(const kernel_table& kernels, std::size_t i, const batch_shape& shape) {
    const stage& s = network_->stages[i];
    const bool is_training = shape.use == network_use::training;
    const bool is_last = i + 1 == network_->stages.size();
    const index_range own = thread_shares::units(s, shares_.panels(s, i, 0));
    const std::int64_t parts = shares_.is_by_panels(i) ? shares_.threads : 1;
    layer_buffers& b = layers_.emplace_back();
    b.output = {kernels, shape.capacity, s.units(), shape.sparse_below, own.count(), parts};
    b.gate_stride = b.output.values().stride;
    if (is_training || is_last || !s.is_elementwise()) {
      b.gate.resize(static_cast<std::size_t>(shape.capacity * b.gate_stride));
    }
    if (is_training) {
      b.delta = {kernels, shape.capacity, s.units(), shape.sparse_below, own.count(), parts};
    }
  }

  [[nodiscard]] std::size_t copy_of(std::int64_t thread) const {
    return features_.size() > 1 ? static_cast<std::size_t>(thread) : 0;
  }

  const staged_network* network_;
  const labelled_rows* data_;
  thread_shares shares_;
  std::vector<std::uint32_t> rows_;         // of the data, which the batch has
  std::vector<batch_features> features_{};  // one for all threads, or one for each
  std::vector<layer_buffers> layers_{};
};

}  // namespace sweepnet::cpu
