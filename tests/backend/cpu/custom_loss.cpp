// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/network/custom_loss.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "backend/cpu/two_epochs.hpp"
#include "backend/epoch.hpp"
#include "own_loss.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/network/parameters.hpp"

using namespace sweepnet;

namespace {

model_spec model_that_ends_in(const activation& output) {
  return {.inputs = 50,
          .layers = {dense{.units = 130, .activate = activations::tanh{}, .l2 = 0.01}, dropout{0.3},
                     dense{.units = 4, .activate = output}}};
}

// The gradients of a row are divided by the rows of a batch: by a power of 2 that is exact, and the
// order in which an own loss and a built-in one do it does not count.
const dataset data = testing::random_dataset(512, 50, 4);
constexpr std::int64_t batch = 64;

auto trained(const activation& output, const loss_function& loss, int threads) {
  return testing::after_two_epochs(cpu_executor(model_that_ends_in(output),
                                                {.batch_size = batch, .seed = 5, .loss = loss},
                                                data, {.threads = threads}));
}

class throwing_loss final : public custom_loss {
 public:
  [[nodiscard]] std::string name() const override { return "thrower"; }
  [[nodiscard]] double value(std::span<const float>, std::int64_t) const override { return 1; }
  void differentiate(std::span<const float>, std::int64_t, std::span<float>) const override {
    throw std::domain_error("no slope here");
  }
};

}  // namespace

TEST_CASE("a program's own cross-entropy gives the bits of the built-in one, with any threads") {
  const activation output = GENERATE(activation{activations::softmax{}}, activations::sigmoid{});
  const auto expected =
      trained(output, categorical_crossentropy{.path = loss_path::probabilities}, 1);
  for (const int threads : {1, 2, 5}) {
    INFO(output.name() << ", " << threads << " threads");
    CHECK(trained(output, std::make_shared<testing::own_crossentropy>(), threads) == expected);
  }
}

TEST_CASE("a program's own cross-entropy ends near the one that is fused with softmax") {
  const auto own =
      trained(activations::softmax{}, std::make_shared<testing::own_crossentropy>(), 2);
  const auto fused = trained(activations::softmax{}, categorical_crossentropy{}, 2);
  CHECK(std::get<0>(own) != std::get<0>(fused));
  CHECK(testing::relative_l2(std::get<0>(own), std::get<0>(fused)) < 1e-4);
}

TEST_CASE("a program's own loss gives the same bits with one, two and five threads") {
  const auto own = std::make_shared<testing::brier_score>();
  const auto one = trained(activations::softmax{}, own, 1);
  CHECK(trained(activations::softmax{}, own, 2) == one);
  CHECK(trained(activations::softmax{}, own, 5) == one);
}

TEST_CASE("a program's own loss goes on bit by bit from an imported state") {
  const training_options options{
      .batch_size = 32, .seed = 8, .loss = std::make_shared<testing::brier_score>()};
  testing::check_goes_on(model_that_ends_in(activations::softmax{}), options, data);
}

TEST_CASE("gradients match central differences of a program's own loss") {
  const activation output =
      GENERATE(activation{activations::softmax{}}, activations::sigmoid{}, activations::linear{});
  INFO(output.name());
  const model_spec model{.inputs = 5,
                         .layers = {dense{.units = 7, .activate = activations::tanh{}, .l2 = 0.01},
                                    dense{.units = 3, .activate = output}}};
  const dataset rows = testing::random_dataset(24, 5, 3);
  const loss_function loss = std::make_shared<testing::brier_score>();
  const training_options options{.batch_size = rows.train.rows(), .seed = 3, .loss = loss};
  cpu_executor executor(model, options, rows, {.threads = 2, .keep_gradients = true});
  const std::vector<float> parameters = executor.parameters();
  testing::train_epoch(executor, testing::epoch_order(rows, 1));
  const std::vector<float> gradients = executor.last_gradients();

  thread_pool pool(1);
  constexpr float h = 1e-2F;  // the network is of float: differences of it need a wide step
  std::vector<float> expected;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto loss_at = [&](float offset) {
      std::vector<float> moved = parameters;
      moved[i] += offset;
      return evaluate_on_cpu(model, loss, moved, rows.train, pool).loss;
    };
    expected.push_back(static_cast<float>((loss_at(h) - loss_at(-h)) / (2 * double{h})));
  }
  CHECK(testing::relative_l2(gradients, expected) < 1e-3);
}

TEST_CASE("of outputs that are not finite the loss is NaN, and a program's own is not asked") {
  const model_spec model{.inputs = 1,
                         .layers = {dense{.units = 2, .activate = activations::exponential{}}}};
  const loss_function loss = std::make_shared<testing::constant_loss>(7.0);
  const labelled_rows rows{.features = std::vector<float>{1, 1000}, .width = 1, .labels = {0, 1}};
  const std::vector<float> parameters{1, 1, 0, 0};
  thread_pool pool(1);
  CHECK(std::isnan(evaluate_on_cpu(model, loss, parameters, rows, pool).loss));

  const dataset both{.name = "", .train = rows, .validation = {}, .class_count = 2};
  cpu_executor executor(model, {.loss = loss}, both);
  executor.import_state([&] {
    executor_state state = executor.export_state();
    state.parameters = parameters;
    return state;
  }());
  CHECK(std::isnan(testing::train_epoch(executor, testing::epoch_order(both, 1)).loss));
  CHECK(std::ranges::any_of(executor.parameters(), [](float w) { return std::isnan(w); }));
}

TEST_CASE("what a program's own loss throws leaves the call that trains") {
  cpu_executor executor(model_that_ends_in(activations::softmax{}),
                        {.loss = std::make_shared<throwing_loss>()}, data, {.threads = 2});
  CHECK(testing::message_of<std::domain_error>([&] {
          testing::train_epoch(executor, testing::epoch_order(data, 1));
        }) == "no slope here");
}

TEST_CASE("a malformed loss is refused wherever one is given") {
  const model_spec model = model_that_ends_in(activations::softmax{});
  const auto complaints = [&](const loss_function& loss) {
    thread_pool pool(1);
    return std::pair(testing::message_of<argument_error>(
                         [&] { cpu_executor executor(model, {.loss = loss}, data); }),
                     testing::message_of<argument_error>([&] {
                       (void)evaluate_on_cpu(model, loss, initial_parameters(model, 1),
                                             data.validation, pool);
                     }));
  };
  const auto in_both = [](const std::string& message) {
    return std::pair("training: loss" + message, "loss" + message);
  };
  CHECK(complaints(std::shared_ptr<testing::brier_score>()) ==
        in_both(": loss must be an object, got a null pointer"));
  CHECK(complaints(std::make_shared<testing::brier_score>("Categorical_Crossentropy")) ==
        in_both(": an own loss must have a name of its own, got 'Categorical_Crossentropy', which "
                "is a built-in one's"));
  CHECK(complaints(categorical_crossentropy{.label_smoothing = -1}) ==
        in_both(".label_smoothing must be in [0, 1], got -1"));
}
