// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Lines on a terminal that are drawn anew in their place.

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/format.hpp"

namespace sweepnet::app {

class drawn_lines {
 public:
  /// Draws lines that are no longer than `columns`, at least one, over those that stand.
  void draw(std::ostream& out, const std::vector<std::string>& lines, std::int64_t columns) {
    // The cursor waits where the lines begin: there it stays, however a terminal that is made
    // narrower breaks them. Rows of such a line remain one line to it, which it joins when it is
    // made wider, also where other lines were drawn over them: they are taken away first.
    std::string text = std::exchange(columns_, columns) == columns ? "" : "\x1b[J";
    for (std::size_t i = 0; i < lines.size(); ++i) {
      text += (i > 0 ? "\n" : "") + lines[i] + "\x1b[K";
    }
    text += "\x1b[J\r";
    if (lines.size() > 1) text += fmt::format("\x1b[{}A", lines.size() - 1);
    drawn_ = lines.size();
    out << text << std::flush;
  }

  /// Takes them away: what is printed next begins in their place.
  void erase(std::ostream& out) {
    if (std::exchange(drawn_, 0) > 0) out << "\x1b[J" << std::flush;
  }

 private:
  std::size_t drawn_ = 0;
  std::int64_t columns_ = 0;
};

}  // namespace sweepnet::app
