// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows in memory, with what they are to give. Pixels stay bytes; a scale says what they stand for.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sweepnet/data/feature_matrix.hpp"
#include "sweepnet/data/feature_views.hpp"
#include "sweepnet/data/task.hpp"

namespace sweepnet {

struct table_schema;  // data/table/schema.hpp

/// A row-major (rows x width) block of values to be predicted.
struct real_targets {
  std::vector<float> elements{};
  std::int64_t width = 0;
  /// By what the values of each column were divided when they were standardised; none: they were
  /// not. Metrics tell of the values before.
  std::vector<double> deviations{};

  [[nodiscard]] double deviation(std::int64_t column) const {
    return deviations.empty() ? 1 : deviations[static_cast<std::size_t>(column)];
  }
};

/// A (rows x width) block of features, row-major, and a label for each row; rows that are only
/// predicted need no labels. A feature's value is element * scale, which is 1 for one-hot rows.
struct labelled_rows {
  feature_matrix features{};
  double scale = 1;
  std::int64_t width = 0;
  std::vector<std::int32_t> labels{};  ///< of targets that are classes
  real_targets values{};               ///< of targets that are real values
  /// How much each row counts in the loss that is trained on; none: 1 each. As in Keras, a batch's
  /// loss is the sum of its rows' losses, each times its weight, divided by the number of its rows.
  std::vector<float> weights{};

  /// visit(view) of the features, see feature_views.hpp.
  template <class Visit> decltype(auto) visit(const Visit& visit) const {
    return features.visit(
        [&](const auto& stored) -> decltype(auto) { return visit(view_of(stored, width, scale)); });
  }

  /// Of features, whole ones.
  [[nodiscard]] std::int64_t rows() const {
    return visit([](const auto& view) { return view.rows(); });
  }

  /// Throws argument_error, beginning with `what`, unless the features are whole rows of
  /// finite numbers.
  void check_features(const std::string& what) const;

  /// Throws argument_error, beginning with `what`, unless each row has a label in
  /// [0, classes).
  void check_labels(const std::string& what, std::int64_t classes) const;

  /// Throws argument_error, beginning with `what`, unless each row has `width` finite values.
  void check_values(const std::string& what, std::int64_t width) const;

  /// Throws argument_error, beginning with `what`, unless each row has a weight that is finite and
  /// at least 0, or none has one.
  void check_weights(const std::string& what) const;

  /// Throws argument_error, beginning with `what`, unless each value is 0 or 1.
  void check_truths(const std::string& what) const;

  /// -1 where there are no labels.
  [[nodiscard]] std::int32_t largest_label() const;

  /// Writes row `row` as `width` reals.
  template <class T> void copy_row(std::int64_t row, T* to) const {
    visit([&](const auto& view) { view.copy_row(row, to); });
  }

  /// Splits off the rows from `first` on.
  [[nodiscard]] labelled_rows split_off(std::int64_t first);
};

/// What a run trains on and is judged by.
struct dataset {
  std::string name{};
  labelled_rows train{};
  labelled_rows validation{};
  sweepnet::task task = sweepnet::task::multiclass;  ///< as paramsets take the targets
  std::int64_t class_count = 0;                      ///< 0: the targets are real values
  std::vector<std::string> notes{};  ///< what was made of files that can be read in several ways
  std::shared_ptr<const table_schema> schema{};  ///< of a table: how columns became inputs

  /// Features of a row.
  [[nodiscard]] std::int64_t inputs() const { return train.width; }
  /// Labels are in [0, classes()).
  [[nodiscard]] std::int64_t classes() const { return class_count; }
  /// Outputs of a network that learns the task.
  [[nodiscard]] std::int64_t outputs() const {
    return outputs_for(task, has_values(task) ? train.values.width : class_count);
  }
  [[nodiscard]] sweepnet::problem problem() const {
    return {.inputs = inputs(),
            .outputs = outputs(),
            .task = task,
            .standardized_values = !train.values.deviations.empty()};
  }

  /// Throws argument_error unless both parts have whole rows of the same number of finite features.
  void check_shapes() const;

  /// Throws argument_error as check_shapes() does, unless weights are sound, and unless every label
  /// lies in [0, classes()), of which a binary task has two; or, of a task with values, each row
  /// has as many finite ones as the others.
  void validate() const;

 private:
  [[nodiscard]] std::string shown_name() const;
};

/// A data set that was found to be valid, once for all that train on it. Borrows it.
class valid_dataset {
 public:
  /// Throws argument_error as dataset::validate() does.
  valid_dataset(const dataset& data) : data_(&data) { data.validate(); }  // NOLINT
  valid_dataset(const dataset&&) = delete;                                // it would be gone

  [[nodiscard]] const dataset& data() const { return *data_; }

 private:
  const dataset* data_;
};

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/dataset.inl"
#endif
