// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Activation functions, by Keras' names: each formula and its derivative once, for host and device.
//
// An elementwise activation is a small function object: f(x), and f.derivative(x, y) with y = f(x).
// Where Keras 2 and Keras 3 differ, the plain name is Keras 3's and `…_keras2` the older rule.
// Source: keras/src/activations/activations.py (3.15), keras/activations.py (2.1.6).

#include <cmath>
#include <concepts>
#include <cstdint>
#include <string_view>

#include "sweepnet/core/elementary.hpp"
#include "sweepnet/core/host_device.hpp"

namespace sweepnet {

namespace activations {

template <class T> SWEEPNET_HOST_DEVICE T clip(T x, T low, T high) {
  return select(x < low, low, select(x > high, high, x));
}

template <class T> SWEEPNET_HOST_DEVICE T sigmoid_of(T x) {
  // 1 / (1 + e^-x), without overflow for x << 0
  const T e = exp_of(-std::abs(x));
  return select(x >= 0, T(1), e) / (1 + e);
}

template <class T> SWEEPNET_HOST_DEVICE T softplus_of(T x) {
  // ln(1 + e^x), without overflow for x >> 0
  return (x > 0 ? x : T(0)) + std::log1p(exp_of(-std::abs(x)));
}

struct linear {
  static constexpr std::string_view name = "linear";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return x; }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T, T) const { return 1; }
};

struct relu {
  static constexpr std::string_view name = "relu";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return x > 0 ? x : T(0); }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const { return x > 0 ? T(1) : T(0); }
};

struct leaky_relu {
  static constexpr std::string_view name = "leaky_relu";
  double negative_slope = 0.2;
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const {
    return select(x > 0, x, T(negative_slope) * x);
  }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return x > 0 ? T(1) : T(negative_slope);
  }
};

struct relu6 {
  static constexpr std::string_view name = "relu6";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return clip(x, T(0), T(6)); }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return x > 0 && x < 6 ? T(1) : T(0);
  }
};

struct tanh {
  static constexpr std::string_view name = "tanh";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return tanh_of(x); }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T, T y) const { return 1 - y * y; }
};

struct sigmoid {
  static constexpr std::string_view name = "sigmoid";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return sigmoid_of(x); }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T, T y) const { return y * (1 - y); }
};

struct hard_sigmoid {  // relu6(x + 3) / 6
  static constexpr std::string_view name = "hard_sigmoid";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const {
    return clip(x + 3, T(0), T(6)) / 6;
  }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return x > -3 && x < 3 ? T(1) / 6 : T(0);
  }
};

struct hard_sigmoid_keras2 {  // clip(0.2 x + 0.5, 0, 1)
  static constexpr std::string_view name = "hard_sigmoid_keras2";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const {
    return clip(T(0.2) * x + T(0.5), T(0), T(1));
  }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return x >= T(-2.5) && x <= T(2.5) ? T(0.2) : T(0);
  }
};

struct elu {
  static constexpr std::string_view name = "elu";
  double alpha = 1;
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const {
    return select(x > 0, x, T(alpha) * expm1_of(x));
  }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return select(x > 0, T(1), T(alpha) * exp_of(x));
  }
};

struct selu {
  static constexpr std::string_view name = "selu";
  static constexpr double alpha = 1.6732632423543772;
  static constexpr double scale = 1.0507009873554805;
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const {
    return select(x > 0, T(scale) * x, T(scale * alpha) * expm1_of(x));
  }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return select(x >= 0, T(scale), T(scale * alpha) * exp_of(x));
  }
};

struct celu {  // max(0, x) + min(0, alpha (e^(x / alpha) - 1))
  static constexpr std::string_view name = "celu";
  double alpha = 1;
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const {
    return select(x > 0, x, T(alpha) * expm1_of(x / T(alpha)));
  }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return select(x > 0, T(1), exp_of(x / T(alpha)));
  }
};

struct softplus {
  static constexpr std::string_view name = "softplus";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return softplus_of(x); }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const { return sigmoid_of(x); }
};

struct softsign {  // x / (1 + |x|)
  static constexpr std::string_view name = "softsign";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return x / (1 + std::abs(x)); }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    const T d = 1 + std::abs(x);
    return 1 / (d * d);
  }
};

struct exponential {
  static constexpr std::string_view name = "exponential";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return exp_of(x); }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T, T y) const { return y; }
};

struct gelu {  // x Phi(x), exact: x / 2 (1 + erf(x / sqrt 2))
  static constexpr std::string_view name = "gelu";
  static constexpr double sqrt_half = 0.7071067811865476;
  static constexpr double inverse_sqrt_two_pi = 0.3989422804014327;
  template <class T> SWEEPNET_HOST_DEVICE static T cdf(T x) {
    return T(0.5) * std::erfc(-x * T(sqrt_half));
  }
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return x * cdf(x); }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    // Phi(x) + x phi(x)
    return cdf(x) + x * T(inverse_sqrt_two_pi) * exp_of(T(-0.5) * x * x);
  }
};

struct silu {
  static constexpr std::string_view name = "silu";
  static constexpr std::string_view alias = "swish";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return x * sigmoid_of(x); }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    const T s = sigmoid_of(x);
    return s * (1 + x * (1 - s));
  }
};

struct hard_silu {  // x relu6(x + 3) / 6
  static constexpr std::string_view name = "hard_silu";
  static constexpr std::string_view alias = "hard_swish";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return x * hard_sigmoid{}(x); }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return hard_sigmoid{}(x) + x * hard_sigmoid{}.derivative(x, T(0));
  }
};

struct mish {  // x tanh(softplus(x))
  static constexpr std::string_view name = "mish";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const {
    return x * tanh_of(softplus_of(x));
  }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    const T t = tanh_of(softplus_of(x));
    return t + x * sigmoid_of(x) * (1 - t * t);
  }
};

struct log_sigmoid {
  static constexpr std::string_view name = "log_sigmoid";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return -softplus_of(-x); }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const { return sigmoid_of(-x); }
};

struct tanh_shrink {  // x - tanh x
  static constexpr std::string_view name = "tanh_shrink";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return x - tanh_of(x); }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    const T t = tanh_of(x);
    return t * t;
  }
};

struct hard_tanh {
  static constexpr std::string_view name = "hard_tanh";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const { return clip(x, T(-1), T(1)); }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return x >= -1 && x <= 1 ? T(1) : T(0);
  }
};

struct hard_shrink {  // x where |x| > threshold, else 0
  static constexpr std::string_view name = "hard_shrink";
  double threshold = 0.5;
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const {
    return std::abs(x) > T(threshold) ? x : T(0);
  }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return std::abs(x) > T(threshold) ? T(1) : T(0);
  }
};

struct soft_shrink {  // sign(x) max(|x| - threshold, 0)
  static constexpr std::string_view name = "soft_shrink";
  double threshold = 0.5;
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const {
    return x > T(threshold) ? x - T(threshold) : x < -T(threshold) ? x + T(threshold) : T(0);
  }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return std::abs(x) > T(threshold) ? T(1) : T(0);
  }
};

struct squareplus {  // (x + sqrt(x^2 + b)) / 2
  static constexpr std::string_view name = "squareplus";
  double b = 4;
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const {
    return (x + std::sqrt(x * x + T(b))) / 2;
  }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return (1 + x / std::sqrt(x * x + T(b))) / 2;
  }
};

struct sparse_plus {  // 0 below -1; (x + 1)^2 / 4 between; x above 1
  static constexpr std::string_view name = "sparse_plus";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const {
    return x <= -1 ? T(0) : x < 1 ? (x + 1) * (x + 1) / 4 : x;
  }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return x <= -1 ? T(0) : x < 1 ? (x + 1) / 2 : T(1);
  }
};

struct sparse_sigmoid {  // clip((x + 1) / 2, 0, 1)
  static constexpr std::string_view name = "sparse_sigmoid";
  template <class T> SWEEPNET_HOST_DEVICE T operator()(T x) const {
    return clip((x + 1) / 2, T(0), T(1));
  }
  template <class T> SWEEPNET_HOST_DEVICE T derivative(T x, T) const {
    return x > -1 && x < 1 ? T(0.5) : T(0);
  }
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

/// f(x) and f.derivative(x, f(x)) for one element.
template <class F>
concept elementwise_activation = requires(const F f, float x) {
  { f(x) } -> std::same_as<float>;
  { f.derivative(x, x) } -> std::same_as<float>;
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
    for (std::int64_t j = 0; j < n; ++j) y[j] = f(z[j]);
  } else {
    f.forward(z, y, n);
  }
}

/// d = dL/dz from d = dL/dy, for one row of n: dz_j = dy_j f'(z_j), or by whole rows, where z is
/// not read.
template <class F, class T>
SWEEPNET_HOST_DEVICE void backward_row(const F& f, const T* z, const T* y, T* d, std::int64_t n) {
  if constexpr (elementwise_activation<F>) {
    for (std::int64_t j = 0; j < n; ++j) d[j] *= f.derivative(z[j], y[j]);
  } else {
    f.backward(y, d, n);
  }
}

}  // namespace sweepnet
