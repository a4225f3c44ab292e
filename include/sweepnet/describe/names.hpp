// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Names of enumerators, given once beside the enumeration and used for reading and printing:
//
//   template <> inline constexpr auto enum_names<metric> = name_table<metric, 2>{{
//       {"loss", metric::loss}, {"accuracy", metric::accuracy}}};

#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/text.hpp"

namespace sweepnet {

template <class E, std::size_t N> using name_table = std::array<std::pair<std::string_view, E>, N>;

struct no_names {};

/// The table of an enumeration. An enumerator's first entry is its name, further ones are aliases.
template <class E> inline constexpr auto enum_names = no_names{};

template <class E>
concept named_enum =
    std::is_enum_v<E> && !std::same_as<std::remove_cvref_t<decltype(enum_names<E>)>, no_names>;

template <named_enum E> [[nodiscard]] constexpr std::string_view name_of(E value) {
  for (const auto& [name, enumerator] : enum_names<E>) {
    if (enumerator == value) return name;
  }
  return "?";
}

/// The enumerator with that name or alias, in any letter case.
template <named_enum E> [[nodiscard]] std::optional<E> from_name(std::string_view text) {
  const std::string wanted = lowercase(text);
  for (const auto& [name, enumerator] : enum_names<E>) {
    if (lowercase(name) == wanted) return enumerator;
  }
  return std::nullopt;
}

template <named_enum E> [[nodiscard]] std::vector<std::string_view> all_names() {
  std::vector<std::string_view> names;
  for (const auto& entry : enum_names<E>) names.push_back(entry.first);
  return names;
}

}  // namespace sweepnet
