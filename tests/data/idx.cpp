// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/data/idx.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"

using sweepnet::as_bytes;
using sweepnet::data_error;
using sweepnet::read_idx;
using sweepnet::tensor;
using testing::idx;
using testing::message_of;

namespace {

std::string refused_idx(const std::string& content) {
  return message_of<data_error>([&] { (void)read_idx(as_bytes(content), "file"); });
}

/// Numbers of type T go through a file of the IDX type `type`.
template <class T> void check_type(char type) {
  INFO("type " << int{type});
  const std::vector<T> numbers = {
      T(0), T(1), T(77), std::numeric_limits<T>::lowest(), std::numeric_limits<T>::max(), T(100)};
  const std::string content = idx(type, {2, 3}, testing::packed(numbers, std::endian::big));
  const tensor read = read_idx(as_bytes(content), "file");
  CHECK(read.source == "file");
  CHECK(read.shape == std::vector<std::int64_t>{2, 3});
  REQUIRE(std::holds_alternative<std::vector<T>>(read.elements));
  CHECK(std::get<std::vector<T>>(read.elements) == numbers);
}

}  // namespace

TEST_CASE("every IDX type is read, big-endian") {
  check_type<std::uint8_t>(0x08);
  check_type<std::int8_t>(0x09);
  check_type<std::int16_t>(0x0B);
  check_type<std::int32_t>(0x0C);
  check_type<float>(0x0D);
  check_type<double>(0x0E);
}

TEST_CASE("gzip makes no difference to IDX") {
  const std::string content = testing::gzip(idx(8, {3}, "abc"));
  const tensor read = read_idx(as_bytes(content), "file");
  CHECK(std::get<std::vector<std::uint8_t>>(read.elements) ==
        std::vector<std::uint8_t>{'a', 'b', 'c'});
}

TEST_CASE("no more rows are read than asked for, and the rest is left alone") {
  const std::string content = idx(8, {3, 2}, "aabbcc");
  const tensor two = read_idx(as_bytes(content), "file", 2);
  CHECK(two.shape == std::vector<std::int64_t>{2, 2});
  CHECK(std::get<std::vector<std::uint8_t>>(two.elements).size() == 4);
  CHECK(read_idx(as_bytes(content), "file", 9).shape[0] == 3);
}

TEST_CASE("a file without rows has none") {
  CHECK(read_idx(as_bytes(idx(8, {0, 28, 28}, "")), "file").shape ==
        std::vector<std::int64_t>{0, 28, 28});
}

TEST_CASE("a file that is no IDX, or not whole, is told with what was expected and found") {
  CHECK(refused_idx("") == "file: truncated: expected 4 bytes of magic, found 0");
  CHECK(refused_idx({'\0', '\0', '\b'}) == "file: truncated: expected 4 bytes of magic, found 3");
  CHECK(refused_idx("P5 28 28") == "file: not an IDX file: expected a magic of 00 00, found 50 35");
  CHECK(refused_idx(idx(0x0A, {1}, "a")) ==
        "file: IDX element type must be one of 08 09 0b 0c 0d 0e, found 0a");
  CHECK(refused_idx(idx(8, {}, "")) == "file: IDX file has no dimensions");
  CHECK(refused_idx(idx(8, {2, 2}, "").substr(0, 9)) ==
        "file: truncated: expected 8 bytes of sizes, found 5");
  CHECK(refused_idx(idx(8, {2, 2}, "abc")) ==
        "file: truncated: expected 4 bytes of elements, found 3");
  CHECK(refused_idx(idx(8, {2, 2}, "abcde")) ==
        "file: has bytes beyond the 4 that its sizes (2, 2) call for");
  CHECK(refused_idx(idx(8, {0xffffffff, 0xffffffff}, "abc")) == "file: IDX sizes overflow");
  CHECK(refused_idx(idx(8, {0, 0xffffffff, 0xffffffff, 0xffffffff}, "")) ==
        "file: IDX sizes overflow");
  CHECK(refused_idx(idx(8, {0xffffffff}, "abc")) ==
        "file: truncated: expected 4294967295 bytes of elements, found 3");
}

TEST_CASE("whatever the bytes, reading gives a tensor or a named error") {
  const std::string good = idx(0x0C, {2, 1}, "01234567");
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int value : {0, 1, 8, 0x1f, 0x7f, 0xff}) {
      std::string bad = good;
      bad[at] = static_cast<char>(value);
      std::string message = "file: ";
      try {
        (void)read_idx(as_bytes(bad), "file");
      } catch (const data_error& e) {
        message = e.what();
      }
      CHECK(message.starts_with("file: "));
    }
  }
}

TEST_CASE("a tensor beyond its limit is refused before it is expanded") {
  const std::string content = testing::gzip(idx(8, {10'000, 1000}, std::string(10'000'000, '\0')));
  CHECK(content.size() < 20'000);
  const auto read = [&](std::uint64_t bytes, std::int64_t rows = 0) {
    return read_idx(as_bytes(content), "file", rows, {.bytes = bytes}).shape[0];
  };
  CHECK(message_of<data_error>([&] { (void)read(9'999'999); }) ==
        "file: expected at most 9999999 bytes, found 10000000");
  CHECK(read(10'000'000) == 10'000);
  CHECK(read(5000, 5) == 5);
}
