// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/describe/untrusted_json.hpp"

#include <string>

#include "support.hpp"

using namespace sweepnet;

namespace {

std::string complaint(const std::string& text, const json_limits& limits = {}) {
  return testing::message_of<data_error>([&] { (void)parse_untrusted_json(text, "f", limits); });
}

std::string brackets(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("JSON within the limits is what the parser makes of it") {
  const std::string text = R"({"b":[1,2.5,"x"],"a":{"b":null}})";
  CHECK(parse_untrusted_json(text, "f").dump() == text);
  CHECK(parse_untrusted_json("{", "f").is_discarded());
  CHECK(parse_untrusted_json("", "f").is_discarded());
  CHECK(parse_untrusted_json("1e999", "f").is_discarded());
  CHECK(parse_untrusted_json(std::string("1\0", 2), "f").is_discarded());
  CHECK(parse_untrusted_json(brackets(64), "f").size() == 1);
}

TEST_CASE("JSON beyond the limits is refused while it is read") {
  CHECK(complaint(brackets(66)) == "f is nested too deep");
  CHECK(complaint(std::string(10'000'000, '[')) == "f is nested too deep");
  CHECK(complaint(R"([{"a":1,"b":{"a":1},"a":1}])") == "f names \"a\" twice");
  CHECK(complaint(R"({"a":1,"b":1,"c":1})", {.keys = 2}) == "f has an object of more than 2 keys");
  CHECK(complaint("[[],{},1,2]", {.values = 4}) == "f has more than 4 values");
  CHECK(complaint("[[],{}]", {.containers = 2}) == "f has more than 2 lists and objects");
  CHECK(parse_untrusted_json("[[],{},1]", "f", {.values = 4, .containers = 3}).size() == 3);
}
