// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Several models train at once, each by an executor in a thread of its own.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cpu/factors/prepared_rows.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/trainer.hpp"

using namespace sweepnet;

namespace {

std::vector<float> trained(const dataset& data, std::uint64_t seed, int threads) {
  const model_spec model{
      .inputs = data.inputs(),
      .layers = {dense{.units = 64, .activate = {activations::relu{}}}, dropout{0.2},
                 dense{.units = data.classes(), .activate = {activations::softmax{}}}}};
  cpu_executor executor(model, {.batch_size = 64, .epochs = 2, .seed = seed}, data,
                        {.threads = threads});
  model_checkpoint checkpoint;
  train(executor, checkpoint);
  return executor.parameters();
}

}  // namespace

TEST_CASE("executors in threads of their own share data, and train as if they were alone") {
  const dataset data = testing::random_dataset(400, 20, 3);
  const std::vector<float> first = trained(data, 1, 1);
  const std::vector<float> second = trained(data, 2, 1);
  for (const int threads : {1, 2}) {
    std::vector<float> other;
    std::thread beside([&] { other = trained(data, 2, threads); });
    CHECK(trained(data, 1, threads) == first);
    beside.join();
    CHECK(other == second);
  }
}

namespace {

/// Before epoch 2: one thread more.
class one_thread_more final : public callback {
 public:
  void on_epoch_begin(training_context& context, std::int64_t epoch) override {
    if (epoch == 2) context.executor.use_threads(context.executor.threads() + 1);
  }
};

/// What a model with a wide first layer, for which the features' zeros are listed, comes to.
std::vector<float> trained_by(const executor_factory& make, const dataset& data,
                              std::uint64_t seed) {
  const model_spec model{
      .inputs = data.inputs(),
      .layers = {dense{.units = 128, .activate = {activations::relu{}}},
                 dense{.units = data.classes(), .activate = {activations::softmax{}}}}};
  const std::unique_ptr<executor> executor =
      make(model, {.batch_size = 64, .epochs = 3, .seed = seed}, data);
  one_thread_more more;
  train(*executor, more);
  return executor->parameters();
}

}  // namespace

TEST_CASE("executors that share what follows from the data are made and train at once") {
  dataset data = testing::random_dataset(400, 20, 3);
  for (std::uint8_t& byte : data.train.features.owned<std::uint8_t>()) byte = byte < 220 ? 0 : byte;
  std::vector<std::vector<float>> alone;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    alone.push_back(trained_by(cpu_executors(data, {.threads = 1}), data, seed));
  }
  const executor_factory shared = cpu_executors(data, {.threads = 1});
  std::vector<std::vector<float>> together(alone.size());
  std::vector<std::thread> runs;
  for (std::size_t i = 0; i < together.size(); ++i) {
    runs.emplace_back([&, i] { together[i] = trained_by(shared, data, i); });
  }
  for (std::thread& run : runs) run.join();
  CHECK(together == alone);

  const dataset other = testing::random_dataset(80, 20, 3);  // which they do not share
  CHECK(trained_by(shared, other, 1) == trained_by(cpu_executors(other, {.threads = 2}), other, 1));
}

TEST_CASE("threads that ask for the features' lists at once get the same ones") {
  const dataset data = testing::random_dataset(400, 20, 3);
  const cpu::prepared_rows rows(data.train);
  std::vector<const cpu::sparse_features*> lists(4);
  std::vector<std::thread> threads;
  for (auto& list : lists) threads.emplace_back([&rows, &list] { list = &rows.nonzeros(); });
  for (std::thread& thread : threads) thread.join();
  CHECK(lists == std::vector(4, &rows.nonzeros()));
  CHECK(rows.nonzeros().width() == 20);
}
