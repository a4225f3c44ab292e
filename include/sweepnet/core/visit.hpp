// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// std::visit for one variant, by comparisons of its index. A variant of many alternatives costs a
// compiler a fraction of the time and memory that std::visit's tables of functions do.

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

namespace sweepnet {

namespace detail {

template <class Variant, class Visit, std::size_t... I>
constexpr auto visit_by_index(Visit& visit, Variant& variant, std::index_sequence<I...>) {
  using result = std::remove_cvref_t<decltype(visit(*std::get_if<0>(&variant)))>;
  if constexpr (std::is_void_v<result>) {
    (void)((variant.index() == I && (visit(*std::get_if<I>(&variant)), true)) || ...);
  } else {
    result given{};
    (void)((variant.index() == I && (given = visit(*std::get_if<I>(&variant)), true)) || ...);
    return given;
  }
}

}  // namespace detail

/// Calls visit(value) with the value that the variant holds. What it gives is void, or a type that
/// can be made without arguments.
template <class Visit, class... A>
constexpr auto visit_alternative(Visit&& visit, const std::variant<A...>& variant) {
  return detail::visit_by_index(visit, variant, std::index_sequence_for<A...>());
}
template <class Visit, class... A>
constexpr auto visit_alternative(Visit&& visit, std::variant<A...>& variant) {
  return detail::visit_by_index(visit, variant, std::index_sequence_for<A...>());
}

}  // namespace sweepnet
