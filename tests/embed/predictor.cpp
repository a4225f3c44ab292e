// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/embed/predictor.hpp"

#include <Eigen/Core>
#include <cstdint>
#include <thread>
#include <vector>

#include "embed/small.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"

using namespace sweepnet;

namespace {

using row_major = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using bytes = Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic>;

constexpr std::int64_t width = 40;
constexpr std::int64_t classes = 7;

trained_model network() {
  const model_spec model{
      .inputs = width,
      .layers = {dropout{.rate = 0.5}, dense{.units = 70, .activate = activations::relu{}},
                 dense{.units = classes, .activate = activations::softmax{}}}};
  return {.model = model, .parameters = initial_parameters(model, 3)};
}

/// Small integers, a good part of them 0, which every type of element holds.
bytes some_rows(Eigen::Index rows) {
  const labelled_rows drawn = testing::random_rows(rows, width, 2, 8);
  const std::span<const std::uint8_t> elements = drawn.features.as<std::uint8_t>();
  bytes x(rows, width);
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    const int value = elements[static_cast<std::size_t>(i)] - 200;
    x(i / width, i % width) = static_cast<std::uint8_t>(std::max(value, 0));
  }
  return x;
}

}  // namespace

TEST_CASE("outputs are those of predict_on_cpu, of any number of threads") {
  const trained_model trained = network();
  const bytes x = some_rows(700);
  const row_major rows = x.cast<float>();
  thread_pool pool(2);
  const std::vector<float> expected = predict_on_cpu(
      trained.model, trained.parameters,
      {.features = std::vector<float>(rows.data(), rows.data() + rows.size()), .width = width},
      pool);
  const predictor one(trained);
  CHECK(one.inputs() == width);
  CHECK(one.outputs() == classes);
  for (const int threads : {1, 2, 5}) {
    const predictor predict(trained, {.threads = threads});
    CHECK(predict(std::span<const float>(rows.data(), static_cast<std::size_t>(rows.size()))) ==
          expected);
    const row_major outputs = predict(x);
    CHECK(std::vector<float>(outputs.data(), outputs.data() + outputs.size()) == expected);
  }
}

TEST_CASE("outputs depend neither on the rows beside a row nor on its type or order") {
  const predictor predict(network(), {.threads = 2});
  const bytes x = some_rows(300);
  const Eigen::MatrixXf all = predict(x);
  REQUIRE(all.rows() == 300);
  REQUIRE(all.cols() == classes);
  for (const Eigen::Index count : {1, 2, 127, 128, 129}) {
    for (const Eigen::Index first : {0, 100, 171}) {
      CHECK(predict(x.middleRows(first, count)) == all.middleRows(first, count));
    }
  }
  CHECK(predict(x.cast<float>().eval()) == all);
  CHECK(predict(row_major(x.cast<float>())) == all);
  CHECK(predict(x.cast<double>()) == all);
  CHECK(predict(x.cast<int>()) == all);
  CHECK(predict(x.cast<float>() * 1.0F) == all);
  CHECK((all.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-5F);
}

TEST_CASE("rows of a data set are predicted with their scale, labelled or not") {
  const predictor predict(network());
  labelled_rows rows = testing::random_rows(20, width, classes, 4);
  row_major reals(20, width);
  for (Eigen::Index r = 0; r < 20; ++r) rows.copy_row(r, reals.data() + r * width);
  const Eigen::MatrixXf expected = predict(reals);
  CHECK(predict(rows) == expected);
  rows.labels.clear();
  CHECK(predict(rows) == expected);
}

TEST_CASE("no rows have no outputs") {
  const predictor predict(network(), {.threads = 2});
  const Eigen::MatrixXf none = predict(Eigen::MatrixXf(0, width));
  CHECK(none.rows() == 0);
  CHECK(none.cols() == classes);
  CHECK(predict(std::span<const float>()).empty());
  CHECK(predict(labelled_rows{}).rows() == 0);
}

TEST_CASE("several threads may call one predictor at once") {
  const predictor predict(network(), {.threads = 2});
  const bytes x = some_rows(260);
  const Eigen::MatrixXf expected = predict(x);
  std::vector<Eigen::MatrixXf> outputs(4);
  std::vector<std::thread> callers;
  for (Eigen::MatrixXf& mine : outputs) {
    callers.emplace_back([&] {
      for (int i = 0; i < 3; ++i) mine = predict(x);
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const Eigen::MatrixXf& mine : outputs) CHECK(mine == expected);
}
