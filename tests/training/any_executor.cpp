// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/training/any_executor.hpp"

#include <utility>

#include "backend/epoch.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"

using namespace sweepnet;

TEST_CASE("an executor behind any_executor does the same") {
  const dataset data = testing::random_dataset(60, 8, 3);
  const model_spec model{.inputs = 8,
                         .layers = {dense{.units = 3, .activate = {activations::softmax{}}}}};
  const training_options options{.batch_size = 16, .seed = 4};
  const auto order = shuffled_order(4, 1, 60);
  cpu_executor direct(model, options, data, {.threads = 1});
  any_executor any(std::in_place_type<cpu_executor>, model, options, data,
                   cpu_options{.threads = 1});
  any.scale_learning_rate(0.5);
  direct.scale_learning_rate(0.5);
  CHECK(testing::train_epoch(any, order).loss == testing::train_epoch(direct, order).loss);
  any.keep_best();
  CHECK(any.best_parameters() == direct.export_state().parameters);
  CHECK(any.evaluate().loss == direct.evaluate().loss);
  CHECK(any.learning_rate() == direct.learning_rate());
  CHECK(any.device() == direct.device());

  any_executor other(std::in_place_type<cpu_executor>, model, options, data,
                     cpu_options{.threads = 1});
  other.import_state(any.export_state());
  CHECK(other.export_state().parameters == direct.export_state().parameters);
}
