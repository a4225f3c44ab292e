// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A parsed value and where it stood: what the readers of YAML and JSON give and the decoder takes.

#include <memory>
#include <string>
#include <vector>

#include "sweepnet/core/url_text.hpp"

namespace sweepnet {

enum class node_type { null, scalar, list, mapping };

struct parsed_node;

/// A value within others: all that repeat it, as YAML's aliases do, hold the same one.
using shared_node = std::shared_ptr<const parsed_node>;

/// A null, a scalar, a list or a mapping. Scalars are text: only the decoder knows what type is
/// wanted, so `1e-3` is a number, `yes` a word and `"3"` a string.
struct parsed_node {
  node_type type = node_type::null;
  int line = 1;                      ///< from 1
  int column = 1;                    ///< from 1
  bool quoted = false;               ///< a scalar that is a string, whatever it looks like
  std::string text{};                ///< of a scalar
  std::vector<shared_node> keys{};   ///< of a mapping, in file order, distinct scalars
  std::vector<shared_node> items{};  ///< of a list, or a mapping's values beside `keys`
};

/// Lists and mappings in one another, in any source: what walks them calls itself so often.
inline constexpr int deepest_nesting = 64;

/// How an error message calls a value.
[[nodiscard]] inline std::string found(const parsed_node& value) {
  switch (value.type) {
    case node_type::null: return "nothing";
    case node_type::list: return "a list";
    case node_type::mapping: return "a mapping";
    case node_type::scalar: break;
  }
  constexpr std::size_t longest = 60;
  std::string text = without_secrets(value.text);  // before it is cut: half a URL is none
  if (text.size() > longest) text = text.substr(0, longest) + "...";
  return value.quoted ? "the string \"" + text + "\"" : text;
}

}  // namespace sweepnet
