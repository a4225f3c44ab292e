// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows with one-hot columns, drawn at random, the same multiplied out, and networks to train on
// them.

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/format.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/training/options.hpp"

namespace testing {

struct one_hot_shape {
  std::int64_t reals = 0;
  std::vector<std::int64_t> groups{};  ///< the columns of each
  std::int64_t classes = 3;

  [[nodiscard]] std::int64_t width() const {
    return std::accumulate(groups.begin(), groups.end(), reals);
  }
};

/// Of reals a quarter are 0, of ones a tenth are missing. The class follows from all of a row.
inline sweepnet::labelled_rows one_hot_rows_of(const one_hot_shape& shape, std::int64_t rows,
                                               std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  sweepnet::one_hot_rows stored{.real_width = shape.reals,
                                .groups = static_cast<std::int64_t>(shape.groups.size())};
  sweepnet::labelled_rows result{.width = shape.width()};
  for (std::int64_t r = 0; r < rows; ++r) {
    std::int64_t sum = 0;
    for (std::int64_t k = 0; k < shape.reals; ++k) {
      const std::int64_t tenths = below(4) == 0 ? 0 : below(20) - 10;
      stored.reals.push_back(static_cast<float>(tenths) / 10);
      sum += tenths > 0 ? 1 : 0;
    }
    std::int64_t first = shape.reals;
    for (const std::int64_t columns : shape.groups) {
      const std::int64_t one = below(10) == 0 ? -1 : below(columns);
      stored.ones.push_back(static_cast<std::int32_t>(one < 0 ? one : first + one));
      sum += one + 1;
      first += columns;
    }
    result.labels.push_back(static_cast<std::int32_t>(sum % shape.classes));
  }
  result.features = std::move(stored);
  return result;
}

inline sweepnet::dataset one_hot_dataset(const one_hot_shape& shape, std::int64_t rows,
                                         std::uint64_t seed) {
  return {.name = "one-hot",
          .train = one_hot_rows_of(shape, rows, seed),
          .validation = one_hot_rows_of(shape, rows / 2, seed + 1),
          .class_count = shape.classes};
}

/// The same rows as floats.
inline sweepnet::labelled_rows multiplied_out(const sweepnet::labelled_rows& rows) {
  std::vector<float> elements(static_cast<std::size_t>(rows.rows() * rows.width));
  for (std::int64_t r = 0; r < rows.rows(); ++r) {
    rows.copy_row(r, elements.data() + r * rows.width);
  }
  sweepnet::labelled_rows result = rows;
  result.features = std::move(elements);
  return result;
}

inline sweepnet::dataset multiplied_out(const sweepnet::dataset& data) {
  sweepnet::dataset result = data;
  result.train = multiplied_out(data.train);
  result.validation = multiplied_out(data.validation);
  return result;
}

struct one_hot_case {
  sweepnet::model_spec model{};
  sweepnet::training_options options{};
  sweepnet::dataset data{};
  std::string text{};
};

/// The same seed gives the same case: reals alone, groups alone or both, few columns or many, a
/// first layer narrow or wide, an optimizer, and what may be done to gradients.
inline one_hot_case draw_one_hot_case(std::uint64_t seed) {
  using namespace sweepnet;
  std::mt19937_64 random(seed);
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  const auto one_of = [&](const auto& all) {
    return all[static_cast<std::size_t>(below(std::ssize(all)))];
  };
  one_hot_shape shape{.reals = below(3) == 0 ? 0 : 1 + below(40), .classes = 2 + below(4)};
  const std::int64_t groups = shape.reals > 0 ? below(4) : 1 + below(3);
  const std::int64_t most = one_of(std::vector<std::int64_t>{4, 60, 700});
  for (std::int64_t g = 0; g < groups; ++g) shape.groups.push_back(1 + below(most));

  one_hot_case s;
  s.data = one_hot_dataset(shape, 20 + below(180), seed);
  s.model.inputs = shape.width();
  const std::int64_t units = one_of(std::vector<std::int64_t>{3, 16, 33, 64, 130});
  dense first{.units = units, .activate = {activations::relu{}}};
  const std::int64_t penalty = below(4);
  if (penalty == 0) first.l1 = 0.01;
  if (penalty == 1) first.l2 = 0.01;
  if (below(6) == 0) s.model.layers.emplace_back(dropout{0.2});
  s.model.layers.emplace_back(first);
  if (below(2) == 0) s.model.layers.emplace_back(dropout{0.5});
  if (below(2) == 0) {
    s.model.layers.emplace_back(dense{.units = 9, .activate = {activations::tanh{}}});
  }
  s.model.layers.emplace_back(dense{.units = shape.classes, .activate = {activations::softmax{}}});

  std::vector<optimizer> optimizers;
  for_each_alternative<optimizer_rule>(
      [&](const auto& rule) { optimizers.push_back({.rule = rule}); });
  optimizers.push_back({.rule = rules::adam{.amsgrad = true}});
  optimizers.push_back({.rule = rules::rmsprop{.momentum = 0.5, .centered = true}});
  optimizers.push_back({.rule = rules::sgd{.momentum = 0.9, .nesterov = true}});
  optimizers.push_back({.rule = rules::sgd{}, .weight_decay = 0.1});
  s.options = {.batch_size = 1 + below(90), .seed = seed, .optimizer = one_of(optimizers)};
  const std::int64_t clip = below(6);
  if (clip == 0) s.options.optimizer.clipvalue = 0.001;
  if (clip == 1) s.options.optimizer.clipnorm = 0.01;
  s.text = fmt::format(
      "{} rows by {} of {} reals and {} groups, {} columns in all, {} units, {}, "
      "penalty {}, clip {}",
      s.data.train.rows(), s.options.batch_size, shape.reals, groups, shape.width(), units,
      s.options.optimizer.name(), penalty, clip);
  return s;
}

}  // namespace testing
