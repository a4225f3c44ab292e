// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `status --watch`: how a sweep that runs somewhere gets on, by its outputs alone. On a terminal a
// table that is drawn anew, elsewhere a line whenever something has changed.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "sweepnet/app/context.hpp"
#include "sweepnet/app/drawn_lines.hpp"
#include "sweepnet/app/sweep_console.hpp"
#include "sweepnet/app/table.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/report/csv.hpp"
#include "sweepnet/report/run_text.hpp"
#include "sweepnet/report/sweep_report.hpp"
#include "sweepnet/run/interruption.hpp"
#include "sweepnet/run/sweep_status.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/search_space.hpp"
#include "sweepnet/training/progress.hpp"

namespace sweepnet::app {

/// "4 paramsets: 2 done, 1 interrupted, 1 missing", of runs in each phase.
[[nodiscard]] inline std::string text_of_counts(
    const std::array<std::size_t, report::phases_in_order.size()>& count) {
  std::vector<std::string> sums;
  std::size_t all = 0;
  for (const run_phase phase : report::phases_in_order) {
    const std::size_t runs = count[static_cast<std::size_t>(phase)];
    all += runs;
    if (runs > 0) sums.push_back(fmt::format("{} {}", runs, report::word_of(phase)));
  }
  return fmt::format("{} paramset{}: {}", all, all == 1 ? "" : "s", join_text(sums, ", "));
}

namespace detail {

/// "optimizer adam, learning_rate 0.01": what tells a run from the others.
inline std::string hyperparameters_of(const report::sweep_report& told, std::size_t position) {
  std::vector<std::string> pieces;
  for (const report::parameter& p : told.parameters) {
    const ordered_json value = p.told(position);
    if (!value.is_null()) pieces.push_back(printable(p.name) + " " + cell(value));
  }
  return join_text(pieces, ", ");
}

inline std::string best_of(const report::sweep_report& told) {
  const std::vector<std::size_t> order = report::ranked(told);
  if (order.empty()) return "best: none yet";
  const report::reported_run& run = told.runs[order.front()];
  const std::optional<double> value = told.value_of(run);
  if (!value) return "best: none yet";
  const std::string differences = hyperparameters_of(told, order.front());
  return fmt::format("best: paramset {}, {} {} in epoch {}{}{}", run.index, name_of(told.monitor),
                     format_metric(*value), run.best()->epoch, differences.empty() ? "" : ", ",
                     differences);
}

/// Whether a run came to the value at which its sweep begins no more of them.
inline bool has_reached_target(const report::sweep_report& told, const search_space* space) {
  if (space == nullptr || !space->target) return false;
  const metric compared = rules_of(*space).compared;
  const double sign = sweepnet::detail::loss_sign(compared);
  return std::ranges::any_of(told.runs, [&](const report::reported_run& run) {
    return std::ranges::any_of(run.history, [&](const epoch_record& record) {
      const std::optional<double> value = record.value_of(compared);
      return value && sign * *value <= sign * *space->target;
    });
  });
}

/// What a sweep's jobs have still to do.
struct open_runs {
  std::size_t missing = 0;
  std::size_t under_way = 0;  ///< or interrupted: their files do not tell
  std::size_t to_compare = 0;

  [[nodiscard]] bool any() const { return missing + under_way + to_compare > 0; }
};

inline open_runs open_runs_of(const report::sweep_report& told, const search_space* space) {
  const auto count = [&](run_phase phase) { return told.count[static_cast<std::size_t>(phase)]; };
  open_runs open{.missing = count(run_phase::missing), .under_way = count(run_phase::interrupted)};
  if (has_reached_target(told, space)) open.missing = 0;
  for (const report::reported_run& run : told.runs) {
    if (run.phase == run_phase::stopped && run.stopped && !run.stopped->judged) ++open.to_compare;
  }
  return open;
}

/// "waits for 3 runs that are missing and 1 that is saved on its way".
inline std::string text_of_open(const open_runs& open) {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t runs, std::string_view one, std::string_view many) {
    if (runs == 0) return;
    const std::string_view noun = !parts.empty() ? "" : runs == 1 ? " run" : " runs";
    parts.push_back(fmt::format("{}{} that {}", runs, noun, runs == 1 ? one : many));
  };
  add(open.missing, "is missing", "are missing");
  add(open.under_way, "is saved on its way", "are saved on their way");
  add(open.to_compare, "is to be compared", "are to be compared");
  return "waits for " + join_text(parts, ", ");
}

inline constexpr const char* nothing_saved = "no run has saved anything yet";
inline constexpr double quiet_seconds = 60;  ///< without news that are worth a word

/// What is shown of a sweep that is looked at time and again.
class watched_sweep {
 public:
  explicit watched_sweep(const context& world) : world_(&world) {}

  void show(const report::sweep_report& told, const open_runs& open) {
    note_news(told);
    const std::string counts = text_of_counts(told.count);
    if (!world_->terminal) {
      say(counts + "; " + best_of(told));
      if (quiet_.seconds() < next_word_) return;
      next_word_ *= 10;
      return say(fmt::format("nothing new for {}: {}", text_of_seconds(quiet_.seconds()),
                             text_of_open(open)));
    }
    // Some terminals begin a new row behind the last column.
    const std::int64_t columns = (world_->columns ? world_->columns() : 80) - 1;
    const auto room =
        static_cast<std::size_t>(std::max<std::int64_t>(world_->rows ? world_->rows() - 5 : 20, 0));
    std::vector<std::string> lines{fitted_line({{.text = counts}}, columns),
                                   fitted_line({{.text = best_of(told)}}, columns)};
    if (open.any()) lines.push_back(fitted_line({{.text = text_of_open(open)}}, columns));
    const std::size_t above = lines.size();
    std::size_t untold = 0;
    for (std::size_t i = 0; i < told.runs.size(); ++i) {
      if (told.runs[i].phase != run_phase::interrupted) continue;
      if (lines.size() - above < room) {
        lines.push_back(line_of(told, i, columns));
      } else {
        ++untold;
      }
    }
    if (untold > 0) {
      lines.push_back(fitted_line({{.text = fmt::format("and {} more", untold)}}, columns));
    }
    lines_.draw(world_->out, lines, columns);
  }

  void show_none() {
    if (!world_->terminal) return say(nothing_saved);
    lines_.draw(world_->out, {nothing_saved}, 80);
  }

  /// Seconds in which nothing came.
  [[nodiscard]] double quiet() const { return quiet_.seconds(); }

  /// The sweep is over, or somebody has seen enough of it.
  void end(const std::optional<report::sweep_report>& told) {
    if (!world_->terminal) return;
    lines_.erase(world_->out);
    if (!told) return;
    world_->out << text_of_counts(told->count) << "\n" << best_of(*told) << "\n" << std::flush;
  }

 private:
  struct news {
    std::size_t epochs = 0;
    stopwatch since{};
  };

  void say(const std::string& line) {
    if (line != said_) world_->out << line << "\n" << std::flush;
    said_ = line;
  }

  /// Since when nothing came, and each run under way has come no further.
  void note_news(const report::sweep_report& told) {
    std::vector<std::size_t> seen(told.count.begin(), told.count.end());
    for (const report::reported_run& run : told.runs) {
      seen.insert(seen.end(), {run.index, static_cast<std::size_t>(run.phase), run.history.size()});
    }
    if (seen != seen_) {
      quiet_.restart();
      next_word_ = quiet_seconds;
      seen_ = std::move(seen);
    }
    std::map<std::size_t, news> now;
    for (const report::reported_run& run : told.runs) {
      if (run.phase != run_phase::interrupted) continue;
      const auto before = news_.find(run.index);
      const bool is_same = before != news_.end() && before->second.epochs == run.history.size();
      now[run.index] = is_same ? before->second : news{.epochs = run.history.size()};
    }
    news_ = std::move(now);
  }

  [[nodiscard]] std::string line_of(const report::sweep_report& told, std::size_t position,
                                    std::int64_t columns) const {
    const report::reported_run& run = told.runs[position];
    const std::string width = std::to_string(told.size);
    std::vector<line_piece> pieces{
        {.text = fmt::format("{:>{}}", run.index, width.size() + 1), .rank = 0},
        {.text = fmt::format("epoch {}", run.history.size()), .rank = 1, .joint = "  "}};
    const std::optional<double> last =
        run.history.empty() ? std::nullopt : run.history.back().value_of(told.monitor);
    if (last) {
      pieces.push_back({.text = fmt::format("{} {}", name_of(told.monitor), format_metric(*last)),
                        .rank = 2,
                        .joint = "  "});
    }
    if (const auto best = told.value_of(run)) {
      pieces.push_back(
          {.text = fmt::format("best {}", format_metric(*best)), .rank = 3, .joint = ", "});
    }
    const double quiet = news_.at(run.index).since.seconds();
    if (quiet >= quiet_seconds) {
      pieces.push_back({.text = fmt::format("nothing new for {}", text_of_seconds(quiet)),
                        .rank = 1,
                        .joint = ", "});
    }
    pieces.push_back({.text = hyperparameters_of(told, position), .rank = 4, .joint = "  "});
    return fitted_line(std::move(pieces), columns);
  }

  const context* world_;
  drawn_lines lines_{};
  std::string said_{};
  std::map<std::size_t, news> news_{};
  std::vector<std::size_t> seen_{};  // counts, and of each run index, phase and epochs
  stopwatch quiet_{};
  double next_word_ = quiet_seconds;
};

}  // namespace detail

/// When to look, and how long without news.
struct watch_times {
  double every = 2;                     ///< seconds between looks
  std::optional<double> until_quiet{};  ///< seconds without news; unset: any
};

/// Looks at the sweep time and again until nothing is left to do, or a signal comes. Where no run
/// has saved anything yet it waits for that; runs of which none will come, as a target was reached,
/// it does not wait for. `space` may be null. Throws interrupted_error where nothing has come for
/// so long as `times` say.
inline void watch(const context& world, report::sweep_reader reader, const search_space* space,
                  const watch_times& times) {
  const interruption stop;
  detail::watched_sweep shown(world);
  for (;;) {
    std::optional<report::sweep_report> told;
    try {
      told = reader.read();
    } catch (const unknown_sweep_size&) {
      shown.show_none();
    }
    const detail::open_runs open = told ? detail::open_runs_of(*told, space) : detail::open_runs{};
    if (told) shown.show(*told, open);
    const bool is_over = told && !open.any();
    constexpr double nap = 0.1;
    for (const stopwatch waited;
         !is_over && stop.asked_by().empty() && waited.seconds() < times.every;) {
      std::this_thread::sleep_for(std::chrono::duration<double>(std::min(nap, times.every)));
    }
    if (is_over || !stop.asked_by().empty()) return shown.end(told);
    if (!times.until_quiet || shown.quiet() < *times.until_quiet) continue;
    shown.end(told);
    throw interrupted_error(fmt::format("nothing new for {}: {}", text_of_seconds(shown.quiet()),
                                        told ? detail::text_of_open(open) : detail::nothing_saved));
  }
}

}  // namespace sweepnet::app
