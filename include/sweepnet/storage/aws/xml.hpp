// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The little XML that AWS answers with: elements that hold text or elements, without attributes
// that matter.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sweepnet::storage {

/// Text with its character references resolved.
[[nodiscard]] inline std::string xml_unescaped(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> named{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  constexpr std::size_t longest = 16;  // of a reference: no further look for its end
  std::string plain;
  while (!text.empty()) {
    const std::size_t end = text.front() == '&' ? text.substr(0, longest).find(';') : text.npos;
    if (end == text.npos) {
      plain += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::string_view name = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    const auto known = std::ranges::find(named, name, [](const auto& each) { return each.first; });
    if (known != named.end()) {
      plain += known->second;
      continue;
    }
    if (!name.starts_with('#')) {
      plain += "&" + std::string(name) + ";";
      continue;
    }
    const bool hex = name.starts_with("#x");
    std::uint32_t code = 0;
    for (const char c : name.substr(hex ? 2 : 1)) {
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : 0;
      code = code * (hex ? 16U : 10U) + static_cast<std::uint32_t>(digit);
    }
    // UTF-8: as many leading ones as bytes, then six bits a byte.
    const auto add = [&](std::uint32_t byte) { plain += static_cast<char>(byte); };
    if (code < 0x80) {
      add(code);
    } else if (code < 0x800) {
      add(0xC0 | code >> 6);
    } else if (code < 0x10000) {
      add(0xE0 | code >> 12);
    } else {
      add(0xF0 | (code >> 18 & 0x07));
    }
    if (code >= 0x10000) add(0x80 | (code >> 12 & 0x3F));
    if (code >= 0x800) add(0x80 | (code >> 6 & 0x3F));
    if (code >= 0x80) add(0x80 | (code & 0x3F));
  }
  return plain;
}

/// What stands within each element `name`, in order, still escaped. Elements of one name do not
/// nest in AWS' answers.
[[nodiscard]] inline std::vector<std::string_view> xml_elements(std::string_view xml,
                                                                std::string_view name) {
  std::vector<std::string_view> found;
  const std::string open = "<" + std::string(name);
  const std::string close = "</" + std::string(name) + ">";
  for (std::size_t at = xml.find(open); at != xml.npos; at = xml.find(open, at)) {
    at += open.size();
    if (at == xml.size()) break;
    if (std::string_view(" \t\r\n>").find(xml[at]) == std::string_view::npos) continue;
    const std::size_t tag_end = xml.find('>', at);
    if (tag_end == xml.npos) break;
    const std::size_t end = xml.find(close, tag_end);
    if (end == xml.npos) break;
    found.push_back(xml.substr(tag_end + 1, end - tag_end - 1));
    at = end;
  }
  return found;
}

/// The text of the first element `name`, or empty.
[[nodiscard]] inline std::string xml_text(std::string_view xml, std::string_view name) {
  const std::vector<std::string_view> found = xml_elements(xml, name);
  return found.empty() ? "" : xml_unescaped(found.front());
}

}  // namespace sweepnet::storage
