// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/describe/untrusted_json.hpp"

#include <random>
#include <string>

#include "support.hpp"
#include "sweepnet/core/format.hpp"

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

namespace {

/// Some text that is JSON, or nearly.
std::string written_json(std::mt19937& draw, int depth) {
  const auto below = [&](unsigned n) { return draw() % n; };
  static const std::string scalars[] = {"null",
                                        "true",
                                        "false",
                                        "0",
                                        "-7",
                                        "1e5",
                                        "-0.0",
                                        "0.1",
                                        "\"\"",
                                        "\"a\\u00e9\"",
                                        "\"\\n\"",
                                        "1e-300",
                                        "18446744073709551615",
                                        "1e999",
                                        "tru"};
  const auto kind = below(depth > 4 ? 2 : 5);
  if (kind < 3) return scalars[below(below(20) == 0 ? 15 : 13)];
  std::string text = kind == 3 ? "[" : "{";
  const auto count = below(6);
  for (unsigned i = 0; i < count; ++i) {
    if (i > 0) text += below(200) == 0 ? ",," : ",";
    if (kind == 4) text += fmt::format("\"k{}{}\": ", i, below(3));
    text += written_json(draw, depth + 1);
  }
  return text + (kind == 3 ? "]" : "}");
}

}  // namespace

TEST_CASE("any JSON is read as the parser's own values are made") {
  std::mt19937 draw(7);
  int wrong = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = written_json(draw, 0);
    const ordered_json expected = ordered_json::parse(text, nullptr, false);
    wrong += expected.is_discarded() ? 1 : 0;
    if (expected.is_discarded()) {
      CHECK(parse_untrusted_json(text, "f").is_discarded());
      CHECK(parse_untrusted_json<nlohmann::json>(text, "f").is_discarded());
    } else {
      CHECK(parse_untrusted_json(text, "f") == expected);
      CHECK(parse_untrusted_json(text, "f").dump() == expected.dump());
      CHECK(parse_untrusted_json<nlohmann::json>(text, "f") == nlohmann::json::parse(text));
    }
  }
  CHECK(wrong > 100);
  CHECK(wrong < 2000);
}

TEST_CASE("a key that comes twice is found among few and among many") {
  for (const int keys : {3, 31, 32, 33, 34, 200}) {
    for (const int twice : {0, keys / 2, keys - 1}) {
      std::string text = "{";
      for (int i = 0; i < keys; ++i) text += fmt::format("\"k{}\":{},", i, i);
      INFO(keys << " keys, number " << twice << " twice");
      CHECK(parse_untrusted_json(text + "\"z\":1}", "f").size() ==
            static_cast<std::size_t>(keys) + 1);
      const std::string again = fmt::format("\"k{}\"", twice);
      CHECK(complaint(text + again + ":1}") == "f names " + again + " twice");
      CHECK(testing::message_of<data_error>([&] {
              (void)parse_untrusted_json<nlohmann::json>(text + again + ":1}", "f");
            }) == "f names " + again + " twice");
    }
  }
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
