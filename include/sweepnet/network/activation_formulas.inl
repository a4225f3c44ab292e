// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The formulas of the elementwise activations, each once: value_of(f, x), and derivative_of(f, x,
// y) with y = value_of(f, x), where T is a real number, or the lanes of a vector. Included once for
// real numbers on host and device, and by each instruction set of the CPU kernels.

template <class T> SWEEPNET_HOST_DEVICE T clip(T x, T low, T high) {
  return select(x < low, low, select(x > high, high, x));
}

template <class T> SWEEPNET_HOST_DEVICE T sigmoid_of(T x) {
  // 1 / (1 + e^-x), without overflow for x << 0
  const T e = exp_of(-absolute(x));
  return select(x >= 0, T(1), e) / (1 + e);
}

template <class T> SWEEPNET_HOST_DEVICE T softplus_of(T x) {
  // ln(1 + e^x), without overflow for x >> 0
  return select(x > 0, x, T(0)) + log1p_of(exp_of(-absolute(x)));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::linear&, T x) { return x; }
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::linear&, T, T) {
  return T(1);
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::relu&, T x) {
  return select(x > 0, x, T(0));
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::relu&, T x, T) {
  return select(x > 0, T(1), T(0));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::leaky_relu& f, T x) {
  return select(x > 0, x, T(f.negative_slope) * x);
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::leaky_relu& f, T x, T) {
  return select(x > 0, T(1), T(f.negative_slope));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::relu6&, T x) {
  return clip(x, T(0), T(6));
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::relu6&, T x, T) {
  return select(x > 0 && x < 6, T(1), T(0));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::tanh&, T x) {
  return tanh_of(x);
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::tanh&, T, T y) {
  return 1 - y * y;
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::sigmoid&, T x) {
  return sigmoid_of(x);
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::sigmoid&, T, T y) {
  return y * (1 - y);
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::hard_sigmoid&, T x) {
  return clip(x + 3, T(0), T(6)) / 6;
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::hard_sigmoid&, T x, T) {
  return select(x > -3 && x < 3, T(1) / 6, T(0));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::hard_sigmoid_keras2&, T x) {
  return clip(T(0.2) * x + T(0.5), T(0), T(1));
}
template <class T>
SWEEPNET_HOST_DEVICE T derivative_of(const activations::hard_sigmoid_keras2&, T x, T) {
  return select(x >= T(-2.5) && x <= T(2.5), T(0.2), T(0));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::elu& f, T x) {
  return select(x > 0, x, T(f.alpha) * expm1_of(x));
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::elu& f, T x, T) {
  return select(x > 0, T(1), T(f.alpha) * exp_of(x));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::selu& f, T x) {
  return select(x > 0, T(f.scale) * x, T(f.scale * f.alpha) * expm1_of(x));
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::selu& f, T x, T) {
  return select(x >= 0, T(f.scale), T(f.scale * f.alpha) * exp_of(x));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::celu& f, T x) {
  return select(x > 0, x, T(f.alpha) * expm1_of(x / T(f.alpha)));
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::celu& f, T x, T) {
  return select(x > 0, T(1), exp_of(x / T(f.alpha)));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::softplus&, T x) {
  return softplus_of(x);
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::softplus&, T x, T) {
  return sigmoid_of(x);
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::softsign&, T x) {
  return x / (1 + absolute(x));
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::softsign&, T x, T) {
  const T d = 1 + absolute(x);
  return 1 / (d * d);
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::exponential&, T x) {
  return exp_of(x);
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::exponential&, T, T y) {
  return y;
}

/// Phi(x), exact: (1 + erf(x / sqrt 2)) / 2
template <class T> SWEEPNET_HOST_DEVICE T normal_cdf(T x) {
  return T(0.5) * erfc_of(-x * T(activations::gelu::sqrt_half));
}
template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::gelu&, T x) {
  return x * normal_cdf(x);
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::gelu& f, T x, T) {
  // Phi(x) + x phi(x)
  return normal_cdf(x) + x * T(f.inverse_sqrt_two_pi) * exp_of(T(-0.5) * x * x);
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::silu&, T x) {
  return x * sigmoid_of(x);
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::silu&, T x, T) {
  const T s = sigmoid_of(x);
  return s * (1 + x * (1 - s));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::hard_silu&, T x) {
  return x * value_of(activations::hard_sigmoid{}, x);
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::hard_silu&, T x, T) {
  const activations::hard_sigmoid h{};
  return value_of(h, x) + x * derivative_of(h, x, T(0));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::mish&, T x) {
  return x * tanh_of(softplus_of(x));
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::mish&, T x, T) {
  const T t = tanh_of(softplus_of(x));
  return t + x * sigmoid_of(x) * (1 - t * t);
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::log_sigmoid&, T x) {
  return -softplus_of(-x);
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::log_sigmoid&, T x, T) {
  return sigmoid_of(-x);
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::tanh_shrink&, T x) {
  return x - tanh_of(x);
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::tanh_shrink&, T x, T) {
  const T t = tanh_of(x);
  return t * t;
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::hard_tanh&, T x) {
  return clip(x, T(-1), T(1));
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::hard_tanh&, T x, T) {
  return select(x >= -1 && x <= 1, T(1), T(0));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::hard_shrink& f, T x) {
  return select(absolute(x) > T(f.threshold), x, T(0));
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::hard_shrink& f, T x, T) {
  return select(absolute(x) > T(f.threshold), T(1), T(0));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::soft_shrink& f, T x) {
  const T threshold = T(f.threshold);
  return select(x > threshold, x - threshold, select(x < -threshold, x + threshold, T(0)));
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::soft_shrink& f, T x, T) {
  return select(absolute(x) > T(f.threshold), T(1), T(0));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::squareplus& f, T x) {
  return (x + square_root(x * x + T(f.b))) / 2;
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::squareplus& f, T x, T) {
  return (1 + x / square_root(x * x + T(f.b))) / 2;
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::sparse_plus&, T x) {
  return select(x <= -1, T(0), select(x < 1, (x + 1) * (x + 1) / 4, x));
}
template <class T> SWEEPNET_HOST_DEVICE T derivative_of(const activations::sparse_plus&, T x, T) {
  return select(x <= -1, T(0), select(x < 1, (x + 1) / 2, T(1)));
}

template <class T> SWEEPNET_HOST_DEVICE T value_of(const activations::sparse_sigmoid&, T x) {
  return clip((x + 1) / 2, T(0), T(1));
}
template <class T>
SWEEPNET_HOST_DEVICE T derivative_of(const activations::sparse_sigmoid&, T x, T) {
  return select(x > -1 && x < 1, T(0.5), T(0));
}
