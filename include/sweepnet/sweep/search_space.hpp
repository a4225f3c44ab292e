// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A search space as W&B writes it: what each parameter may be, and which point an index is. A pure
// function of the file, the seed and the index, whatever the size of the space.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/describe/names.hpp"
#include "sweepnet/describe/parsed_node.hpp"
#include "sweepnet/sweep/distribution.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

/// How the points of a space are told apart.
enum class search_method {
  grid,   ///< all combinations, in order
  random  ///< draws
};

template <>
inline constexpr auto enum_names<search_method> = name_table<search_method, 2>{
    {{"grid", search_method::grid}, {"random", search_method::random}}};

/// How random points are drawn.
enum class point_draws {
  distinct,     ///< without replacement: no point of a finite space comes twice
  independent,  ///< each parameter by itself, from its name
  halton        ///< quasi-random: evenly over all parameters, from the first point on
};

template <>
inline constexpr auto enum_names<point_draws> =
    name_table<point_draws, 3>{{{"distinct", point_draws::distinct},
                                {"independent", point_draws::independent},
                                {"halton", point_draws::halton}}};

/// What whoever reads a space may say of its draws.
struct draw_options {
  std::optional<std::uint64_t> seed{};    ///< instead of the space's own
  std::optional<std::size_t> runs{};      ///< points, instead of the space's run_cap
  std::optional<std::size_t> children{};  ///< of an array job: as many runs where nothing says it
};

struct space_parameter {
  std::string name;               ///< with those that it lies in: "optimizer.learning_rate"
  std::vector<std::string> path;  ///< the same, key by key
  shared_node key;                ///< where it stands
  distribution values;
};

/// No array counts further, and doubles hold each integer up to here.
inline constexpr std::uint64_t most_points = std::uint64_t{1} << 53;

struct search_space {
  search_method method = search_method::grid;
  point_draws draws = point_draws::independent;
  std::uint64_t seed = 0;   ///< of the draws
  std::size_t points = 0;   ///< of which paramsets are made
  std::size_t repeats = 1;  ///< of each point, by seeds that follow one another
  std::string name{};       ///< what the file calls itself
  std::string description{};
  std::optional<metric> goal{};    ///< what the file says is optimised
  std::optional<double> target{};  ///< of it, at which no more runs are begun
  early_termination early{};
  std::vector<space_parameter> parameters{};  ///< of a grid, the last one varies fastest
  std::vector<std::string> notes{};           ///< what a reader should know of how it was read
  int line = 1;                               ///< where it stands
  int column = 1;

  /// The paramset at a point, as a file would list it. Throws data_error, beginning with `source`,
  /// where two parameters set the same key.
  [[nodiscard]] parsed_node point(std::size_t index, const std::string& source) const;
};

/// How runs of the space are compared on their way.
[[nodiscard]] inline search_rules rules_of(const search_space& space) {
  return {.early = space.early,
          .compared = space.goal.value_or(metric::val_accuracy),
          .target = space.target};
}

/// Points of the whole space: of a grid as W&B has them, of a random one the different values.
/// Nothing where they cannot be counted or are more than `most_points`.
[[nodiscard]] std::optional<std::uint64_t> size_of(const search_space& space);

/// Gives `check` points in which each parameter takes its first, last and some other values, all
/// others being what they are at the first. A data_error of `check` is thrown again, behind it the
/// parameter's name where the text does not have it. Throws data_error, too, for a space of so many
/// values that this would take long.
void check_values(const search_space& space, const std::string& source,
                  const std::function<void(const parsed_node& point)>& check);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/search_space.inl"
#endif
