// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Values that a program made, checked against the fields by which those of a file are.

#include <fmt/format.h>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/describe/fields.hpp"

namespace sweepnet {

namespace detail {

template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;
template <class T> inline constexpr bool is_vector = false;
template <class T> inline constexpr bool is_vector<std::vector<T>> = true;

/// "in [0, 1)", "at least 1", "above 0"
inline std::string text_of(const interval& domain) {
  if (std::isinf(domain.high)) {
    return fmt::format("{} {}", domain.low_open ? "above" : "at least", domain.low);
  }
  if (std::isinf(domain.low)) {
    return fmt::format("{} {}", domain.high_open ? "below" : "at most", domain.high);
  }
  return fmt::format("in {}{}, {}{}", domain.low_open ? '(' : '[', domain.low, domain.high,
                     domain.high_open ? ')' : ']');
}

/// A sentence's beginning, "training: ", or a value that has members, "training: optimizer".
inline std::string member_path(const std::string& path, std::string_view name) {
  return path + (path.empty() || path.ends_with(' ') ? "" : ".") + std::string(name);
}

}  // namespace detail

/// Throws argument_error, which begins with `path`, unless every number of the value is finite and
/// in its field's domain, and the value's own validate(), where there is one, finds nothing.
template <described P> void check_described(const P& value, const std::string& path);

namespace detail {

template <class T>
void check_value(const T& value, const interval& domain, const std::string& path) {
  if constexpr (is_optional<T>) {
    if (value) check_value(*value, domain, path);
  } else if constexpr (is_vector<T>) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      check_value(value[i], domain, fmt::format("{}[{}]", path, i));
    }
  } else if constexpr (described<T>) {
    check_described(value, path);
  } else if constexpr (std::integral<T> || std::floating_point<T>) {
    const auto number = static_cast<double>(value);
    if (domain.contains(number) && std::isfinite(number)) return;
    const std::string wanted =
        domain.contains(number) || (std::isinf(domain.low) && std::isinf(domain.high))
            ? "finite"
            : text_of(domain);
    throw argument_error(fmt::format("{} must be {}, got {}", path, wanted, value));
  }
}

/// Whether a scalar in a file stands for this member of P.
template <class P, class T> bool is_scalar_member(T P::*member) {
  if constexpr (requires { P::scalar_member; }) {
    if constexpr (std::is_same_v<decltype(P::scalar_member), T P::*const>) {
      return member == P::scalar_member;
    }
  }
  return false;
}

/// The members that P names; the one that a scalar stands for has the path of the whole.
template <described P> void check_fields(const P& value, const std::string& path) {
  for_each_field<P>([&](const auto& f) {
    const bool is_whole = is_scalar_member(f.member);
    check_value(value.*f.member, f.domain, is_whole ? path : member_path(path, f.name));
  });
}

template <class P> void check_itself(const P& value, const std::string& path) {
  if constexpr (requires { value.validate(); }) {
    try {
      value.validate();
    } catch (const argument_error& e) {
      throw argument_error(path + (path.empty() || path.ends_with(' ') ? "" : ": ") + e.what());
    }
  }
}

}  // namespace detail

template <described P> void check_described(const P& value, const std::string& path) {
  detail::check_fields(value, path);
  detail::check_itself(value, path);
  if constexpr (choice<P>) {
    visit_alternative(
        [&]<class A>(const A& alternative) {
          if constexpr (described<A>) detail::check_fields(alternative, path);
          detail::check_itself(alternative, path);
        },
        value.*choice_member<P>);
  }
}

/// The value, which check_described() has passed.
template <described P> [[nodiscard]] const P& checked(const P& value, const std::string& path) {
  check_described(value, path);
  return value;
}

}  // namespace sweepnet
