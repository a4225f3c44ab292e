// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/describe/untrusted_json.hpp"

#include <set>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"

namespace sweepnet {

template <class Json>
Json parse_untrusted_json(std::string_view text, const std::string& what,
                          const json_limits& limits) {
  // The parser takes a NUL for the end of the text.
  if (text.find('\0') != text.npos) return Json(Json::value_t::discarded);
  std::vector<std::set<std::string>> keys;
  std::size_t values = 0;
  std::size_t containers = 0;
  const auto check = [&](int depth, typename Json::parse_event_t event, Json& parsed) {
    if (depth > limits.nesting) throw data_error(what + " is nested too deep");
    using kind = typename Json::parse_event_t;
    const bool opens = event == kind::array_start || event == kind::object_start;
    if (opens && ++containers > limits.containers) {
      throw data_error(
          fmt::format("{} has more than {} lists and objects", what, limits.containers));
    }
    if ((opens || event == kind::value) && ++values > limits.values) {
      throw data_error(fmt::format("{} has more than {} values", what, limits.values));
    }
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

#if defined(SWEEPNET_COMPILED)
template ordered_json parse_untrusted_json(std::string_view, const std::string&,
                                           const json_limits&);
template nlohmann::json parse_untrusted_json(std::string_view, const std::string&,
                                             const json_limits&);
#endif

}  // namespace sweepnet
