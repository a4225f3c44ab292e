// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/search_space.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <span>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/decode.hpp"
#include "sweepnet/sweep/draws.hpp"

namespace sweepnet {

namespace detail {

/// As many values as the parameters of a space has.
using space_values = std::vector<shared_node>;

inline std::optional<std::uint64_t> radix_of(const search_space& space, const space_parameter& p) {
  return space.method == search_method::grid ? grid_count_of(p.values) : count_of(p.values);
}

/// Points of bayes that are drawn: ten, and what is more to make `parallel` divide it.
inline std::size_t random_points(const search_space& space) {
  constexpr std::size_t least = 10;
  return (least + space.parallel - 1) / space.parallel * space.parallel;
}

/// The prime at a position, from 2 at 0.
inline std::uint32_t prime_at(std::size_t position) {
  std::uint32_t candidate = 1;
  for (std::size_t found = 0; found <= position;) {
    ++candidate;
    bool is_prime = true;
    for (std::uint32_t d = 2; d * d <= candidate && is_prime; ++d) is_prime = candidate % d != 0;
    found += is_prime ? 1 : 0;
  }
  return candidate;
}

inline std::vector<place_of_value> places_drawn(const search_space& space, std::size_t index) {
  std::vector<place_of_value> places;
  std::size_t dimension = 0;  // of those that vary
  for (const space_parameter& p : space.parameters) {
    const bool is_halton =
        space.draws == point_draws::halton && p.values.kind != distribution_kind::constant;
    places.emplace_back(is_halton ? halton_draw(space.seed, p.name, index, prime_at(dimension++))
                                  : independent_draw(space.seed, p.name, index));
  }
  return places;
}

inline shared_node value_of(const search_space& space, const space_parameter& p,
                            const place_of_value& place) {
  if (const double* u = std::get_if<double>(&place)) return value_at(p.values, *u, *p.key);
  const std::uint64_t position = std::get<std::uint64_t>(place);
  return space.method == search_method::grid ? grid_element_of(p.values, position, *p.key)
                                             : element_of(p.values, position, *p.key);
}

inline space_values values_at(const search_space& space, std::size_t index) {
  const std::vector<place_of_value> places = places_at(space, index);
  space_values values;
  for (std::size_t i = 0; i < places.size(); ++i) {
    values.push_back(value_of(space, space.parameters[i], places[i]));
  }
  return values;
}

/// A mapping in whose place a value may get keys: a name becomes {name: it}.
inline parsed_node as_mapping(const parsed_node& value) {
  if (value.type == node_type::mapping) return value;
  parsed_node mapping{.type = node_type::mapping, .line = value.line, .column = value.column};
  if (value.type != node_type::scalar) return mapping;
  mapping.keys.push_back(std::make_shared<const parsed_node>(parsed_node{
      .type = node_type::scalar, .line = value.line, .column = value.column, .text = "name"}));
  mapping.items.push_back(std::make_shared<const parsed_node>(value));
  return mapping;
}

/// Sets what `path` leads to within a mapping.
inline void put(parsed_node& mapping, std::span<const std::string> path, const space_parameter& p,
                const shared_node& value, const decoder& report) {
  const auto found = std::ranges::find_if(
      mapping.keys, [&](const shared_node& key) { return key->text == path.front(); });
  const auto at = static_cast<std::size_t>(found - mapping.keys.begin());
  if (at == mapping.keys.size()) {
    parsed_node key = *p.key;
    key.text = path.front();
    mapping.keys.push_back(std::make_shared<const parsed_node>(std::move(key)));
    mapping.items.emplace_back();
  } else if (path.size() == 1) {
    report.fail(*p.key, fmt::format("parameter {}: another value sets it, too", p.name));
  }
  shared_node& item = mapping.items[at];
  if (path.size() == 1) {
    item = value;
    return;
  }
  parsed_node inner =
      item ? as_mapping(*item)
           : parsed_node{.type = node_type::mapping, .line = p.key->line, .column = p.key->column};
  put(inner, path.subspan(1), p, value, report);
  item = std::make_shared<const parsed_node>(std::move(inner));
}

/// A value to try, and the one to tell of where that does not fit: a bound as the file has it,
/// instead of the nearest number to it that is ever drawn.
struct trial {
  shared_node value;
  shared_node told;
};

inline std::vector<trial> trials_of(const space_parameter& p) {
  const distribution& d = p.values;
  std::vector<trial> trials;
  const auto add = [&](shared_node value, shared_node told) {
    trials.push_back({std::move(value), std::move(told)});
  };
  if (family_of(d.kind) == distribution_family::listed) {
    for (const shared_node& value : d.values) add(value, value);
    return trials;
  }
  constexpr double least = 0x1p-53;
  const bool told_as_written = d.kind == distribution_kind::uniform ||
                               d.kind == distribution_kind::log_uniform_values ||
                               d.kind == distribution_kind::inv_log_uniform_values;
  const shared_node first = value_at(d, least, *p.key);
  const shared_node last = value_at(d, 1 - least, *p.key);
  add(first, told_as_written ? number_node(d.low, *p.key) : first);
  add(last, told_as_written ? number_node(d.high, *p.key) : last);
  constexpr int others = 16;
  for (int i = 0; i < others; ++i) {
    const shared_node value = value_at(d, (i + 0.618) / others, *p.key);
    add(value, value);
  }
  return trials;
}

/// A value and all values in it.
inline std::size_t extent_of(const parsed_node& value) {
  std::size_t extent = 1 + value.keys.size();
  for (const shared_node& item : value.items) extent += extent_of(*item);
  return extent;
}

}  // namespace detail

SWEEPNET_INLINE std::optional<std::uint64_t> size_of(const search_space& space) {
  std::uint64_t size = 1;
  for (const space_parameter& p : space.parameters) {
    const std::optional<std::uint64_t> radix = detail::radix_of(space, p);
    if (!radix || *radix > most_points / size) return std::nullopt;
    size *= *radix;
  }
  return size;
}

/// The rank's digits, each by its parameter's number of values.
SWEEPNET_INLINE std::vector<detail::place_of_value> detail::places_of_rank(
    const search_space& space, std::uint64_t rank) {
  std::vector<place_of_value> places(space.parameters.size());
  for (std::size_t i = places.size(); i-- > 0;) {
    const std::uint64_t radix = radix_of(space, space.parameters[i]).value_or(1);
    places[i] = rank % radix;
    rank /= radix;
  }
  return places;
}

SWEEPNET_INLINE std::vector<detail::place_of_value> detail::places_at(const search_space& space,
                                                                      std::size_t index) {
  if (space.method == search_method::grid) return places_of_rank(space, index);
  if (space.draws != point_draws::distinct) return places_drawn(space, index);
  return places_of_rank(space, shuffled_index(space.seed, index, size_of(space).value()));
}

SWEEPNET_INLINE parsed_node detail::paramset_of(const search_space& space,
                                                const std::vector<shared_node>& values,
                                                const std::string& source) {
  const decoder report(source);
  std::vector<std::size_t> order(values.size());  // what lies in others comes after them
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {},
                           [&](std::size_t i) { return space.parameters[i].path.size(); });
  parsed_node paramset{.type = node_type::mapping, .line = space.line, .column = space.column};
  for (const std::size_t i : order) {
    put(paramset, space.parameters[i].path, space.parameters[i], values[i], report);
  }
  return paramset;
}

SWEEPNET_INLINE point_batch batch_of(const search_space& space, std::size_t point) {
  if (space.method != search_method::bayes) return {.first = 0, .end = space.points};
  const std::size_t drawn = detail::random_points(space);
  const std::size_t first = point < drawn ? 0 : point - (point - drawn) % space.parallel;
  const std::size_t end = first == 0 ? drawn : first + space.parallel;
  return {.first = first, .end = std::min(end, space.points)};
}

SWEEPNET_INLINE parsed_node search_space::point(std::size_t index,
                                                const std::string& source) const {
  if (batch_of(*this, index).first > 0) {
    throw argument_error(fmt::format(
        "{}: point {} of bayes depends on results, which searched_points takes", source, index));
  }
  return detail::paramset_of(*this, detail::values_at(*this, index), source);
}

SWEEPNET_INLINE void check_values(const search_space& space, const std::string& source,
                                  const std::function<void(const parsed_node& point)>& check) {
  constexpr std::size_t most_decoded = 10'000'000;
  const detail::space_values first = detail::values_at(space, 0);
  check(detail::paramset_of(space, first, source));
  std::size_t others = 0;  // what each trial decodes beside its value
  for (const shared_node& value : first) others += detail::extent_of(*value);
  std::size_t decoded = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const space_parameter& p = space.parameters[i];
    const auto try_out = [&](const shared_node& value) {
      decoded += others + detail::extent_of(*value);
      if (decoded > most_decoded) {
        decoder(source).fail(*p.key, fmt::format("parameter {}: the space has too many values to "
                                                 "try each of them",
                                                 p.name));
      }
      detail::space_values values = first;
      values[i] = value;
      check(detail::paramset_of(space, values, source));
    };
    if (p.values.kind == distribution_kind::constant) continue;
    for (const detail::trial& each : detail::trials_of(p)) {
      try {
        try {
          try_out(each.value);
        } catch (const data_error&) {
          if (each.told != each.value) try_out(each.told);
          throw;
        }
      } catch (const data_error& e) {
        const std::string text = e.what();
        if (text.find(p.name) != text.npos) throw;
        throw data_error(fmt::format("{} (parameter {})", text, p.name));
      }
    }
  }
}

}  // namespace sweepnet
