// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/model/safetensors/container.hpp"

#include <cstring>
#include <string>
#include <vector>

#include "support.hpp"

using namespace sweepnet;

namespace {

std::string file_with(const std::string& header, const std::string& data) {
  const std::uint64_t length = header.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes + header + data;
}

std::string complaint_of(const std::string& bytes) {
  return testing::message_of<data_error>([&] { (void)read_safetensors(bytes, "f"); });
}

std::string tensor_entry(const std::string& dtype, const std::string& shape,
                         const std::string& offsets) {
  return R"({"a":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets +
         "}}";
}

}  // namespace

TEST_CASE("what is written is read back, sorted and aligned") {
  safetensors_file file;
  file.metadata["note"] = "\"quoted\"\n";
  file.tensors = {{.name = "b", .dtype = "U8", .shape = {3}, .bytes = "xyz"},
                  {.name = "z", .dtype = "F32", .shape = {1, 2}, .bytes = "12345678"},
                  {.name = "a", .dtype = "F32", .shape = {}, .bytes = "abcd"}};
  const std::string bytes = write_safetensors(file);
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  CHECK(length % 8 == 0);
  const safetensors_file back = read_safetensors(bytes, "f");
  CHECK(back.metadata == file.metadata);
  REQUIRE(back.tensors.size() == 3);
  CHECK(back.tensors[0].name == "a");
  CHECK(back.tensors[1].name == "z");
  CHECK(back.tensors[2].name == "b");
  CHECK(back.find("z")->bytes == "12345678");
  CHECK(back.find("z")->shape == std::vector<std::int64_t>{1, 2});
  CHECK(back.find("none") == nullptr);
  CHECK(write_safetensors(back) == bytes);
}

TEST_CASE("large tensors are written from where they lie, small files in one piece") {
  const std::vector<float> large(100'000, 0.5F);
  const std::vector<double> small{1, 2, 3};
  const auto tensors = [&](std::int64_t count) {
    return std::vector<safetensor_view>{
        view_of_reals("b", {count}, std::span(large).first(static_cast<std::size_t>(count))),
        view_of_reals("a", {3}, std::span(small)), view_of_reals("c", {3}, std::span(small))};
  };
  const auto pieces_of = [&](std::int64_t count) {
    std::vector<std::string> copies;
    write_safetensors(tensors(count), {{"key", "value"}}, [&](auto pieces) {
      for (const std::string_view piece : pieces) {
        const bool is_large = piece.data() == reinterpret_cast<const char*>(large.data());
        copies.push_back(is_large ? "large" : std::string(piece));
      }
    });
    return copies;
  };
  const std::string whole = write_safetensors(tensors(100'000), {{"key", "value"}});
  const std::vector<std::string> two = pieces_of(100'000);
  REQUIRE(two.size() == 2);
  CHECK(two[1] == "large");
  CHECK(whole.starts_with(two[0]));
  CHECK(whole.size() == two[0].size() + 400'000);
  CHECK(read_safetensors(whole, "whole").find("b")->values<float>() == large);
  CHECK(pieces_of(10) ==
        std::vector<std::string>{write_safetensors(tensors(10), {{"key", "value"}})});
}

TEST_CASE("damaged and hostile files are refused with what is wrong") {
  CHECK(complaint_of("1234567") == "f: too short for a safetensors file");
  CHECK(complaint_of(std::string(8, '\xff')) ==
        "f: the header's length 18446744073709551615 does not fit the file");
  CHECK(complaint_of(file_with("[]", "")) == "f: the header does not begin with '{'");
  CHECK(complaint_of(file_with("{\"a\":", "")) == "f: the header is not a JSON object");
  CHECK(complaint_of(file_with(R"({"a":1,"a":2})", "")) == "f: the header names \"a\" twice");
  CHECK(complaint_of(file_with("{\"a\":" + std::string(20, '[') + std::string(20, ']') + "}",
                               "")) == "f: the header is nested too deep");
  CHECK(complaint_of(file_with(R"({"__metadata__":{"x":1}})", "")) ==
        "f: __metadata__ must hold strings only");
  CHECK(complaint_of(file_with(R"({"a":{}})", "")) ==
        "f: tensor 'a': must have dtype, shape and data_offsets");
  CHECK(complaint_of(file_with(tensor_entry("F31", "[1]", "[0,4]"), "1234")) ==
        "f: tensor 'a': unknown dtype 'F31'");
  CHECK(complaint_of(file_with(tensor_entry("F32", "[-1]", "[0,4]"), "1234")) ==
        "f: tensor 'a': sizes and offsets must be integers from 0");
  CHECK(complaint_of(file_with(tensor_entry("F32", "[1.5]", "[0,4]"), "1234")) ==
        "f: tensor 'a': sizes and offsets must be integers from 0");
  CHECK(complaint_of(file_with(tensor_entry("F32", "[4611686018427387904,4]", "[0,4]"), "1234")) ==
        "f: tensor 'a': size overflows");
  CHECK(complaint_of(file_with(tensor_entry("F32", "[2]", "[0,8]"), "1234")) ==
        "f: tensor 'a': offsets [0, 8) lie outside the 4 bytes of data");
  CHECK(complaint_of(file_with(tensor_entry("F32", "[1]", "[4,0]"), "1234")) ==
        "f: tensor 'a': offsets [4, 0) lie outside the 4 bytes of data");
  CHECK(complaint_of(file_with(tensor_entry("F32", "[2]", "[0,4]"), "1234")) ==
        "f: tensor 'a': its shape needs 8 bytes, its offsets give 4");
  CHECK(complaint_of(file_with(tensor_entry("F32", "[1]", "[4,8]"), "12345678")) ==
        "f: tensors leave a hole or overlap at byte 0");
  CHECK(complaint_of(file_with(tensor_entry("F32", "[1]", "[0,4]"), "123456")) ==
        "f: 2 bytes follow the last tensor");
}

TEST_CASE("headers nest within bounds, however deep they claim to be") {
  for (const std::size_t depth : {9U, 1'000'000U}) {
    const std::string open(depth, '[');
    CHECK(complaint_of(file_with("{\"a\":" + open + "}", "")) ==
          "f: the header is nested too deep");
    CHECK(complaint_of(file_with("{\"__metadata__\":" + open + "}", "")) ==
          "f: the header is nested too deep");
  }
  std::string objects = "{";
  for (int i = 0; i < 100'000; ++i) objects += "\"a\":{";
  CHECK(complaint_of(file_with(objects, "")) == "f: the header is nested too deep");
}

TEST_CASE("keys come once, at every depth") {
  CHECK(complaint_of(file_with(
            R"({"a":{"dtype":"U8","shape":[1],"dtype":"I8","data_offsets":[0,1]}})", "1")) ==
        "f: the header names \"dtype\" twice");
  CHECK(complaint_of(file_with(R"({"__metadata__":{"k":"1","k":"2"}})", "")) ==
        "f: the header names \"k\" twice");
  CHECK(complaint_of(file_with(R"({"__metadata__":{},"__metadata__":{}})", "")) ==
        "f: the header names \"__metadata__\" twice");
  CHECK(complaint_of(file_with(R"({"a":1,"\u0061":2})", "")) == "f: the header names \"a\" twice");
}

TEST_CASE("sizes and offsets are whole numbers from 0 within 63 bits") {
  const std::string number = GENERATE(as<std::string>{}, "-1", "-0", "1.0", "1e0", "\"1\"", "null",
                                      "true", "[1]", "18446744073709551616");
  const std::string message = "f: tensor 'a': sizes and offsets must be integers from 0";
  CHECK(complaint_of(file_with(tensor_entry("U8", "[" + number + "]", "[0,1]"), "1")) == message);
  CHECK(complaint_of(file_with(tensor_entry("U8", "[1]", "[" + number + ",1]"), "1")) == message);
  CHECK(complaint_of(file_with(tensor_entry("U8", "[1]", "[0," + number + "]"), "1")) == message);
}

TEST_CASE("a shape's product cannot overflow, not even beside a 0") {
  const std::string message = "f: tensor 'a': size overflows";
  for (const char* shape : {"[4294967296,4294967296]", "[9223372036854775807,2]",
                            "[0,9223372036854775808]", "[18446744073709551615,0]"}) {
    CHECK(complaint_of(file_with(tensor_entry("U8", shape, "[0,0]"), "")) == message);
  }
  const std::string empty = file_with(tensor_entry("U8", "[0,9223372036854775807]", "[0,0]"), "");
  CHECK(read_safetensors(empty, "f").tensors.at(0).bytes.empty());
}

TEST_CASE("tensors fill the data in any order of the header, without hole or overlap") {
  const auto two = [](const std::string& a, const std::string& b) {
    return R"({"a":{"dtype":"U8","shape":[2],"data_offsets":)" + a +
           R"(},"b":{"dtype":"U8","shape":[2],"data_offsets":)" + b + "}}";
  };
  const safetensors_file file = read_safetensors(file_with(two("[2,4]", "[0,2]"), "wxyz"), "f");
  REQUIRE(file.tensors.size() == 2);
  CHECK(file.tensors[0].name == "b");
  CHECK(file.tensors[0].bytes == "wx");
  CHECK(file.tensors[1].bytes == "yz");
  CHECK(complaint_of(file_with(two("[0,2]", "[3,5]"), "vwxyz")) ==
        "f: tensors leave a hole or overlap at byte 2");
  CHECK(complaint_of(file_with(two("[0,2]", "[1,3]"), "xyz")) ==
        "f: tensors leave a hole or overlap at byte 2");
  CHECK(complaint_of(file_with(two("[0,2]", "[0,2]"), "xy")) ==
        "f: tensors leave a hole or overlap at byte 2");
}

TEST_CASE("thousands of tensors that share the data are refused before they are copied") {
  constexpr std::size_t size = 1 << 20;
  std::string header = "{";
  for (int i = 0; i < testing::cases(20'000, 2'000); ++i) {
    header += (i == 0 ? "\"" : ",\"") + std::to_string(i) +
              R"(":{"dtype":"U8","shape":[1048576],"data_offsets":[0,1048576]})";
  }
  CHECK(complaint_of(file_with(header + "}", std::string(size, 'x'))) ==
        "f: tensors leave a hole or overlap at byte 1048576");  // 20 GB if copied
}

TEST_CASE("a header of any number of keys is read in time") {
  std::string header = R"({"__metadata__":{)";
  for (int i = 0; i < 100'000; ++i) {
    header += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":\"\"";
  }
  CHECK(read_safetensors(file_with(header + "}}", ""), "f").metadata.size() == 100'000);
}

TEST_CASE("a header is JSON in UTF-8, padded with spaces, and nothing else") {
  CHECK(read_safetensors(file_with("{}   ", ""), "f").tensors.empty());
  const std::string message = "f: the header is not a JSON object";
  CHECK(complaint_of(file_with(std::string("{}\0\0", 4), "")) == message);
  CHECK(complaint_of(file_with("{}x", "")) == message);
  CHECK(complaint_of(file_with("{}{}", "")) == message);
  CHECK(complaint_of(file_with("{\"\xff\":1}", "")) == message);
  CHECK(complaint_of(file_with("{\"a\":1e999}", "")) == message);
  CHECK(complaint_of(file_with(" {}", "")) == "f: the header does not begin with '{'");
}
