// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Executors on one GPU that train together: one copy of the data, one stream, one set of handles,
// and launches for many models at once.

#include <cuda_runtime.h>

#include <cstddef>
#include <memory>

#include "sweepnet/backend/cuda/executor.cuh"
#include "sweepnet/backend/cuda/options.hpp"
#include "sweepnet/backend/cuda/shared_device.cuh"
#include "sweepnet/backend/cuda/shared_rounds.cuh"
#include "sweepnet/core/error.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/training/executor_group.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

/// Its members are cuda_executors, and each leaves the bytes of the cuda_executor alone.
class cuda_executor_group final : public executor_group {
 public:
  /// Copies the data, which must outlive all members, to the GPU. Throws argument_error if the data
  /// are malformed, configuration_error if there is no such GPU, cuda_out_of_memory.
  explicit cuda_executor_group(const dataset& data, const cuda_options& gpu = {})
      : data_(data),
        gpu_(gpu),
        rounds_(std::make_shared<cuda::shared_rounds>(
            std::make_shared<cuda::shared_device>(data, gpu.device))) {
    constexpr double share = 0.9;  // what is left is the libraries', and of pages that are cut up
    std::size_t free = 0;
    std::size_t total = 0;
    SWEEPNET_CUDA(cudaMemGetInfo(&free, &total));
    memory_ = share * static_cast<double>(free);
  }
  explicit cuda_executor_group(const dataset&&, const cuda_options& = {}) = delete;

  [[nodiscard]] std::unique_ptr<executor> make(const model_spec& model,
                                               const training_options& options) override {
    return std::make_unique<cuda_executor>(model, options, data_, gpu_, rounds_);
  }

  [[nodiscard]] double memory_of(const model_spec& model,
                                 const training_options& options) const override {
    try {
      (void)cuda::checked_for_device(model, options, data_.data());
    } catch (const argument_error&) {
      return 0;
    }
    return static_cast<double>(cuda_executor::memory_of(model, options, data_.data(), gpu_));
  }
  /// Nine tenths of what was free when the data were there.
  [[nodiscard]] double memory() const override { return memory_; }
  [[nodiscard]] int useful_members() const override {
    return static_cast<int>(cuda::shared_rounds::capacity);
  }

 private:
  valid_dataset data_;
  cuda_options gpu_;
  std::shared_ptr<cuda::shared_rounds> rounds_;
  double memory_ = 0;
};

}  // namespace sweepnet
