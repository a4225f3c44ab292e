// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one description of an options type. It alone drives YAML decoding, JSON, validation,
// `--set key=value`, help and tables:
//
//   struct my_params { std::int64_t depth = 3; double rate = 0.5; };
//   template <> inline constexpr auto sweepnet::fields<my_params> = std::tuple(
//       field("depth", &my_params::depth, at_least(1), "hidden layers"),
//       field("rate", &my_params::rate, in_range(0, 1), "share of units dropped"));
//
// A member may be a bool, a number, a string, a named enumeration, another described type, a
// `choice` (below), and a std::optional or std::vector of these.

#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/core/text.hpp"

namespace sweepnet {

/// The values that a number may take; a list's domain is that of its elements.
struct interval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;
  bool high_open = false;

  [[nodiscard]] constexpr bool contains(double value) const {
    return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
  }
};

inline constexpr interval any_value{};
constexpr interval at_least(double low) { return {.low = low}; }
constexpr interval above(double low) { return {.low = low, .low_open = true}; }
constexpr interval closed_range(double low, double high) { return {.low = low, .high = high}; }
/// [low, high)
constexpr interval in_range(double low, double high) {
  return {.low = low, .high = high, .high_open = true};
}

template <class P, class T> struct field {
  using value_type = T;

  constexpr field(std::string_view name_, T P::*member_, interval domain_, std::string_view help_)
      : name(name_), member(member_), domain(domain_), help(help_) {}
  constexpr field(std::string_view name_, T P::*member_, std::string_view help_)
      : field(name_, member_, any_value, help_) {}

  std::string_view name;
  T P::*member;
  interval domain;
  std::string_view help;
};

struct undescribed {};

/// The fields of a type, as a std::tuple of `field`. Specialise it for your own type.
template <class P> inline constexpr auto fields = undescribed{};

template <class P>
concept described =
    std::is_class_v<P> && !std::same_as<std::remove_cvref_t<decltype(fields<P>)>, undescribed>;

/// Calls `visit` with each field of P in turn.
template <described P, class Visitor> constexpr void for_each_field(Visitor&& visit) {
  std::apply([&](const auto&... each) { (visit(each), ...); }, fields<P>);
}

/// The std::variant member of a type that holds one of several alternatives. Specialise it for your
/// own: `template <> inline constexpr auto sweepnet::choice_member<drawing> = &drawing::shape;`.
template <class P> inline constexpr auto choice_member = undescribed{};

/// A described type that also holds one of several described alternatives, told apart by the key
/// `name`: {name: adam, learning_rate: 0.01, beta_1: 0.9}. The alternatives are the types of its
/// choice_member, each with a `static constexpr std::string_view name`; their fields stand beside
/// the type's own. One without it refers to a program's own object (owning_variant.hpp) and has a
/// function `name()`. Its name is written, and read where the reader was given an object of that
/// name (named_objects.hpp).
///
/// A scalar is short for the mapping: a word names the alternative with its defaults; a number,
/// where the first alternative has a `scalar_member`, sets that member.
template <class P>
concept choice =
    described<P> && !std::same_as<std::remove_cvref_t<decltype(choice_member<P>)>, undescribed>;

namespace detail {

/// The std::variant that a type is, or is derived from.
template <class... A> std::variant<A...> variant_of(const std::variant<A...>&);

}  // namespace detail

/// A std::variant.
template <choice P>
using alternatives_of = decltype(detail::variant_of(std::declval<P>().*choice_member<P>));

template <class A>
concept named_alternative = requires {
  { A::name } -> std::convertible_to<std::string_view>;
};

namespace detail {

template <class Visitor, class... A>
constexpr void for_each_named(Visitor& visit, std::type_identity<std::variant<A...>>) {
  const auto visit_named = [&]<class Each>(std::type_identity<Each>) {
    if constexpr (named_alternative<Each>) visit(Each{});
  };
  (visit_named(std::type_identity<A>{}), ...);
}

/// What an alternative is called: its name and its alias. Empty: it has none.
struct alternative_name {
  std::string_view name{};
  std::string_view alias{};
};

template <class A> constexpr alternative_name name_of_alternative() {
  if constexpr (requires { A::alias; }) {
    return {A::name, A::alias};
  } else if constexpr (named_alternative<A>) {
    return {A::name};
  } else {
    return {};
  }
}

template <class... A>
constexpr std::array<alternative_name, sizeof...(A)> names_of(
    std::type_identity<std::variant<A...>>) {
  return {name_of_alternative<A>()...};
}

/// In the order of the alternatives.
template <choice P>
inline constexpr auto names_of_alternatives = names_of(std::type_identity<alternatives_of<P>>{});

/// Where one of that name or alias is, in any letter case; behind the last if there is none.
inline std::size_t index_of(std::span<const alternative_name> names, std::string_view name) {
  const std::string wanted = lowercase(name);
  std::size_t i = 0;
  while (i < names.size() &&
         (wanted.empty() || (names[i].name != wanted && names[i].alias != wanted))) {
    ++i;
  }
  return i;
}

template <class A, class Choice> void choose_default(Choice& choice) {
  if constexpr (named_alternative<A>) choice = A{};
}

/// The alternative of that index, with its defaults, if there is one.
template <class Choice, class... A>
bool choose_index(Choice& choice, std::size_t index, std::type_identity<std::variant<A...>>) {
  std::size_t i = 0;
  return ((i++ == index && (choose_default<A>(choice), true)) || ...);
}

}  // namespace detail

/// Calls `visit` with a default-constructed value of each named alternative of a std::variant, or
/// of a class that is derived from one.
template <class Variant, class Visitor> constexpr void for_each_alternative(Visitor&& visit) {
  using variant = decltype(detail::variant_of(std::declval<Variant>()));
  detail::for_each_named(visit, std::type_identity<variant>{});
}

template <choice P> [[nodiscard]] std::vector<std::string_view> alternative_names() {
  std::vector<std::string_view> names;
  for (const detail::alternative_name& each : detail::names_of_alternatives<P>) {
    if (!each.name.empty()) names.push_back(each.name);
  }
  return names;
}

/// Whether an alternative has that name (or `alias`) in any letter case.
template <choice P> [[nodiscard]] bool has_alternative(std::string_view name) {
  return detail::index_of(detail::names_of_alternatives<P>, name) <
         detail::names_of_alternatives<P>.size();
}

/// The alternative with that name (or `alias`) in any letter case, with its defaults. False if
/// there is none.
template <choice P> bool choose(P& value, std::string_view name) {
  return detail::choose_index(value.*choice_member<P>,
                              detail::index_of(detail::names_of_alternatives<P>, name),
                              std::type_identity<alternatives_of<P>>{});
}

}  // namespace sweepnet
