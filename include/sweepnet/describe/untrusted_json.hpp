// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// JSON out of files that anybody may have written: nlohmann-json's parser takes duplicate keys,
// what follows a NUL, nesting so deep that copying or printing the value overflows the stack, and
// lists of nothing that take a hundred times their text's memory.

#include <cstddef>
#include <string>
#include <string_view>

#include "sweepnet/describe/json.hpp"
#include "sweepnet/describe/parsed_node.hpp"

namespace sweepnet {

struct json_limits {
  int nesting = deepest_nesting;
  std::size_t keys = 1'000;  ///< of one object: an ordered one is searched from front to back
  std::size_t values = 4'000'000;
  std::size_t containers = 100'000;  ///< of the values: lists and objects, which take the most
};

/// The value in `text`; is_discarded() if that is no JSON. Throws data_error beginning with `what`
/// where a key comes twice or a limit is passed. Json is ordered_json or nlohmann::json.
template <class Json = ordered_json>
[[nodiscard]] Json parse_untrusted_json(std::string_view text, const std::string& what,
                                        const json_limits& limits = {});

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/describe/untrusted_json.inl"
#endif
