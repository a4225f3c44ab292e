// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/tpe.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <tuple>
#include <variant>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/sweep/distribution.hpp"
#include "sweepnet/sweep/distribution_reader.hpp"
#include "sweepnet/sweep/draws.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

namespace detail {

inline constexpr std::size_t tpe_candidates = 24;

/// min(ceil(0.1 n), 25)
inline std::size_t good_points(std::size_t n) {
  return std::min(static_cast<std::size_t>(std::ceil(0.1 * static_cast<double>(n))),
                  std::size_t{25});
}

}  // namespace detail

SWEEPNET_INLINE split_points split_by_value(const std::vector<point_value>& told,
                                            std::size_t points) {
  std::vector<std::size_t> order(told.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) {
    const point_value& point = told[i];
    return std::tuple(
        point.stopped_after.has_value(), -point.stopped_after.value_or(0),
        std::isnan(point.value) ? std::numeric_limits<double>::infinity() : point.value);
  });
  const auto good = order.begin() + static_cast<std::ptrdiff_t>(detail::good_points(told.size()));
  split_points split{.below = {order.begin(), good}, .above = {good, order.end()}};
  for (std::size_t i = told.size(); i < points; ++i) split.above.push_back(i);
  std::ranges::sort(split.below);
  std::ranges::sort(split.above);
  return split;
}

SWEEPNET_INLINE std::vector<coordinates> points_at(const std::vector<coordinates>& points,
                                                   const std::vector<std::size_t>& numbers) {
  std::vector<coordinates> chosen;
  for (const std::size_t number : numbers) chosen.push_back(points[number]);
  return chosen;
}

SWEEPNET_INLINE std::size_t best_candidate(const parzen_estimator& below,
                                           const parzen_estimator& above,
                                           const std::vector<coordinates>& candidates) {
  std::size_t best = 0;
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const double gain = below.log_density(candidates[i]) - above.log_density(candidates[i]);
    if (!(gain > most)) continue;
    best = i;
    most = gain;
  }
  return best;
}

SWEEPNET_INLINE tpe_space::tpe_space(const search_space& space) : space_(&space) {
  for (std::size_t i = 0; i < space.parameters.size(); ++i) {
    const distribution& d = space.parameters[i].values;
    if (d.kind == distribution_kind::constant) continue;
    switch (family_of(d.kind)) {
      case distribution_family::listed: add_choices(i); break;
      case distribution_family::bounded: add_numbers(i); break;
      case distribution_family::normal:
      case distribution_family::beta:
        axes_.emplace_back();
        varying_.push_back({.parameter = i, .kind = axis_kind::share});
        break;
    }
  }
}

SWEEPNET_INLINE void tpe_space::add_choices(std::size_t parameter) {
  const distribution& d = space_->parameters[parameter].values;
  std::map<std::string, std::size_t> position;
  for (std::size_t k = 0; k < d.different.size(); ++k) {
    position[detail::canonical_text(*d.different[k])] = k;
  }
  parzen_axis axis{.choices = std::vector<double>(d.different.size())};
  varying values{.parameter = parameter, .kind = axis_kind::choice};
  for (std::size_t i = 0; i < d.values.size(); ++i) {
    const std::size_t k = position.at(detail::canonical_text(*d.values[i]));
    values.position_of_value.push_back(static_cast<double>(k));
    axis.choices[k] +=
        d.probabilities.empty() ? 1 / static_cast<double>(d.values.size()) : d.probabilities[i];
  }
  axes_.push_back(std::move(axis));
  varying_.push_back(std::move(values));
}

SWEEPNET_INLINE void tpe_space::add_numbers(std::size_t parameter) {
  const distribution& d = space_->parameters[parameter].values;
  parzen_axis axis{.low = d.low, .high = d.high};
  switch (d.kind) {
    case distribution_kind::int_uniform: axis.step = 1; break;
    case distribution_kind::log_uniform:
    case distribution_kind::q_log_uniform:
      axis.low = std::exp(d.low);
      axis.high = std::exp(d.high);
      axis.is_log = true;
      break;
    case distribution_kind::inv_log_uniform:
      axis.low = std::exp(-d.high);
      axis.high = std::exp(-d.low);
      axis.is_log = true;
      break;
    case distribution_kind::log_uniform_values:
    case distribution_kind::q_log_uniform_values:
    case distribution_kind::inv_log_uniform_values: axis.is_log = true; break;
    default: break;
  }
  if (is_quantised(d.kind)) {
    const multiples within = multiples_of(d);
    axis.low = within.first * d.quantum;
    axis.high = within.last * d.quantum;
    axis.step = d.quantum;
  }
  axes_.push_back(axis);
  varying_.push_back({.parameter = parameter, .kind = axis_kind::number});
}

SWEEPNET_INLINE coordinates
tpe_space::coordinates_of(const std::vector<detail::place_of_value>& places) const {
  coordinates at;
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const varying& values = varying_[a];
    const distribution& d = space_->parameters[values.parameter].values;
    const detail::place_of_value& place = places[values.parameter];
    if (const std::uint64_t* position = std::get_if<std::uint64_t>(&place)) {
      const auto offset = static_cast<double>(*position);
      if (values.kind == axis_kind::choice) {
        at.push_back(offset);
      } else if (d.kind == distribution_kind::int_uniform) {
        at.push_back(d.low + offset);
      } else {
        at.push_back((multiples_of(d).first + offset) * d.quantum);
      }
      continue;
    }
    const double u = std::get<double>(place);
    switch (values.kind) {
      case axis_kind::choice: at.push_back(values.position_of_value[chosen_at(d, u)]); break;
      case axis_kind::number: at.push_back(number_at(d, u)); break;
      case axis_kind::share: at.push_back(u); break;
    }
  }
  return at;
}

SWEEPNET_INLINE coordinates tpe_space::drawn(std::size_t point) const {
  return coordinates_of(detail::places_at(*space_, point));
}

/// Candidates drawn from the good points' density, without those that were seen. Where none is left
/// of a finite space, points that were not seen, if there are any.
SWEEPNET_INLINE std::vector<coordinates> tpe_space::candidates_of(
    const std::vector<coordinates>& seen, const parzen_estimator& below) const {
  const std::set<coordinates> known(seen.begin(), seen.end());
  const std::uint64_t seed = space_->seed;
  const std::uint64_t point = seen.size();
  std::vector<coordinates> drawn;
  for (std::size_t c = 0; c < detail::tpe_candidates; ++c) {
    drawn.push_back(below.draw(candidate_draw(seed, "", point, c), [&](std::size_t axis) {
      return candidate_draw(seed, space_->parameters[varying_[axis].parameter].name, point, c);
    }));
  }
  std::vector<coordinates> fresh;
  std::ranges::copy_if(drawn, std::back_inserter(fresh),
                       [&](const coordinates& at) { return !known.contains(at); });
  const std::uint64_t size = size_of(*space_).value_or(0);
  for (std::uint64_t i = 0; fresh.empty() && i < size; ++i) {
    for (; i < size && fresh.size() < detail::tpe_candidates; ++i) {
      coordinates at =
          coordinates_of(detail::places_of_rank(*space_, shuffled_index(seed, i, size)));
      if (!known.contains(at)) fresh.push_back(std::move(at));
    }
  }
  return fresh.empty() ? drawn : fresh;
}

SWEEPNET_INLINE coordinates tpe_space::proposal(const std::vector<coordinates>& seen,
                                                const std::vector<point_value>& told) const {
  const split_points split = split_by_value(told, seen.size());
  const parzen_estimator below(axes_, points_at(seen, split.below));
  const parzen_estimator above(axes_, points_at(seen, split.above));
  const std::vector<coordinates> candidates = candidates_of(seen, below);
  return candidates[best_candidate(below, above, candidates)];
}

SWEEPNET_INLINE std::vector<shared_node> tpe_space::values_at(const coordinates& at) const {
  std::vector<shared_node> values;
  for (const space_parameter& p : space_->parameters)
    values.push_back(p.values.values.empty() ? nullptr : p.values.values.front());
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const space_parameter& p = space_->parameters[varying_[a].parameter];
    shared_node& value = values[varying_[a].parameter];
    switch (varying_[a].kind) {
      case axis_kind::choice: value = p.values.different[static_cast<std::size_t>(at[a])]; break;
      case axis_kind::number: value = number_node(at[a], *p.key); break;
      case axis_kind::share: value = value_at(p.values, at[a], *p.key); break;
    }
  }
  return values;
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
