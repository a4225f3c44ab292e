// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// That onnx.checker accepts the files and onnxruntime computes the same is shown by
// tests/keras/model_files.py; here: the wire format and what the graph is made of.

#include "sweepnet/model/onnx/onnx.hpp"

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/model/description.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/model/onnx/protobuf.hpp"
#include "sweepnet/network/parameters.hpp"

using namespace sweepnet;

namespace {

/// A message's fields by number; integers as they are, the rest as bytes.
struct fields_read {
  std::map<int, std::vector<std::string>> bytes;
  std::map<int, std::vector<std::uint64_t>> integers;

  explicit fields_read(const std::string& message) {
    std::size_t at = 0;
    const auto varint = [&] {
      std::uint64_t value = 0;
      for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(message.at(at++));
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if (byte < 0x80) return value;
      }
    };
    while (at < message.size()) {
      const std::uint64_t key = varint();
      const int field = static_cast<int>(key >> 3);
      if ((key & 7) == 0) {
        integers[field].push_back(varint());
        continue;
      }
      REQUIRE(((key & 7) == 2 || (key & 7) == 5));
      const std::uint64_t size = (key & 7) == 5 ? 4 : varint();
      REQUIRE(at + size <= message.size());
      bytes[field].push_back(message.substr(at, size));
      at += size;
    }
  }
};

trained_model example_model(const activation& activate) {
  trained_model trained{.model = {.inputs = 3,
                                  .layers = {dense{.units = 2, .activate = activate},
                                             dropout{.rate = 0.5}, dense{.units = 4}}}};
  trained.parameters = initial_parameters(trained.model, 1);
  return trained;
}

/// The operators of the graph, in order.
std::vector<std::string> operators(const activation& activate) {
  const fields_read file(write_onnx(example_model(activate)));
  const fields_read graph(file.bytes.at(7).at(0));
  std::vector<std::string> names;
  for (const std::string& node : graph.bytes.at(1)) {
    names.push_back(fields_read(node).bytes.at(4).at(0));
  }
  return names;
}

}  // namespace

TEST_CASE("integers, reals and messages are written as protobuf says") {
  protobuf_message inner;
  inner.add_integer(1, 150);  // the example of protobuf.dev: 08 96 01
  CHECK(inner.bytes() == "\x08\x96\x01");
  protobuf_message outer;
  outer.add_message(3, inner);
  CHECK(outer.bytes() == std::string("\x1a\x03\x08\x96\x01"));
  protobuf_message rest;
  rest.add_integer(20, -1);  // ten bytes, as two's complement in 64 bits
  rest.add_real(2, 1.0F);
  CHECK(rest.bytes() == std::string("\xa0\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
                                    "\x15\x00\x00\x80\x3f",
                                    17));
}

TEST_CASE("an ONNX file holds version, weights, shapes and where the model comes from") {
  trained_model trained = example_model({activations::relu{}});
  trained.metadata = R"({"note":"here"})";
  const fields_read file(write_onnx(trained));
  CHECK(file.integers.at(1).at(0) == 7);
  CHECK(fields_read(file.bytes.at(8).at(0)).integers.at(2).at(0) == 13);
  std::map<std::string, std::string> metadata;
  for (const std::string& entry : file.bytes.at(14)) {
    const fields_read pair(entry);
    metadata[pair.bytes.at(1).at(0)] = pair.bytes.at(2).at(0);
  }
  CHECK(metadata.at("training") == R"({"note":"here"})");
  CHECK(decode_model(ordered_json::parse(metadata.at("model")), "m").layers.size() == 3);

  const fields_read graph(file.bytes.at(7).at(0));
  REQUIRE(graph.bytes.at(5).size() == 4);
  const fields_read kernel(graph.bytes.at(5).at(0));
  CHECK(kernel.bytes.at(8).at(0) == "dense_1.kernel");
  CHECK(kernel.integers.at(1) == std::vector<std::uint64_t>{3, 2});
  std::vector<float> weights(6);
  REQUIRE(kernel.bytes.at(9).at(0).size() == 24);
  std::memcpy(weights.data(), kernel.bytes.at(9).at(0).data(), 24);
  CHECK(std::equal(weights.begin(), weights.end(), trained.parameters.begin()));
}

TEST_CASE("an activation becomes ONNX' own operator, or its formula") {
  using list = std::vector<std::string>;
  CHECK(operators({activations::linear{}}) == list{"Gemm", "Gemm"});
  CHECK(operators({activations::relu{}}) == list{"Gemm", "Relu", "Gemm"});
  CHECK(operators({activations::silu{}}) == list{"Gemm", "Sigmoid", "Mul", "Gemm"});
  CHECK(operators({activations::sparse_plus{}}) ==
        list{"Gemm", "Clip", "Add", "Mul", "Sub", "Relu", "Mul", "Add", "Gemm"});
}

TEST_CASE("a model that protobuf cannot hold is refused before it is trained") {
  const model_spec model{.inputs = 1 << 15, .layers = {dense{.units = 1 << 14}}};
  CHECK(testing::message_of<data_error>([&] { check_model_path("m.onnx", model); }) ==
        "an .onnx file cannot hold 536887296 weights: choose a path ending in .safetensors");
}

TEST_CASE("an ONNX file is written, not read") {
  CHECK(testing::message_of<usage_error>([] { (void)read_model("m.onnx"); }) ==
        "m.onnx: ONNX files are written, not read: give the model as .h5, .keras or .safetensors");
}
