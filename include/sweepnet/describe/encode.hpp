// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Values of any described type -> JSON, and the help text of its fields. The inverse of decode.hpp
// and json.hpp: what encode writes, a sweep file accepts.

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/describe/decode.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/describe/names.hpp"

namespace sweepnet {

/// A field's value, or a described type as an object with its fields in order. A `choice` without
/// options to tell becomes its bare name, and so does a program's own object.
template <class T> [[nodiscard]] ordered_json encode(const T& value) {
  if constexpr (detail::is_optional<T>) {
    return value ? encode(*value) : ordered_json(nullptr);
  } else if constexpr (detail::is_vector<T>) {
    ordered_json list = ordered_json::array();
    for (const auto& item : value) list.push_back(encode(item));
    return list;
  } else if constexpr (named_enum<T>) {
    return std::string(name_of(value));
  } else if constexpr (described<T>) {
    ordered_json object = ordered_json::object();
    const auto add_fields = [&object]<class D>(const D& owner) {
      if constexpr (described<D>) {
        for_each_field<D>([&](const auto& f) {
          ordered_json member = encode(owner.*f.member);
          if (!member.is_null()) object[std::string(f.name)] = std::move(member);
        });
      }
    };
    if constexpr (choice<T>) {
      visit_alternative(
          [&]<class A>(const A& alternative) {
            if constexpr (named_alternative<A>) {
              object["name"] = std::string(alternative.name);
              add_fields(alternative);
            } else {
              object["name"] = alternative.name();
            }
          },
          value.*choice_member<T>);
    }
    add_fields(value);
    return choice<T> && object.size() == 1 ? object["name"] : object;
  } else {
    return value;
  }
}

/// One line per field: name, default, allowed values, help.
template <described P> [[nodiscard]] std::string describe_fields() {
  const P defaults{};
  std::string text;
  for_each_field<P>([&](const auto& f) {
    using value_type = typename std::remove_cvref_t<decltype(f)>::value_type;
    std::string line = fmt::format("  {:<22} {}", f.name, f.help);
    const bool bounded = f.domain.contains(-1) == false || f.domain.contains(1e18) == false;
    if (bounded) line += "; " + detail::text_of(f.domain);
    if constexpr (!detail::is_optional<value_type>) {
      line += "; default " + encode(defaults.*f.member).dump();
    }
    text += line + "\n";
  });
  return text;
}

}  // namespace sweepnet
