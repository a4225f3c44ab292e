// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/searched_points.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/sweep/early_termination.hpp"

namespace sweepnet {

SWEEPNET_INLINE searched_points::searched_points(std::shared_ptr<const search_space> space)
    : space_(std::move(space)) {
  if (space_->method == search_method::bayes) tpe_ = std::make_shared<const tpe_space>(*space_);
  propose();
}

SWEEPNET_INLINE void searched_points::tell(const std::vector<told_run>& runs) {
  const std::size_t count = space_->points * space_->repeats;
  if (runs.size() > count - runs_.size()) {
    throw argument_error(
        fmt::format("a space of {} runs was told of {}", count, runs_.size() + runs.size()));
  }
  runs_.insert(runs_.end(), runs.begin(), runs.end());
  propose();
}

SWEEPNET_INLINE parsed_node searched_points::at(std::size_t point,
                                                const std::string& source) const {
  if (batch_of(*space_, point).first == 0) return space_->point(point, source);
  if (point >= known_) {
    const std::size_t before = batch_of(*space_, point).first;
    throw undetermined_point(fmt::format(
        "{}: point {} of bayes depends on what came of the {} runs before its batch, and {} of "
        "them {} known",
        source, point, before * space_->repeats, runs_.size(), runs_.size() == 1 ? "is" : "are"));
  }
  return detail::paramset_of(*space_, tpe_->values_at(points_[point]), source);
}

/// Adds the points of all batches before which all is told.
SWEEPNET_INLINE void searched_points::propose() {
  if (!tpe_) {
    known_ = space_->points;
    return;
  }
  while (known_ < space_->points) {
    const point_batch batch = batch_of(*space_, known_);
    if (runs_.size() < batch.first * space_->repeats) return;
    const std::vector<point_value> told = values_of(batch.first);
    while (points_.size() < known_) points_.push_back(tpe_->drawn(points_.size()));
    for (std::size_t point = batch.first; batch.first > 0 && point < batch.end; ++point) {
      points_.push_back(tpe_->proposal(points_, told));
    }
    known_ = batch.end;
  }
}

/// What came of the first points, as TPE takes it: the mean over a point's repeats, larger than all
/// others where it is not finite, and stopped where one of them was.
SWEEPNET_INLINE std::vector<point_value> searched_points::values_of(std::size_t points) const {
  const double sign = detail::loss_sign(*space_->goal);
  const std::size_t repeats = space_->repeats;
  std::vector<point_value> values(points);
  for (std::size_t i = 0; i < points * repeats; ++i) {
    const told_run& run = runs_[i];
    point_value& point = values[i / repeats];
    point.value += sign * run.best / static_cast<double>(repeats);
    if (!run.stopped_after) continue;
    point.stopped_after =
        std::min(point.stopped_after.value_or(*run.stopped_after), *run.stopped_after);
  }
  for (point_value& point : values) {
    if (!std::isfinite(point.value)) point.value = std::numeric_limits<double>::infinity();
  }
  return values;
}

}  // namespace sweepnet
