// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// JSON out of files that anybody may have written: nlohmann-json's parser takes duplicate keys,
// what follows a NUL, and nesting so deep that copying or printing the value overflows the stack.

#include <fmt/format.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/describe/parsed_node.hpp"

namespace sweepnet {

struct json_limits {
  int nesting = deepest_nesting;
  std::size_t keys = 1'000;  ///< of one object: an ordered one is searched from front to back
};

/// The value in `text`; is_discarded() if that is no JSON. Throws data_error beginning with `what`
/// where a key comes twice or a limit is passed.
template <class Json = ordered_json>
[[nodiscard]] Json parse_untrusted_json(std::string_view text, const std::string& what,
                                        const json_limits& limits = {}) {
  // The parser takes a NUL for the end of the text.
  if (text.find('\0') != text.npos) return Json(Json::value_t::discarded);
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int depth, typename Json::parse_event_t event, Json& parsed) {
    if (depth > limits.nesting) throw data_error(what + " is nested too deep");
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key) {
      if (!keys.back().insert(parsed.template get<std::string>()).second) {
        throw data_error(what + " names " + parsed.dump() + " twice");
      }
      if (keys.back().size() > limits.keys) {
        throw data_error(fmt::format("{} has an object of more than {} keys", what, limits.keys));
      }
    }
    return true;
  };
  return Json::parse(text, check, false);
}

}  // namespace sweepnet
