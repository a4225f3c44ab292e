// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Values as lists of numbers and back, by one function that names a type's members.

#include <cmath>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/metrics.hpp"

namespace sweepnet {

/// Visits members to save them, or to set them from what was saved: archive(wait, best). Takes
/// numbers, bools, metrics, progress, epoch records, and optionals of these; integers are exact up
/// to 2^53.
class archive {
 public:
  /// Saves.
  archive() = default;
  /// Loads `numbers`, which must outlive it.
  explicit archive(std::span<const double> numbers) : loading_(numbers) {}

  /// Throws argument_error if the numbers loaded do not fit.
  template <class... Members> void operator()(Members&... members) { (visit(members), ...); }

  /// What was saved.
  [[nodiscard]] const std::vector<double>& numbers() const { return saved_; }
  /// Throws argument_error if numbers are left that nothing has loaded.
  void finish() const {
    if (loading_ && next_ != loading_->size()) {
      throw argument_error("the saved state is too long");
    }
  }

 private:
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void visit(Number& number) {
    if (!loading_) return saved_.push_back(static_cast<double>(number));
    if (next_ == loading_->size()) throw argument_error("the saved state is too short");
    const double saved = (*loading_)[next_++];
    if (std::is_same_v<Number, bool> ? saved != 0 && saved != 1
                                     : std::is_integral_v<Number> && !is_integer(saved)) {
      throw argument_error("the saved state holds no integer where one must be");
    }
    number = static_cast<Number>(saved);
  }

  /// A flag and, if it is set, the value.
  template <class T> void visit(std::optional<T>& value) {
    bool present = value.has_value();
    visit(present);
    if (!present) return value.reset();
    if (!value) value.emplace();
    visit(*value);
  }

  void visit(score_sums& s) { (*this)(s.loss, s.correct, s.absolute, s.squared); }
  void visit(pass_progress& p) { (*this)(p.rows, p.sums); }
  void visit(metrics& m) {
    (*this)(m.loss, m.accuracy, m.auc, m.f1_micro, m.f1_macro, m.mae, m.mse, m.r2);
  }

  /// One of few that have names.
  template <named_enum E> void visit(E& value) {
    auto number = static_cast<std::int64_t>(value);
    visit(number);
    value = static_cast<E>(number);
    if (name_of(value) == "?") throw argument_error("the saved state holds an unknown choice");
  }

  /// Without its seconds: equal runs have equal records.
  void visit(epoch_record& r) { (*this)(r.epoch, r.task, r.train, r.validation, r.learning_rate); }

  /// Whether a double counts something, exactly.
  static bool is_integer(double number) {
    return std::abs(number) <= 0x1p53 && number == std::trunc(number);
  }

  std::optional<std::span<const double>> loading_{};
  std::size_t next_ = 0;
  std::vector<double> saved_{};
};

/// The numbers in values.
template <class... T> [[nodiscard]] std::vector<double> pack(T... values) {
  archive saving;
  saving(values...);
  return saving.numbers();
}

/// Sets values from what pack() gave. Throws argument_error if the numbers do not fit.
template <class... T> void unpack(std::span<const double> numbers, T&... values) {
  archive loading(numbers);
  loading(values...);
  loading.finish();
}

}  // namespace sweepnet
