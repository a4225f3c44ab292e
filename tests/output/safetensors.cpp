// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/output/safetensors.hpp"

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

std::string complaint(const std::string& bytes) {
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

TEST_CASE("damaged and hostile files are refused with what is wrong") {
  CHECK(complaint("1234567") == "f: too short for a safetensors file");
  CHECK(complaint(std::string(8, '\xff')) ==
        "f: the header's length 18446744073709551615 does not fit the file");
  CHECK(complaint(file_with("[]", "")) == "f: the header does not begin with '{'");
  CHECK(complaint(file_with("{\"a\":", "")) == "f: the header is not a JSON object");
  CHECK(complaint(file_with(R"({"a":1,"a":2})", "")) == "f: the header names \"a\" twice");
  CHECK(complaint(file_with("{\"a\":" + std::string(20, '[') + std::string(20, ']') + "}", "")) ==
        "f: the header is nested too deep");
  CHECK(complaint(file_with(R"({"__metadata__":{"x":1}})", "")) ==
        "f: __metadata__ must hold strings only");
  CHECK(complaint(file_with(R"({"a":{}})", "")) ==
        "f: tensor 'a': must have dtype, shape and data_offsets");
  CHECK(complaint(file_with(tensor_entry("F31", "[1]", "[0,4]"), "1234")) ==
        "f: tensor 'a': unknown dtype 'F31'");
  CHECK(complaint(file_with(tensor_entry("F32", "[-1]", "[0,4]"), "1234")) ==
        "f: tensor 'a': sizes and offsets must be integers from 0");
  CHECK(complaint(file_with(tensor_entry("F32", "[1.5]", "[0,4]"), "1234")) ==
        "f: tensor 'a': sizes and offsets must be integers from 0");
  CHECK(complaint(file_with(tensor_entry("F32", "[4611686018427387904,4]", "[0,4]"), "1234")) ==
        "f: tensor 'a': size overflows");
  CHECK(complaint(file_with(tensor_entry("F32", "[2]", "[0,8]"), "1234")) ==
        "f: tensor 'a': offsets [0, 8) lie outside the 4 bytes of data");
  CHECK(complaint(file_with(tensor_entry("F32", "[1]", "[4,0]"), "1234")) ==
        "f: tensor 'a': offsets [4, 0) lie outside the 4 bytes of data");
  CHECK(complaint(file_with(tensor_entry("F32", "[2]", "[0,4]"), "1234")) ==
        "f: tensor 'a': its shape needs 8 bytes, its offsets give 4");
  CHECK(complaint(file_with(tensor_entry("F32", "[1]", "[4,8]"), "12345678")) ==
        "f: tensors leave a hole or overlap at byte 0");
  CHECK(complaint(file_with(tensor_entry("F32", "[1]", "[0,4]"), "123456")) ==
        "f: 2 bytes follow the last tensor");
}
