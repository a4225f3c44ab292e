// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Of real values: functions of the differences e = y - t between outputs and values, each the mean
// over a row's outputs. The names are Keras'.

#include <cmath>
#include <concepts>
#include <cstdint>
#include <string_view>

#include "sweepnet/core/elementary.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/host_device.hpp"
#include "sweepnet/describe/fields.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

/// A difference as a loss sees it.
enum class difference_measure : std::int32_t { squared, absolute, huber, log_cosh };

/// e^2
struct mean_squared_error {
  static constexpr std::string_view name = "mean_squared_error";
  static constexpr difference_measure measure = difference_measure::squared;
};

/// |e|
struct mean_absolute_error {
  static constexpr std::string_view name = "mean_absolute_error";
  static constexpr difference_measure measure = difference_measure::absolute;
};

/// e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2.
struct huber {
  static constexpr std::string_view name = "huber";
  static constexpr difference_measure measure = difference_measure::huber;
  double delta = 1;
};

/// ln cosh e
struct log_cosh {
  static constexpr std::string_view name = "log_cosh";
  static constexpr difference_measure measure = difference_measure::log_cosh;
};

template <> inline constexpr auto fields<mean_squared_error> = std::tuple();
template <> inline constexpr auto fields<mean_absolute_error> = std::tuple();
template <>
inline constexpr auto fields<huber> = std::tuple(field("delta", &huber::delta, above(0),
                                                       "from where on it grows like |e|"));
template <> inline constexpr auto fields<log_cosh> = std::tuple();

template <class L>
concept difference_loss = requires {
  { L::measure } -> std::convertible_to<difference_measure>;
};

/// The loss of a difference and its slope. `delta` is huber's.
template <class T>
SWEEPNET_HOST_DEVICE T loss_of_difference(difference_measure measure, T e, T delta) {
  const T size = e < 0 ? -e : e;
  switch (measure) {
    case difference_measure::squared: return e * e;
    case difference_measure::absolute: return size;
    case difference_measure::huber:
      return size <= delta ? e * e / 2 : delta * size - delta * delta / 2;
    // |e| + ln(1 + e^(-2 |e|)) - ln 2
    case difference_measure::log_cosh:
      return size + std::log1p(exp_of(-2 * size)) - T(0.693147180559945309);
  }
  return e;
}

template <class T>
SWEEPNET_HOST_DEVICE T slope_of_difference(difference_measure measure, T e, T delta) {
  const T sign = e > 0 ? T(1) : e < 0 ? T(-1) : e;  // 0 and NaN as they are
  switch (measure) {
    case difference_measure::squared: return 2 * e;
    case difference_measure::absolute: return sign;
    case difference_measure::huber: return (e < 0 ? -e : e) > delta ? delta * sign : e;
    case difference_measure::log_cosh: return tanh_of(e);
  }
  return e;
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
