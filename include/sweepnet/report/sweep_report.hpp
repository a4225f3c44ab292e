// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// All that a sweep's output directory tells of it, as a value: what a page, a table or a file for a
// viewer is made of. Of a sweep that is finished or still running; of outputs that others may have
// written, too: what no run of the sweep wrote is named, counted and left out.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/report/parameter.hpp"
#include "sweepnet/report/reported_run.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/sweep/search_space.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet::report {

/// What is known of a sweep besides its outputs: nothing, unless its file is at hand.
struct sweep_source {
  std::string name{};  ///< what people call it; empty: its output directory
  std::optional<std::size_t> size{};
  const search_space* space = nullptr;  ///< null: it is a list, or not known
};

inline constexpr std::size_t run_phases = 7;
inline constexpr std::size_t most_notes = 100;

struct sweep_report {
  std::string name{};
  std::string output{};
  std::string method{};  ///< list, grid, random, quasi-random or bayes; empty: not known
  std::optional<std::uint64_t> draw_seed{};
  std::size_t repeats = 1;
  std::string data{};
  std::string data_digest{};
  std::string version{};                        ///< that wrote the results
  std::string precision{};                      ///< of the products; empty: not told
  metric monitor = metric::val_accuracy;        ///< by which runs are compared
  std::size_t size = 0;                         ///< runs of the whole sweep
  std::array<std::size_t, run_phases> count{};  ///< of these, in each run_phase
  std::vector<reported_run> runs{};             ///< of which something is told, by index
  std::vector<parameter> parameters{};          ///< in which they differ
  std::vector<std::string> notes{};             ///< what was left out, and why; at most most_notes
  std::size_t notes_in_all = 0;

  /// What the runs have learned, as the first of them with an epoch tells.
  [[nodiscard]] sweepnet::task task() const;

  /// A run's best value of `monitor`; nothing without one that is finite.
  [[nodiscard]] std::optional<double> value_of(const reported_run& run) const;
};

namespace detail {

/// What the files of a run gave.
struct found_run {
  run_phase phase = run_phase::missing;
  std::optional<reported_run> run{};
  std::string fault{};  ///< why it is left out
};

/// By index.
using found_runs = std::map<std::size_t, found_run>;

}  // namespace detail

/// Reads the sweep whose files lie in `directory`, on S3 many at a time. Its runs are those that
/// agree on sweep size and data with the source and with most others. Throws unknown_sweep_size
/// where neither a file nor the source tells its size, data_error where that is more than is
/// listed, and what storage::list() does.
[[nodiscard]] sweep_report read_sweep_report(const storage::location& directory,
                                             const sweep_source& source = {},
                                             const run_examination& which = {});

/// Reads a sweep time and again while it runs: at a run that was done or had failed it looks once.
/// What `source` borrows must live as long.
class sweep_reader {
 public:
  sweep_reader(storage::location directory, sweep_source source, const run_examination& which)
      : directory_(std::move(directory)), source_(std::move(source)), which_(which) {}

  /// The sweep as it is now; throws as read_sweep_report() does.
  [[nodiscard]] sweep_report read();

 private:
  storage::location directory_;
  sweep_source source_;
  run_examination which_;
  detail::found_runs found_{};
};

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/sweep_report.inl"
#endif
