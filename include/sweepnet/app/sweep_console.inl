// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/app/sweep_console.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/report/tensorboard_log.hpp"
#include "sweepnet/run/sweep_queue.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/progress.hpp"

namespace sweepnet::app {

/// A run under way, as its thread tells it and the table reads it.
struct sweep_console::live_run {
  std::size_t index = 0;
  metric monitor = metric::val_accuracy;
  std::int64_t epochs = 0;
  std::int64_t before = 0;  ///< of them, trained before it waited
  std::int64_t rows = 0;    ///< of an epoch
  double cost = 0;
  ordered_json paramset{};
  stopwatch began{};
  std::atomic<std::int64_t> epoch{0};
  std::atomic<std::int64_t> rows_done{0};
  std::atomic<double> value{std::nan("")};

  /// Of all its epochs.
  [[nodiscard]] double share_done() const {
    const double in_epoch =
        rows > 0 ? static_cast<double>(rows_done.load()) / static_cast<double>(rows) : 0.0;
    const double finished = static_cast<double>(std::max(epoch.load() - 1, before));
    return epochs > 0 ? (finished + in_epoch) / static_cast<double>(epochs) : 0.0;
  }
  /// Of all its epochs, since it was begun or went on.
  [[nodiscard]] double share_since() const {
    return share_done() -
           static_cast<double>(before) / static_cast<double>(std::max<std::int64_t>(epochs, 1));
  }
};

class sweep_console::live_callback final : public callback {
 public:
  explicit live_callback(std::shared_ptr<live_run> run) : run_(std::move(run)) {}
  void on_epoch_begin(training_context&, std::int64_t epoch) override {
    run_->rows_done.store(0, std::memory_order_relaxed);
    run_->epoch.store(epoch, std::memory_order_relaxed);
  }
  void on_step(training_context&, const pass_progress& progress) override {
    run_->rows_done.store(progress.rows, std::memory_order_relaxed);
  }
  void on_epoch_end(training_context&, const epoch_record& record) override {
    run_->value = record.value_of(run_->monitor).value_or(std::nan(""));
  }

 private:
  std::shared_ptr<live_run> run_;
};

SWEEPNET_INLINE std::string text_of_seconds(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::ceil(std::clamp(seconds, 0.0, 1e9)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

SWEEPNET_INLINE std::string text_of_stop(const early_stop& stop) {
  const auto number = [](double value) {
    return std::isfinite(value) ? format_metric(value) : std::string("not finite");
  };
  std::string text =
      fmt::format("{} after epoch {} by {}: {} {}", stop.judged ? "stopped" : "to be compared",
                  stop.band, stop.by, name_of(stop.compared), number(stop.value));
  if (stop.threshold) text += fmt::format(", threshold {}", number(*stop.threshold));
  return text;
}

namespace detail {

/// "12", "3.4k", "1.2M".
inline std::string short_number(double value) {
  if (value >= 1e6) return fmt::format("{:.1f}M", value / 1e6);
  return value >= 1e4 ? fmt::format("{:.0f}k", value / 1e3) : fmt::format("{:.0f}", value);
}

inline std::string rate_text(double runs, double rows, double seconds) {
  const std::string of_rows = fmt::format("{} rows/s", short_number(rows / seconds));
  if (runs == 0) return of_rows;
  const double each_second = runs / seconds;
  return (each_second >= 1 ? fmt::format("{} runs/s, ", short_number(each_second))
                           : fmt::format("{:.1f} runs/min, ", 60 * each_second)) +
         of_rows;
}

}  // namespace detail

SWEEPNET_INLINE sweep_console::sweep_console(const context& world, sweep_console_settings settings)
    : world_(&world),
      settings_(std::move(settings)),
      draws_(settings_.verbose == 1 && world.terminal) {}

SWEEPNET_INLINE sweep_console::~sweep_console() { erase(); }

SWEEPNET_INLINE std::vector<std::unique_ptr<callback>> sweep_console::callbacks_of(
    std::size_t index) {
  std::vector<std::unique_ptr<callback>> made;
  const std::lock_guard lock(mutex_);
  const auto run = live_.find(index);
  if (run == live_.end()) return made;
  if (draws_) made.push_back(std::make_unique<live_callback>(run->second));
  if (settings_.tensorboard) {
    made.push_back(std::make_unique<report::tensorboard_log>(report::tensorboard_log_options{
        .directory = *settings_.tensorboard,
        .index = index,
        .paramset = run->second->paramset,
        .trouble = [this, index](const std::string& text) {
          const std::lock_guard alone(mutex_);
          world_->err << fmt::format("paramset {}: {}", index, printable(text, "\n")) << std::flush;
        }}));
  }
  return made;
}

SWEEPNET_INLINE void sweep_console::on_start(double cost) {
  cost_ = cost;
  began_.restart();
}

SWEEPNET_INLINE void sweep_console::on_begin(const run_spec& spec, const executor& executor) {
  auto run = std::make_shared<live_run>();
  run->index = spec.index;
  run->monitor = spec.callbacks.monitor;
  run->epochs = spec.training.epochs;
  run->rows = executor.data().train.rows();
  run->paramset = spec.identity.paramset;
  run->cost = run_cost(spec.model, spec.training, run->rows, executor.data().validation.rows());
  if (const auto paused = paused_.find(spec.index); paused != paused_.end()) {
    run->before = paused->second;
  }
  const std::lock_guard lock(mutex_);
  live_[spec.index] = std::move(run);
}

SWEEPNET_INLINE void sweep_console::count(const sweep_run& run) {
  ++tally_.over;
  if (!run.trained) ++tally_.found;
  switch (run.phase) {
    case run_phase::done: ++tally_.done; break;
    case run_phase::budget:
    case run_phase::stopped: ++tally_.stopped; break;
    default: ++tally_.failed; break;
  }
  const metric monitor = best_ ? monitor_ : run.monitored.value_or(monitor_);
  const std::optional<double> value = run.value_of(monitor);
  if (!value) return;
  monitor_ = monitor;
  if (best_) {
    const double before = *best_->value_of(monitor);
    const bool better = is_better(*value, before, monitor);
    if (!better && !(*value == before && run.index < best_->index)) return;
  }
  best_ = sweep_run{.index = run.index, .best_epoch = run.best_epoch};
}

/// The run as it was under way, which it is no longer.
SWEEPNET_INLINE std::shared_ptr<sweep_console::live_run> sweep_console::take_live(
    std::size_t index) {
  const std::lock_guard lock(mutex_);
  const auto found = live_.find(index);
  if (found == live_.end()) return nullptr;
  std::shared_ptr<live_run> live = found->second;
  live_.erase(found);
  return live;
}

/// Takes what was trained of a run now from what is left; of one that is done, all that was.
SWEEPNET_INLINE void sweep_console::account(const live_run& live, const sweep_run& run) {
  const std::int64_t now = run.phase == run_phase::done ? live.epochs : run.epochs;
  const double share = static_cast<double>(now - live.before) /
                       static_cast<double>(std::max<std::int64_t>(live.epochs, 1));
  cost_over_ += live.cost * share;
  cost_trained_ += live.cost * share;
  rows_trained_ += static_cast<double>(live.rows) * static_cast<double>(run.epochs - live.before);
}

SWEEPNET_INLINE void sweep_console::on_pause(const run_spec& spec, const sweep_run& run) {
  if (const auto live = take_live(spec.index)) account(*live, run);
  paused_[spec.index] = run.epochs;
}

SWEEPNET_INLINE void sweep_console::on_end(const run_spec& spec, const sweep_run& run) {
  const std::shared_ptr<live_run> live = take_live(spec.index);
  if (run.phase == run_phase::interrupted) return;
  count(run);
  if (live) {
    account(*live, run);
  } else if (settings_.runs > 0 && !run.trained) {
    cost_over_ += cost_ / static_cast<double>(settings_.runs);
  }
  if (!run.error.empty()) {
    constexpr std::size_t most = 20;
    if (++told_failures_ > most) return;
    erase();
    world_->err << fmt::format("paramset {}: {}\n", run.index, printable(run.error)) << std::flush;
    return;
  }
  if (draws_ || settings_.verbose == 0 || !run.trained) return;
  const metric monitor = spec.callbacks.monitor;
  std::string line = fmt::format("[{}/{}] paramset {}", tally_.over, settings_.runs, run.index);
  if (const auto value = run.value_of(monitor)) {
    line += fmt::format(": {} {}, epoch {} of {}", name_of(monitor), format_metric(*value),
                        run.best_epoch.epoch, run.epochs);
  }
  if (run.phase == run_phase::budget) line += ", its time budget is spent";
  if (run.stopped) line += ", " + text_of_stop(*run.stopped);
  if (live) line += fmt::format(", {:.2f} s", live->began.seconds());
  say_line(line);
}

/// As many lines as people can read.
SWEEPNET_INLINE void sweep_console::say_line(const std::string& line) {
  constexpr double a_second = 10;
  lines_allowed_ = std::min(lines_at_once, lines_allowed_ + a_second * since_line_.seconds());
  since_line_.restart();
  if (lines_allowed_ < 1) {
    ++untold_;
    return;
  }
  lines_allowed_ -= 1;
  const std::string more = untold_ > 0 ? fmt::format(" (and {} before it)", untold_) : "";
  untold_ = 0;
  world_->out << line << more << "\n" << std::flush;
}

SWEEPNET_INLINE void sweep_console::on_trouble(const run_spec& spec, const std::string& text) {
  erase();
  world_->err << fmt::format("paramset {}: {}", spec.index, printable(text, "\n")) << std::flush;
}

SWEEPNET_INLINE void sweep_console::on_wait() {
  constexpr double redraw_seconds = 0.2;
  if (!draws_ || (since_drawn_ && since_drawn_->seconds() < redraw_seconds)) return;
  since_drawn_.emplace();
  // Some terminals begin a new row behind the last column.
  const std::int64_t columns = (world_->columns ? world_->columns() : 80) - 1;
  const std::vector<std::string> lines = table(columns);
  drawn_.draw(world_->out, lines, columns);
}

SWEEPNET_INLINE void sweep_console::erase() { drawn_.erase(world_->out); }

SWEEPNET_INLINE double sweep_console::cost_under_way() const {
  double cost = 0;
  for (const auto& [index, run] : live_) cost += run->cost * run->share_since();
  return cost;
}

SWEEPNET_INLINE std::string sweep_console::head(std::int64_t columns) const {
  std::vector<std::string> counts;
  const auto add = [&counts](std::size_t number, const char* what) {
    if (number > 0) counts.push_back(fmt::format("{} {}", number, what));
  };
  add(tally_.done, "done");
  add(tally_.stopped, "stopped");
  add(tally_.failed, "failed");
  const double seconds = std::max(began_.seconds(), 1e-3);
  const double trained = cost_trained_ + cost_under_way();
  double rows = rows_trained_;
  for (const auto& [index, run] : live_) {
    rows += run->share_since() * static_cast<double>(run->epochs * run->rows);
  }
  std::vector<line_piece> pieces{
      {.text = fmt::format("{} of {} runs", tally_.over, settings_.runs), .rank = 0},
      {.text = join_text(counts, ", "), .rank = 3, .joint = ": "}};
  if (counts.empty()) pieces.pop_back();
  pieces.push_back(
      {.text = detail::rate_text(static_cast<double>(tally_.over - tally_.found), rows, seconds),
       .rank = 2});
  if (trained > 0) {
    const double left = (cost_ - cost_over_ - cost_under_way()) * seconds / trained;
    pieces.push_back({.text = text_of_seconds(left) + " left", .rank = 1});
  }
  return fitted_line(std::move(pieces), columns);
}

SWEEPNET_INLINE std::string sweep_console::best_line(std::int64_t columns) const {
  if (!best_) return fitted_line({{.text = "best: none yet"}}, columns);
  return fitted_line(
      {{.text = fmt::format("best: paramset {}", best_->index), .rank = 0},
       {.text = fmt::format("{} {}", name_of(monitor_), format_metric(*best_->value_of(monitor_))),
        .rank = 1,
        .joint = ", "},
       {.text = settings_.differences(best_->index), .rank = 2}},
      columns);
}

SWEEPNET_INLINE std::string sweep_console::line_of(const live_run& run,
                                                   std::int64_t columns) const {
  const double value = run.value.load();
  const std::string measured =
      std::isnan(value) ? "" : fmt::format("{} {}", name_of(run.monitor), format_metric(value));
  constexpr std::int64_t bar = 20;
  constexpr std::int64_t parts = 1000;
  const auto done = static_cast<std::int64_t>(run.share_done() * static_cast<double>(parts));
  const std::string width = std::to_string(settings_.runs);
  std::vector<line_piece> pieces{
      {.text = fmt::format("{:>{}}", run.index, width.size() + 1), .rank = 0},
      {.text = fmt::format("epoch {:>3}/{:<3}", run.epoch.load(), run.epochs),
       .rank = 1,
       .joint = "  "},
      {.text = progress_bar(done, parts, bar), .rank = 2, .joint = " "}};
  if (!measured.empty()) pieces.push_back({.text = measured, .rank = 3, .joint = " "});
  const std::string differences = settings_.differences(run.index);
  // What there is no room for is cut, if some of it can be told.
  std::int64_t used = 2;
  for (const line_piece& each : pieces) used += std::ssize(each.text) + std::ssize(each.joint);
  constexpr std::int64_t least = 12;
  if (!differences.empty() && columns - used >= least) {
    pieces.push_back({.text = differences.substr(0, static_cast<std::size_t>(columns - used)),
                      .rank = 4,
                      .joint = "  "});
  }
  return fitted_line(std::move(pieces), columns);
}

SWEEPNET_INLINE std::vector<std::string> sweep_console::table(std::int64_t columns) const {
  const std::int64_t rows = world_->rows ? world_->rows() : 24;
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines{head(columns), best_line(columns)};
  const auto room = static_cast<std::size_t>(std::max<std::int64_t>(rows - 4, 0));
  for (const auto& [index, run] : live_) {
    if (lines.size() >= room + 2) {
      lines.push_back(fitted_line(
          {{.text = fmt::format("and {} more", live_.size() - (lines.size() - 2))}}, columns));
      break;
    }
    lines.push_back(line_of(*run, columns));
  }
  return lines;
}

}  // namespace sweepnet::app
