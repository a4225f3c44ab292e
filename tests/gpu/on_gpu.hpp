// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The GPU's executors and groups of them by their interfaces, so that the tests of them know no
// CUDA.

#include <iostream>
#include <memory>
#include <string>

#include "gpu.hpp"  // the example program's
#include "sweepnet/backend/cuda/options.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/executor_group.hpp"

namespace testing {

/// False, after saying so, where there is no usable GPU.
inline bool has_gpu(const std::string& test) {
  const std::string reason = gpu()->why_unusable(0);
  if (!reason.empty()) std::cout << "skipped: " << test << ": " << reason << "\n";
  return reason.empty();
}

inline std::unique_ptr<sweepnet::executor> on_gpu(const sweepnet::model_spec& model,
                                                  const sweepnet::training_options& options,
                                                  const sweepnet::dataset& data,
                                                  const sweepnet::cuda_options& how = {}) {
  return gpu()->make(model, options, data, how);
}

inline std::unique_ptr<sweepnet::executor_group> group_on_gpu(
    const sweepnet::dataset& data, const sweepnet::cuda_options& how = {}) {
  return gpu()->make_group(data, how);
}

}  // namespace testing
