// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The checks that no type changes.

#include "sweepnet/describe/check.hpp"

#include <cmath>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"

namespace sweepnet::detail {

SWEEPNET_INLINE bool is_within(double number, const interval& domain) {
  return domain.contains(number) && std::isfinite(number);
}

SWEEPNET_INLINE std::string digits_of(double number) {
  return fmt::format("{}", plain_nan(number));
}

SWEEPNET_INLINE std::string digits_of(float number) { return fmt::format("{}", plain_nan(number)); }

SWEEPNET_INLINE void refuse_number(double number, const std::string& digits, const interval& domain,
                                   const std::string& path) {
  const std::string wanted =
      domain.contains(number) || (std::isinf(domain.low) && std::isinf(domain.high))
          ? "finite"
          : text_of(domain);
  throw argument_error(path + " must be " + wanted + ", got " + digits);
}

SWEEPNET_INLINE void throw_behind(const std::string& path, const argument_error& e) {
  throw argument_error(path + (path.empty() || path.ends_with(' ') ? "" : ": ") + e.what());
}

SWEEPNET_INLINE std::string text_of(const interval& domain) {
  if (std::isinf(domain.high)) {
    return fmt::format("{} {}", domain.low_open ? "above" : "at least", domain.low);
  }
  if (std::isinf(domain.low)) {
    return fmt::format("{} {}", domain.high_open ? "below" : "at most", domain.high);
  }
  return fmt::format("in {}{}, {}{}", domain.low_open ? '(' : '[', domain.low, domain.high,
                     domain.high_open ? ')' : ']');
}

SWEEPNET_INLINE std::string member_path(const std::string& path, std::string_view name) {
  return path + (path.empty() || path.ends_with(' ') ? "" : ".") + std::string(name);
}

}  // namespace sweepnet::detail
