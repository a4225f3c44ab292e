// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The GPU backend as a value, so that a program's .cpp files can use it: one .cu file makes it with
// cuda_accelerator() and hands it over.

#include <functional>
#include <memory>
#include <string>

#include "sweepnet/backend/cuda/options.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/executor_group.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

struct accelerator {
  /// Why GPU number `device` cannot be used; empty if it can.
  std::function<std::string(int device)> why_unusable;
  /// An executor on it. The data must outlive the executor.
  std::function<std::unique_ptr<executor>(const model_spec&, const training_options&,
                                          const dataset&, const cuda_options&)>
      make;
  /// A group of executors on it; empty: it has none. The data must outlive the members.
  std::function<std::unique_ptr<executor_group>(const dataset&, const cuda_options&)> make_group{};
};

}  // namespace sweepnet
