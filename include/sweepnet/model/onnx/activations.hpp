// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Activations as ONNX operators (opset 13). Source: onnx/docs/Operators.md.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/model/onnx/graph.hpp"
#include "sweepnet/network/activation.hpp"

namespace sweepnet::detail::onnx {

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
  [[noreturn]] std::string operator()(const activations::custom& f) const { refuse(f); }

  /// Throws data_error: ONNX cannot tell what a program's own function computes.
  [[noreturn]] static void refuse(const activations::custom& f) {
    throw data_error("an .onnx file cannot hold the activation '" + f.name() +
                     "', a program's own");
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

}  // namespace sweepnet::detail::onnx
