// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "backend/contract.hpp"

#include "sweepnet/backend/cpu/executor.hpp"

using namespace sweepnet;

std::vector<std::pair<std::string, executor_factory>> testing::executors() {
  std::vector<std::pair<std::string, executor_factory>> all;
  for (const int threads : {1, 3}) {
    all.emplace_back(fmt::format("{} threads", threads), [threads](const model_spec& model,
                                                                   const training_options& options,
                                                                   const dataset& data) {
      return std::make_unique<cpu_executor>(model, options, data, cpu_options{.threads = threads});
    });
  }
  return all;
}
