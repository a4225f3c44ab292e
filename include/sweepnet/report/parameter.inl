// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/report/parameter.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <utility>

#include "sweepnet/core/linkage.hpp"
#include "sweepnet/report/shown_text.hpp"
#include "sweepnet/sweep/distribution.hpp"

namespace sweepnet::report {

namespace detail {

inline std::set<std::string> differing_keys(const std::vector<reported_run>& runs,
                                            std::size_t repeats) {
  flat_paramset first;  // value of each key
  std::set<std::string> differing;
  for (const reported_run& run : runs) {
    for (const auto& [key, value] : run.paramset) {
      const auto [known, is_new] = first.try_emplace(key, value);
      if (!is_new && known->second != value) differing.insert(key);
    }
  }
  differing.erase("model_path");
  if (repeats > 1) differing.erase("seed");
  return differing;
}

/// Doubles hold each integer up to here.
inline constexpr double most_exact = 0x1p53;

/// Numbers, if all of its values are; integers, if these are and doubles hold them.
inline parameter_type type_of(const std::string& key, const std::vector<reported_run>& runs) {
  bool are_integers = true;
  for (const reported_run& run : runs) {
    const auto found = run.paramset.find(key);
    if (found == run.paramset.end() || found->second.is_null()) continue;
    if (!found->second.is_number()) return parameter_type::category;
    are_integers = are_integers && found->second.is_number_integer() &&
                   std::abs(found->second.get<double>()) <= most_exact;
  }
  return are_integers ? parameter_type::integer : parameter_type::number;
}

inline void take_numbers(parameter& p, const std::vector<reported_run>& runs) {
  bool any = false;
  for (const reported_run& run : runs) {
    const auto found = run.paramset.find(p.name);
    p.values.emplace_back();
    if (found == run.paramset.end() || found->second.is_null()) continue;
    const double value = found->second.get<double>();
    p.values.back() = value;
    p.low = any ? std::min(p.low, value) : value;
    p.high = any ? std::max(p.high, value) : value;
    any = true;
  }
}

inline void take_choices(parameter& p, const std::vector<reported_run>& runs) {
  std::set<std::string> choices;
  for (const reported_run& run : runs) {
    const auto found = run.paramset.find(p.name);
    if (found != run.paramset.end()) choices.insert(value_text(found->second));
  }
  p.choices.assign(choices.begin(), choices.end());
  for (const reported_run& run : runs) {
    const auto found = run.paramset.find(p.name);
    p.values.emplace_back();
    if (found == run.paramset.end()) continue;
    const auto at = std::ranges::lower_bound(p.choices, value_text(found->second));
    p.values.back() = static_cast<double>(at - p.choices.begin());
  }
}

inline bool is_log(distribution_kind kind) {
  using enum distribution_kind;
  return kind >= log_uniform && kind <= inv_log_uniform_values;
}

/// What a distribution's bounds stand for: the numbers themselves, or exponents of e.
inline double bound_of(const distribution& d, double bound) {
  using enum distribution_kind;
  if (d.kind == log_uniform || d.kind == q_log_uniform) return std::exp(bound);
  if (d.kind == inv_log_uniform) return std::exp(-bound);
  return bound;
}

/// Range and scale as the space has them; false if it has none for it.
inline bool take_scale(parameter& p, const search_space* space) {
  if (space == nullptr) return false;
  const auto found = std::ranges::find(space->parameters, p.name, &space_parameter::name);
  if (found == space->parameters.end()) return false;
  const distribution& d = found->values;
  if (family_of(d.kind) == distribution_family::bounded) {
    const auto [low, high] = std::minmax({bound_of(d, d.low), bound_of(d, d.high)});
    if (std::max(-low, high) <= most_exact) {
      p.low = std::min(p.low, low);
      p.high = std::max(p.high, high);
    }
    p.is_log = is_log(d.kind) && p.low > 0;
    return true;
  }
  p.is_log =
      (d.kind == distribution_kind::log_normal || d.kind == distribution_kind::q_log_normal) &&
      p.low > 0;
  return family_of(d.kind) != distribution_family::listed;
}

}  // namespace detail

SWEEPNET_INLINE ordered_json parameter::told(std::size_t run) const {
  const std::optional<double>& value = values[run];
  if (!value) return nullptr;
  if (type == parameter_type::category) return choices[static_cast<std::size_t>(*value)];
  if (type == parameter_type::integer) return static_cast<std::int64_t>(*value);
  return *value;
}

SWEEPNET_INLINE std::vector<parameter> parameters_of(const std::vector<reported_run>& runs,
                                                     const search_space* space) {
  constexpr double two_decades = 100;
  std::vector<parameter> parameters;
  for (const std::string& key :
       detail::differing_keys(runs, space == nullptr ? 1 : space->repeats)) {
    if (parameters.size() == most_parameters) break;
    parameter p{.name = key, .type = detail::type_of(key, runs)};
    if (p.type == parameter_type::category) {
      detail::take_choices(p, runs);
    } else {
      detail::take_numbers(p, runs);
      if (!detail::take_scale(p, space)) p.is_log = p.low > 0 && p.high >= two_decades * p.low;
    }
    parameters.push_back(std::move(p));
  }
  return parameters;
}

}  // namespace sweepnet::report
