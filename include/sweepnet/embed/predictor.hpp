// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A trained model as a function of rows.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/kernels/kernels.hpp"
#include "sweepnet/backend/cpu/machine/instructions.hpp"
#include "sweepnet/backend/cpu/machine/processors.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/backend/cpu/step/engine.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/data/eigen.hpp"
#include "sweepnet/data/make_dataset.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/training/checks.hpp"

namespace sweepnet {

struct predictor_options {
  int threads = 1;  ///< of each call; 0: one for each processor this process may use
};

/// Predicts by a model's weights, dropout off, on the CPU. Made once, for any number of rows; the
/// outputs of a row depend neither on the rows beside it nor on the number of threads. Several
/// threads may call one predictor at the same time.
class predictor {
 public:
  /// Throws argument_error if the model is malformed or the parameters are not its own.
  explicit predictor(const trained_model& trained, const predictor_options& options = {})
      : threads_(usable_threads(options.threads)),
        model_(checked(trained)),
        network_(model_, {}),
        kernels_(&cpu::kernels_for(best_instructions())),
        weights_(network_.layout.pack(trained.parameters)) {}

  [[nodiscard]] std::int64_t inputs() const { return model_.inputs; }
  [[nodiscard]] std::int64_t outputs() const { return model_.outputs(); }

  /// The outputs, (rows x outputs), of rows x (rows x inputs) of either storage order: for softmax
  /// the probability of each class. Throws argument_error for another number of features, or one
  /// that is not finite.
  template <class X> [[nodiscard]] Eigen::MatrixXf operator()(const Eigen::DenseBase<X>& x) const {
    if (x.cols() != inputs()) {
      throw argument_error(
          fmt::format("the model takes {} features a row, got rows of {}", inputs(), x.cols()));
    }
    return matrix_of(predict({.features = detail::features_from(x.derived()), .width = inputs()}),
                     x.rows());
  }

  /// The same of a data set's rows, with their scale; labels are not looked at.
  [[nodiscard]] Eigen::MatrixXf operator()(const labelled_rows& rows) const {
    return matrix_of(predict(rows), rows.rows());
  }

  /// The same of rows that lie one after the other; outputs do, too.
  [[nodiscard]] std::vector<float> operator()(std::span<const float> rows) const {
    return predict({.features = feature_matrix::borrow(rows), .width = inputs()});
  }

 private:
  static const model_spec& checked(const trained_model& trained) {
    detail::require_parameters(trained.model, trained.parameters);
    return trained.model;
  }

  [[nodiscard]] Eigen::MatrixXf matrix_of(const std::vector<float>& by_rows,
                                          std::int64_t rows) const {
    return Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
        by_rows.data(), rows, outputs());
  }

  [[nodiscard]] std::vector<float> predict(const labelled_rows& rows) const {
    detail::require_features(model_, rows);
    std::vector<float> result(static_cast<std::size_t>(rows.rows() * outputs()));
    // No more threads than blocks: to start one takes longer than a small block.
    const std::int64_t blocks = (rows.rows() + cpu::engine::block - 1) / cpu::engine::block;
    thread_pool pool(static_cast<int>(std::min<std::int64_t>(threads_, blocks)));
    cpu::engine(network_, rows, *kernels_, {}, pool)
        .predict(0, rows.rows(), weights_, result.data());
    return result;
  }

  int threads_;
  model_spec model_;
  cpu::staged_network network_;
  const cpu::kernel_table* kernels_;
  cpu::aligned_floats weights_;  // packed
};

}  // namespace sweepnet
