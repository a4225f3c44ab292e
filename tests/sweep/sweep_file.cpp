// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/sweep/sweep_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "support.hpp"
#include "sweepnet/sweep/yaml_reader.hpp"

using sweepnet::data_error;
using sweepnet::decoder;
using sweepnet::node_type;
using sweepnet::parse_value;
using sweepnet::shared_node;
using sweepnet::detail::read_document;
using sweepnet::detail::yaml_budget;
using testing::message_of;

namespace {

/// Small, so that this file compiles fast; the built-in paramset is tested through the program.
struct point {
  std::int64_t count = 1;
  double rate = 0.5;
  std::string word = "none";
  bool flag = false;
  std::vector<std::int64_t> widths{};
};

}  // namespace

template <>
inline constexpr auto sweepnet::fields<point> = std::tuple(
    sweepnet::field("count", &point::count, sweepnet::at_least(0), "things"),
    sweepnet::field("rate", &point::rate, "share"), sweepnet::field("word", &point::word, "text"),
    sweepnet::field("flag", &point::flag, "switch"),
    sweepnet::field("widths", &point::widths, sweepnet::at_least(1), "units"));

namespace {

std::vector<point> parse(const std::string& text) {
  const auto read = sweepnet::parse_sweep<point>(text, "s.yml");
  std::vector<point> points;
  for (std::size_t i = 0; i < read.count(); ++i) points.push_back(read.at(i));
  return points;
}

std::string refused(const std::string& text) {
  return message_of<data_error>([&] { (void)parse(text); });
}

}  // namespace

TEST_CASE("a list of mappings gives one paramset each, in file order, with defaults for the rest") {
  const auto points = parse("# a sweep\n- count: 3\n  widths: [1, 2]\n\n- {}\n- {rate: .25}\n");
  REQUIRE(points.size() == 3);
  CHECK(points[0].count == 3);
  CHECK(points[0].widths == std::vector<std::int64_t>{1, 2});
  CHECK(points[1].count == 1);
  CHECK(points[2].rate == 0.25);
}

TEST_CASE("JSON is a sweep too") {
  const auto points = parse(R"([{"count": 3, "word": "a", "flag": true}, {"rate": 1e-3}])");
  REQUIRE(points.size() == 2);
  CHECK(points[0].count == 3);
  CHECK(points[0].word == "a");
  CHECK(points[0].flag);
  CHECK(points[1].rate == 1e-3);
}

TEST_CASE("numbers are read as people write them") {
  const auto [text, value] = GENERATE(table<std::string, double>(
      {{"1e-3", 1e-3}, {"1.0E-3", 1e-3}, {"+2", 2}, {"-.5", -0.5}, {"5.", 5}, {"!!float 3", 3}}));
  CHECK(parse("- rate: " + text + "\n").at(0).rate == value);
}

TEST_CASE("an integer may be written with a point, if it is one") {
  CHECK(parse("- count: 20.0\n").at(0).count == 20);
  CHECK(parse("- count: 1e3\n").at(0).count == 1000);
  for (const std::string text : {"2.5", "1e300", "inf", "0x10"}) {
    CHECK(refused("- count: " + text + "\n") ==
          "s.yml:1:10: count must be an integer, got " + text);
  }
}

TEST_CASE("words that YAML 1.1 takes for booleans stay words") {
  const auto word =
      GENERATE(as<std::string>{}, "yes", "no", "on", "off", "y", "n", "Yes", "true", "1e-3", "08");
  CHECK(parse("- word: " + word + "\n").at(0).word == word);
}

TEST_CASE("only true and false are booleans, in any letter case") {
  CHECK(parse("- flag: True\n").at(0).flag);
  CHECK_FALSE(parse("- flag: FALSE\n").at(0).flag);
  const auto word = GENERATE(as<std::string>{}, "yes", "on", "1", "y");
  CHECK(refused("- flag: " + word + "\n") == "s.yml:1:9: flag must be true or false, got " + word);
}

TEST_CASE("a quoted scalar is a string, never a number or a boolean") {
  CHECK(parse("- word: \"3\"\n").at(0).word == "3");
  CHECK(parse("- word: 'true'\n").at(0).word == "true");
  CHECK(parse("- word: |\n    two\n    lines\n").at(0).word.starts_with("two\nlines"));
  CHECK(refused("- count: \"3\"\n") ==
        "s.yml:1:10: count must be an integer, got the string \"3\"");
  CHECK(refused("- flag: 'true'\n") ==
        "s.yml:1:9: flag must be true or false, got the string \"true\"");
  CHECK(refused("- count: !!str 3\n") ==
        "s.yml:1:10: count must be an integer, got the string \"3\"");
}

TEST_CASE("a duplicate key is named with both lines, in nested mappings too") {
  CHECK(refused("- count: 1\n  rate: 2\n  count: 1\n") ==
        "s.yml:3:3: duplicate key 'count', first at line 1");
  CHECK(refused("- count: {a: 1, a: 2}\n") == "s.yml:1:17: duplicate key 'a', first at line 1");
  CHECK(refused("- count: 1\n  'count': 1\n") ==
        "s.yml:2:3: duplicate key 'count', first at line 1");
}

TEST_CASE("an unknown key is named with the nearest known one, or with all") {
  CHECK(refused("- coutn: 1\n") == "s.yml:1:3: unknown key 'coutn' (did you mean 'count'?)");
  CHECK(refused("- zzz: 1\n") ==
        "s.yml:1:3: unknown key 'zzz' (known: count, rate, word, flag, widths)");
}

TEST_CASE("anchors, aliases and merge keys work, and own keys win over merged ones") {
  const auto points = parse(
      "- &base {count: 3, rate: 0.1}\n"
      "- *base\n"
      "- <<: *base\n"
      "  rate: 0.2\n"
      "- <<: [{count: 7}, *base]\n"
      "  widths: &w [4, 5]\n"
      "- widths: *w\n");
  REQUIRE(points.size() == 5);
  CHECK(points[1].count == 3);
  CHECK(points[2].count == 3);
  CHECK(points[2].rate == 0.2);
  CHECK(points[3].count == 7);
  CHECK(points[3].rate == 0.1);
  CHECK(points[4].widths == std::vector<std::int64_t>{4, 5});
}

TEST_CASE("a merge key takes mappings only, once") {
  CHECK(refused("- <<: [3]\n") == "s.yml:1:8: << must be a mapping or a list of mappings, got 3");
  CHECK(refused("- <<: {count: 1}\n  <<: {rate: 1}\n") ==
        "s.yml:2:3: duplicate key '<<', first at line 1");
  CHECK(refused("- '<<': {count: 1}\n") ==
        "s.yml:1:3: unknown key '<<' (known: count, rate, word, flag, widths)");
}

TEST_CASE("many paramsets may share one base, but aliases may not explode") {
  std::string shared = "- &base {count: 3, rate: 0.1, word: a, widths: [1, 2, 3, 4, 5]}\n";
  for (int i = 0; i < 20000; ++i) shared += "- <<: *base\n";
  CHECK(parse(shared).size() == 20001);

  std::string bomb = "- word: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c <= 'z'; ++c) {
    const std::string before = fmt::format("*{}", static_cast<char>(c - 1));
    bomb += fmt::format("  {0}: &{0} [{1},{1},{1},{1},{1},{1},{1},{1},{1},{1}]\n", c, before);
  }
  CHECK(refused(bomb) ==
        "s.yml:7:31: expected at most 10000000 values, with all that aliases repeat");
}

TEST_CASE("what aliases repeat is held once, and counted each time") {
  const decoder report("s.yml");
  std::vector<shared_node> items;
  const auto keep = [&](const shared_node& item) { items.push_back(item); };
  (void)read_document("- &a {b: &c [1, 2]}\n- *a\n- {<<: *a}\n- *c\n", report, keep);
  REQUIRE(items.size() == 4);
  CHECK(items[1] == items[0]);
  CHECK(items[2]->items.at(0) == items[0]->items.at(0));
  CHECK(items[3] == items[0]->items.at(0));

  const auto told = [&](const std::string& text, const yaml_budget& budget) {
    return message_of<data_error>([&] { (void)read_document(text, report, keep, budget); });
  };
  const std::string anchors = "- &a [1, 2]\n- &b [*a, 3]\n- [*b, *b]\n";
  (void)read_document(anchors, report, keep, {.values = 20});
  CHECK(told(anchors, {.values = 17}) ==
        "s.yml:3:8: expected at most 17 values, with all that aliases repeat");
  CHECK(told("- &a xyz\n- [*a, *a]\n", {.bytes = 8}) ==
        "s.yml:2:8: expected at most 8 bytes of text, with all that aliases repeat");
  (void)read_document("- [1, 2]\n- [1, 2]\n", report, keep, {.held = 3});
  CHECK(told("- [1, 2]\n- &a [1, 2]\n- 1\n", {.held = 3}) ==
        "s.yml:3:3: expected at most 3 values in an item of the list and all anchors");
  CHECK(told("- &a {b: 1, c: 1}\n- {<<: *a}\n", {.held = 9}) ==
        "s.yml:2:3: expected at most 9 values in an item of the list and all anchors");
}

TEST_CASE("a long text that many aliases repeat is refused") {
  std::string text = "- word: [&a \"" + std::string(200'000, 'x') + "\"";
  for (int i = 0; i < 4000; ++i) text += ",*a";
  CHECK(refused(text + "]\n") ==
        "s.yml:1:202026: expected at most 134217728 bytes of text, with all that aliases repeat");
}

TEST_CASE("anchors within anchors, and lists that end them, cost no more than their text") {
  std::string text = "- widths: ";
  for (int i = 0; i < 60; ++i) text += fmt::format("&a{} [", i);
  for (int i = 0; i < 50'000; ++i) text += "1,";
  CHECK(refused(text + std::string(60, ']') + "\n") ==
        "s.yml:1:16: widths[0] must be an integer, got a list");
  std::string chain = "- word: &a0 [1]\n";
  for (int i = 0; i < 100; ++i) chain += fmt::format("- &a{} [*a{}]\n", i + 1, i);
  CHECK(refused(chain) == "s.yml:64:9: values are nested more than 64 deep");
}

TEST_CASE("a sweep is read no further than its hundredth paramset that is wrong") {
  std::string text = "- &a [";
  for (int i = 0; i < 90'000; ++i) text += "1,";
  text += "]\n";
  for (int i = 0; i < 3000; ++i) text += i == 7 ? "- {}\n" : "- *a\n";
  std::size_t good = 0;
  std::vector<std::size_t> bad;
  sweepnet::for_each_paramset<point>(
      text + "- {", "s.yml", [&](std::size_t, point&&) { ++good; },
      [&](std::size_t index, const data_error&) { bad.push_back(index); });
  CHECK(good == 1);
  CHECK(bad.size() == 100);
  CHECK(bad.back() == 100);
}

TEST_CASE("a sweep has a million paramsets at most, in 64 MiB") {
  std::string text;
  for (int i = 0; i < 1'000'001; ++i) text += "- {}\n";
  CHECK(refused(text) == "s.yml:1000001:3: expected at most 1000000 paramsets");
  const testing::temporary_directory directory;
  const std::string path = directory / "s.yml";
  testing::write_file(path, "- {}\n");
  std::filesystem::resize_file(path, (std::uintmax_t{64} << 20) + 1);
  CHECK(message_of<data_error>([&] { (void)sweepnet::load_sweep<point>(path); }) ==
        path + ": expected at most 67108864 bytes, found 67108865");
}

TEST_CASE("nesting is bounded") {
  const std::string deep = std::string(62, '[') + std::string(62, ']');
  CHECK(refused("- widths: " + deep + "\n") ==
        "s.yml:1:12: widths[0] must be an integer, got a list");
  CHECK(refused("- widths: [" + deep + "]\n") == "s.yml:1:73: values are nested more than 64 deep");
  std::string blocks;
  for (int i = 0; i < 100000; ++i) blocks += "- ";
  CHECK(refused(blocks) == "s.yml:1:129: values are nested more than 64 deep");
}

TEST_CASE("tags that would make anything but plain values are refused") {
  CHECK(refused("- count: !!python/object/apply:os.system [ls]\n") ==
        "s.yml:1:10: expected a value without a tag, got the tag !!python/object/apply:os.system");
  CHECK(refused("- !point {count: 3}\n") ==
        "s.yml:1:3: expected a value without a tag, got the tag !point");
  CHECK(refused("- count: !!binary AAAA\n") ==
        "s.yml:1:10: expected a value without a tag, got the tag !!binary");
  CHECK(parse("- !!map {count: !!int 3, widths: !!seq [1]}\n").at(0).count == 3);
}

TEST_CASE("one document is one sweep") {
  CHECK(parse("---\n- count: 3\n...\n").size() == 1);
  CHECK(refused("- count: 3\n---\n- count: 4\n") ==
        "s.yml:2:1: expected the end of the text, found a second YAML document");
}

TEST_CASE("a byte-order mark and CR LF line ends do no harm") {
  const auto points = parse("\xef\xbb\xbf- count: 3\r\n  word: a\r\n- count: 4\r\n");
  REQUIRE(points.size() == 2);
  CHECK(points[0].word == "a");
}

TEST_CASE("text that is not YAML is told with its place") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"- count: 3: 4\n",
       "1:11: not valid YAML: no ': ' may stand here: quote the text, or look at the indentation"},
      {"- count: @3\n",
       "1:10: not valid YAML: no value may begin with this character: quote the text"},
      {"- word: \"a\n",
       "1:11: not valid YAML: expected the closing quote, found the end of the text"},
      {"- word: 'a\n\n\n",
       "1:11: not valid YAML: expected the closing quote, found the end of the text"},
      {"- word: \"\\q\"\n", "1:12: not valid YAML: unknown escape after the backslash"},
      {"- count: 1\n\trate: 2\n", "2:1: not valid YAML: a tab may not indent"},
      {"- \tcount: 1\n",
       "1:9: not valid YAML: no ': ' may stand here: quote the text, or look at the indentation (a "
       "tab may not indent)"},
      {"- widths: [1\n- count: 2\n", "2:8: not valid YAML: expected ',' or ']' in this list"},
  }));
  CHECK(refused(text) == "s.yml:" + message);
}

TEST_CASE("a broken text is an error of the file, never a crash, wherever it is cut") {
  const std::string text =
      "- &a {count: 3, widths: [1, 2], word: \"x\"}\n- <<: *a\n  rate: 1e-3\n  word: 'y'\n";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    std::string message = "s.yml:";
    try {
      (void)parse(text.substr(0, size));
    } catch (const data_error& e) {
      message = e.what();
    }
    CHECK(message.starts_with("s.yml:"));
  }
}

TEST_CASE("a paramset that is wrong is rejected alone where the caller wants that") {
  std::vector<std::size_t> good;
  std::vector<std::string> bad;
  sweepnet::for_each_paramset<point>(
      "- count: 1\n- count: -1\n- 7\n- count: 2\n", "s.yml",
      [&](std::size_t index, point&&) { good.push_back(index); },
      [&](std::size_t index, const data_error& e) {
        bad.push_back(fmt::format("{} {}", index, e.what()));
      });
  CHECK(good == std::vector<std::size_t>{0, 3});
  CHECK(bad == std::vector<std::string>{"1 s.yml:2:10: count must be at least 0, got -1",
                                        "2 s.yml:3:3: a paramset must be a mapping, got 7"});
}

TEST_CASE("one value can be parsed by itself") {
  CHECK(parse_value("3", "v").text == "3");
  CHECK(parse_value("", "v").type == node_type::null);
  CHECK(parse_value("[1, 2]", "v").items.size() == 2);
  CHECK(parse_value("{a: 1}", "v").keys.size() == 1);
  CHECK(message_of<data_error>([] { (void)parse_value("[1", "v"); }) ==
        "v: not valid YAML: expected ',' or ']' in this list");
}

TEST_CASE("a file is read and named in its errors") {
  const testing::temporary_directory directory;
  testing::write_file(directory / "s.yml", "- count: 3\n- count: x\n");
  const std::string path = directory / "s.yml";
  CHECK(message_of<data_error>([&] { (void)sweepnet::load_sweep<point>(path); }) ==
        path + ":2:10: count must be an integer, got x");
  testing::write_file(path, "- count: 3\n");
  CHECK(sweepnet::load_sweep<point>(path).source() == path);
}

namespace {

/// That of one index; its sweep's size.
std::pair<point, std::size_t> choose(const std::string& text, std::size_t index) {
  const auto opened = sweepnet::open_sweep<point>(text, "s.yml");
  CHECK(opened.source() == "s.yml");
  return {opened.at(index), opened.count()};
}

}  // namespace

TEST_CASE("a paramset that is chosen by its index is the one that all of them hold there") {
  const std::string lines_tell = GENERATE(
      as<std::string>{}, "- count: 1\n", "- {}\n- {count: 2}\n-\n  count: 3\n",
      "# don't\n\n- count: 1  # 'a \"b\n  word: it's\n\n  # - c\n  widths: [1,\n    2]\n- rate: "
      "0.25\n",
      "\xef\xbb\xbf- count: 1\r\n  word: a\r\n- count: 2\r\n",
      "- word: 'it''s - x'\n- word: \"a # \\\" b\"\n  count: 2\n- word: |\n    - x\n    # y\n  "
      "count: 3\n",
      "- &a {count: 3, widths: [1, 2]}\n- count: 1\n- <<: *a\n  word: x\n- &b\n  <<: *a\n  rate: "
      "0.25\n- <<: *b\n- word: 2 * 3\n",
      "-   widths:\n    - 1\n    - 2\n-\n  widths: [3]\n", "- word: |-\n    a \n- count: 5\n",
      "- word: |\n    a\n\n- count: 5\n- word: |+\n    b\n\n");
  const std::string others_need_reading = GENERATE(
      as<std::string>{}, "", "[{count: 1}, {count: 2}]", "- word: \"a\n  b\"\n- count: 2\n",
      "---\n- count: 1\n- count: 2\n", "  - count: 1\n  - count: 2\n",
      "- count: 1\n- count: 2\n...\n", "- word: 'a\n\n  - count: 7'\n- count: 2\n",
      "- word: 'x y''\n\n  a'\n- count: 2\n", "- {word: a\n- b}\n- {count: 2}\n");
  const std::string& text = others_need_reading.empty() ? lines_tell : others_need_reading;
  INFO(text);
  CHECK(sweepnet::list_items(text).has_value() == others_need_reading.empty());
  const std::vector<point> all = parse(text);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto [chosen, size] = choose(text, i);
    CHECK(size == all.size());
    CHECK(std::tie(chosen.count, chosen.rate, chosen.word, chosen.flag, chosen.widths) ==
          std::tie(all[i].count, all[i].rate, all[i].word, all[i].flag, all[i].widths));
  }
}

TEST_CASE("what is wrong with other paramsets does not hinder the one that is chosen") {
  const std::string text =
      GENERATE(as<std::string>{}, "- count: -1\n- count: 2\n- cuont: 3\n- rate: [x\n",
               "- count: -1\n- count: 2\n- cuont: 3\n- rate: x\n- word: \"a\n  b\"\n");
  INFO(text);
  CHECK(choose(text, 1).first.count == 2);
  const auto complaint = [&](std::size_t index) {
    return message_of<data_error>([&] { (void)choose(text, index); });
  };
  CHECK(complaint(0) == "s.yml:1:10: count must be at least 0, got -1");
  CHECK(complaint(2) == "s.yml:3:3: unknown key 'cuont' (did you mean 'count'?)");
  INFO(complaint(3));
  CHECK((complaint(3) == "s.yml:4:1: not valid YAML: expected ',' or ']' in this list" ||
         complaint(3) == "s.yml:4:9: rate must be a number, got x"));
}

TEST_CASE("a text without a list is refused, whatever is chosen") {
  for (const std::string text : {"", "# nothing\n", "count: 1\n", "7\n"}) {
    const std::string whole = refused(text);
    CHECK(message_of<data_error>([&] { (void)choose(text, 0); }) == whole);
  }
}

TEST_CASE("a sweep of 100,000 paramsets loads whole, or one of them alone") {
  constexpr int count = testing::cases(100'000, 1'801);
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += fmt::format("- count: {}\n  rate: 0.{}\n  word: relu\n  widths: [10, 20, {}]\n", i,
                        i % 9 + 1, i + 1);
  }
  const auto points = parse(text);
  REQUIRE(points.size() == count);
  CHECK(points.back().count == count - 1);
  CHECK(points.back().rate == 0.1);
  CHECK(points.back().word == "relu");
  CHECK(points.back().widths == std::vector<std::int64_t>{10, 20, count});

  const auto listed = sweepnet::list_items(text);
  REQUIRE(listed);
  CHECK(listed->size() == count);
  const auto [chosen, size] = choose(text, count - 1);
  CHECK(size == count);
  CHECK(chosen.count == count - 1);
}

TEST_CASE("a list may stand beside what is said of the data") {
  const std::string text =
      "data: {source: t.csv, target: y}\n"
      "paramsets:\n"
      "- {count: 3}\n"
      "- {count: 4, widths: [1, 2]}\n";
  const auto check = [](const sweepnet::sweep<point>& read) {
    REQUIRE(read.count() == 2);
    CHECK(read.at(0).count == 3);
    CHECK(read.at(1).widths == std::vector<std::int64_t>{1, 2});
    REQUIRE(read.data_section() != nullptr);
    CHECK(read.data_section()->keys.size() == 2);
    CHECK(read.data_section()->items[1]->text == "y");
    CHECK(read.data_section()->line == 1);
  };
  check(sweepnet::parse_sweep<point>(text, "s.yml"));
  check(sweepnet::open_sweep<point>(text, "s.yml"));
  check(sweepnet::parse_sweep<point>(
      R"({"data": {"source": "t.csv", "target": "y"},
 "paramsets": [{"count": 3}, {"count": 4, "widths": [1, 2]}]})",
      "s.yml"));
  CHECK(sweepnet::parse_sweep<point>("paramsets: [{count: 7}]").at(0).count == 7);
  CHECK(sweepnet::parse_sweep<point>("- {count: 7}").data_section() == nullptr);
  const auto space = sweepnet::parse_sweep<point>(
      "method: grid\ndata: {target: y}\nparameters: {count: {values: [1, 2]}}\n");
  CHECK(space.count() == 2);
  CHECK(space.data_section()->items[0]->text == "y");
}

TEST_CASE("what stands beside a list is data alone") {
  CHECK(refused("data: {target: y}\n") ==
        "s.yml:1:1: expected paramsets beside data, or method and parameters of a space");
  CHECK(refused("paramsets: []\n") == "s.yml:1:1: expected a list of paramsets, found none in it");
  CHECK(refused("paramsets: {count: 1}\n") ==
        "s.yml:1:12: paramsets must be a list, got a mapping");
  CHECK(refused("dta: {target: y}\nparamsets: [{count: 1}]\n") ==
        "s.yml:1:1: unknown key 'dta' (did you mean 'data'?)");
  CHECK(refused("data: {target: y}\nparamsets:\n- {count: 1}\n- {cout: 1}\n") ==
        "s.yml:4:4: unknown key 'cout' (did you mean 'count'?)");
}
