// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Values that a program made, checked against the fields by which those of a file are.

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
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

/// Whether a number is finite and in its domain.
bool is_within(double number, const interval& domain);

/// The shortest digits that read back the same.
std::string digits_of(double number);
std::string digits_of(float number);
template <std::integral T> std::string digits_of(T number) { return std::to_string(number); }

/// Throws argument_error for a number that is not within its domain.
[[noreturn]] void refuse_number(double number, const std::string& digits, const interval& domain,
                                const std::string& path);

/// Throws an error of a value's validate() again, behind its path.
[[noreturn]] void throw_behind(const std::string& path, const argument_error& e);

/// "in [0, 1)", "at least 1", "above 0"
std::string text_of(const interval& domain);

/// A sentence's beginning, "training: ", or a value that has members, "training: optimizer".
std::string member_path(const std::string& path, std::string_view name);

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
      check_value(value[i], domain, path + '[' + std::to_string(i) + ']');
    }
  } else if constexpr (described<T>) {
    check_described(value, path);
  } else if constexpr (std::integral<T> || std::floating_point<T>) {
    if (!is_within(static_cast<double>(value), domain))
      refuse_number(static_cast<double>(value), digits_of(value), domain, path);
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
      throw_behind(path, e);
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

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/describe/check.inl"
#endif
