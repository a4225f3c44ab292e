// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Models as ONNX (opset 13), for inference: input (batch x features) -> output (batch x classes).
//
// A dense layer is Gemm and its activation; dropout, which does nothing at inference, is left out.
// Source: onnx/onnx.proto3 (1.8), onnx/docs/Operators.md.

#include <fmt/format.h>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/model/description.hpp"
#include "sweepnet/model/onnx/protobuf.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/version.hpp"

namespace sweepnet {

namespace detail::onnx {

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
    for (const std::string& input : inputs) node.add_bytes(1, input);
    const std::string output = fmt::format("{}_{}", operation, ++nodes_);
    node.add_bytes(2, output);
    node.add_bytes(3, output);
    node.add_bytes(4, operation);
    for (const attribute& each : attributes) node.add_message(5, encode(each));
    graph_.add_message(1, node);
    return output;
  }

  /// Adds a constant tensor; returns its name. `shape` may be empty: one value.
  std::string constant(const std::string& name, std::initializer_list<std::int64_t> shape,
                       const float* values, std::int64_t count) {
    protobuf_message tensor;
    for (const std::int64_t size : shape) tensor.add_integer(1, size);
    tensor.add_integer(2, type_float);
    tensor.add_bytes(8, name);
    tensor.add_bytes(9, {reinterpret_cast<const char*>(values),
                         static_cast<std::size_t>(count) * sizeof(float)});
    graph_.add_message(5, tensor);
    return name;
  }
  std::string constant(double value) {
    const auto single = static_cast<float>(value);
    return constant(fmt::format("constant_{}", ++constants_), {}, &single, 1);
  }

  /// The graph with its input and output, (batch x width) each.
  [[nodiscard]] protobuf_message finish(const std::string& input, std::int64_t inputs,
                                        const std::string& output, std::int64_t outputs) && {
    graph_.add_bytes(2, "sweepnet");
    graph_.add_message(11, describe(input, inputs));
    graph_.add_message(12, describe(output, outputs));
    return std::move(graph_);
  }

 private:
  static constexpr std::int64_t type_float = 1;

  static protobuf_message encode(const attribute& a) {
    constexpr std::int64_t kind_float = 1;
    constexpr std::int64_t kind_int = 2;
    protobuf_message message;
    message.add_bytes(1, a.name);
    if (const float* real = std::get_if<float>(&a.value)) {
      message.add_real(2, *real);
      message.add_integer(20, kind_float);
    } else {
      message.add_integer(3, std::get<std::int64_t>(a.value));
      message.add_integer(20, kind_int);
    }
    return message;
  }

  static protobuf_message describe(const std::string& name, std::int64_t width) {
    protobuf_message rows;
    rows.add_bytes(2, "batch");
    protobuf_message columns;
    columns.add_integer(1, width);
    protobuf_message shape;
    shape.add_message(1, rows);
    shape.add_message(1, columns);
    protobuf_message tensor;
    tensor.add_integer(1, type_float);
    tensor.add_message(2, shape);
    protobuf_message type;
    type.add_message(1, tensor);
    protobuf_message value;
    value.add_bytes(1, name);
    value.add_message(2, type);
    return value;
  }

  protobuf_message graph_;
  int nodes_ = 0;
  int constants_ = 0;
};

/// Appends f(x) to a graph, step by step as the formulas in network/activation.hpp say.
class activation_writer {
 public:
  activation_writer(graph& g, std::string x) : g_(&g), x_(std::move(x)) {}

  std::string operator()(const activations::linear&) const { return x_; }
  std::string operator()(const activations::relu&) const { return apply("Relu", {x_}); }
  std::string operator()(const activations::leaky_relu& f) const {
    return apply("LeakyRelu", {x_}, {{"alpha", real(f.negative_slope)}});
  }
  std::string operator()(const activations::relu6&) const { return clip(x_, 0, 6); }
  std::string operator()(const activations::tanh&) const { return apply("Tanh", {x_}); }
  std::string operator()(const activations::sigmoid&) const { return apply("Sigmoid", {x_}); }
  std::string operator()(const activations::hard_sigmoid&) const {
    return apply("HardSigmoid", {x_}, {{"alpha", real(1.0 / 6)}, {"beta", 0.5F}});
  }
  std::string operator()(const activations::hard_sigmoid_keras2&) const {
    return apply("HardSigmoid", {x_}, {{"alpha", 0.2F}, {"beta", 0.5F}});
  }
  std::string operator()(const activations::elu& f) const {
    return apply("Elu", {x_}, {{"alpha", real(f.alpha)}});
  }
  std::string operator()(const activations::selu& f) const {
    return apply("Selu", {x_}, {{"alpha", real(f.alpha)}, {"gamma", real(f.scale)}});
  }
  std::string operator()(const activations::celu& f) const {
    return apply("Celu", {x_}, {{"alpha", real(f.alpha)}});
  }
  std::string operator()(const activations::softplus&) const { return apply("Softplus", {x_}); }
  std::string operator()(const activations::softsign&) const { return apply("Softsign", {x_}); }
  std::string operator()(const activations::exponential&) const { return apply("Exp", {x_}); }
  std::string operator()(const activations::gelu& f) const {
    const std::string erf = apply("Erf", {apply("Mul", {x_, g_->constant(f.sqrt_half)})});
    const std::string twice_cdf = apply("Add", {erf, g_->constant(1)});
    return apply("Mul", {apply("Mul", {x_, g_->constant(0.5)}), twice_cdf});
  }
  std::string operator()(const activations::silu&) const {
    return apply("Mul", {x_, apply("Sigmoid", {x_})});
  }
  std::string operator()(const activations::hard_silu&) const {
    return apply("Mul", {x_, (*this)(activations::hard_sigmoid{})});
  }
  std::string operator()(const activations::mish&) const {
    return apply("Mul", {x_, apply("Tanh", {apply("Softplus", {x_})})});
  }
  std::string operator()(const activations::log_sigmoid&) const {
    return apply("Neg", {apply("Softplus", {apply("Neg", {x_})})});
  }
  std::string operator()(const activations::tanh_shrink&) const {
    return apply("Sub", {x_, apply("Tanh", {x_})});
  }
  std::string operator()(const activations::hard_tanh&) const { return clip(x_, -1, 1); }
  std::string operator()(const activations::hard_shrink& f) const {
    return apply("Shrink", {x_}, {{"bias", 0.0F}, {"lambd", real(f.threshold)}});
  }
  std::string operator()(const activations::soft_shrink& f) const {
    return apply("Shrink", {x_}, {{"bias", real(f.threshold)}, {"lambd", real(f.threshold)}});
  }
  std::string operator()(const activations::squareplus& f) const {
    const std::string square = apply("Mul", {x_, x_});
    const std::string root = apply("Sqrt", {apply("Add", {square, g_->constant(f.b)})});
    return apply("Mul", {apply("Add", {x_, root}), g_->constant(0.5)});
  }
  std::string operator()(const activations::sparse_plus&) const {
    // (t + 1)^2 / 4 + relu(x - 1) with t = clip(x, -1, 1)
    const std::string shifted = apply("Add", {clip(x_, -1, 1), g_->constant(1)});
    const std::string square = apply("Mul", {shifted, shifted});
    const std::string above = apply("Relu", {apply("Sub", {x_, g_->constant(1)})});
    return apply("Add", {apply("Mul", {square, g_->constant(0.25)}), above});
  }
  std::string operator()(const activations::sparse_sigmoid&) const {
    const std::string shifted = apply("Add", {x_, g_->constant(1)});
    return clip(apply("Mul", {shifted, g_->constant(0.5)}), 0, 1);
  }
  std::string operator()(const activations::softmax&) const {
    return apply("Softmax", {x_}, {{"axis", std::int64_t{-1}}});
  }
  std::string operator()(const activations::log_softmax&) const {
    return apply("LogSoftmax", {x_}, {{"axis", std::int64_t{-1}}});
  }

 private:
  static float real(double value) { return static_cast<float>(value); }

  std::string apply(const char* operation, std::initializer_list<std::string> inputs,
                    std::initializer_list<graph::attribute> attributes = {}) const {
    return g_->apply(operation, inputs, attributes);
  }
  std::string clip(const std::string& x, double low, double high) const {
    return apply("Clip", {x, g_->constant(low), g_->constant(high)});
  }

  graph* g_;
  std::string x_;
};

}  // namespace detail::onnx

/// Throws data_error if the model's weights do not fit into a protobuf message, which has at most
/// 2 GiB.
inline void check_onnx(const model_spec& model) {
  constexpr std::int64_t largest = std::numeric_limits<std::int32_t>::max();
  constexpr std::int64_t description = 1 << 24;  // more than names, nodes and metadata take
  const std::int64_t weights = parameter_layout(model).size;
  if (weights > (largest - description) / static_cast<std::int64_t>(sizeof(float))) {
    throw data_error(fmt::format(
        "an .onnx file cannot hold {} weights: choose a path ending in .safetensors", weights));
  }
}

/// The bytes of an .onnx file with this model. Throws what check_onnx throws.
[[nodiscard]] inline std::string write_onnx(const trained_model& trained) {
  constexpr std::int64_t ir_version = 7;
  constexpr std::int64_t opset = 13;
  check_onnx(trained.model);
  const std::string input = "input";
  detail::onnx::graph graph;
  std::string x = input;
  const parameter_layout layout(trained.model);
  for (std::size_t i = 0; i < layout.weights.size(); ++i) {
    const dense_weights& weights = layout.weights[i];
    const std::string name = fmt::format("dense_{}", i + 1);
    const std::string kernel =
        graph.constant(name + ".kernel", {weights.inputs, weights.units},
                       trained.parameters.data() + weights.kernel, weights.kernel_size());
    const std::string bias = graph.constant(
        name + ".bias", {weights.units}, trained.parameters.data() + weights.bias, weights.units);
    x = std::visit(detail::onnx::activation_writer(graph, graph.apply("Gemm", {x, kernel, bias})),
                   std::get<dense>(trained.model.layers[weights.layer]).activate.function);
  }
  const auto entry = [](const std::string& key, const std::string& value) {
    protobuf_message pair;
    pair.add_bytes(1, key);
    pair.add_bytes(2, value);
    return pair;
  };
  protobuf_message operators;
  operators.add_bytes(1, "");
  operators.add_integer(2, opset);
  protobuf_message file;
  file.add_integer(1, ir_version);
  file.add_bytes(2, "sweepnet");
  file.add_bytes(3, version);
  file.add_message(
      7, std::move(graph).finish(input, trained.model.inputs, x, trained.model.outputs()));
  file.add_message(8, operators);
  file.add_message(14, entry("model", dump(encode_model(trained.model))));
  const json origin = encode_origin(trained);
  for (const auto& item : origin.items()) {
    file.add_message(14, entry(item.key(), dump(item.value())));
  }
  return file.bytes();
}

}  // namespace sweepnet
