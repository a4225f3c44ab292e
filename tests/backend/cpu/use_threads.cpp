// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The number of threads may change while a run goes on.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "backend/epoch.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cpu/step/shares.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/trainer.hpp"

using namespace sweepnet;

namespace {

/// Rows of bytes, of which so many in 256 are 0.
dataset data_with_zeros(int zeros) {
  dataset data = testing::random_dataset(150, 300, 4);
  for (labelled_rows* part : {&data.train, &data.validation}) {
    for (std::uint8_t& byte : part->features.owned<std::uint8_t>()) {
      if (byte < zeros) byte = 0;
    }
  }
  return data;
}

struct training_case {
  std::string name;
  model_spec model;
  training_options options;
};

/// Networks whose steps go by different ways: with wide layers by panels and without, with and
/// without input dropout, with gradients that are used where they stand and with stored ones.
std::vector<training_case> cases() {
  const activation softmax = activations::softmax{};
  const training_options usual{.batch_size = 64, .epochs = 6, .seed = 5};
  const std::vector<layer> narrow = {dense{.units = 20, .activate = activations::tanh{}},
                                     dense{.units = 4, .activate = softmax}};
  const std::vector<layer> wide = {
      dense{.units = 384, .activate = activations::relu{}}, dropout{0.5},
      dense{.units = 256, .activate = activations::tanh{}},
      dense{.units = 30, .activate = activations::elu{}}, dense{.units = 4, .activate = softmax}};
  std::vector<layer> dropped = wide;
  dropped.insert(dropped.begin(), dropout{0.1});
  training_options clipped = usual;
  clipped.optimizer = {.rule = rules::adam{}, .global_clipnorm = 0.5};
  return {{"narrow", {.inputs = 300, .layers = narrow}, usual},
          {"wide", {.inputs = 300, .layers = wide}, usual},
          {"wide behind dropout", {.inputs = 300, .layers = dropped}, usual},
          {"narrow, clipped by norm", {.inputs = 300, .layers = narrow}, clipped},
          {"wide, clipped by norm", {.inputs = 300, .layers = wide}, clipped}};
}

/// Before each epoch: the next number of threads.
class changing_threads final : public callback {
 public:
  void on_epoch_begin(training_context& context, std::int64_t epoch) override {
    constexpr std::array<int, 6> numbers{3, 1, 2, 5, 4, 1};
    const int threads = numbers.at(static_cast<std::size_t>(epoch) % numbers.size());
    context.executor.use_threads(threads);
    CHECK(context.executor.threads() == threads);
    if (epoch == leave_before) state = context.capture();
  }

  std::int64_t leave_before = 0;
  run_state state{};
};

}  // namespace

TEST_CASE("threads that change between epochs change no bit, where a run is resumed neither") {
  for (const int zeros : {0, 210}) {
    const dataset data = data_with_zeros(zeros);
    for (const training_case& c : cases()) {
      INFO(c.name << ", " << zeros << " of 256 features are 0");
      cpu_executor straight(c.model, c.options, data, {.threads = 1});
      const training_history expected = train(straight).history;

      cpu_executor changing(c.model, c.options, data, {.threads = 2});
      changing_threads threads;
      threads.leave_before = 4;
      const training_history found = train(changing, threads).history;
      CHECK(changing.parameters() == straight.parameters());
      CHECK(changing.export_state().optimizer_slots == straight.export_state().optimizer_slots);

      cpu_executor resumed(c.model, c.options, data, {.threads = 5});
      const training_history rest = resume(threads.state, resumed, threads).history;
      CHECK(resumed.parameters() == straight.parameters());
      CHECK(resumed.export_state().optimizer_slots == straight.export_state().optimizer_slots);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(found[i].train.loss == expected[i].train.loss);
        CHECK(found[i].validation->loss == expected[i].validation->loss);
        CHECK(rest[i].train.loss == expected[i].train.loss);
        CHECK(rest[i].validation->loss == expected[i].validation->loss);
      }
    }
  }
}

TEST_CASE("the cases of changing threads have layers by panels and without") {
  std::size_t by_panels = 0;
  for (const training_case& c : cases()) {
    const cpu::staged_network network(c.model, {});
    by_panels += cpu::thread_shares(network, 2).by_panels;
    CHECK(cpu::thread_shares(network, 5).by_panels == 0);
  }
  CHECK(by_panels == 6);
}

TEST_CASE("threads may change from within a pass, and count from the next step on") {
  const dataset data = data_with_zeros(210);
  const training_case c = cases().at(1);
  cpu_executor straight(c.model, c.options, data, {.threads = 1});
  const std::vector<std::uint32_t> order = testing::epoch_order(data, 1);
  testing::train_epoch(straight, order);
  const double expected = straight.evaluate().loss;

  cpu_executor changing(c.model, c.options, data, {.threads = 1});
  int threads = 1;
  const auto change = [&](const pass_progress&) { changing.use_threads(threads = 3 - threads); };
  testing::train_epoch(changing, order, change);
  CHECK(changing.evaluate(change).loss == expected);
  CHECK(changing.threads() == threads);
  CHECK(changing.parameters() == straight.parameters());
}

TEST_CASE("a number of threads that makes no sense is refused and changes nothing") {
  const dataset data = data_with_zeros(0);
  const training_case c = cases().at(0);
  cpu_executor executor(c.model, c.options, data, {.threads = 2});
  for (const int threads : {-1, 0, 4097}) {
    CHECK(testing::message_of<argument_error>([&] { executor.use_threads(threads); }) ==
          "threads must be in [1, 4096], got " + std::to_string(threads));
  }
  CHECK(executor.threads() == 2);
}
