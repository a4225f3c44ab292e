// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A trained model as a function of rows.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/data/eigen.hpp"
#include "sweepnet/data/make_dataset.hpp"
#include "sweepnet/model/trained_model.hpp"

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
  explicit predictor(const trained_model& trained, const predictor_options& options = {});

  [[nodiscard]] std::int64_t inputs() const;
  [[nodiscard]] std::int64_t outputs() const;

  /// The outputs, (rows x outputs), of rows x (rows x inputs) of either storage order: for softmax
  /// the probability of each class. Throws argument_error for another number of features, or one
  /// that is not finite.
  template <class X> [[nodiscard]] Eigen::MatrixXf operator()(const Eigen::DenseBase<X>& x) const {
    check_width(x.cols());
    return matrix_of(predict({.features = detail::features_from(x.derived()), .width = inputs()}),
                     x.rows());
  }

  /// The same of a data set's rows, with their scale; labels are not looked at.
  [[nodiscard]] Eigen::MatrixXf operator()(const labelled_rows& rows) const;

  /// The same of rows that lie one after the other; outputs do, too.
  [[nodiscard]] std::vector<float> operator()(std::span<const float> rows) const;

 private:
  struct machinery;  // the network and its weights

  void check_width(std::int64_t features) const;
  [[nodiscard]] std::vector<float> predict(const labelled_rows& rows) const;
  [[nodiscard]] Eigen::MatrixXf matrix_of(const std::vector<float>& by_rows,
                                          std::int64_t rows) const;

  std::shared_ptr<const machinery> machinery_;
};

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/embed/predictor.inl"
#endif
