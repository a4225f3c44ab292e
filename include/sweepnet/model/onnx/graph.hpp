// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An ONNX graph, node by node.

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "sweepnet/core/format.hpp"
#include "sweepnet/model/onnx/protobuf.hpp"
#include "sweepnet/model/onnx/schema.hpp"

namespace sweepnet::detail::onnx {

/// A graph under construction. Values are known by their names.
class graph {
 public:
  struct attribute {
    const char* name;
    std::variant<float, std::int64_t> value;
  };

  /// Adds a node of one output and returns the output's name.
  std::string apply(const char* operation, std::initializer_list<std::string> inputs,
                    std::initializer_list<attribute> attributes = {}) {
    protobuf_message node;
    for (const std::string& input : inputs) node.add_bytes(node_proto::input, input);
    const std::string output = fmt::format("{}_{}", operation, ++nodes_);
    node.add_bytes(node_proto::output, output);
    node.add_bytes(node_proto::name, output);
    node.add_bytes(node_proto::op_type, operation);
    for (const attribute& each : attributes) {
      node.add_message(node_proto::attribute, encode(each));
    }
    graph_.add_message(graph_proto::node, node);
    return output;
  }

  /// Adds a constant tensor, row-major; returns its name. `shape` may be empty: one value.
  std::string constant(const std::string& name, std::span<const std::int64_t> shape,
                       std::span<const float> values) {
    protobuf_message tensor;
    for (const std::int64_t size : shape) tensor.add_integer(tensor_proto::dims, size);
    tensor.add_integer(tensor_proto::data_type, data_type::float_32);
    tensor.add_bytes(tensor_proto::name, name);
    tensor.add_bytes(tensor_proto::raw_data,
                     {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
    graph_.add_message(graph_proto::initializer, tensor);
    return name;
  }
  std::string constant(double value) {
    const auto single = static_cast<float>(value);
    return constant(fmt::format("constant_{}", ++constants_), {}, {&single, 1});
  }

  /// The graph with its input and output, (batch x width) each.
  [[nodiscard]] protobuf_message finish(const std::string& input, std::int64_t inputs,
                                        const std::string& output, std::int64_t outputs) && {
    graph_.add_bytes(graph_proto::name, "sweepnet");
    graph_.add_message(graph_proto::input, describe(input, inputs));
    graph_.add_message(graph_proto::output, describe(output, outputs));
    return std::move(graph_);
  }

 private:
  static protobuf_message encode(const attribute& a) {
    protobuf_message message;
    message.add_bytes(attribute_proto::name, a.name);
    if (const float* real = std::get_if<float>(&a.value)) {
      message.add_real(attribute_proto::real, *real);
      message.add_integer(attribute_proto::type, attribute_type::real);
    } else {
      message.add_integer(attribute_proto::integer, std::get<std::int64_t>(a.value));
      message.add_integer(attribute_proto::type, attribute_type::integer);
    }
    return message;
  }

  static protobuf_message describe(const std::string& name, std::int64_t width) {
    protobuf_message rows;
    rows.add_bytes(dimension_proto::parameter, "batch");
    protobuf_message columns;
    columns.add_integer(dimension_proto::value, width);
    protobuf_message shape;
    shape.add_message(shape_proto::dimension, rows);
    shape.add_message(shape_proto::dimension, columns);
    protobuf_message tensor;
    tensor.add_integer(tensor_type_proto::element, data_type::float_32);
    tensor.add_message(tensor_type_proto::shape, shape);
    protobuf_message type;
    type.add_message(type_proto::tensor, tensor);
    protobuf_message value;
    value.add_bytes(value_info_proto::name, name);
    value.add_message(value_info_proto::type, type);
    return value;
  }

  protobuf_message graph_;
  int nodes_ = 0;
  int constants_ = 0;
};

}  // namespace sweepnet::detail::onnx
