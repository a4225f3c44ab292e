// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The exponential functions in single precision, as straight arithmetic on T: a float, or the lanes
// of a vector. Included once for floats, and by each instruction set of the CPU kernels.
// Source of the polynomials: Cephes' expf.c and tanhf.c (S. L. Moshier).

/// 2^exponent, for exponents of normal numbers.
template <class T> SWEEPNET_HOST_DEVICE T power_of_2(integer_of<T> exponent) {
  return from_bits((exponent + 127U) << 23U);
}

/// e^x = significand * 2^exponent; the exponent may be negative.
template <class T> struct exponential {
  T significand;
  integer_of<T> exponent;
};

template <class T> SWEEPNET_HOST_DEVICE exponential<T> exponential_of(T x) {
  constexpr float log2_e = 1.44269504F;
  constexpr float ln_2_high = 0.693359375F;  // few bits: its product with n is exact
  constexpr float ln_2_low = -2.12194440e-4F;
  constexpr float to_integer = 0x1.8p23F;  // what is added to it is rounded to an integer

  // e^x = 2^n e^r with |r| <= ln 2 / 2
  const T shifted = x * log2_e + to_integer;
  const T n = shifted - to_integer;
  const T r = (x - n * ln_2_high) - n * ln_2_low;
  T p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * (r * r) + r + 1;
  return {p, to_bits(shifted) - 0x4b400000U};
}

template <class T> SWEEPNET_HOST_DEVICE T exp_single(T x) {
  const T least = -104;  // below, e^x is 0; above the other, infinite
  const T largest = 89;
  x = select(x < least, least, x);
  x = select(x > largest, largest, x);
  const auto [p, exponent] = exponential_of(x);
  // In two factors, as 2^exponent alone may be neither normal nor finite.
  const integer_of<T> half = signed_half(exponent);
  return p * power_of_2<T>(half) * power_of_2<T>(exponent - half);
}

template <class T> SWEEPNET_HOST_DEVICE T tanh_single(T x) {
  const T largest = 10;  // beyond it, tanh rounds to 1
  const T size = absolute(x);
  // for |x| >= 0.625: 1 - 2 / (e^2|x| + 1)
  const auto [e, exponent] = exponential_of(2 * select(size > largest, largest, size));
  const T far = with_sign_of(x, 1 - 2 / (e * power_of_2<T>(exponent) + 1));
  // below: x + x^3 P(x^2)
  const T square = x * x;
  T p = -5.70498872745e-3F;
  p = p * square + 2.06390887954e-2F;
  p = p * square - 5.37397155531e-2F;
  p = p * square + 1.33314422036e-1F;
  p = p * square - 3.33332819422e-1F;
  const T near = x + x * (p * square);
  return select(size < 0.625F, near, far);
}

template <class T> SWEEPNET_HOST_DEVICE T expm1_single(T x) {
  // with t = tanh(x / 2): 2 t / (1 - t), where nothing cancels
  const T t = tanh_single(x / 2);
  return 2 * t / (1 - t);
}
