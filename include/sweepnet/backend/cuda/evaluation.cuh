// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a network's weights, as they are, are evaluated on the validation rows: a batch of rows a
// step. What the fused kernels train takes our own kernels here as well; all else the plain path's
// network.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "sweepnet/backend/cuda/arguments.hpp"
#include "sweepnet/backend/cuda/operations.cuh"
#include "sweepnet/backend/cuda/options.hpp"
#include "sweepnet/backend/cuda/plain_network.cuh"
#include "sweepnet/backend/cuda/plain_step.cuh"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/backend/cuda/shared_device.cuh"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet::cuda {

/// A network of our own kernels.
class layered_network {
 public:
  /// Buffers for batches of up to `batch` rows. `parameters`, in device memory, must outlive the
  /// network, and it the operations that it adds.
  layered_network(const model_spec& model, const float* parameters, std::int64_t batch)
      : parameters_(parameters),
        batch_(batch),
        logits_(size_of(model.outputs())),
        losses_(size_of(1)),
        right_(size_of(1)) {
    for (const dense_weights& w : parameter_layout(model).weights) {
      layers_.push_back({.weights = w,
                         .activate = argument_of(std::get<dense>(model.layers[w.layer]).activate),
                         .output = device_memory<float>(size_of(w.units))});
    }
  }

  /// Bytes of device memory that such a network takes.
  [[nodiscard]] static std::size_t bytes(const model_spec& model, std::int64_t batch) {
    std::int64_t values = model.outputs() + 2;  // of a row: z, its loss, whether it is right
    for (const dense_weights& w : parameter_layout(model).weights) values += w.units;
    return sizeof(float) * static_cast<std::size_t>(batch * values);
  }

  /// Adds what runs a batch of rows through the network and scores them.
  void add_forward(operations& to, step_cursor* cursor, const feature_rows& features,
                   const std::int32_t* labels, const categorical_row<float>& loss) const {
    feature_rows x = features;
    for (const layer& each : layers_) {
      const bool is_last = &each == &layers_.back();
      to.add(evaluated_layer_kernel{.cursor = cursor,
                                    .x = x,
                                    .x_is_data = &each == &layers_.front(),
                                    .batch = batch_,
                                    .units = each.weights.units,
                                    .kernel = parameters_ + each.weights.kernel,
                                    .bias = parameters_ + each.weights.bias,
                                    .activate = each.activate,
                                    .weighted = is_last ? logits_.get() : nullptr,
                                    .output = each.output.get()});
      x = {.reals = each.output.get(), .width = each.weights.units};
    }
    const layer& last = layers_.back();
    if (needs_whole_rows(last.activate)) {
      to.add(whole_row_kernel{cursor, last.activate, batch_, last.weights.units, logits_.get(),
                              last.output.get()});
    }
    to.add(score_kernel{{cursor, nullptr, batch_},
                        labels,
                        batch_,
                        loss,
                        logits_.get(),
                        last.output.get(),
                        nullptr,
                        losses_.get(),
                        right_.get()});
  }

  [[nodiscard]] const float* losses() const { return losses_.get(); }
  [[nodiscard]] const std::int32_t* right() const { return right_.get(); }

 private:
  struct layer {
    dense_weights weights;
    activation_argument activate;
    device_memory<float> output;  // (batch x units)
  };

  [[nodiscard]] std::size_t size_of(std::int64_t width) const {
    return static_cast<std::size_t>(batch_ * width);
  }

  const float* parameters_;
  std::int64_t batch_;
  std::vector<layer> layers_;
  device_memory<float> logits_;  // (batch x outputs)
  device_memory<float> losses_;
  device_memory<std::int32_t> right_;
};

class evaluation {
 public:
  /// On the device's validation rows, of which there are some. Device and `parameters` must outlive
  /// it.
  evaluation(const shared_device& device, const model_spec& model, const training_options& options,
             const float* parameters, training_path path, precision p)
      : batch_(batch_of(device.validation().rows())),
        cursor_(1),
        penalized_(std::span<const penalized_kernel>(penalized_kernels(model)), device.on()),
        penalties_(penalized_.size()) {
    const device_rows& rows = device.validation();
    const categorical_crossentropy loss = argument_of(options.loss);
    step_cursor* const cursor = cursor_.get();
    const auto add_total = [&](const auto& network) {
      step_.add(total_kernel{cursor, batch_, network.losses(), network.right()});
    };
    if (path == training_path::fused) {
      layered_.emplace(model, parameters, batch_);
      const activation& last = std::get<dense>(model.layers.back()).activate;
      layered_->add_forward(step_, cursor, rows.features(), rows.labels(),
                            {loss, last, model.outputs()});
      add_total(*layered_);
    } else {
      plain_.emplace(device.with(), model, loss, parameters, batch_, options.seed, p,
                     plain_network::purpose::evaluation);
      plain_->add_forward(step_, {cursor, nullptr, batch_}, rows.features(), rows.labels());
      add_total(*plain_);
    }
    penalty_.add(penalty_kernel{penalized_.get(), static_cast<std::int64_t>(penalized_.size()),
                                parameters, nullptr, penalties_.get()});
  }

  /// Bytes of device memory that it takes for so many rows.
  [[nodiscard]] static std::size_t bytes(const model_spec& model, std::int64_t rows,
                                         training_path path) {
    const std::int64_t batch = batch_of(rows);
    return (path == training_path::fused
                ? layered_network::bytes(model, batch)
                : plain_network::bytes(model, batch, plain_network::purpose::evaluation)) +
           (sizeof(penalized_kernel) + sizeof(double)) * penalized_kernels(model).size() +
           sizeof(step_cursor);
  }

  /// Rows of a step.
  [[nodiscard]] std::int64_t batch() const { return batch_; }
  /// Evaluates those at the cursor, and moves it on.
  [[nodiscard]] const operations& step() const { return step_; }
  [[nodiscard]] const device_memory<step_cursor>& cursor() const { return cursor_; }
  /// Computes the penalties; nothing to do if there are none.
  [[nodiscard]] const operations& penalty_step() const { return penalty_; }
  [[nodiscard]] const device_memory<double>& penalties() const { return penalties_; }

  /// Tells the algorithms of all products from others; empty: no library has a part in it.
  [[nodiscard]] std::string algorithms() const { return plain_ ? plain_->algorithms() : ""; }

 private:
  static std::int64_t batch_of(std::int64_t rows) {
    constexpr std::int64_t most = 4096;
    return std::min(most, rows);
  }

  std::int64_t batch_;
  device_memory<step_cursor> cursor_;
  std::optional<layered_network> layered_;
  std::optional<plain_network> plain_;
  device_memory<penalized_kernel> penalized_;
  device_memory<double> penalties_;
  operations step_;
  operations penalty_;
};

}  // namespace sweepnet::cuda
