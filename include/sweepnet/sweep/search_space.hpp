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
#include <variant>
#include <vector>

#include "sweepnet/describe/names.hpp"
#include "sweepnet/describe/parsed_node.hpp"
#include "sweepnet/sweep/distribution.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

/// How the points of a space are told apart.
enum class search_method {
  grid,    ///< all combinations, in order
  random,  ///< draws
  bayes    ///< by what came of earlier ones: TPE, after some random ones
};

template <>
inline constexpr auto enum_names<search_method> =
    name_table<search_method, 3>{{{"grid", search_method::grid},
                                  {"random", search_method::random},
                                  {"bayes", search_method::bayes}}};

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

/// What bayes takes to find a point grows with the points before it.
inline constexpr std::size_t most_bayes_points = 10'000;

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
  /// Points that are asked for at once, where what they give decides on others: those of bayes, and
  /// those of a target. It is in the file, and never told by processors.
  std::size_t parallel = 4;
  std::vector<space_parameter> parameters{};  ///< of a grid, the last one varies fastest
  std::vector<std::string> notes{};           ///< what a reader should know of how it was read
  int line = 1;                               ///< where it stands
  int column = 1;

  /// The paramset at a point, as a file would list it; of bayes one of its first, random points,
  /// others are searched_points'. Throws data_error, beginning with `source`, where two parameters
  /// set the same key.
  [[nodiscard]] parsed_node point(std::size_t index, const std::string& source) const;
};

/// How runs of the space are compared on their way.
[[nodiscard]] inline search_rules rules_of(const search_space& space) {
  return {.early = space.early,
          .compared = space.goal.value_or(metric::val_accuracy),
          .target = space.target,
          .at_once = space.parallel * space.repeats,
          .learns = space.method == search_method::bayes};
}

/// Points of the whole space: of a grid as W&B has them, of a random one the different values.
/// Nothing where they cannot be counted or are more than `most_points`.
[[nodiscard]] std::optional<std::uint64_t> size_of(const search_space& space);

/// Points, from `first` to before `end`, that depend on what comes of those before them alone.
struct point_batch {
  std::size_t first = 0;
  std::size_t end = 0;
};

/// The batch that a point is asked for in: of grid and random draws all points, of bayes first some
/// random ones, ten or what is more to make `parallel` divide it, then `parallel` at a time.
[[nodiscard]] point_batch batch_of(const search_space& space, std::size_t point);

/// Gives `check` points in which each parameter takes its first, last and some other values, all
/// others being what they are at the first. A data_error of `check` is thrown again, behind it the
/// parameter's name where the text does not have it. Throws data_error, too, for a space of so many
/// values that this would take long.
void check_values(const search_space& space, const std::string& source,
                  const std::function<void(const parsed_node& point)>& check);

namespace detail {

/// Where in its distribution a parameter is: at a position among its count_of() or grid_count_of()
/// values, or at u in (0, 1).
using place_of_value = std::variant<std::uint64_t, double>;

/// The places of all parameters at a point that is drawn or of a grid.
[[nodiscard]] std::vector<place_of_value> places_at(const search_space& space, std::size_t index);

/// Those at a rank among the size_of() points, the last parameter varying fastest.
[[nodiscard]] std::vector<place_of_value> places_of_rank(const search_space& space,
                                                         std::uint64_t rank);

/// The paramset in which the parameters have these values. Throws as search_space::point() does.
[[nodiscard]] parsed_node paramset_of(const search_space& space,
                                      const std::vector<shared_node>& values,
                                      const std::string& source);

}  // namespace detail

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/search_space.inl"
#endif
