// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/distribution.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/sweep/quantiles.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

namespace detail {

/// mu + sigma Phi^-1(u); mu where sigma is 0
inline double normal_number(const distribution& d, double u) {
  return d.high == 0 ? d.low : d.low + d.high * normal_quantile(u);
}

/// The smallest k from 0 with (k + 1) / n >= u.
inline double step_at(double u, double n) {
  double k = std::max(std::ceil(n * u) - 1, 0.0);
  while (k > 0 && k / n >= u) --k;
  while ((k + 1) / n < u) ++k;
  return k;
}

}  // namespace detail

SWEEPNET_INLINE bool is_quantised(distribution_kind kind) {
  return name_of(kind).starts_with("q_");
}

SWEEPNET_INLINE multiples multiples_of(const distribution& d) {
  double low = d.low;
  double high = d.high;
  switch (d.kind) {
    case distribution_kind::q_uniform:
    case distribution_kind::q_log_uniform_values: break;
    case distribution_kind::q_log_uniform:
      low = std::exp(low);
      high = std::exp(high);
      break;
    case distribution_kind::q_beta:
      low = 0;
      high = 1;
      break;
    default: return {};
  }
  // A bound that is a multiple but for rounding is one: 0.3 of 0.1.
  const auto nearest = [&](double bound, double rounded) {
    const double multiple = std::rint(bound / d.quantum);
    const bool is_multiple = std::abs(bound / d.quantum - multiple) <= 1e-12 * std::abs(multiple);
    return is_multiple ? multiple : rounded;
  };
  return {.first = nearest(low, std::ceil(low / d.quantum)),
          .last = nearest(high, std::floor(high / d.quantum))};
}

SWEEPNET_INLINE std::size_t chosen_at(const distribution& d, double u) {
  if (d.kind == distribution_kind::constant) return 0;
  if (d.kind == distribution_kind::categorical) {
    return static_cast<std::size_t>(detail::step_at(u, static_cast<double>(d.values.size())));
  }
  // the first k with u < p_0 + ... + p_k; the first of all where rounding leaves none
  double sum = 0;
  for (std::size_t k = 0; k < d.probabilities.size(); ++k) {
    sum += d.probabilities[k];
    if (u < sum) return k;
  }
  return 0;
}

SWEEPNET_INLINE double unrounded_number_at(const distribution& d, double u) {
  switch (d.kind) {
    case distribution_kind::uniform:
    case distribution_kind::q_uniform:
      // min + u (max - min)
      return d.low + u * (d.high - d.low);
    case distribution_kind::log_uniform:
    case distribution_kind::q_log_uniform:
      // exp(min + u (max - min))
      return std::exp(d.low + u * (d.high - d.low));
    case distribution_kind::log_uniform_values:
    case distribution_kind::q_log_uniform_values:
      // exp(ln min + u (ln max - ln min))
      return std::exp(std::log(d.low) + u * (std::log(d.high) - std::log(d.low)));
    case distribution_kind::inv_log_uniform:
      // exp(-(min + (1 - u) (max - min)))
      return std::exp(-(d.low + (1 - u) * (d.high - d.low)));
    case distribution_kind::inv_log_uniform_values:
      // exp(-(-ln max + (1 - u) (ln max - ln min)))
      return std::exp(-(-std::log(d.high) + (1 - u) * (std::log(d.high) - std::log(d.low))));
    case distribution_kind::normal:
    case distribution_kind::q_normal: return detail::normal_number(d, u);
    case distribution_kind::log_normal:
    case distribution_kind::q_log_normal: return std::exp(detail::normal_number(d, u));
    case distribution_kind::beta:
    case distribution_kind::q_beta: return beta_quantile(u, d.low, d.high);
    default: return d.low;
  }
}

SWEEPNET_INLINE double number_at(const distribution& d, double u) {
  // min + ceil(n u) - 1, of n = max - min + 1 integers
  if (d.kind == distribution_kind::int_uniform) {
    return d.low + detail::step_at(u, d.high - d.low + 1);
  }
  const double x = unrounded_number_at(d, u);
  if (!is_quantised(d.kind)) return x;
  // rint(x / q) q, half to even, within the bounds
  const multiples within = multiples_of(d);
  return std::min(std::max(std::rint(x / d.quantum), within.first), within.last) * d.quantum;
}

SWEEPNET_INLINE std::optional<std::uint64_t> count_of(const distribution& d) {
  switch (d.kind) {
    case distribution_kind::constant: return 1;
    case distribution_kind::categorical: return d.different.size();
    case distribution_kind::int_uniform: return static_cast<std::uint64_t>(d.high - d.low) + 1;
    case distribution_kind::q_uniform: {
      const multiples within = multiples_of(d);
      const double count = within.last - within.first + 1;
      return count < 0x1p53 ? std::optional(static_cast<std::uint64_t>(count)) : std::nullopt;
    }
    default: return std::nullopt;
  }
}

SWEEPNET_INLINE std::optional<std::uint64_t> grid_count_of(const distribution& d) {
  if (d.kind != distribution_kind::q_uniform) return count_of(d);
  // numpy.arange(min, max, q)
  const double count = std::ceil((d.high - d.low) / d.quantum);
  return count < 0x1p53 ? std::optional(static_cast<std::uint64_t>(count)) : std::nullopt;
}

SWEEPNET_INLINE shared_node number_node(double number, const parsed_node& at) {
  return std::make_shared<const parsed_node>(parsed_node{.type = node_type::scalar,
                                                         .line = at.line,
                                                         .column = at.column,
                                                         .text = fmt::format("{}", number)});
}

SWEEPNET_INLINE shared_node element_of(const distribution& d, std::uint64_t position,
                                       const parsed_node& at) {
  const auto offset = static_cast<double>(position);
  if (d.kind == distribution_kind::int_uniform) return number_node(d.low + offset, at);
  if (d.kind == distribution_kind::q_uniform) {
    return number_node((multiples_of(d).first + offset) * d.quantum, at);
  }
  return d.different[position];
}

SWEEPNET_INLINE shared_node grid_element_of(const distribution& d, std::uint64_t position,
                                            const parsed_node& at) {
  if (d.kind != distribution_kind::q_uniform) return element_of(d, position, at);
  // numpy.arange's element i: min + i ((min + q) - min)
  return number_node(d.low + static_cast<double>(position) * ((d.low + d.quantum) - d.low), at);
}

SWEEPNET_INLINE shared_node value_at(const distribution& d, double u, const parsed_node& at) {
  if (family_of(d.kind) == distribution_family::listed) return d.values[chosen_at(d, u)];
  return number_node(number_at(d, u), at);
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
