// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Activation functions, by Keras' names: each formula and its derivative once, for host and device.
//
// An elementwise activation f is its name and its options; value_of(f, x) and derivative_of(f, x,
// y) with y = value_of(f, x) are in activation_formulas.inl, because the CPU kernels compile them
// for vectors, too. Where Keras 2 and Keras 3 differ, the plain name is Keras 3's and `…_keras2`
// the older rule. Source: keras/src/activations/activations.py (3.15), keras/activations.py
// (2.1.6).

#include <cmath>
#include <concepts>
#include <cstdint>
#include <string_view>

#include "sweepnet/core/elementary.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/host_device.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

namespace activations {

struct linear {
  static constexpr std::string_view name = "linear";
};

struct relu {
  static constexpr std::string_view name = "relu";
};

struct leaky_relu {
  static constexpr std::string_view name = "leaky_relu";
  double negative_slope = 0.2;
};

struct relu6 {
  static constexpr std::string_view name = "relu6";
};

struct tanh {
  static constexpr std::string_view name = "tanh";
};

struct sigmoid {
  static constexpr std::string_view name = "sigmoid";
};

struct hard_sigmoid {  // relu6(x + 3) / 6
  static constexpr std::string_view name = "hard_sigmoid";
};

struct hard_sigmoid_keras2 {  // clip(0.2 x + 0.5, 0, 1)
  static constexpr std::string_view name = "hard_sigmoid_keras2";
};

struct elu {
  static constexpr std::string_view name = "elu";
  double alpha = 1;
};

struct selu {
  static constexpr std::string_view name = "selu";
  static constexpr double alpha = 1.6732632423543772;
  static constexpr double scale = 1.0507009873554805;
};

struct celu {  // max(0, x) + min(0, alpha (e^(x / alpha) - 1))
  static constexpr std::string_view name = "celu";
  double alpha = 1;
};

struct softplus {
  static constexpr std::string_view name = "softplus";
};

struct softsign {  // x / (1 + |x|)
  static constexpr std::string_view name = "softsign";
};

struct exponential {
  static constexpr std::string_view name = "exponential";
};

struct gelu {  // x Phi(x), exact
  static constexpr std::string_view name = "gelu";
  static constexpr double sqrt_half = 0.7071067811865476;
  static constexpr double inverse_sqrt_two_pi = 0.3989422804014327;
};

struct silu {  // x sigmoid(x)
  static constexpr std::string_view name = "silu";
  static constexpr std::string_view alias = "swish";
};

struct hard_silu {  // x relu6(x + 3) / 6
  static constexpr std::string_view name = "hard_silu";
  static constexpr std::string_view alias = "hard_swish";
};

struct mish {  // x tanh(softplus(x))
  static constexpr std::string_view name = "mish";
};

struct log_sigmoid {
  static constexpr std::string_view name = "log_sigmoid";
};

struct tanh_shrink {  // x - tanh x
  static constexpr std::string_view name = "tanh_shrink";
};

struct hard_tanh {
  static constexpr std::string_view name = "hard_tanh";
};

struct hard_shrink {  // x where |x| > threshold, else 0
  static constexpr std::string_view name = "hard_shrink";
  double threshold = 0.5;
};

struct soft_shrink {  // sign(x) max(|x| - threshold, 0)
  static constexpr std::string_view name = "soft_shrink";
  double threshold = 0.5;
};

struct squareplus {  // (x + sqrt(x^2 + b)) / 2
  static constexpr std::string_view name = "squareplus";
  double b = 4;
};

struct sparse_plus {  // 0 below -1; (x + 1)^2 / 4 between; x above 1
  static constexpr std::string_view name = "sparse_plus";
};

struct sparse_sigmoid {  // clip((x + 1) / 2, 0, 1)
  static constexpr std::string_view name = "sparse_sigmoid";
};

/// Row-wise: p_j = e^(x_j - max x) / sum_k e^(x_k - max x). `p` may be `x`.
struct softmax {
  static constexpr std::string_view name = "softmax";
  template <class T> SWEEPNET_HOST_DEVICE void forward(const T* x, T* p, std::int64_t n) const {
    T largest = x[0];
    for (std::int64_t j = 1; j < n; ++j) largest = x[j] > largest ? x[j] : largest;
    for (std::int64_t j = 0; j < n; ++j) p[j] = exp_of(x[j] - largest);
    T sum = 0;
    for (std::int64_t j = 0; j < n; ++j) sum += p[j];
    for (std::int64_t j = 0; j < n; ++j) p[j] /= sum;
  }
  /// dx_j = p_j (dp_j - sum_k dp_k p_k), in place of dp.
  template <class T> SWEEPNET_HOST_DEVICE void backward(const T* p, T* d, std::int64_t n) const {
    T dot = 0;
    for (std::int64_t j = 0; j < n; ++j) dot += d[j] * p[j];
    for (std::int64_t j = 0; j < n; ++j) d[j] = p[j] * (d[j] - dot);
  }
};

/// Row-wise: y_j = x_j - max x - ln sum_k e^(x_k - max x). `y` may be `x`.
struct log_softmax {
  static constexpr std::string_view name = "log_softmax";
  template <class T> SWEEPNET_HOST_DEVICE void forward(const T* x, T* y, std::int64_t n) const {
    T largest = x[0];
    for (std::int64_t j = 1; j < n; ++j) largest = x[j] > largest ? x[j] : largest;
    T sum = 0;
    for (std::int64_t j = 0; j < n; ++j) sum += exp_of(x[j] - largest);
    const T log_sum = std::log(sum);
    for (std::int64_t j = 0; j < n; ++j) y[j] = x[j] - largest - log_sum;
  }
  /// dx_j = dy_j - e^(y_j) sum_k dy_k, in place of dy.
  template <class T> SWEEPNET_HOST_DEVICE void backward(const T* y, T* d, std::int64_t n) const {
    T sum = 0;
    for (std::int64_t j = 0; j < n; ++j) sum += d[j];
    for (std::int64_t j = 0; j < n; ++j) d[j] -= exp_of(y[j]) * sum;
  }
};

}  // namespace activations

#include "sweepnet/network/activation_formulas.inl"

/// value_of(f, x) and derivative_of(f, x, value_of(f, x)) for one element.
template <class F>
concept elementwise_activation = requires(const F f, float x) {
  { value_of(f, x) } -> std::same_as<float>;
  { derivative_of(f, x, x) } -> std::same_as<float>;
};

/// f.forward(x, y, n) and f.backward(y, d, n) for one row.
template <class F>
concept row_activation = requires(const F f, const float* x, float* y, std::int64_t n) {
  f.forward(x, y, n);
  f.backward(x, y, n);
};

/// y = f(z) for one row of n. `y` may be `z`.
template <class F, class T>
SWEEPNET_HOST_DEVICE void forward_row(const F& f, const T* z, T* y, std::int64_t n) {
  if constexpr (elementwise_activation<F>) {
    for (std::int64_t j = 0; j < n; ++j) y[j] = value_of(f, z[j]);
  } else {
    f.forward(z, y, n);
  }
}

/// d = dL/dz from d = dL/dy, for one row of n: dz_j = dy_j f'(z_j), or by whole rows, where z is
/// not read.
template <class F, class T>
SWEEPNET_HOST_DEVICE void backward_row(const F& f, const T* z, const T* y, T* d, std::int64_t n) {
  if constexpr (elementwise_activation<F>) {
    for (std::int64_t j = 0; j < n; ++j) d[j] *= derivative_of(f, z[j], y[j]);
  } else {
    f.backward(y, d, n);
  }
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
