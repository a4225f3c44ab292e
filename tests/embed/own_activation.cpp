// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <vector>

#include "own_activation.hpp"
#include "support.hpp"
#include "sweepnet/train.hpp"

using namespace sweepnet;

namespace {

model_spec model_of(const dataset& data) {
  const activation own = std::make_shared<testing::signed_log>();
  return {.inputs = data.inputs(),
          .layers = {dense{.units = 20, .activate = own}, dropout{0.2},
                     dense{.units = data.classes(), .activate = activations::softmax{}}}};
}

}  // namespace

TEST_CASE("a network with a program's own activation resumes in the same bits, and predicts") {
  const dataset data = testing::random_dataset(200, 12, 3);
  const model_spec model = model_of(data);
  const fit_result whole = fit(model, data, {.epochs = 4, .seed = 2});
  const fit_result half = fit(model, data, {.epochs = 2, .seed = 2});
  const fit_result rest = resume(model, data, {.epochs = 4, .seed = 2}, half.state);
  CHECK(rest.last.parameters == whole.last.parameters);
  CHECK(rest.best.parameters == whole.best.parameters);

  std::vector<float> rows(static_cast<std::size_t>(data.validation.rows() * data.inputs()));
  for (std::int64_t r = 0; r < data.validation.rows(); ++r) {
    data.validation.copy_row(r, rows.data() + r * data.inputs());
  }
  const std::vector<float> outputs = predictor(whole.best)(rows);
  CHECK(outputs == predictor(whole.best, {.threads = 5})(rows));
  int correct = 0;
  for (std::int64_t r = 0; r < data.validation.rows(); ++r) {
    correct += predicted_class(&outputs[static_cast<std::size_t>(r * 3)], 3) ==
                       data.validation.labels[static_cast<std::size_t>(r)]
                   ? 1
                   : 0;
  }
  const double accuracy =
      static_cast<double>(correct) / static_cast<double>(data.validation.rows());
  CHECK(accuracy == whole.best_epoch.validation->accuracy);
}
