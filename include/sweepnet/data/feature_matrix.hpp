// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Features as they lie in memory: bytes or reals, owned or borrowed, or rows with one-hot columns.
//
// A kind of features is one alternative here and one view in feature_views.hpp, by which all else
// sees it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/core/visit.hpp"
#include "sweepnet/data/one_hot_rows.hpp"

namespace sweepnet {

/// The elements of a row-major (rows x width) matrix, or what stands for them. Copies own what the
/// original owns, and borrow what it borrows.
class feature_matrix {
 public:
  feature_matrix() = default;
  feature_matrix(std::vector<std::uint8_t> bytes)
      : elements_(std::in_place_index<0>, std::move(bytes)) {}  // NOLINT
  feature_matrix(std::vector<float> reals)
      : elements_(std::in_place_index<1>, std::move(reals)) {}       // NOLINT
  feature_matrix(one_hot_rows rows) : elements_(std::move(rows)) {}  // NOLINT

  /// Elements that the caller keeps alive and unchanged.
  template <class T> [[nodiscard]] static feature_matrix borrow(std::span<const T> elements) {
    static_assert(std::is_same_v<T, std::uint8_t> || std::is_same_v<T, float>,
                  "features are bytes or floats");
    feature_matrix matrix;
    matrix.elements_.template emplace<std::span<const T>>(elements);
    return matrix;
  }

  /// visit(span of const std::uint8_t or of const float), or visit(one_hot_rows).
  template <class Visit> decltype(auto) visit(const Visit& visit) const {
    return visit_alternative(
        [&]<class Elements>(const Elements& elements) -> decltype(auto) {
          if constexpr (requires { typename Elements::value_type; }) {
            return visit(
                std::span<const std::remove_cv_t<typename Elements::value_type>>(elements));
          } else {
            return visit(elements);
          }
        },
        elements_);
  }

  /// Of what is stored.
  [[nodiscard]] std::int64_t size() const;
  [[nodiscard]] bool are_bytes() const;

  /// The elements as values of T, or none if they are of another kind.
  template <class T> [[nodiscard]] std::span<const T> as() const {
    return visit([]<class Stored>(const Stored& elements) {
      if constexpr (std::is_same_v<Stored, std::span<const T>>) {
        return elements;
      } else {
        return std::span<const T>();
      }
    });
  }

  /// Null if they are of another kind.
  [[nodiscard]] const one_hot_rows* one_hot() const {
    return std::get_if<one_hot_rows>(&elements_);
  }

  /// Owned elements of type T, to be changed. Throws std::bad_variant_access if there are none.
  template <class T> [[nodiscard]] std::vector<T>& owned() {
    return std::get<std::vector<T>>(elements_);
  }

  /// Splits off the rows of `width` features from `first` on.
  [[nodiscard]] feature_matrix split_off(std::int64_t first, std::int64_t width);

 private:
  std::variant<std::vector<std::uint8_t>, std::vector<float>, std::span<const std::uint8_t>,
               std::span<const float>, one_hot_rows>
      elements_{};
};

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/feature_matrix.inl"
#endif
