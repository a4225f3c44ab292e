// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is printed of training.

#include "sweepnet/training/progress.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <ostream>
#include <utility>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"

namespace sweepnet {

SWEEPNET_INLINE std::string format_metric(double value) {
  value = plain_nan(value);
  return std::abs(value) > 1e-3 || value == 0 ? fmt::format("{:.4f}", value)
                                              : fmt::format("{:.4e}", value);
}

SWEEPNET_INLINE std::string progress_bar(std::int64_t done, std::int64_t total,
                                         std::int64_t width) {
  const std::int64_t filled = total > 0 ? std::min(width * done / total, width) : width;
  const auto row_of = [](std::int64_t count, char letter) {
    return std::string(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)), letter);
  };
  if (filled == width) return "[" + row_of(width, '=') + "]";
  return "[" + row_of(filled - 1, '=') + (filled > 0 ? ">" : "") + row_of(width - filled, '.') +
         "]";
}

namespace detail {

inline std::string joined_line(const std::vector<line_piece>& pieces) {
  std::string line;
  for (const line_piece& each : pieces) {
    if (!line.empty()) line += each.joint;
    line += each.text;
  }
  return line;
}

inline std::string metric_text(std::string_view name, double value) {
  return fmt::format("{}: {}", name, format_metric(value));
}

/// By its name, of accuracy the short one.
inline std::string metric_text(metric m, const epoch_record& record) {
  const std::string_view name = m == metric::accuracy       ? "acc"
                                : m == metric::val_accuracy ? "val_acc"
                                                            : name_of(m);
  return metric_text(name, *record.value_of(m));
}

/// To the end of the screen: a terminal that has become narrower has broken the line into several.
inline constexpr std::string_view erase_behind = "\x1b[J";

}  // namespace detail

SWEEPNET_INLINE std::string fitted_line(std::vector<line_piece> pieces, std::int64_t columns) {
  std::string line = detail::joined_line(pieces);
  while (std::ssize(line) > columns && pieces.size() > 1) {
    pieces.erase(std::ranges::max_element(pieces, {}, &line_piece::rank));
    line = detail::joined_line(pieces);
  }
  return line.substr(0, static_cast<std::size_t>(std::max<std::int64_t>(columns, 0)));
}

SWEEPNET_INLINE progress_printer::~progress_printer() {
  if (open_) *out_ << std::endl;
}

SWEEPNET_INLINE void progress_printer::erase_bar() {
  if (std::exchange(open_, false)) *out_ << detail::erase_behind << std::flush;
}

SWEEPNET_INLINE std::string progress_printer::rows_text(std::int64_t rows_done) const {
  const std::string rows = std::to_string(rows_);
  return fmt::format("{:>{}}/{}", rows_done, rows.size(), rows);
}

SWEEPNET_INLINE std::string progress_printer::line_of(std::int64_t rows_done,
                                                      std::vector<line_piece> told) const {
  // Some terminals begin a new row behind the last column.
  std::int64_t columns = columns_ ? columns_() - 1 : std::numeric_limits<std::int64_t>::max();
  std::string line;
  if (constexpr std::int64_t enough = 40; columns - std::ssize(prefix_) >= enough) {
    line = prefix_;
    columns -= std::ssize(prefix_);
  }
  // The bar takes the room that all else leaves, with " [" and "]" around it.
  constexpr std::int64_t widest = 30;
  constexpr std::int64_t narrowest = 10;
  const std::int64_t room = columns - std::ssize(detail::joined_line(told)) - 3;
  if (room >= narrowest) {
    told.insert(told.begin() + 1,
                {.text = progress_bar(rows_done, rows_, std::min(room, widest)), .joint = " "});
  }
  return line + fitted_line(std::move(told), columns);
}

SWEEPNET_INLINE void progress_printer::on_train_begin(training_context& context) {
  rows_ = context.training_rows;
  epochs_ = context.options.epochs;
  task_ = context.executor.task();
  if (style_ == progress_style::none) return;
  *out_ << prefix_
        << fmt::format("Train on {} samples, validate on {} samples\n", rows_,
                       context.validation_rows);
}

SWEEPNET_INLINE void progress_printer::on_epoch_begin(training_context&, std::int64_t epoch) {
  epoch_.restart();
  if (style_ == progress_style::bar) {
    *out_ << prefix_ << fmt::format("Epoch {}/{}", epoch, epochs_) << std::endl;
  }
}

SWEEPNET_INLINE void progress_printer::on_step(training_context&, const pass_progress& progress) {
  const std::int64_t rows_done = progress.rows;
  constexpr double redraw_seconds = 0.05;
  if (style_ != progress_style::bar) return;
  if (drawn_ && drawn_->seconds() < redraw_seconds) return;
  drawn_.emplace();
  open_ = true;
  const double left =
      epoch_.seconds() / static_cast<double>(rows_done) * static_cast<double>(rows_ - rows_done);
  const epoch_record so_far{.task = task_, .train = progress.mean()};
  const metric shown = usual_monitor(task_, false);
  // The cursor waits where the line begins: there it stays, however a terminal that is made
  // narrower breaks the line.
  *out_ << line_of(rows_done, {{.text = rows_text(rows_done), .rank = 0},
                               {.text = fmt::format("ETA: {:.0f}s", left), .rank = 2},
                               {.text = detail::metric_text("loss", so_far.train.loss), .rank = 3},
                               {.text = detail::metric_text(shown, so_far), .rank = 1}})
        << detail::erase_behind << '\r' << std::flush;
}

SWEEPNET_INLINE void progress_printer::on_epoch_end(training_context&, const epoch_record& record) {
  if (style_ == progress_style::none) return;
  const double seconds = record.train_seconds + record.validate_seconds;
  using detail::metric_text;
  const metric shown = usual_monitor(record.task, false);
  std::vector<line_piece> told{{.text = metric_text("loss", record.train.loss), .rank = 3},
                               {.text = metric_text(shown, record), .rank = 2}};
  if (record.validation) {
    const metric validated = usual_monitor(record.task, true);
    told.push_back({.text = metric_text("val_loss", record.validation->loss), .rank = 1});
    told.push_back({.text = metric_text(validated, record), .rank = 0});
  }
  if (style_ == progress_style::bar) {
    open_ = false;
    told.insert(told.begin(),
                {{.text = rows_text(rows_), .rank = 6},
                 {.text = fmt::format("{:.1f}s", seconds), .rank = 4},
                 {.text = fmt::format("{:.0f}us/step", 1e6 * record.train_seconds / steps()),
                  .rank = 5,
                  .joint = " "}});
    *out_ << line_of(rows_, std::move(told)) << detail::erase_behind << "\n";
  } else {
    *out_ << prefix_
          << fmt::format("Epoch {}/{} - {:.2f}s - {}\n", record.epoch, epochs_, seconds,
                         detail::joined_line(told));
  }
  out_->flush();
}

SWEEPNET_INLINE std::string checkpoint_line(const epoch_record& record, metric monitor,
                                            const std::optional<epoch_record>& best_before,
                                            bool improved, const std::string& path) {
  const std::string name(name_of(monitor));
  const double worst = larger_is_better(monitor, monitor_mode::automatic) ? -INFINITY : INFINITY;
  const double before = best_before ? *best_before->value_of(monitor) : worst;
  if (!improved) {
    return fmt::format("Epoch {:05}: {} did not improve from {:.5f}", record.epoch, name, before);
  }
  return fmt::format("Epoch {:05}: {} improved from {:.5f} to {:.5f}, saving model to {}",
                     record.epoch, name, before, *record.value_of(monitor), path);
}

}  // namespace sweepnet
