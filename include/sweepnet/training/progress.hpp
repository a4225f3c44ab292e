// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Training progress on the console, in the words of Keras: a bar per epoch on a terminal, one line
// per epoch elsewhere.

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/history.hpp"

namespace sweepnet {

/// Keras' form of a metric: 0.1234, or 1.2340e-05 below a thousandth.
[[nodiscard]] inline std::string format_metric(double value) {
  return std::abs(value) > 1e-3 || value == 0 ? fmt::format("{:.4f}", value)
                                              : fmt::format("{:.4e}", value);
}

/// Keras' form of a bar of 30: [=====>........................]
[[nodiscard]] inline std::string progress_bar(std::int64_t done, std::int64_t total) {
  constexpr std::int64_t width = 30;
  const std::int64_t filled = total > 0 ? width * done / total : width;
  if (filled >= width) return "[" + std::string(width, '=') + "]";
  const std::string full(static_cast<std::size_t>(std::max<std::int64_t>(filled - 1, 0)), '=');
  const std::string head = filled > 0 ? ">" : "";
  return "[" + full + head + std::string(static_cast<std::size_t>(width - filled), '.') + "]";
}

enum class progress_style { none, bar, lines };

/// A callback that reports each epoch on `out`, every line behind `prefix`.
class progress_printer {
 public:
  progress_printer(std::ostream& out, progress_style style, std::string prefix)
      : out_(&out), style_(style), prefix_(std::move(prefix)) {}

  template <class Executor> void on_train_begin(training_context<Executor>& context) {
    rows_ = context.training_rows;
    epochs_ = context.options.epochs;
    if (style_ == progress_style::none) return;
    *out_ << prefix_
          << fmt::format("Train on {} samples, validate on {} samples\n", rows_,
                         context.validation_rows);
  }

  template <class Executor> void on_epoch_begin(training_context<Executor>&, std::int64_t epoch) {
    epoch_.restart();
    if (style_ == progress_style::bar) {
      *out_ << prefix_ << fmt::format("Epoch {}/{}", epoch, epochs_) << std::endl;
    }
  }

  template <class Executor>
  void on_step(training_context<Executor>&, const pass_progress& progress) {
    const std::int64_t rows_done = progress.rows;
    constexpr double redraw_seconds = 0.05;
    if (style_ != progress_style::bar) return;
    if (drawn_ && drawn_->seconds() < redraw_seconds) return;
    drawn_.emplace();
    const double left =
        epoch_.seconds() / static_cast<double>(rows_done) * static_cast<double>(rows_ - rows_done);
    *out_ << '\r' << prefix_
          << fmt::format("{:>{}}/{} {} - ETA: {:.0f}s - {}", rows_done,
                         std::to_string(rows_).size(), rows_, progress_bar(rows_done, rows_), left,
                         text_of(progress.mean(), ""))
          << std::flush;
  }

  template <class Executor>
  void on_epoch_end(training_context<Executor>&, const epoch_record& record) {
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

 private:
  /// Keras 2 divides by samples and calls them steps.
  [[nodiscard]] double steps() const {
    return static_cast<double>(std::max<std::int64_t>(rows_, 1));
  }

  static std::string text_of(const metrics& m, const char* prefix) {
    return fmt::format("{0}loss: {1} - {0}acc: {2}", prefix, format_metric(m.loss),
                       format_metric(m.accuracy));
  }

  std::ostream* out_;
  progress_style style_;
  std::string prefix_;
  std::int64_t rows_ = 0;
  std::int64_t epochs_ = 0;
  stopwatch epoch_;
  std::optional<stopwatch> drawn_;  ///< since the bar was drawn, if it was
};

/// Keras' line on a checkpoint: what improved, or not, and where the model went.
[[nodiscard]] inline std::string checkpoint_line(const epoch_record& record, metric monitor,
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
