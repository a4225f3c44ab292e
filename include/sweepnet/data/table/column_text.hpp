// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the texts of a column look like, where they are neither numbers nor categories.

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sweepnet {

namespace detail {

/// The form of a text: each digit a 0, each letter an a, all else as it is.
inline std::string form_of(std::string_view text) {
  std::string form(text);
  std::ranges::transform(form, form.begin(), [](char c) {
    if (c >= '0' && c <= '9') return '0';
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? 'a' : c;
  });
  return form;
}

}  // namespace detail

/// Whether a text looks like a day, with or without a time: 2024-01-31, 2024-01-31T12:00:00Z,
/// 31.1.2024, 1/31/24.
[[nodiscard]] inline bool looks_like_date(std::string_view text) {
  const std::string form = detail::form_of(text.substr(0, 10));
  if (form.starts_with("0000-00-00") || form.starts_with("0000/00/00")) return true;
  for (const char between : {'/', '.', '-'}) {
    // One or two digits, the same again, then two or four.
    std::size_t at = 0;
    const auto digits = [&](std::size_t most) {
      std::size_t count = 0;
      while (count < most && at < form.size() && form[at] == '0') ++at, ++count;
      return count;
    };
    const auto divided = [&] { return at < form.size() && form[at] == between && ++at > 0; };
    if (digits(2) == 0 || !divided() || digits(2) == 0 || !divided()) continue;
    const std::size_t year = digits(4);
    const bool ends = at == form.size() || form[at] == ' ' || form[at] == 'T' || form[at] == 'a';
    if ((year == 2 || year == 4) && ends) return true;
  }
  return false;
}

}  // namespace sweepnet
