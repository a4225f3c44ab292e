// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What yaml-cpp complains of, in words that tell what to write instead and stay the same for all of
// its versions.

#include <string>
#include <string_view>

namespace sweepnet::detail {

/// `message` is the `msg` of a YAML::Exception.
[[nodiscard]] inline std::string yaml_complaint(std::string_view message) {
  struct meaning {
    std::string_view start;  ///< of yaml-cpp's message, 0.6 to 0.8
    std::string_view told;
  };
  static constexpr meaning meanings[] = {
      {"end of sequence flow not found", "expected ',' or ']' in this list"},
      {"end of map flow not found", "expected ',' or '}' in this mapping"},
      {"end of sequence not found", "expected the list's next item, '- ', or its end"},
      {"end of map not found", "expected the mapping's next key, or its end"},
      {"illegal map value", "no ': ' may stand here: quote the text, or look at the indentation"},
      {"illegal map key", "no key may stand here: look at the indentation"},
      {"illegal block entry", "no list item may begin here: look at the indentation"},
      {"illegal flow end", "']' or '}' without its beginning"},
      {"illegal EOF in scalar", "expected the closing quote, found the end of the text"},
      {"illegal document indicator in scalar", "expected the closing quote, found '---' or '...'"},
      {"illegal tab", "a tab may not indent"},
      {"unknown token", "no value may begin with this character: quote the text"},
      {"illegal character in scalar", "this character may not stand in a text without quotes"},
      {"unknown escape character", "unknown escape after the backslash"},
      {"bad character found while scanning hex number", "expected hexadecimal digits"},
      {"invalid unicode", "no such Unicode character"},
      {"the referenced anchor is not defined", "the alias has no anchor before it"},
      {"alias not found", "expected an alias's name after '*'"},
      {"anchor not found", "expected an anchor's name after '&'"},
      {"cannot assign the same alias", "an alias takes neither tag nor anchor"},
      {"cannot assign multiple anchors", "a value may have one anchor"},
      {"cannot assign multiple tags", "a value may have one tag"},
      {"aliases can't have any content", "an alias takes neither tag nor anchor"},
  };
  for (const meaning& each : meanings) {
    if (message.starts_with(each.start)) return std::string(each.told);
  }
  return "it cannot be read from here on";
}

}  // namespace sweepnet::detail
