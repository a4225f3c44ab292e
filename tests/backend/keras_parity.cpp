// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Whole networks against real Keras: the same weights, the same rows in the same order, 100 steps.

#include <cmath>
#include <string>
#include <vector>

#include "backend/epoch.hpp"
#include "golden.hpp"
#include "reference/network.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"

using namespace sweepnet;

namespace {

struct golden_network {
  testing::golden_file file;
  model_spec model;
  training_options options;
  categorical_crossentropy loss;
  dataset data;

  explicit golden_network(const std::string& name) : file("network_" + name + ".safetensors") {
    const ordered_json config = file.metadata("config");
    const safetensor& features = file.tensor("features");
    data.name = name;
    data.class_count = 10;
    data.train = {.features = features.values<std::uint8_t>(),
                  .scale = 1.0 / 255,
                  .width = features.shape[1],
                  .labels = file.tensor("labels").values<std::int32_t>()};
    model.inputs = data.train.width;
    for (const ordered_json& each : config["layers"]) {
      dense d{.units = each["units"], .l1 = each["l1"], .l2 = each["l2"]};
      REQUIRE(choose(d.activate, each["activation"].get<std::string>()));
      model.layers.emplace_back(d);
    }
    options.batch_size = config["batch_size"];
    options.optimizer = decode_json<optimizer>(config["optimizer"], name, "optimizer");
    loss.path = *from_name<loss_path>(config["loss"]["path"].get<std::string>());
    loss.label_smoothing = config["loss"]["label_smoothing"];
    options.loss = loss;
  }

  /// The tensors of a moment ("initial", "after_100", ...) in the layout of the parameters.
  [[nodiscard]] std::vector<float> flat(const std::string& moment) const {
    std::vector<float> all;
    for (std::size_t k = 0; k < model.layers.size(); ++k) {
      for (const char* part : {".kernel", ".bias"}) {
        const auto values = file.floats(moment + "/dense_" + std::to_string(k) + part);
        all.insert(all.end(), values.begin(), values.end());
      }
    }
    return all;
  }

  /// The largest relative difference of any tensor.
  [[nodiscard]] double worst_tensor(const std::vector<float>& values,
                                    const std::string& moment) const {
    const std::vector<float> expected = flat(moment);
    double worst = 0;
    for (const dense_weights& weights : parameter_layout(model).weights) {
      for (const auto& [first, count] : {std::pair(weights.kernel, weights.kernel_size()),
                                         std::pair(weights.bias, weights.units)}) {
        const auto part = [&, first = first, count = count](const std::vector<float>& all) {
          return std::span(all).subspan(static_cast<std::size_t>(first),
                                        static_cast<std::size_t>(count));
        };
        worst = std::max(worst, testing::relative_l2(part(values), part(expected)));
      }
    }
    return worst;
  }
};

}  // namespace

TEST_CASE("networks take Keras' first step and reach Keras' weights after 100 steps") {
  const std::string name =
      GENERATE("relu_rmsprop", "tanh_rmsprop", "tanh_adam", "tanh_sgd", "tanh_rmsprop_clipped",
               "relu_rmsprop_regularized", "relu_rmsprop_keras2", "tanh_rmsprop_keras2");
  const bool keras2 = name.ends_with("_keras2");
  INFO(name);
  const golden_network golden(name);
  cpu_executor executor(golden.model, golden.options, golden.data,
                        {.threads = 1, .keep_gradients = true});
  executor_state state = executor.export_state();
  state.parameters = golden.flat("initial");
  executor.import_state(state);

  const std::vector<float> losses = golden.file.floats("loss_per_step");
  const std::int64_t batch = golden.options.batch_size;
  const std::int64_t rows = golden.data.train.rows();
  for (std::int64_t step = 0, first = 0; step < 100; ++step) {
    std::vector<std::uint32_t> order;
    for (std::int64_t r = first; r < std::min(first + batch, rows); ++r) {
      order.push_back(static_cast<std::uint32_t>(r));
    }
    first = first + batch < rows ? first + batch : 0;
    const double loss = testing::train_epoch(executor, order).loss;
    const double expected = losses[static_cast<std::size_t>(step)];
    const double tolerance = step == 0 ? 1e-6 : keras2 ? 1e-2 : 1e-4;
    INFO("step " << step + 1);
    CHECK(std::abs(loss - expected) <= tolerance * expected);
    if (step == 0) {
      CHECK(golden.worst_tensor(executor.last_gradients(), "gradient_1") <= 1e-5);
      CHECK(testing::relative_l2(executor.export_state().parameters, golden.flat("after_1")) <=
            1e-6);
    }
  }
  const double limit = keras2 ? 5e-3 : 1e-4;
  CHECK(golden.worst_tensor(executor.export_state().parameters, "after_100") <= limit);

  testing::reference_network<float> network(golden.model, golden.loss, 32);
  std::vector<float> x(static_cast<std::size_t>(32 * golden.model.inputs));
  for (std::int64_t r = 0; r < 32; ++r) {
    golden.data.train.copy_row(r, x.data() + r * golden.model.inputs);
  }
  const std::vector<float> weights = executor.export_state().parameters;
  const auto predictions = network.forward(x.data(), 32, weights.data());
  CHECK(testing::relative_l2(predictions, golden.file.floats("predictions")) <= limit);
}
