// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A sweep of any paramset type: a list or a search space. Which of them it is makes no difference
// to what trains it: an index is a paramset.

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/parsed_node.hpp"
#include "sweepnet/sweep/search_space.hpp"
#include "sweepnet/sweep/searched_points.hpp"

namespace sweepnet {

namespace detail {

template <class P, class F> inline constexpr bool is_seed_field = false;
template <class P, std::unsigned_integral T>
inline constexpr bool is_seed_field<P, field<P, T>> = !std::same_as<T, bool>;

/// Adds to the field `seed` of P. False if it has none.
template <class P> bool add_to_seed(P& p, std::size_t repeat) {
  bool done = false;
  if constexpr (described<P>) {
    for_each_field<P>([&](const auto& f) {
      if constexpr (is_seed_field<P, std::remove_cvref_t<decltype(f)>>) {
        if (f.name != "seed") return;
        p.*f.member += static_cast<std::remove_cvref_t<decltype(p.*f.member)>>(repeat);
        done = true;
      }
    });
  }
  return done;
}

}  // namespace detail

/// The paramsets of a sweep, by their index. Copies share what they read.
template <class P> class sweep {
 public:
  /// A list, in its order. `source` is what messages call it.
  sweep(std::string source, std::vector<P> paramsets)
      : source_(std::move(source)), points_(paramsets.size()) {
    point_ = [list = std::make_shared<const std::vector<P>>(std::move(paramsets))](
                 std::size_t index) { return (*list)[index]; };
  }

  /// So many points, which a pure function gives.
  sweep(std::string source, std::size_t points, std::function<P(std::size_t)> point)
      : source_(std::move(source)), points_(points), point_(std::move(point)) {}

  /// The points of a search space, each decoded from what a file would list.
  sweep(std::string source, std::shared_ptr<const search_space> space,
        std::function<P(const parsed_node&)> decode)
      : source_(std::move(source)),
        points_(space->points),
        searched_(std::move(space)),
        decode_(std::move(decode)) {}

  [[nodiscard]] const std::string& source() const { return source_; }

  /// What the file says of the data, as it stands there; null: nothing.
  [[nodiscard]] const shared_node& data_section() const { return data_section_; }
  void set_data_section(shared_node section) { data_section_ = std::move(section); }

  [[nodiscard]] std::size_t count() const { return points_ * repeats(); }

  /// Indices below are known: all of them, but for bayes those that depend on runs of which
  /// nothing has been told yet.
  [[nodiscard]] std::size_t known() const {
    return searched_ ? searched_->known() * repeats() : count();
  }

  /// Of bayes: what came of the runs that follow, in order, by the metric of the space. Throws
  /// argument_error where the sweep has not so many, or is none of a space.
  void tell(const std::vector<told_run>& runs) {
    if (!searched_) {
      throw argument_error(source_ + ": the sweep is a list, and depends on no results");
    }
    searched_->tell(runs);
  }

  /// The same before anything was told.
  [[nodiscard]] sweep untold() const {
    sweep fresh = *this;
    if (searched_) fresh.searched_.emplace(searched_->space());
    return fresh;
  }

  /// A pure function of what the sweep was read from, its seed, the index, and of bayes what was
  /// told: repeat index mod R of point index / R, with R repeats of each, whose seeds follow one
  /// another. Throws argument_error for an index that there is not, undetermined_point for one that
  /// is not known, and data_error for a paramset that is wrong, where they are read one by one.
  [[nodiscard]] P at(std::size_t index) const {
    if (index >= count()) {
      throw argument_error(fmt::format("{}: the sweep has {} paramset{}, got the index {}", source_,
                                       count(), count() == 1 ? "" : "s", index));
    }
    const std::size_t point = index / repeats();
    P p = searched_ ? decode_(searched_->at(point, source_)) : point_(point);
    for (const auto& change : changes_) change(p);
    (void)detail::add_to_seed(p, index % repeats());
    return p;
  }

  /// Changes every point, before its repeats differ.
  void revise(std::function<void(P&)> change) { changes_.push_back(std::move(change)); }

  /// Null: it is a list.
  [[nodiscard]] const search_space* space() const {
    return searched_ ? searched_->space().get() : nullptr;
  }

 private:
  [[nodiscard]] std::size_t repeats() const { return searched_ ? searched_->space()->repeats : 1; }

  std::string source_;
  std::size_t points_;
  std::function<P(std::size_t)> point_{};
  std::vector<std::function<void(P&)>> changes_{};
  std::optional<searched_points> searched_{};
  std::function<P(const parsed_node&)> decode_{};  ///< of a space
  shared_node data_section_{};
};

}  // namespace sweepnet
