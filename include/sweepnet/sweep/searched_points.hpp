// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The points of a search space, as far as they are known: all of a grid or of random draws, and of
// bayes those of the batches before which all runs are told of. A pure function of the space and
// what was told.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/parsed_node.hpp"
#include "sweepnet/sweep/search_space.hpp"
#include "sweepnet/sweep/tpe.hpp"

namespace sweepnet {

/// What a point is depends on runs of which nothing has been told.
struct undetermined_point : input_missing {
  using input_missing::input_missing;
};

/// What came of a run, by the metric of its space.
struct told_run {
  double best = std::numeric_limits<double>::quiet_NaN();  ///< of its epochs; NaN: none is finite
  std::optional<std::int64_t> stopped_after{};             ///< epochs, before its end
};

class searched_points {
 public:
  explicit searched_points(std::shared_ptr<const search_space> space);

  [[nodiscard]] const std::shared_ptr<const search_space>& space() const { return space_; }

  /// Points that are known, from 0 on.
  [[nodiscard]] std::size_t known() const { return known_; }

  /// Runs that have been told of, from 0 on.
  [[nodiscard]] std::size_t told() const { return runs_.size(); }

  /// Tells what came of the runs that follow. Throws argument_error where there are not so many.
  void tell(const std::vector<told_run>& runs);

  /// The paramset at a point, as a file would list it. Throws undetermined_point, beginning with
  /// `source`, and as search_space::point() does.
  [[nodiscard]] parsed_node at(std::size_t point, const std::string& source) const;

 private:
  void propose();
  [[nodiscard]] std::vector<point_value> values_of(std::size_t points) const;

  std::shared_ptr<const search_space> space_;
  std::shared_ptr<const tpe_space> tpe_{};  ///< of bayes
  std::vector<told_run> runs_{};
  std::vector<coordinates> points_{};  ///< of bayes, those that are known, once one was proposed
  std::size_t known_ = 0;
};

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/searched_points.inl"
#endif
