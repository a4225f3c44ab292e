// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/describe/json.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/describe/fields.hpp"

using sweepnet::data_error;
using sweepnet::decode_json;
using sweepnet::dump;
using sweepnet::encode;
using sweepnet::node_type;
using sweepnet::ordered_json;
using sweepnet::parsed_node;
using sweepnet::to_node;

namespace {

struct counts {
  std::int64_t whole = 0;
  std::uint64_t large = 0;
  std::int32_t small = 0;
};

struct measured {
  double real = 0;
  std::optional<double> maybe = 1;
  bool sure = false;
  std::string word{};
  std::vector<counts> rows{};
};

}  // namespace

namespace sweepnet {

template <>
inline constexpr auto fields<counts> = std::tuple(field("whole", &counts::whole, "of 64 bits"),
                                                  field("large", &counts::large, "without a sign"),
                                                  field("small", &counts::small, at_least(-5),
                                                        "of 32 bits"));
template <>
inline constexpr auto fields<measured> = std::tuple(
    field("real", &measured::real, "number"), field("maybe", &measured::maybe, "number or null"),
    field("sure", &measured::sure, "or not"), field("word", &measured::word, "text"),
    field("rows", &measured::rows, "of numbers"));

}  // namespace sweepnet

namespace {

template <class T> T decoded(const std::string& text) {
  return decode_json<T>(ordered_json::parse(text), "f.json", "");
}

template <class T>
std::string refused(const ordered_json& value, const std::string& what = "value") {
  return testing::message_of<data_error>([&] { (void)decode_json<T>(value, "f.json", what); });
}

/// The text of a plain scalar.
std::string plain(const ordered_json& value) {
  const parsed_node scalar = to_node(value, "f.json");
  CHECK(scalar.type == node_type::scalar);
  CHECK_FALSE(scalar.quoted);
  return scalar.text;
}

ordered_json nested(int depth) {
  ordered_json value = 1;
  for (int i = 0; i < depth; ++i) value = ordered_json::array({value});
  return value;
}

}  // namespace

TEST_CASE("every kind of JSON value becomes its node") {
  CHECK(to_node(nullptr, "f").type == node_type::null);
  CHECK(plain(true) == "true");
  CHECK(plain(false) == "false");
  CHECK(plain(-3) == "-3");
  CHECK(plain(2.5) == "2.5");

  const parsed_node text = to_node("true", "f");
  CHECK(text.type == node_type::scalar);
  CHECK(text.quoted);
  CHECK(text.text == "true");

  const parsed_node list = to_node({1, "a", {}}, "f");
  CHECK(list.type == node_type::list);
  REQUIRE(list.items.size() == 3);
  CHECK(list.items[1]->quoted);
  CHECK(list.items[2]->type == node_type::null);

  const parsed_node mapping = to_node({{"b", 1}, {"<<", {{"a", 2}}}}, "f");
  CHECK(mapping.type == node_type::mapping);
  REQUIRE(mapping.keys.size() == 2);
  CHECK(mapping.keys[0]->text == "b");
  CHECK(mapping.keys[1]->text == "<<");  // no merge key, as it were in YAML
  CHECK(mapping.items[0]->text == "1");
  CHECK(mapping.items[1]->keys[0]->text == "a");
  CHECK(to_node(ordered_json::object(), "f").type == node_type::mapping);
  CHECK(to_node(ordered_json::array(), "f").type == node_type::list);
}

TEST_CASE("a string keeps every byte, whatever it looks like") {
  for (const std::string text : {"", "3", "null", "~", "a: b", "\"'\\", " \t\n\r", "\x7f\x01",
                                 "\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80", "\xff"}) {
    CAPTURE(text);
    CHECK(decode_json<measured>({{"word", text}}, "f", "").word == text);
  }
  const std::string with_nul("a\0b", 3);
  CHECK(decode_json<measured>({{"word", with_nul}}, "f", "").word == with_nul);
}

TEST_CASE("an integer keeps every digit, to its type's limits and no further") {
  using signed_limits = std::numeric_limits<std::int64_t>;
  const counts most = decoded<counts>(
      R"({"whole": 9223372036854775807, "large": 18446744073709551615, "small": 2147483647})");
  CHECK(most.whole == signed_limits::max());
  CHECK(most.large == std::numeric_limits<std::uint64_t>::max());
  CHECK(most.small == std::numeric_limits<std::int32_t>::max());
  CHECK(decoded<counts>(R"({"whole": -9223372036854775808})").whole == signed_limits::min());
  CHECK(decoded<counts>(R"({"whole": 9007199254740993})").whole == 9007199254740993);  // 2^53 + 1

  CHECK(refused<counts>({{"whole", 9223372036854775808U}}) ==
        "f.json: value.whole must be an integer in [-9223372036854775808, 9223372036854775807], "
        "got 9223372036854775808");
  CHECK(refused<counts>({{"large", -1}}) ==
        "f.json: value.large must be an integer in [0, 18446744073709551615], got -1");
  CHECK(refused<counts>({{"small", 2147483648}}) ==
        "f.json: value.small must be an integer in [-2147483648, 2147483647], got 2147483648");
  CHECK(refused<counts>(ordered_json::parse(R"({"large": 18446744073709551616})")) ==
        "f.json: value.large must be an integer, got 1.8446744073709552e+19");
  CHECK(decoded<counts>(R"({"whole": 32.0})").whole == 32);
  CHECK(refused<counts>({{"whole", 1.5}}) == "f.json: value.whole must be an integer, got 1.5");
}

TEST_CASE("a real is read back bit by bit, NaN and the infinities are null as in JSON") {
  using limits = std::numeric_limits<double>;
  for (const double real : {0.1, -0.0, 1e-7, 1e300, 0.10000000149011612, limits::max(),
                            limits::denorm_min(), 1 + limits::epsilon()}) {
    CHECK(decode_json<measured>({{"real", real}}, "f", "").real == real);
  }
  for (const double none : {limits::quiet_NaN(), limits::infinity(), -limits::infinity()}) {
    CHECK(to_node(none, "f").type == node_type::null);
    CHECK(refused<measured>({{"real", none}}) ==
          "f.json: value.real must be a number, got nothing");
    CHECK_FALSE(decode_json<measured>({{"maybe", none}}, "f", "").maybe);
  }
}

TEST_CASE("a value of another type than its field's is told with its place in the JSON") {
  CHECK(refused<measured>(ordered_json::array()) == "f.json: value must be a mapping, got a list");
  CHECK(refused<measured>({{"real", "1"}}) ==
        "f.json: value.real must be a number, got the string \"1\"");
  CHECK(refused<measured>({{"sure", "true"}}) ==
        "f.json: value.sure must be true or false, got the string \"true\"");
  CHECK(refused<measured>({{"sure", 1}}) == "f.json: value.sure must be true or false, got 1");
  CHECK(refused<measured>({{"word", nullptr}}) ==
        "f.json: value.word must be a string, got nothing");
  CHECK(refused<measured>({{"rows", ordered_json::object()}}) ==
        "f.json: value.rows must be a list, got a mapping");
  CHECK(refused<measured>({{"rows", {ordered_json::object(), 3}}}) ==
        "f.json: value.rows[1] must be a mapping, got 3");
  const ordered_json rows = {{{"whole", 1}}, {{"small", -1}}, {{"large", 2}, {"small", -6}}};
  CHECK(refused<measured>({{"rows", rows}}) ==
        "f.json: value.rows[2].small must be at least -5, got -6");
  CHECK(refused<measured>({{"rows", rows}}, "layers[3]") ==
        "f.json: layers[3].rows[2].small must be at least -5, got -6");
  CHECK(refused<measured>({{"rows", {{{"hole", 1}}}}}) ==
        "f.json: unknown key 'hole' in value.rows[0] (did you mean 'whole'?)");
}

TEST_CASE("what is no JSON, or nested too deep for a walk, is refused") {
  CHECK(to_node(nested(64), "f").type == node_type::list);
  CHECK(testing::message_of<data_error>([] { (void)to_node(nested(65), "f"); }) ==
        "f: values are nested more than 64 deep");
  CHECK(refused<measured>({{"rows", nested(64)}}) == "f.json: values are nested more than 64 deep");
  CHECK(testing::message_of<data_error>([] {
          (void)to_node(ordered_json(ordered_json::value_t::discarded), "f");
        }) == "f: a value that is no JSON");
}

TEST_CASE("what encode writes, decode_json reads") {
  const ordered_json written = encode(measured{.real = 0.1,
                                               .maybe = 3,
                                               .sure = true,
                                               .word = "w",
                                               .rows = {{.whole = -1}, {.large = 1ULL << 63}}});
  CHECK(encode(decode_json<measured>(written, "f", "")) == written);
  CHECK(ordered_json::parse(dump(written)) == written);
  CHECK(dump(ordered_json("\xff")) == "\"\xef\xbf\xbd\"");
}
