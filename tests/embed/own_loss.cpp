// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "own_loss.hpp"

#include <Eigen/Core>
#include <cmath>
#include <memory>
#include <vector>

#include "embed/small.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"

using namespace sweepnet;

TEST_CASE("a run by a program's own loss learns, resumes, evaluates and predicts") {
  const dataset data = testing::small_data();
  const model_spec model = testing::small_network(data);
  const auto for_epochs = [](std::int64_t epochs) {
    return training_options{
        .epochs = epochs, .seed = 2, .loss = std::make_shared<testing::brier_score>()};
  };
  const fit_result whole = fit(model, data, for_epochs(4));
  const fit_result half = fit(model, data, for_epochs(2));
  const fit_result rest = resume(model, data, for_epochs(4), half.state);
  CHECK(rest.last.parameters == whole.last.parameters);
  CHECK(rest.best.parameters == whole.best.parameters);
  CHECK(whole.history.back().train.loss < whole.history.front().train.loss);

  thread_pool pool(2);
  const metrics again = evaluate_on_cpu(whole.best.model, whole.best.loss, whole.best.parameters,
                                        data.validation, pool);
  CHECK(again.loss == whole.best_epoch.validation->loss);

  const Eigen::MatrixXf outputs = predictor(whole.best)(data.validation);
  const testing::brier_score score;
  double loss = 0;
  for (Eigen::Index r = 0; r < outputs.rows(); ++r) {
    const Eigen::VectorXf row = outputs.row(r);
    loss += score.value({row.data(), static_cast<std::size_t>(row.size())},
                        data.validation.labels[static_cast<std::size_t>(r)]);
  }
  CHECK(std::abs(loss / static_cast<double>(outputs.rows()) - again.loss) < 1e-12);
}
