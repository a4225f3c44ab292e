// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A paramset type of one's own: its fields are described once, and YAML, JSON, validation and help
// follow.

#include "sweepnet/describe/fields.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "catch.hpp"
#include "support.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

using sweepnet::data_error;
using sweepnet::encode;
using sweepnet::ordered_json;
using testing::message_of;

namespace {

enum class colour { red, green };

struct circle {
  static constexpr std::string_view name = "circle";
  double radius = 1;
  static constexpr double circle::*scalar_member = &circle::radius;
};

struct box {
  static constexpr std::string_view name = "box";
  static constexpr std::string_view alias = "square";
  double width = 2;
  double height = 3;

  void validate() const {
    if (height < width) throw sweepnet::argument_error("a box must not be wider than high");
  }
};

struct dot {
  static constexpr std::string_view name = "dot";
};

struct shape {
  std::variant<circle, box, dot> form{};
  std::int64_t copies = 1;
};

struct limits {
  std::optional<double> seconds{};
  std::uint8_t tries = 3;
};

struct drawing {
  colour ink = colour::red;
  bool filled = false;
  float thickness = 0.5F;
  std::string title{};
  std::vector<std::vector<std::int32_t>> points{};
  shape outline{};
  std::optional<limits> bounds{};

  void validate() const {
    if (filled && points.empty()) throw sweepnet::argument_error("filled needs points");
  }
};

}  // namespace

namespace sweepnet {

template <>
inline constexpr auto enum_names<colour> = name_table<colour, 3>{
    {{"red", colour::red}, {"green", colour::green}, {"grass", colour::green}}};
template <>
inline constexpr auto fields<circle> = std::tuple(field("radius", &circle::radius, above(0),
                                                        "from the middle"));
template <>
inline constexpr auto fields<box> = std::tuple(field("width", &box::width, above(0), "across"),
                                               field("height", &box::height, above(0), "up"));
template <> inline constexpr auto choice_member<shape> = &shape::form;
template <>
inline constexpr auto fields<shape> = std::tuple(field("copies", &shape::copies, closed_range(1, 9),
                                                       "how many"));
template <>
inline constexpr auto fields<limits> = std::tuple(field("seconds", &limits::seconds, at_least(0),
                                                        "time"),
                                                  field("tries", &limits::tries, "attempts"));
template <>
inline constexpr auto fields<drawing> = std::tuple(
    field("ink", &drawing::ink, "its colour"), field("filled", &drawing::filled, "inside too"),
    field("thickness", &drawing::thickness, in_range(0, 1), "of the line"),
    field("title", &drawing::title, "above it"),
    field("points", &drawing::points, closed_range(-9, 9), "corners"),
    field("outline", &drawing::outline, "around it"),
    field("bounds", &drawing::bounds, "when to stop"));

}  // namespace sweepnet

namespace {

drawing parsed(const std::string& yaml) {
  return sweepnet::parse_sweep<drawing>("- {" + yaml + "}\n", "d.yml").at(0);
}

std::string refused(const std::string& yaml) {
  return message_of<data_error>([&] { (void)parsed(yaml); });
}

}  // namespace

TEST_CASE("every kind of field is read from YAML") {
  const drawing d = parsed(
      "ink: GRASS, filled: true, thickness: 0.25, title: 'x: y', points: [[1, -2], []], "
      "outline: {name: box, copies: 2, height: 5}, bounds: {seconds: 1e2, tries: 255}");
  CHECK(d.ink == colour::green);
  CHECK(d.filled);
  CHECK(d.thickness == 0.25F);
  CHECK(d.title == "x: y");
  CHECK(d.points == std::vector<std::vector<std::int32_t>>{{1, -2}, {}});
  CHECK(d.outline.copies == 2);
  CHECK(std::get<box>(d.outline.form).width == 2);
  CHECK(std::get<box>(d.outline.form).height == 5);
  CHECK(d.bounds->seconds == 100);
  CHECK(d.bounds->tries == 255);
  CHECK_FALSE(parsed("bounds: ~").bounds);
  CHECK_FALSE(parsed("bounds: {}").bounds->seconds);
}

TEST_CASE("a choice is a name, an alias, a mapping or a number") {
  CHECK(std::holds_alternative<dot>(parsed("outline: Dot").outline.form));
  CHECK(std::holds_alternative<box>(parsed("outline: square").outline.form));
  CHECK(std::get<circle>(parsed("outline: 2.5").outline.form).radius == 2.5);
  CHECK(std::get<circle>(parsed("outline: {radius: 4}").outline.form).radius == 4);
  CHECK(std::get<box>(parsed("outline: {width: 1, name: box}").outline.form).width == 1);
}

TEST_CASE(
    "each wrong value is told with its place, its path, what is expected and what was found") {
  const auto [yaml, message] = GENERATE(table<std::string, std::string>({
      {"ink: gren", "9: unknown ink 'gren' (did you mean 'green'?)"},
      {"ink: [red]", "9: ink must be a name, got a list"},
      {"filled: 1", "12: filled must be true or false, got 1"},
      {"thickness: 1", "15: thickness must be in [0, 1), got 1"},
      {"thickness: thin", "15: thickness must be a number, got thin"},
      {"thickness: inf", "15: thickness must be a finite number, got inf"},
      {"title: [a]", "11: title must be a string, got a list"},
      {"title: ", "4: title must be a string, got nothing"},
      {"points: [1]", "13: points[0] must be a list, got 1"},
      {"points: [[1], [2, 10]]", "22: points[1][1] must be in [-9, 9], got 10"},
      {"points: [[3000000000]]",
       "14: points[0][0] must be an integer in [-2147483648, 2147483647], got 3000000000"},
      {"outline: blob", "13: unknown outline 'blob' (known: a number, circle, box, dot)"},
      {"outline: '3'", "13: outline must be a number or a name, got the string \"3\""},
      {"outline: 0", "13: outline must be above 0, got 0"},
      {"outline: []", "13: outline must be a name or a mapping, got a list"},
      {"outline: {name: {}}", "20: outline.name must be a name, got a mapping"},
      {"outline: {name: bx}", "20: unknown outline 'bx' (did you mean 'box'?)"},
      {"outline: {name: dot, radius: 1}",
       "25: unknown key 'radius' in outline (known: copies, name)"},
      {"outline: {name: box, copies: 10}", "33: outline.copies must be in [1, 9], got 10"},
      {"outline: {name: box, width: 4}", "13: a box must not be wider than high"},
      {"bounds: never", "12: bounds must be a mapping, got never"},
      {"bounds: {seconds: -1}", "22: bounds.seconds must be at least 0, got -1"},
      {"bounds: {tries: 256}", "20: bounds.tries must be an integer in [0, 255], got 256"},
      {"filled: true", "3: filled needs points"},
      {"name: x",
       "4: unknown key 'name' (known: ink, filled, thickness, title, points, outline, "
       "bounds)"},
  }));
  CHECK(refused(yaml) == "d.yml:1:" + message);
}

TEST_CASE("a long value is told in part") {
  CHECK(refused("thickness: " + std::string(1000, 'x')) ==
        "d.yml:1:15: thickness must be a number, got " + std::string(60, 'x') + "...");
}

TEST_CASE("what encode writes is read back as the same") {
  const drawing d = parsed(
      "ink: green, thickness: 0.1, points: [[1]], outline: {name: box, copies: 3}, "
      "bounds: {seconds: 0.1}");
  const ordered_json encoded = encode(d);
  CHECK(encoded.dump() ==
        R"({"ink":"green","filled":false,"thickness":0.10000000149011612,"title":"",)"
        R"("points":[[1]],"outline":{"name":"box","width":2.0,"height":3.0,"copies":3},)"
        R"("bounds":{"seconds":0.1,"tries":3}})");
  const auto again = sweepnet::parse_sweep<drawing>("[" + encoded.dump() + "]", "json");
  CHECK(encode(again.at(0)) == encoded);
}

TEST_CASE("encode leaves out what is not set") {
  const ordered_json encoded = encode(drawing{});
  CHECK_FALSE(encoded.contains("bounds"));
  CHECK(encode(limits{}).dump() == R"({"tries":3})");
}

TEST_CASE("the help lists each field with its range and default") {
  CHECK(sweepnet::describe_fields<drawing>() ==
        "  ink                    its colour; default \"red\"\n"
        "  filled                 inside too; default false\n"
        "  thickness              of the line; in [0, 1); default 0.5\n"
        "  title                  above it; default \"\"\n"
        "  points                 corners; in [-9, 9]; default []\n"
        "  outline                around it; default "
        "{\"name\":\"circle\",\"radius\":1.0,\"copies\":1}\n"
        "  bounds                 when to stop\n");
}
