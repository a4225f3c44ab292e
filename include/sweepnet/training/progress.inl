// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is printed of training.

#include "sweepnet/training/progress.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

SWEEPNET_INLINE std::string format_metric(double value) {
  return std::abs(value) > 1e-3 || value == 0 ? fmt::format("{:.4f}", value)
                                              : fmt::format("{:.4e}", value);
}

SWEEPNET_INLINE std::string progress_bar(std::int64_t done, std::int64_t total) {
  constexpr std::int64_t width = 30;
  const std::int64_t filled = total > 0 ? width * done / total : width;
  if (filled >= width) return "[" + std::string(width, '=') + "]";
  const std::string full(static_cast<std::size_t>(std::max<std::int64_t>(filled - 1, 0)), '=');
  const std::string head = filled > 0 ? ">" : "";
  return "[" + full + head + std::string(static_cast<std::size_t>(width - filled), '.') + "]";
}

SWEEPNET_INLINE void progress_printer::on_train_begin(training_context& context) {
  rows_ = context.training_rows;
  epochs_ = context.options.epochs;
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
  const double left =
      epoch_.seconds() / static_cast<double>(rows_done) * static_cast<double>(rows_ - rows_done);
  *out_ << '\r' << prefix_
        << fmt::format("{:>{}}/{} {} - ETA: {:.0f}s - {}", rows_done, std::to_string(rows_).size(),
                       rows_, progress_bar(rows_done, rows_), left, text_of(progress.mean(), ""))
        << std::flush;
}

SWEEPNET_INLINE void progress_printer::on_epoch_end(training_context&, const epoch_record& record) {
  if (style_ == progress_style::none) return;
  const double seconds = record.train_seconds + record.validate_seconds;
  std::string metrics_text = text_of(record.train, "");
  if (record.validation) metrics_text += " - " + text_of(*record.validation, "val_");
  if (style_ == progress_style::bar) {
    *out_ << '\r' << prefix_
          << fmt::format("{}/{} {} - {:.1f}s {:.0f}us/step - {}\n", rows_, rows_,
                         progress_bar(1, 1), seconds, 1e6 * record.train_seconds / steps(),
                         metrics_text);
  } else {
    *out_ << prefix_
          << fmt::format("Epoch {}/{} - {:.2f}s - {}\n", record.epoch, epochs_, seconds,
                         metrics_text);
  }
  out_->flush();
}

SWEEPNET_INLINE std::string progress_printer::text_of(const metrics& m, const char* prefix) {
  return fmt::format("{0}loss: {1} - {0}acc: {2}", prefix, format_metric(m.loss),
                     format_metric(m.accuracy));
}

SWEEPNET_INLINE std::string checkpoint_line(const epoch_record& record, metric monitor,
                                            const std::optional<epoch_record>& best_before,
                                            bool improved, const std::string& path) {
  const std::string name(name_of(monitor));
  if (!improved) {
    const double best = best_before ? *best_before->value_of(monitor) : -INFINITY;
    return fmt::format("Epoch {:05}: {} did not improve from {:.5f}", record.epoch, name, best);
  }
  const double now = *record.value_of(monitor);
  const std::string before =
      best_before ? fmt::format("{:.5f}", *best_before->value_of(monitor)) : "-inf";
  return fmt::format("Epoch {:05}: {} improved from {} to {:.5f}, saving model to {}", record.epoch,
                     name, before, now, path);
}

}  // namespace sweepnet
