// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The formulas of the update rules, each once: update_weight(p, w, g, s) updates a weight w by its
// gradient g, where p is the rule's step and s[k] the weight's slots. T is a real number, or the
// lanes of a vector. Included once for real numbers on host and device, and by each instruction set
// of the CPU kernels.

/// Moments below 2^-100 count as 0: they change no update, and denormal arithmetic is slow.
template <class T> SWEEPNET_HOST_DEVICE T flushed(T x) {
  return select(absolute(x) < T(0x1p-100), T(0), x);
}

/// rho a + (1 - rho) x, flushed.
template <class T> SWEEPNET_HOST_DEVICE T moving_average(T a, T x, T rho, T one_minus_rho) {
  return flushed(rho * a + one_minus_rho * x);
}

/// a + (x - a) share: the same average in the form, and with the rounding, of Keras 3's Adam.
template <class T> SWEEPNET_HOST_DEVICE T moved_towards(T a, T x, T share) {
  return flushed(a + (x - a) * share);
}

template <class P, class T, int N>
SWEEPNET_HOST_DEVICE void update_weight(const rules::rmsprop::step<P>& p, T& w, T g,
                                        rules::slot_values<T, N>& s) {
  // a = rho a + (1 - rho) g^2; w -= rate g / sqrt(a + eps): the epsilon is inside the root
  s[0] = moving_average<T>(s[0], g * g, p.rho, p.one_minus_rho);
  T variance = s[0] + p.epsilon;
  if constexpr (N == 3) {
    s[2] = moving_average<T>(s[2], g, p.rho, p.one_minus_rho);
    variance = s[0] - s[2] * s[2] + p.epsilon;
  }
  T increment = p.rate * g / square_root(variance);
  if constexpr (N > 1) increment = s[1] = flushed(p.mu * s[1] + increment);
  w -= increment;
}

template <class P, class T, int N>
SWEEPNET_HOST_DEVICE void update_weight(const rules::rmsprop_keras2::step<P>& p, T& w, T g,
                                        rules::slot_values<T, N>& s) {
  // a = rho a + (1 - rho) g^2; w -= rate g / (sqrt(a) + eps): the epsilon is outside the root
  s[0] = moving_average<T>(s[0], g * g, p.rho, p.one_minus_rho);
  w -= p.rate * g / (square_root(s[0]) + p.epsilon);
}

template <class P, class T, int N>
SWEEPNET_HOST_DEVICE void update_weight(const rules::sgd::step<P>& p, T& w, T g,
                                        rules::slot_values<T, N>& s) {
  // m = mu m - rate g; w += m, or with Nesterov's look-ahead w += mu m - rate g
  if constexpr (N == 0) {
    w -= p.rate * g;
  } else {
    const T m = s[0] = flushed(p.mu * s[0] - p.rate * g);
    w += p.nesterov ? T(p.mu * m - p.rate * g) : m;
  }
}

template <class P, class T, int N>
SWEEPNET_HOST_DEVICE void update_weight(const rules::adam::step<P>& p, T& w, T g,
                                        rules::slot_values<T, N>& s) {
  // alpha = rate sqrt(1 - b2^t) / (1 - b1^t); w -= alpha m / (sqrt(v) + eps)
  s[0] = moved_towards<T>(s[0], g, p.one_minus_beta_1);
  s[1] = moved_towards<T>(s[1], g * g, p.one_minus_beta_2);
  T v = s[1];
  if constexpr (N == 3) v = s[2] = select(s[2] > v, s[2], v);
  w -= p.alpha * s[0] / (square_root(v) + p.epsilon);
}

template <class P, class T, int N>
SWEEPNET_HOST_DEVICE void update_weight(const rules::adamax::step<P>& p, T& w, T g,
                                        rules::slot_values<T, N>& s) {
  // u = max(b2 u, |g|); w -= rate m / ((1 - b1^t) (u + eps))
  s[0] = moved_towards<T>(s[0], g, p.one_minus_beta_1);
  const T decayed = flushed(p.beta_2 * s[1]);
  s[1] = select(decayed > absolute(g), decayed, absolute(g));
  w -= p.alpha * s[0] / (s[1] + p.epsilon);
}

template <class P, class T, int N>
SWEEPNET_HOST_DEVICE void update_weight(const rules::nadam::step<P>& p, T& w, T g,
                                        rules::slot_values<T, N>& s) {
  // w -= rate (mu_{t+1} m / (1 - P_t mu_{t+1}) + (1 - mu_t) g / (1 - P_t)) / (sqrt(vhat) + eps)
  s[0] = moved_towards<T>(s[0], g, p.one_minus_beta_1);
  s[1] = moved_towards<T>(s[1], g * g, p.one_minus_beta_2);
  w -= (p.momentum_share * s[0] + p.gradient_share * g) /
       (square_root(s[1] * p.variance_correction) + p.epsilon);
}

template <class P, class T, int N>
SWEEPNET_HOST_DEVICE void update_weight(const rules::adagrad::step<P>& p, T& w, T g,
                                        rules::slot_values<T, N>& s) {
  // a += g^2; w -= rate g / sqrt(a + eps)
  s[0] += g * g;
  w -= p.rate * g / square_root(s[0] + p.epsilon);
}

template <class P, class T, int N>
SWEEPNET_HOST_DEVICE void update_weight(const rules::adagrad_keras2::step<P>& p, T& w, T g,
                                        rules::slot_values<T, N>& s) {
  // a += g^2; w -= rate g / (sqrt(a) + eps)
  s[0] = flushed(s[0] + g * g);
  w -= p.rate * g / (square_root(s[0]) + p.epsilon);
}

template <class P, class T, int N>
SWEEPNET_HOST_DEVICE void update_weight(const rules::adadelta::step<P>& p, T& w, T g,
                                        rules::slot_values<T, N>& s) {
  // D = g sqrt(d + eps) / sqrt(a + eps), with the new a and the old d; w -= rate D
  s[0] = moving_average<T>(s[0], g * g, p.rho, p.one_minus_rho);
  const T delta = g * square_root(s[1] + p.epsilon) / square_root(s[0] + p.epsilon);
  s[1] = moving_average<T>(s[1], delta * delta, p.rho, p.one_minus_rho);
  w -= p.rate * delta;
}

template <class P, class T, int N>
SWEEPNET_HOST_DEVICE void update_weight(const rules::lion::step<P>& p, T& w, T g,
                                        rules::slot_values<T, N>& s) {
  // w -= rate sign(b1 m + (1 - b1) g); m = b2 m + (1 - b2) g
  const T direction = p.beta_1 * s[0] + p.one_minus_beta_1 * g;
  w -= select(direction > 0, T(p.rate), select(direction < 0, T(-p.rate), T(0)));
  s[0] = moving_average<T>(s[0], g, p.beta_2, p.one_minus_beta_2);
}

template <class P, class T, int N>
SWEEPNET_HOST_DEVICE void update_weight(const rules::ftrl::step<P>& p, T& w, T g,
                                        rules::slot_values<T, N>& s) {
  // g' = g + 2 s w; n' = n + g^2; z += g' - (n'^-p - n^-p) / rate w
  // w = (clip(z, -l1, l1) - z) / (n'^-p / rate + 2 l2)
  const T n = s[0] + g * g;
  const T root = power_of<T>(n, -p.power);
  s[1] += g + 2 * p.shrinkage * w - (root - power_of<T>(s[0], -p.power)) / p.rate * w;
  s[0] = n;
  const T z = s[1];
  const T clipped = select(z > p.l1, T(p.l1), select(z < -p.l1, T(-p.l1), z));
  w = (clipped - z) / (root / p.rate + 2 * p.l2);
}
