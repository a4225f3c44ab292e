// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/report/page.hpp"

namespace sweepnet::report {
namespace page_parts {

#include "sweepnet/report/page/best_model.inl"
#include "sweepnet/report/page/colours.inl"
#include "sweepnet/report/page/cursor.inl"
#include "sweepnet/report/page/curves.inl"
#include "sweepnet/report/page/data.inl"
#include "sweepnet/report/page/distribution.inl"
#include "sweepnet/report/page/dom.inl"
#include "sweepnet/report/page/filter.inl"
#include "sweepnet/report/page/frame.inl"
#include "sweepnet/report/page/head.inl"
#include "sweepnet/report/page/importance.inl"
#include "sweepnet/report/page/leaderboard.inl"
#include "sweepnet/report/page/leaderboard_page.inl"
#include "sweepnet/report/page/line_field.inl"
#include "sweepnet/report/page/map.inl"
#include "sweepnet/report/page/numbers.inl"
#include "sweepnet/report/page/parallel.inl"
#include "sweepnet/report/page/progress.inl"
#include "sweepnet/report/page/selection.inl"
#include "sweepnet/report/page/skeleton.inl"
#include "sweepnet/report/page/slices.inl"
#include "sweepnet/report/page/start.inl"
#include "sweepnet/report/page/style.inl"
#include "sweepnet/report/page/style_plots.inl"
#include "sweepnet/report/page/surface.inl"
#include "sweepnet/report/page/timeline.inl"

/// Parts of one script, in one scope: what runs at once needs what stands before it.
inline constexpr std::string_view scripts[] = {script_dom,
                                               script_numbers,
                                               script_data,
                                               script_selection,
                                               script_colours,
                                               script_line_field,
                                               script_surface,
                                               script_cursor,
                                               script_frame,
                                               script_head,
                                               script_filter,
                                               script_leaderboard,
                                               script_leaderboard_page,
                                               script_distribution,
                                               script_progress,
                                               script_curves,
                                               script_parallel,
                                               script_slices,
                                               script_map,
                                               script_importance,
                                               script_timeline,
                                               script_best_model,
                                               script_start};

/// The policy lets the page's own style and script run, and shows pictures that it holds; whatever
/// would be loaded is refused.
inline constexpr std::string_view head_begin = R"page(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>)page";

}  // namespace page_parts

namespace detail {

/// Appends `text` with each character of `special` replaced.
inline void append_replaced(std::string& to, std::string_view text, char special,
                            std::string_view replacement) {
  for (std::size_t from = 0;;) {
    const std::size_t at = text.find(special, from);
    to += text.substr(from, at - from);
    if (at == std::string_view::npos) return;
    to += replacement;
    from = at + 1;
  }
}

/// Appends a part's lines without indentation and comments: those are for who reads the part.
inline void append_dense(std::string& to, std::string_view part) {
  while (!part.empty()) {
    const std::size_t end = part.find('\n') + 1;  // each part ends a line
    std::string_view line = part.substr(0, end);
    line.remove_prefix(line.find_first_not_of(' '));
    if (line != "\n" && !line.starts_with("//")) to += line;
    part.remove_prefix(end);
  }
}

}  // namespace detail

SWEEPNET_INLINE std::string page(std::string_view title, std::string_view json) {
  namespace parts = page_parts;
  std::string made;
  made.reserve(json.size() + json.size() / 8 + (std::size_t{1} << 17));
  made += parts::head_begin;
  std::string escaped;
  detail::append_replaced(escaped, title, '&', "&amp;");
  detail::append_replaced(made, escaped, '<', "&lt;");
  made += "</title>\n<style>\n";
  detail::append_dense(made, parts::style);
  detail::append_dense(made, parts::style_plots);
  made += "</style>\n</head>\n<body>\n";
  detail::append_dense(made, parts::skeleton);
  made += "<script type=\"application/json\" id=\"report-data\">";
  detail::append_replaced(made, json, '<', "\\u003c");
  made += "</script>\n<script>\n\"use strict\";\n(() => {\n";
  for (const std::string_view script : parts::scripts) detail::append_dense(made, script);
  made += "})();\n</script>\n</body>\n</html>\n";
  return made;
}

}  // namespace sweepnet::report
