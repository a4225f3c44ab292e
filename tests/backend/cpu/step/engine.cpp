// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The engine against the plain network: the same loss and gradients, by every path.

#include <cmath>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "backend/epoch.hpp"
#include "one_hot_data.hpp"
#include "own_activation.hpp"
#include "reference/network.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cpu/kernels/kernels.hpp"
#include "sweepnet/backend/cpu/step/engine.hpp"

using namespace sweepnet;

namespace {

activation activation_named(const std::string& name) {
  activation result;
  REQUIRE(choose(result, name));
  return result;
}

/// Rows with many zeros, as bytes or as reals; three of seven columns have nothing else.
dataset sparse_dataset(std::int64_t rows, std::int64_t width, bool reals = false) {
  dataset data = testing::random_dataset(rows, width, 4);
  for (labelled_rows* part : {&data.train, &data.validation}) {
    std::vector<std::uint8_t> bytes = part->features.owned<std::uint8_t>();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (bytes[i] < 150 || i % static_cast<std::size_t>(width) % 7 < 3) bytes[i] = 0;
    }
    if (reals) {
      part->features = std::vector<float>(bytes.begin(), bytes.end());
    } else {
      part->features = bytes;
    }
  }
  return data;
}

std::vector<std::uint32_t> all_rows(const dataset& data) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(data.train.rows()));
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  return order;
}

/// Loss and gradients of one step, in float by the executor and in double by the plain network.
void check_step(const model_spec& model, const categorical_crossentropy& loss, const dataset& data,
                const cpu_options& cpu) {
  const training_options options{.batch_size = data.train.rows(), .seed = 6, .loss = loss};
  cpu_executor executor(model, options, data, cpu);
  const std::vector<float> start = executor.export_state().parameters;
  const double actual = testing::train_epoch(executor, all_rows(data)).loss;

  const std::int64_t rows = data.train.rows();
  testing::reference_network<double> plain(model, loss, rows);
  std::vector<double> x(static_cast<std::size_t>(rows * data.inputs()));
  for (std::int64_t r = 0; r < rows; ++r) data.train.copy_row(r, x.data() + r * data.inputs());
  const std::vector<double> parameters(start.begin(), start.end());
  plain.forward(x.data(), rows, parameters.data(), testing::dropout_draw{6, 0});
  const double expected = plain.score(data.train.labels.data()).loss / static_cast<double>(rows) +
                          plain.penalty(parameters.data());
  std::vector<double> gradients(parameters.size());
  plain.backward(data.train.labels.data(), parameters.data(), gradients.data());
  CHECK(std::abs(actual - expected) < 1e-5 * expected);
  CHECK(testing::relative_l2(executor.last_gradients(), gradients) < 2e-5);
}

thread_local std::int64_t allocations = 0;

}  // namespace

#if !defined(SWEEPNET_SANITIZES_ADDRESS)  // which has its own
static thread_local std::size_t allocated_bytes = 0;

// Counts what this thread allocates. Not inlined: GCC would take malloc and delete for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  allocated_bytes += size;
  if (void* at = std::malloc(size)) return at;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  allocated_bytes += size;
  const auto unit = static_cast<std::size_t>(alignment);
  if (void* at = std::aligned_alloc(unit, (size + unit - 1) / unit * unit)) return at;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* at) noexcept { std::free(at); }
[[gnu::noinline]] void operator delete(void* at, std::size_t) noexcept { std::free(at); }
[[gnu::noinline]] void operator delete(void* at, std::align_val_t) noexcept { std::free(at); }
[[gnu::noinline]] void operator delete(void* at, std::size_t, std::align_val_t) noexcept {
  std::free(at);
}
#endif

TEST_CASE("the engine's gradients are those of the plain network for every hidden activation") {
  const dataset data = sparse_dataset(37, 50);
  for (const std::string_view name : alternative_names<activation>()) {
    INFO(name);
    const activation hidden = activation_named(std::string(name));
    const model_spec model{.inputs = 50,
                           .layers = {dense{.units = 70, .activate = hidden}, dropout{0.3},
                                      dense{.units = 9, .activate = hidden},
                                      dense{.units = 4, .activate = activation_named("softmax")}}};
    check_step(model, {}, data, {.threads = 2, .keep_gradients = true});
  }
}

TEST_CASE("the engine's gradients are those of the plain network for a program's own activation") {
  const dataset data = sparse_dataset(37, 50);
  const activation hidden = std::make_shared<testing::signed_log>();
  const activation output = std::make_shared<testing::own_of<activations::sigmoid>>();
  const std::vector<layer> layers = {dense{.units = 70, .activate = hidden}, dropout{0.3},
                                     dense{.units = 9, .activate = hidden, .l2 = 0.01}};
  for (const activation& last : {activation(activations::softmax{}), output}) {
    model_spec model{.inputs = 50, .layers = layers};
    model.layers.emplace_back(dense{.units = 4, .activate = last});
    check_step(model, {}, data, {.threads = 2, .keep_gradients = true});
  }
}

TEST_CASE("the engine's gradients are those of the plain network for every shape of network") {
  const instruction_set set =
      GENERATE(instruction_set::portable, instruction_set::avx2, instruction_set::avx512);
  if (set > best_instructions()) {
    WARN("skipped: no " << name_of(set) << " here");
    return;
  }
  const bool reals = GENERATE(false, true);
  const double sparse_below = GENERATE(0.0, 100.0);  // skip no zeros, and all
  INFO(name_of(set) << (reals ? ", reals" : ", bytes") << ", sparse below " << sparse_below);
  const dataset data = sparse_dataset(129, 41, reals);
  const cpu_options cpu{
      .threads = 3, .instructions = set, .sparse_below = sparse_below, .keep_gradients = true};
  const activation tanh = activation_named("tanh");
  const activation softmax = activation_named("softmax");
  const auto check = [&](const categorical_crossentropy& loss, const std::vector<layer>& layers) {
    check_step({.inputs = 41, .layers = layers}, loss, data, cpu);
  };
  check({}, {dense{.units = 4, .activate = softmax}});
  check({.path = loss_path::probabilities},
        {dense{.units = 4, .activate = activation_named("sigmoid")}});
  check({.label_smoothing = 0.1},
        {dropout{0.2}, dense{.units = 130, .activate = tanh, .l2 = 0.01}, dropout{0.5},
         dropout{0.1}, dense{.units = 33, .activate = tanh, .l1 = 0.02}, dropout{0.0},
         dense{.units = 4, .activate = softmax}});
  check({.path = loss_path::probabilities, .label_smoothing = 0.1},
        {dense{.units = 20, .activate = activation_named("log_softmax")}, dropout{0.4},
         dense{.units = 4, .activate = softmax}});
}

/// All that an epoch leaves behind.
auto train_and_evaluate(const model_spec& model, const training_options& options,
                        const dataset& data, const cpu_options& cpu) {
  cpu_executor executor(model, options, data, cpu);
  const metrics trained = testing::train_epoch(executor, all_rows(data));
  const metrics validated = executor.evaluate();
  const executor_state state = executor.export_state();
  return std::tuple(state.parameters, state.optimizer_slots, trained.loss, validated.loss,
                    validated.accuracy);
}

TEST_CASE("threads, zeros that are skipped or not, and the width of vectors change no bit") {
  const dataset data = sparse_dataset(500, 100);
  const model_spec model{
      .inputs = 100,
      .layers = {dense{.units = 90, .activate = activation_named("relu")}, dropout{0.2},
                 dense{.units = 11, .activate = activation_named("tanh")},
                 dense{.units = 4, .activate = activation_named("softmax")}}};
  const optimizer rule =
      GENERATE(optimizer{}, optimizer{.rule = rules::adam{}}, optimizer{.rule = rules::ftrl{}},
               optimizer{.rule = rules::sgd{}, .clipvalue = 0.01},
               optimizer{.rule = rules::nadam{}, .global_clipnorm = 0.1});
  const training_options options{.batch_size = 96, .seed = 5, .optimizer = rule};
  const auto train = [&](const cpu_options& cpu) {
    return train_and_evaluate(model, options, data, cpu);
  };
  const auto expected = train({.threads = 1, .sparse_below = 100});
  for (const int threads : {1, 2, 3, 5}) {
    for (const double sparse_below : {0.0, 0.5, 100.0}) {
      for (const bool keep : {false, true}) {  // gradients stored first, or used where they stand
        CHECK(expected ==
              train({.threads = threads, .sparse_below = sparse_below, .keep_gradients = keep}));
      }
    }
  }
  if (best_instructions() < instruction_set::avx512) {
    WARN("skipped: no two sets with fused multiply-add here");
    return;
  }
  CHECK(expected == train({.threads = 1, .instructions = instruction_set::avx2}));
}

TEST_CASE("threads that share out the panels of wide layers change no bit") {
  const dataset data = sparse_dataset(150, 300);
  // Without input dropout features are listed; with much behind the layer so is its dL/dz.
  const auto [input_rate, rate] = GENERATE(std::pair(0.1, 0.5), std::pair(0.0, 0.9));
  const model_spec model{
      .inputs = 300,
      .layers = {dropout{input_rate}, dense{.units = 384, .activate = activation_named("relu")},
                 dropout{rate}, dense{.units = 256, .activate = activation_named("tanh")},
                 dropout{0.2}, dense{.units = 30, .activate = activation_named("elu")},
                 dense{.units = 4, .activate = activation_named("softmax")}}};
  const training_options options{.batch_size = 64, .seed = 5};
  const cpu::staged_network network(model, {});
  CHECK(cpu::thread_shares(network, 1).by_panels == 0);
  CHECK(cpu::thread_shares(network, 2).by_panels == 2);
  CHECK(cpu::thread_shares(network, 3).by_panels == 1);  // 6 panels and 4
  CHECK(cpu::thread_shares(network, 5).by_panels == 0);
  const auto train = [&](const cpu_options& cpu) {
    return train_and_evaluate(model, options, data, cpu);
  };
  const auto expected = train({.threads = 1, .sparse_below = 0});
  for (const int threads : {2, 3, 5}) {
    for (const double sparse_below : {0.0, 0.5, 100.0}) {
      for (const bool keep : {false, true}) {
        CHECK(expected ==
              train({.threads = threads, .sparse_below = sparse_below, .keep_gradients = keep}));
      }
    }
  }
}

TEST_CASE("factors with more rows or columns than lists can tell apart change no bit") {
  const auto [rows, width] =
      GENERATE(std::pair<std::int64_t, std::int64_t>(cpu::most_listed + 500, 20),
               std::pair<std::int64_t, std::int64_t>(20, cpu::most_listed + 500));
  const dataset data = sparse_dataset(rows, width);
  const model_spec model{
      .inputs = width,
      .layers = {dense{.units = 16, .activate = activation_named("relu")}, dropout{0.5},
                 dense{.units = 4, .activate = activation_named("softmax")}}};
  const training_options options{.batch_size = rows, .seed = 5};
  const auto train = [&](double sparse_below) {
    return train_and_evaluate(model, options, data, {.threads = 2, .sparse_below = sparse_below});
  };
  CHECK(train(0) == train(100));
}

TEST_CASE("a step and an evaluation allocate nothing") {
  const bool one_hot = GENERATE(false, true);
  const dataset data =
      one_hot ? testing::one_hot_dataset({.reals = 3, .groups = {500}, .classes = 4}, 256, 1)
              : sparse_dataset(256, 60);
  const double input_rate = one_hot ? 0.0 : 0.1;
  const model_spec model{
      .inputs = data.inputs(),
      .layers = {dropout{input_rate}, dense{.units = 40, .activate = activation_named("relu")},
                 dropout{0.2}, dense{.units = 4, .activate = activation_named("softmax")}}};
  cpu_executor executor(model, {.batch_size = 64}, data, {.threads = 1});
  const std::vector<std::uint32_t> order = all_rows(data);
  pass_progress progress;
  executor.train_epoch(order, progress);
  (void)executor.evaluate();
  progress = {};
  const std::int64_t before = allocations;
  executor.train_epoch(order, progress);
  (void)executor.evaluate();
  CHECK(allocations == before);
}

#if !defined(SWEEPNET_SANITIZES_ADDRESS)
TEST_CASE("executors that share a data set list its features once") {
  const dataset data = sparse_dataset(3000, 60);
  const model_spec model{.inputs = 60,
                         .layers = {dense{.units = 200, .activate = activation_named("relu")},
                                    dense{.units = 4, .activate = activation_named("softmax")}}};
  const cpu_dataset shared(data);
  const cpu_options how{.threads = 1, .sparse_below = 100};
  const auto bytes_of_one = [&] {
    const std::size_t before = allocated_bytes;
    const cpu_executor executor(model, {.batch_size = 16}, shared, how);
    CHECK(executor.device().ends_with("sparse first layer)"));
    return allocated_bytes - before;
  };
  const std::size_t first = bytes_of_one();
  const std::size_t second = bytes_of_one();
  const cpu::sparsity zeros(data.train);
  const double listed = zeros.density * 3 * static_cast<double>(3000 * 60);  // bytes, of training
  CHECK(static_cast<double>(first - second) > listed);
  CHECK(bytes_of_one() == second);
}
#endif

TEST_CASE("data without validation rows can be trained on") {
  dataset data = sparse_dataset(40, 30);
  data.validation = {};
  const model_spec model{.inputs = 30,
                         .layers = {dense{.units = 4, .activate = activation_named("softmax")}}};
  cpu_executor executor(model, {.batch_size = 16}, data, {.threads = 2});
  CHECK(std::isfinite(testing::train_epoch(executor, all_rows(data)).loss));
  CHECK(executor.evaluate().accuracy == 0);
}

TEST_CASE("the executor says what it computes with") {
  const dataset sparse = sparse_dataset(40, 30);
  const dataset dense_data = testing::random_dataset(40, 30, 4);
  const model_spec model{.inputs = 30,
                         .layers = {dense{.units = 200, .activate = activation_named("relu")},
                                    dense{.units = 4, .activate = activation_named("softmax")}}};
  const cpu_options portable{.threads = 1, .instructions = instruction_set::portable};
  CHECK(cpu_executor(model, {}, sparse, portable).device() == "cpu (portable, sparse first layer)");
  CHECK(cpu_executor(model, {}, dense_data, portable).device() ==
        "cpu (portable, dense first layer)");
}
