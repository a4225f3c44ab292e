// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Training progress on the console, in the words of Keras: a bar per epoch on a terminal, one line
// per epoch elsewhere. The line with the bar is drawn anew in its place, which works only while it
// takes one row: it is fitted to the terminal, whose width is asked for each time.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/history.hpp"

namespace sweepnet {

/// Keras' form of a metric: 0.1234, or 1.2340e-05 below a thousandth.
[[nodiscard]] std::string format_metric(double value);

/// Keras' form of a bar: [=====>........................]
[[nodiscard]] std::string progress_bar(std::int64_t done, std::int64_t total,
                                       std::int64_t width = 30);

/// A piece of a line, and what stands between it and the one before it.
struct line_piece {
  std::string text;
  int rank = 0;  ///< where there is no room for all, the highest goes first
  std::string_view joint = " - ";
};

/// The pieces as a line of at most `columns` letters: as many as fit, by their rank; the last one
/// left is cut.
[[nodiscard]] std::string fitted_line(std::vector<line_piece> pieces, std::int64_t columns);

enum class progress_style { none, bar, lines };

/// A callback that reports each epoch on `out`, every line behind `prefix`. `columns` tells how
/// wide the terminal is now, without which the bar's line takes what it takes.
class progress_printer final : public callback {
 public:
  progress_printer(std::ostream& out, progress_style style, std::string prefix,
                   std::function<std::int64_t()> columns = {})
      : out_(&out), style_(style), prefix_(std::move(prefix)), columns_(std::move(columns)) {}
  progress_printer(const progress_printer&) = delete;  // a bar is drawn once
  progress_printer& operator=(const progress_printer&) = delete;
  /// Leaves a bar that is drawn where it is.
  SWEEPNET_INLINE ~progress_printer() override;

  SWEEPNET_INLINE void on_train_begin(training_context& context) override;

  SWEEPNET_INLINE void on_epoch_begin(training_context&, std::int64_t epoch) override;

  SWEEPNET_INLINE void on_step(training_context&, const pass_progress& progress) override;

  SWEEPNET_INLINE void on_epoch_end(training_context&, const epoch_record& record) override;

  /// Takes away a bar that is drawn: what is printed next begins in its place.
  SWEEPNET_INLINE void erase_bar();

 private:
  /// Keras 2 divides by samples and calls them steps.
  [[nodiscard]] double steps() const {
    return static_cast<double>(std::max<std::int64_t>(rows_, 1));
  }

  [[nodiscard]] std::string rows_text(std::int64_t rows_done) const;

  /// What is told of an epoch of which so many rows are done, in the room that there is now, with a
  /// bar behind the first piece where there is room for one.
  [[nodiscard]] std::string line_of(std::int64_t rows_done, std::vector<line_piece> told) const;

  std::ostream* out_;
  progress_style style_;
  std::string prefix_;
  std::function<std::int64_t()> columns_;
  std::int64_t rows_ = 0;
  task task_ = task::multiclass;
  std::int64_t epochs_ = 0;
  stopwatch epoch_;
  std::optional<stopwatch> drawn_;  ///< since a bar was drawn, if one was
  bool open_ = false;               ///< a bar is drawn, and its epoch not over
};

/// Keras' line on a checkpoint: what improved, or not, and where the model went.
[[nodiscard]] std::string checkpoint_line(const epoch_record& record, metric monitor,
                                          const std::optional<epoch_record>& best_before,
                                          bool improved, const std::string& path);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/training/progress.inl"
#endif
