// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Networks, data and batches drawn at random, and their training in double precision.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "reference/network.hpp"
#include "support.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/options.hpp"

namespace testing {

struct random_network {
  sweepnet::model_spec model{};
  sweepnet::training_options options{};
  sweepnet::dataset data{};
  std::string text{};
};

/// The same seed gives the same network.
inline random_network draw_network(std::uint64_t seed) {
  using namespace sweepnet;
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  const auto width = [&](double most) {  // small ones as often as large ones
    const double share = static_cast<double>(below(1000)) / 1000;
    return static_cast<std::int64_t>(std::exp(share * std::log(most)) + 0.5);
  };
  const auto names = alternative_names<activation>();
  const auto elementwise = [&] {
    for (;;) {
      activation chosen;
      REQUIRE(choose(chosen, std::string(names[below(names.size())])));
      // Its values, and so all roundings, grow without bound.
      if (chosen.is_elementwise() && !chosen.is<activations::exponential>()) return chosen;
    }
  };
  random_network s;
  const std::int64_t inputs = width(70);
  const std::int64_t classes = std::min(inputs, 2 + width(6));
  s.model.inputs = inputs;
  s.text = fmt::format("{}", inputs);
  const std::uint64_t hidden = below(5);
  const bool penalized = below(4) == 0;
  for (std::uint64_t i = 0; i < hidden; ++i) {
    dense layer{.units = width(160), .activate = elementwise()};
    s.text += fmt::format("-{} {}", layer.units, layer.activate.name());
    if (penalized) layer.l2 = 0.01;
    s.model.layers.emplace_back(layer);
    if (below(2) == 0) {
      s.model.layers.emplace_back(dropout{0.3});
      s.text += "*";
    }
  }
  s.model.layers.emplace_back(dense{.units = classes, .activate = {activations::softmax{}}});
  s.text += fmt::format("-{}{}", classes, penalized ? ", l2" : "");
  s.data = testing::random_dataset(20 + width(60), inputs, classes);
  s.options = {.batch_size = width(64), .seed = seed};
  s.text += fmt::format(", {} rows by {}", s.data.train.rows(), s.options.batch_size);
  return s;
}

/// Training in double precision.
class exact_training {
 public:
  /// Changes weights by gradients.
  using update = std::function<void(std::vector<double>&, const std::vector<double>&)>;

  exact_training(const random_network& s, update by)
      : sample_(&s), update_(std::move(by)), network_(s.model, {}, s.options.batch_size) {
    for (const float w : sweepnet::initial_parameters(s.model, s.options.seed)) {
      weights.push_back(w);
    }
  }

  void train(const std::vector<std::uint32_t>& order) {
    const sweepnet::labelled_rows& rows = sample_->data.train;
    const auto width = static_cast<std::size_t>(rows.width);
    for (std::size_t first = 0; first < order.size(); first += batch()) {
      const std::size_t count = std::min(batch(), order.size() - first);
      std::vector<double> x;
      std::vector<std::int32_t> labels;
      std::vector<float> row(width);
      for (std::size_t r = 0; r < count; ++r) {
        rows.copy_row(order[first + r], row.data());
        x.insert(x.end(), row.begin(), row.end());
        labels.push_back(rows.labels[order[first + r]]);
      }
      network_.forward(x.data(), static_cast<std::int64_t>(count), weights.data(),
                       dropout_draw{sample_->options.seed, step_++});
      gradients.resize(weights.size());
      network_.backward(labels.data(), weights.data(), gradients.data());
      update_(weights, gradients);
    }
  }

  std::vector<double> weights{};
  std::vector<double> gradients{};  ///< of the last step

 private:
  [[nodiscard]] std::size_t batch() const {
    return static_cast<std::size_t>(sample_->options.batch_size);
  }
  const random_network* sample_;
  update update_;
  reference_network<double> network_;
  std::uint32_t step_ = 0;
};

/// The integer that a variable of the environment holds.
inline int number_of(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::atoi(text) : otherwise;
}

}  // namespace testing
