// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Asynchronous successive halving, simulated: virtual workers take runs in the order in which they
// would become free if epochs took what they cost. The simulation goes as far as results are known,
// and goes on from there when more are.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/search_stages.hpp"

namespace sweepnet::detail {

/// What came to a rung.
class asha_rung {
 public:
  /// `goes_on` is false for a run that was over there: it has its place and needs no worker.
  void add(double loss, std::size_t run, bool goes_on, double eta);

  [[nodiscard]] bool has_waiting() const { return !waiting_.empty(); }
  /// Whether the best run that waits is among the first 1/eta.
  [[nodiscard]] bool has_promotable() const {
    return has_waiting() && !first_.empty() && *waiting_.begin() <= *first_.rbegin();
  }
  /// The best run that waits, which does so no longer.
  std::size_t take();
  [[nodiscard]] const std::optional<double>& worst_taken() const { return worst_taken_; }

 private:
  using ranked = std::set<std::pair<double, std::size_t>>;  ///< by loss, then by run

  std::size_t count_ = 0;
  ranked first_{};
  ranked rest_{};
  ranked waiting_{};
  std::optional<double> worst_taken_{};
};

/// A course by its events, each of which is gone through once. Rules and runs must outlive it.
class asha_simulation {
 public:
  asha_simulation(const early_terminations::asha& rule, const search_rules& rules,
                  std::span<const searched_run> runs);

  /// Goes as far as results are known; what was known before must be among them.
  void go_on(std::span<const run_progress> progress);

  /// As course_of() has it. A stage is what the workers are at when the first of them needs a
  /// result that no stage before has.
  [[nodiscard]] const search_course& course() const { return course_; }
  [[nodiscard]] search_course take_course() { return std::move(course_); }

 private:
  /// Ordered by when it ends, then by its run.
  struct job {
    double ends = 0;
    std::size_t run = 0;
    std::int64_t until = 0;
    bool operator<(const job& other) const {
      return std::pair(ends, run) < std::pair(other.ends, other.run);
    }
  };

  /// Where a run is.
  struct place {
    std::int64_t epoch = 0;
    std::size_t rung = 0;  ///< that it goes to, or waits at
    bool waits = false;
  };

  [[nodiscard]] std::vector<run_leg> unnamed() const;
  void name_stage();
  void begin(std::size_t run);
  void promote(std::size_t rung);
  bool begin_one();
  bool begin_last();
  void finish(const job& each, const run_progress& known);
  [[nodiscard]] double loss_at(const run_progress& known, std::int64_t epoch) const;
  void stop_the_rest(std::span<const run_progress> progress);

  const early_terminations::asha& rule_;
  const search_rules& rules_;
  std::span<const searched_run> runs_;
  std::vector<std::int64_t> epochs_;
  std::vector<asha_rung> rungs_;
  std::vector<place> at_;
  std::set<job> under_way_{};
  std::set<std::size_t> unnamed_{};  ///< runs under way that no stage has so far
  std::size_t next_ = 0;
  double now_ = 0;
  bool target_reached_ = false;
  bool one_ended_ = false;
  search_course course_{};
};

}  // namespace sweepnet::detail

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/asha_course.inl"
#endif
