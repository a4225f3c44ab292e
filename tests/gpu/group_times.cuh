// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How long many models take together, as members of one group, and one after the other.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sweepnet/backend/cuda/executor.cuh"
#include "sweepnet/backend/cuda/group.cuh"
#include "sweepnet/core/format.hpp"
#include "sweepnet/training/trainer.hpp"

namespace testing {

struct timed_model {
  sweepnet::model_spec model;
  sweepnet::training_options options;
};

/// `count` of a sweep: 16 to 512 units wide, 1 to 4 layers deep, of several batches and optimizers,
/// 20 epochs each.
inline std::vector<timed_model> mixed_models(std::size_t count, const sweepnet::dataset& data) {
  using namespace sweepnet;
  const std::vector<optimizer_rule> rules{rules::rmsprop{}, rules::adam{},
                                          rules::sgd{.momentum = 0.9}};
  std::vector<timed_model> all;
  for (std::size_t i = 0; i < count; ++i) {
    model_spec model{.inputs = data.inputs(), .layers = {}};
    for (std::size_t layer = 0; layer <= i / 6 % 4; ++layer) {
      model.layers.emplace_back(dense{.units = std::int64_t{512} >> ((i + layer) % 6),
                                      .activate = {activations::relu{}}});
      model.layers.emplace_back(dropout{0.2});
    }
    model.layers.emplace_back(dense{.units = data.classes(), .activate = {activations::softmax{}}});
    all.push_back({model,
                   {.batch_size = std::int64_t{32} << (i / 24 % 3),
                    .epochs = 20,
                    .seed = i,
                    .optimizer = {.rule = rules[i % rules.size()]}}});
  }
  return all;
}

struct group_time {
  double seconds = 0;       ///< with the data's way to the GPU
  double steps = 0;         ///< of all models
  double val_accuracy = 0;  ///< after the last epoch, the models' mean
};

/// Trains each model by the executor that `make` gives for it, in threads of their own or one after
/// the other.
inline group_time time_models(
    const std::vector<timed_model>& models, const sweepnet::dataset& data, bool together,
    const std::function<std::unique_ptr<sweepnet::executor>(const timed_model&)>& make) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<double> accuracies(models.size());
  std::vector<std::exception_ptr> failures(models.size());
  const auto train_one = [&](std::size_t i) {
    try {
      const auto executor = make(models[i]);
      accuracies[i] = train(*executor).history.back().validation->accuracy;
    } catch (...) {
      failures[i] = std::current_exception();
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (together) {
      threads.emplace_back([&, i] { train_one(i); });
    } else {
      train_one(i);
    }
  }
  for (std::thread& each : threads) each.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  group_time time{.seconds = took.count()};
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (failures[i]) std::rethrow_exception(failures[i]);
    const sweepnet::training_options& options = models[i].options;
    const auto in_epoch = sweepnet::cuda::parts_of(data.train.rows(), options.batch_size);
    time.steps += static_cast<double>(options.epochs * in_epoch);
    time.val_accuracy += accuracies[i] / static_cast<double>(models.size());
  }
  return time;
}

inline group_time time_together(const std::vector<timed_model>& models,
                                const sweepnet::dataset& data) {
  const auto start = std::chrono::steady_clock::now();
  sweepnet::cuda_executor_group group(data);
  const std::chrono::duration<double> begun = std::chrono::steady_clock::now() - start;
  group_time time = time_models(models, data, true, [&](const timed_model& each) {
    return group.make(each.model, each.options);
  });
  time.seconds += begun.count();
  return time;
}

inline group_time time_in_turn(const std::vector<timed_model>& models,
                               const sweepnet::dataset& data) {
  return time_models(models, data, false, [&](const timed_model& each) {
    return std::make_unique<sweepnet::cuda_executor>(each.model, each.options, data);
  });
}

/// A line for 100 models of `equal`'s shape, as peers time them, and one for 100 of a sweep.
inline std::vector<std::string> group_times(const timed_model& equal,
                                            const sweepnet::dataset& data) {
  constexpr std::size_t count = 100;
  std::vector<timed_model> models(count, equal);
  for (std::size_t i = 0; i < count; ++i) models[i].options.seed = i;
  const group_time same = time_together(models, data);
  const std::vector<timed_model> mixed = mixed_models(count, data);
  const group_time together = time_together(mixed, data);
  const group_time in_turn = time_in_turn(mixed, data);
  return {fmt::format("sweepnet {} models together: {:.1f} us a step, {} epochs {:.3f} s, "
                      "val_accuracy {:.4f}",
                      count, same.seconds / same.steps * 1e6, equal.options.epochs, same.seconds,
                      same.val_accuracy),
          fmt::format("mixed sweep of {} models, 20 epochs each: {:.3f} s together, {:.1f} us of "
                      "it a step; {:.3f} s one after the other; val_accuracy {:.4f} and {:.4f}",
                      count, together.seconds, together.seconds / together.steps * 1e6,
                      in_turn.seconds, together.val_accuracy, in_turn.val_accuracy)};
}

}  // namespace testing
