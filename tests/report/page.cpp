// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What a page is made of. How it looks and behaves is tested in a browser, by tests/page.

#include "sweepnet/report/page.hpp"

#include <string>
#include <string_view>

#include "catch.hpp"

namespace {

/// How often `part` occurs in `text`.
std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("a page holds its data, one style and one script, and refuses to load anything") {
  const std::string made = sweepnet::report::page("a sweep", R"({"format":1})");
  CHECK(made.starts_with("<!DOCTYPE html>\n"));
  CHECK(made.ends_with("</html>\n"));
  CHECK(occurrences(made, R"(id="report-data">{"format":1}</script>)") == 1);
  CHECK(occurrences(made, "<script") == 2);
  CHECK(occurrences(made, "</script>") == 2);
  CHECK(occurrences(made, "</style>") == 1);
  CHECK(occurrences(made, "content=\"default-src 'none';") == 1);
  for (const char* loaded : {"src=\"http", "href=\"http", "@import", "url(", "fetch(", "import("}) {
    INFO(loaded);
    CHECK(occurrences(made, loaded) == 0);
  }
  CHECK(made == sweepnet::report::page("a sweep", R"({"format":1})"));
}

TEST_CASE("no text of a page's data ends the element that holds it") {
  const std::string hostile = R"({"a":"</script><script>alert(1)</script>","b":"<!--<script>"})";
  const std::string made =
      sweepnet::report::page("</title><script>alert(2)</script> & more", hostile);
  CHECK(occurrences(made, "<script") == 2);
  CHECK(occurrences(made, "</script>") == 2);
  CHECK(occurrences(made, "<!--") == 0);
  CHECK(occurrences(made, R"({"a":"\u003c/script>\u003cscript>alert(1)\u003c/script>",)") == 1);
  CHECK(occurrences(made, "<title>&lt;/title>&lt;script>alert(2)&lt;/script> &amp; more</title>") ==
        1);
}

TEST_CASE("style and script of a page are small beside its data") {
  CHECK(sweepnet::report::page("", "").size() < 130'000);
}
