// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/data/npy.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"

using sweepnet::as_bytes;
using sweepnet::data_error;
using sweepnet::read_npy;
using sweepnet::tensor;
using testing::message_of;
using testing::npy;
using testing::npy_with_header;

namespace {

std::string refused_npy(const std::string& content) {
  return message_of<data_error>([&] { (void)read_npy(as_bytes(content), "a"); });
}

std::string refused_header(const std::string& header) {
  return refused_npy(npy_with_header(header, "abcdef"));
}

/// Numbers of type T go through an array of the NumPy type `type`, in both byte orders.
template <class T> void check_type(const std::string& type) {
  const std::vector<T> numbers = {
      T(0), T(1), T(77), std::numeric_limits<T>::lowest(), std::numeric_limits<T>::max(), T(100)};
  for (const auto order : {std::endian::little, std::endian::big}) {
    const std::string descr = (order == std::endian::little ? "<" : ">") + type;
    INFO(descr);
    const std::string content = npy(descr, "(2, 3)", testing::packed(numbers, order));
    const tensor read = read_npy(as_bytes(content), "a");
    CHECK(read.source == "a");
    CHECK(read.shape == std::vector<std::int64_t>{2, 3});
    REQUIRE(std::holds_alternative<std::vector<T>>(read.elements));
    CHECK(std::get<std::vector<T>>(read.elements) == numbers);
  }
}

}  // namespace

TEST_CASE("every NumPy type is read, in both byte orders") {
  check_type<std::uint8_t>("u1");
  check_type<std::uint16_t>("u2");
  check_type<std::uint32_t>("u4");
  check_type<std::uint64_t>("u8");
  check_type<std::int8_t>("i1");
  check_type<std::int16_t>("i2");
  check_type<std::int32_t>("i4");
  check_type<std::int64_t>("i8");
  check_type<float>("f4");
  check_type<double>("f8");
}

TEST_CASE("half precision becomes float, exactly") {
  const std::vector<std::uint16_t> halves = {0x0000, 0x8000, 0x3c00, 0xc000, 0x3555,
                                             0x7bff, 0x0400, 0x0001, 0x83ff};
  const std::vector<float> reals = {0.0F,     -0.0F,    1.0F,     -2.0F,        0.333251953125F,
                                    65504.0F, 0x1p-14F, 0x1p-24F, -0x1.ff8p-15F};
  for (const auto order : {std::endian::little, std::endian::big}) {
    const std::string descr = order == std::endian::little ? "<f2" : ">f2";
    const std::string content = npy(descr, "(9,)", testing::packed(halves, order));
    CHECK(std::get<std::vector<float>>(read_npy(as_bytes(content), "a").elements) == reals);
  }
  const std::string special =
      npy("<f2", "(3,)",
          testing::packed(std::vector<std::uint16_t>{0x7c00, 0xfc00, 0x7e00}, std::endian::little));
  const auto read = std::get<std::vector<float>>(read_npy(as_bytes(special), "a").elements);
  CHECK(read[0] == INFINITY);
  CHECK(read[1] == -INFINITY);
  CHECK(std::isnan(read[2]));
}

TEST_CASE("truth values are 0 and 1, not pixels") {
  const std::string content = npy("|b1", "(2, 1)", {'\0', '\1'});
  const auto read = sweepnet::make_labelled_rows(
      read_npy(as_bytes(content), "x"), read_npy(as_bytes(npy("|u1", "(2,)", {'\0', '\1'})), "y"));
  CHECK(read.notes.empty());
  float value = 0;
  read.rows.copy_row(1, &value);
  CHECK(value == 1);
}

TEST_CASE("every version of the format is read, and any number of dimensions") {
  const char version = GENERATE(as<char>{}, 1, 2, 3);
  const auto [shape, sizes] = GENERATE(table<std::string, std::vector<std::int64_t>>(
      {{"(6,)", {6}}, {"(1, 2, 3)", {1, 2, 3}}, {"( 6 ,1 , )", {6, 1}}}));
  const std::string content = npy("|u1", shape, "abcdef", version);
  CHECK(read_npy(as_bytes(content), "a").shape == sizes);
}

TEST_CASE("a scalar array and an empty one are read") {
  CHECK(read_npy(as_bytes(npy("|u1", "()", "a")), "a").shape.empty());
  CHECK(read_npy(as_bytes(npy("<f8", "(0, 5)", "")), "a").shape == std::vector<std::int64_t>{0, 5});
}

TEST_CASE("headers may have any order of keys and either quote") {
  const std::string content =
      npy_with_header("{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"|u1\"}", "abcdef");
  CHECK(read_npy(as_bytes(content), "a").shape == std::vector<std::int64_t>{2, 3});
}

TEST_CASE("an array in Fortran order is read as what it is in C order") {
  const auto read = [](const std::string& shape, const std::string& elements) {
    const std::string header = "{'descr': '|u1', 'fortran_order': True, 'shape': " + shape + "}";
    const std::string content = npy_with_header(header, elements);
    return read_npy(as_bytes(content), "a");
  };
  const auto text = [](const tensor& t) {
    const auto& bytes = std::get<std::vector<std::uint8_t>>(t.elements);
    return std::string(bytes.begin(), bytes.end());
  };
  const tensor line = read("(6,)", "abcdef");
  CHECK(text(line) == "abcdef");
  CHECK_FALSE(line.transposed);
  const tensor matrix = read("(2, 3)", "adbecf");  // a b c, d e f by columns
  CHECK(matrix.shape == std::vector<std::int64_t>{2, 3});
  CHECK(text(matrix) == "abcdef");
  CHECK(matrix.transposed);
  // Of (2, 3, 2) element (i, j, k) is letter 6i + 2j + k, and lies at i + 2j + 6k.
  CHECK(text(read("(2, 3, 2)", "agciekbhdjfl")) == "abcdefghijkl");
  CHECK(text(read("(0, 3)", "")).empty());
  CHECK(text(read("(2, 1)", "ab")) == "ab");
}

TEST_CASE("a file that is no array, or not whole, is told with what was expected and found") {
  CHECK(refused_npy("") == "a: truncated: expected 8 bytes of magic, found 0");
  CHECK(refused_npy("NUMPY arrays") == "a: not an .npy array: its magic is not \\x93NUMPY");
  CHECK(refused_npy(npy("|u1", "(1,)", "a", 4)) == "a: the .npy version must be 1 to 3, found 4");
  CHECK(refused_npy(npy("|u1", "(1,)", "a").substr(0, 9)) ==
        "a: truncated: expected 2 bytes of header length, found 1");
  CHECK(refused_npy(npy("|u1", "(1,)", "a").substr(0, 30)) ==
        "a: truncated: expected 118 bytes of header, found 20");
  CHECK(refused_npy(npy("<f4", "(2, 3)", "abcdef")) ==
        "a: truncated: expected 24 bytes of elements, found 6");
  CHECK(refused_npy(npy("|u1", "(2, 2)", "abcdef")) ==
        "a: has bytes beyond the 4 that its shape (2, 2) calls for");
  CHECK(refused_npy(npy("<f8", "(4294967296, 4294967296)", "")) == "a: .npy sizes overflow");
  CHECK(refused_npy(npy("<f8", "(0, 4294967296, 4294967296)", "")) == "a: .npy sizes overflow");
  CHECK(refused_npy(npy("<f8", "(18446744073709551615,)", "")) == "a: .npy sizes overflow");
  std::string long_header = npy("|u1", "(1,)", "a", 2);
  long_header[11] = '\1';
  CHECK(refused_npy(long_header) ==
        "a: bad .npy header: expected at most 65536 bytes, found 16777332");
}

TEST_CASE("types that are no plain numbers are refused_npy by name") {
  const auto descr =
      GENERATE(as<std::string>{}, "|O", "<U5", "<M8", "<c8", "<f1", "<b8", "f4", "", "<f16", "?f4");
  CHECK(refused_npy(npy(descr, "(1,)", std::string(16, 'x'))) ==
        "a: the .npy type must be b1, u1 to u8, i1 to i8 or f2 to f8, found '" + descr + "'");
}

TEST_CASE("a header that NumPy would not write is refused_npy") {
  const auto [header, message] = GENERATE(table<std::string, std::string>({
      {"", "expected '{'"},
      {"{", "expected a string"},
      {"{}", "descr, fortran_order and shape must be there"},
      {"{'descr': '<f4'", "expected ',' or '}'"},
      {"{'descr' '<f4'}", "expected ':'"},
      {"{'descr': [('a', '<f4')]}", "structured arrays are not supported"},
      {"{'descr': '<f4}", "a string has no end"},
      {"{'descr': '<f4', 'descr': '<f4'}", "unexpected key 'descr'"},
      {"{'author': 'me'}", "unexpected key 'author'"},
      {"{'fortran_order': 0}", "fortran_order must be True or False"},
      {"{'shape': 3}", "expected '('"},
      {"{'shape': (-3,)}", "shape must be a tuple of sizes"},
      {"{'shape': (3}", "expected ',' or ')'"},
      {"{'shape': (99999999999999999999,)}", "shape must be a tuple of sizes"},
  }));
  CHECK(refused_header(header) == "a: bad .npy header: " + message);
}

TEST_CASE("a written .npy array is read back, its data aligned to 64 bytes") {
  const std::vector<float> values = {1, -2.5F, 3e-30F, 4, 5, 6};
  const std::string bytes = sweepnet::write_npy(values, 3, 2);
  CHECK(bytes.size() % 64 == values.size() * sizeof(float));
  const sweepnet::tensor read = sweepnet::read_npy(sweepnet::as_bytes(bytes), "a");
  CHECK(read.shape == std::vector<std::int64_t>{3, 2});
  CHECK(std::get<std::vector<float>>(read.elements) == values);
}
