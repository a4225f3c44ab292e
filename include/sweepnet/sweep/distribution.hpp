// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a searched parameter may be: values that are listed, or numbers of one of W&B's
// distributions. Source of names and formulas: W&B's package sweeps 0.3.0.

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "sweepnet/describe/names.hpp"
#include "sweepnet/describe/parsed_node.hpp"

namespace sweepnet {

enum class distribution_kind {
  constant,
  categorical,
  categorical_w_probabilities,
  int_uniform,
  uniform,
  q_uniform,
  log_uniform,  ///< bounds are exponents of e
  log_uniform_values,
  q_log_uniform,  ///< likewise
  q_log_uniform_values,
  inv_log_uniform,  ///< likewise
  inv_log_uniform_values,
  normal,
  q_normal,
  log_normal,
  q_log_normal,
  beta,
  q_beta
};

template <>
inline constexpr auto enum_names<distribution_kind> = name_table<distribution_kind, 18>{{
    {"constant", distribution_kind::constant},
    {"categorical", distribution_kind::categorical},
    {"categorical_w_probabilities", distribution_kind::categorical_w_probabilities},
    {"int_uniform", distribution_kind::int_uniform},
    {"uniform", distribution_kind::uniform},
    {"q_uniform", distribution_kind::q_uniform},
    {"log_uniform", distribution_kind::log_uniform},
    {"log_uniform_values", distribution_kind::log_uniform_values},
    {"q_log_uniform", distribution_kind::q_log_uniform},
    {"q_log_uniform_values", distribution_kind::q_log_uniform_values},
    {"inv_log_uniform", distribution_kind::inv_log_uniform},
    {"inv_log_uniform_values", distribution_kind::inv_log_uniform_values},
    {"normal", distribution_kind::normal},
    {"q_normal", distribution_kind::q_normal},
    {"log_normal", distribution_kind::log_normal},
    {"q_log_normal", distribution_kind::q_log_normal},
    {"beta", distribution_kind::beta},
    {"q_beta", distribution_kind::q_beta},
}};

/// What a distribution is of: values of a list, or numbers between bounds, about a mean, or of the
/// beta distribution.
enum class distribution_family { listed, bounded, normal, beta };

[[nodiscard]] constexpr distribution_family family_of(distribution_kind kind) {
  if (kind < distribution_kind::int_uniform) return distribution_family::listed;
  if (kind < distribution_kind::normal) return distribution_family::bounded;
  return kind < distribution_kind::beta ? distribution_family::normal : distribution_family::beta;
}

/// Whether numbers are rounded to multiples of a quantum.
[[nodiscard]] bool is_quantised(distribution_kind kind);

/// The first and the last multiple of a quantum.
struct multiples {
  double first = -std::numeric_limits<double>::infinity();
  double last = std::numeric_limits<double>::infinity();
};

/// The distribution of one parameter.
struct distribution {
  distribution_kind kind = distribution_kind::constant;
  double low = 0;                        ///< or mu, or a of beta
  double high = 0;                       ///< or sigma, or b of beta
  double quantum = 1;                    ///< q
  std::vector<shared_node> values{};     ///< of a list, or the constant
  std::vector<double> probabilities{};   ///< of each of them
  std::vector<shared_node> different{};  ///< of `values` those that differ
};

/// The multiples of the quantum within the bounds, if it has both.
[[nodiscard]] multiples multiples_of(const distribution& d);

/// The position in `values` that u in (0, 1) chooses.
[[nodiscard]] std::size_t chosen_at(const distribution& d, double u);

/// The number that u in (0, 1) gives, for a distribution that is none of a list, before it is
/// rounded to a multiple of the quantum.
[[nodiscard]] double unrounded_number_at(const distribution& d, double u);

/// The number that u in (0, 1) gives at last; it rises with u.
[[nodiscard]] double number_at(const distribution& d, double u);

/// How many different values there are, each as likely as the others but for the ends of quantised
/// ones; nothing where they are not so many that one could count them, or not equally likely.
[[nodiscard]] std::optional<std::uint64_t> count_of(const distribution& d);

/// How many points a grid has along it, as W&B counts them: a quantised one without its upper
/// bound. Nothing where W&B has none.
[[nodiscard]] std::optional<std::uint64_t> grid_count_of(const distribution& d);

/// The value among count_of(), or grid_count_of(), at a position; a scalar that is no listed one
/// has the place of `at`.
[[nodiscard]] shared_node element_of(const distribution& d, std::uint64_t position,
                                     const parsed_node& at);
[[nodiscard]] shared_node grid_element_of(const distribution& d, std::uint64_t position,
                                          const parsed_node& at);

/// The value that u in (0, 1) gives, likewise.
[[nodiscard]] shared_node value_at(const distribution& d, double u, const parsed_node& at);

/// A number as a file would have it, integers without a point.
[[nodiscard]] shared_node number_node(double number, const parsed_node& at);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/distribution.inl"
#endif
