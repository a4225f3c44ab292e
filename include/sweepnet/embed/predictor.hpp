// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A trained model as a function of rows.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/data/make_dataset.hpp"
#include "sweepnet/model/trained_model.hpp"

namespace Eigen {
template <typename, int, int, int, int, int> class Matrix;  // where nobody includes Eigen
}

namespace sweepnet {

namespace detail {

/// Eigen::MatrixXf, for a template to name before Eigen is included.
template <class> struct float_matrix { using type = Eigen::Matrix<float, -1, -1, 0, -1, -1>; };

}  // namespace detail

/// What a predictor makes of an X: Eigen::MatrixXf.
template <class X> using outputs_of = typename detail::float_matrix<X>::type;

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
  template <matrix X> [[nodiscard]] outputs_of<X> operator()(const X& x) const {
    check_width(x.cols());
    return matrix_of<outputs_of<X>>(
        outputs_for({.features = detail::features_from(x), .width = inputs()}), x.rows());
  }

  /// The same of a data set's rows, with their scale; labels are not looked at.
  template <std::same_as<labelled_rows> Rows>
  [[nodiscard]] outputs_of<Rows> operator()(const Rows& rows) const {
    return matrix_of<outputs_of<Rows>>(outputs_for(rows), rows.rows());
  }

  /// The same of rows that lie one after the other; outputs do, too.
  [[nodiscard]] std::vector<float> operator()(std::span<const float> rows) const;

  /// Those of a data set's rows, one after the other, for who has no Eigen.
  [[nodiscard]] std::vector<float> outputs_for(const labelled_rows& rows) const;

 private:
  struct machinery;  // the network and its weights

  void check_width(std::int64_t features) const;
  template <class Matrix>
  [[nodiscard]] Matrix matrix_of(const std::vector<float>& by_rows, std::int64_t rows) const {
    Matrix result(rows, outputs());
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t k = 0; k < outputs(); ++k) {
        result(row, k) = by_rows[static_cast<std::size_t>(row * outputs() + k)];
      }
    }
    return result;
  }

  std::shared_ptr<const machinery> machinery_;
};

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/embed/predictor.inl"
#endif
