// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The lanes of a vector as one number, which the formulas of core/ and network/ take for T: each
// lane gets the bits that a float alone would. They are compiled here for it.
//
// Compilers also vectorise loops over floats, but need many times longer for it, and do so with
// roots only where a program's options say that nobody asks for errno.

/// Which lanes a condition holds in: all bits of a lane are set, or none.
struct lane_mask {
  vec::integers bits;

  SWEEPNET_ALWAYS_INLINE friend lane_mask operator&&(const lane_mask& a, const lane_mask& b) {
    return {a.bits & b.bits};
  }
};

struct lanes {
  vec::type v;

  lanes() = default;
  SWEEPNET_ALWAYS_INLINE lanes(const vec::type& v_) : v(v_) {}
  SWEEPNET_ALWAYS_INLINE lanes(float x) : v(vec::all(x)) {}
  SWEEPNET_ALWAYS_INLINE lanes(double x) : v(vec::all(static_cast<float>(x))) {}
  SWEEPNET_ALWAYS_INLINE lanes(int x) : v(vec::all(static_cast<float>(x))) {}

  SWEEPNET_ALWAYS_INLINE friend lanes operator-(const lanes& a) { return -a.v; }
  SWEEPNET_ALWAYS_INLINE friend lanes operator+(const lanes& a, const lanes& b) {
    return a.v + b.v;
  }
  SWEEPNET_ALWAYS_INLINE friend lanes operator-(const lanes& a, const lanes& b) {
    return a.v - b.v;
  }
  SWEEPNET_ALWAYS_INLINE friend lanes operator*(const lanes& a, const lanes& b) {
    return a.v * b.v;
  }
  SWEEPNET_ALWAYS_INLINE friend lanes operator/(const lanes& a, const lanes& b) {
    return a.v / b.v;
  }
  SWEEPNET_ALWAYS_INLINE lanes& operator+=(const lanes& b) { return *this = *this + b; }
  SWEEPNET_ALWAYS_INLINE lanes& operator-=(const lanes& b) { return *this = *this - b; }

  SWEEPNET_ALWAYS_INLINE friend lane_mask operator<(const lanes& a, const lanes& b) {
    return {a.v < b.v};
  }
  SWEEPNET_ALWAYS_INLINE friend lane_mask operator>(const lanes& a, const lanes& b) {
    return {a.v > b.v};
  }
  SWEEPNET_ALWAYS_INLINE friend lane_mask operator<=(const lanes& a, const lanes& b) {
    return {a.v <= b.v};
  }
  SWEEPNET_ALWAYS_INLINE friend lane_mask operator>=(const lanes& a, const lanes& b) {
    return {a.v >= b.v};
  }
};

// What elementary.hpp has for a float.

template <class T> using integer_of = vec::bits;
SWEEPNET_ALWAYS_INLINE static vec::bits to_bits(const lanes& x) {
  return reinterpret_cast<vec::bits>(x.v);
}
SWEEPNET_ALWAYS_INLINE static lanes from_bits(vec::bits bits) {
  return reinterpret_cast<vec::type>(bits);
}
SWEEPNET_ALWAYS_INLINE static vec::bits signed_half(vec::bits x) {
  return reinterpret_cast<vec::bits>(reinterpret_cast<vec::integers>(x) >> 1);
}

template <class T> SWEEPNET_ALWAYS_INLINE T select(const lane_mask& c, const T& a, const T& b) {
  return c.bits ? a.v : b.v;
}
template <class T> SWEEPNET_ALWAYS_INLINE T absolute(const T& x) {
  return from_bits(to_bits(x) & 0x7fffffffU);
}
template <class T> SWEEPNET_ALWAYS_INLINE T with_sign_of(const T& x, const T& size) {
  return from_bits((to_bits(x) & 0x80000000U) | (to_bits(size) & 0x7fffffffU));
}
template <class T> SWEEPNET_ALWAYS_INLINE T square_root(const T& x) {
  return vec::square_root(x.v);
}

/// f(x, y) of each lane alone, where only the C library has the function.
template <class F>
SWEEPNET_ALWAYS_INLINE static lanes each_lane(const lanes& x, const lanes& y, const F& f) {
  float a[std::size_t{vec::lanes}];
  float b[std::size_t{vec::lanes}];
  vec::store(a, x.v);
  vec::store(b, y.v);
  for (int i = 0; i < vec::lanes; ++i) a[i] = f(a[i], b[i]);
  return vec::load(a);
}
template <class T> SWEEPNET_ALWAYS_INLINE T log1p_of(const T& x) {
  return each_lane(x, x, [](float a, float) { return std::log1p(a); });
}
template <class T> SWEEPNET_ALWAYS_INLINE T erfc_of(const T& x) {
  return each_lane(x, x, [](float a, float) { return std::erfc(a); });
}
template <class T> SWEEPNET_ALWAYS_INLINE T power_of(const T& x, const T& y) {
  return each_lane(x, y, [](float a, float b) { return std::pow(a, b); });
}

#pragma push_macro("SWEEPNET_HOST_DEVICE")
#undef SWEEPNET_HOST_DEVICE
#define SWEEPNET_HOST_DEVICE SWEEPNET_ALWAYS_INLINE
#include "sweepnet/core/elementary_formulas.inl"
template <class T> SWEEPNET_ALWAYS_INLINE T exp_of(const T& x) { return exp_single(x); }
template <class T> SWEEPNET_ALWAYS_INLINE T tanh_of(const T& x) { return tanh_single(x); }
template <class T> SWEEPNET_ALWAYS_INLINE T expm1_of(const T& x) { return expm1_single(x); }
#include "sweepnet/network/activation_formulas.inl"
#include "sweepnet/network/optimizer_formulas.inl"
#pragma pop_macro("SWEEPNET_HOST_DEVICE")
