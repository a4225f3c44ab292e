// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A paramset as a row of values: what lies in it goes by its way through the keys, as in
// "optimizer.momentum".

#include <map>
#include <string>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/json.hpp"

namespace sweepnet {

/// A paramset's values by their keys: "optimizer", "optimizer.momentum"; what has a name stands for
/// itself by that.
using flat_paramset = std::map<std::string, ordered_json>;

/// A constant schedule as its number, which a sweep file may say as well; the rest as it is.
[[nodiscard]] inline const ordered_json& plain_value(const ordered_json& value) {
  const bool is_constant =
      value.is_object() && value.size() == 2 && value.value("name", ordered_json()) == "constant";
  return is_constant && value.contains("value") ? value.at("value") : value;
}

/// A value as people read it: strings bare, the rest as JSON.
[[nodiscard]] inline std::string value_text(const ordered_json& value) {
  return printable(value.is_string() ? value.get<std::string>() : dump(value));
}

namespace detail {

inline void flatten(const ordered_json& object, const std::string& before, flat_paramset& into) {
  for (const auto& [key, told] : object.items()) {
    const ordered_json& value = plain_value(told);
    const std::string full = before.empty() ? key : key == "name" ? before : before + "." + key;
    if (value.is_object()) {
      flatten(value, full, into);
    } else {
      into[full] = value;
    }
  }
}

}  // namespace detail

/// Empty of what is no object.
[[nodiscard]] inline flat_paramset flattened(const ordered_json& paramset) {
  flat_paramset flat;
  if (paramset.is_object()) detail::flatten(paramset, "", flat);
  return flat;
}

}  // namespace sweepnet
