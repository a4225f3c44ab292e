// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Features as they lie in memory: bytes or reals, owned or borrowed.

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/core/visit.hpp"

namespace sweepnet {

/// The elements of a row-major (rows x width) matrix. Copies own what the original owns, and borrow
/// what it borrows.
class feature_matrix {
 public:
  feature_matrix() = default;
  feature_matrix(std::vector<std::uint8_t> bytes)
      : elements_(std::in_place_index<0>, std::move(bytes)) {}  // NOLINT
  feature_matrix(std::vector<float> reals)
      : elements_(std::in_place_index<1>, std::move(reals)) {}  // NOLINT

  /// Elements that the caller keeps alive and unchanged.
  template <class T> [[nodiscard]] static feature_matrix borrow(std::span<const T> elements) {
    static_assert(std::is_same_v<T, std::uint8_t> || std::is_same_v<T, float>,
                  "features are bytes or floats");
    feature_matrix matrix;
    matrix.elements_.template emplace<std::span<const T>>(elements);
    return matrix;
  }

  /// visit(span of const std::uint8_t or of const float).
  template <class Visit> decltype(auto) visit(const Visit& visit) const {
    return visit_alternative(
        [&]<class Elements>(const Elements& elements) -> decltype(auto) {
          return visit(std::span<const std::remove_cv_t<typename Elements::value_type>>(elements));
        },
        elements_);
  }

  [[nodiscard]] std::int64_t size() const;
  [[nodiscard]] bool are_bytes() const;

  /// The elements as values of T, or none if they are of the other type.
  template <class T> [[nodiscard]] std::span<const T> as() const {
    return visit([]<class Stored>(std::span<const Stored> elements) {
      if constexpr (std::is_same_v<Stored, T>) {
        return elements;
      } else {
        return std::span<const T>();
      }
    });
  }

  /// Owned elements of type T, to be changed. Throws std::bad_variant_access if there are none.
  template <class T> [[nodiscard]] std::vector<T>& owned() {
    return std::get<std::vector<T>>(elements_);
  }

  /// Splits off the elements from `first` on.
  [[nodiscard]] feature_matrix split_off(std::int64_t first);

 private:
  std::variant<std::vector<std::uint8_t>, std::vector<float>, std::span<const std::uint8_t>,
               std::span<const float>>
      elements_{};
};

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/feature_matrix.inl"
#endif
