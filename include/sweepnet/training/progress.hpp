// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Training progress on the console, in the words of Keras: a bar per epoch on a terminal, one line
// per epoch elsewhere.

#include <algorithm>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>

#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/history.hpp"

namespace sweepnet {

/// Keras' form of a metric: 0.1234, or 1.2340e-05 below a thousandth.
[[nodiscard]] std::string format_metric(double value);

/// Keras' form of a bar of 30: [=====>........................]
[[nodiscard]] std::string progress_bar(std::int64_t done, std::int64_t total);

enum class progress_style { none, bar, lines };

/// A callback that reports each epoch on `out`, every line behind `prefix`.
class progress_printer final : public callback {
 public:
  progress_printer(std::ostream& out, progress_style style, std::string prefix)
      : out_(&out), style_(style), prefix_(std::move(prefix)) {}

  SWEEPNET_INLINE void on_train_begin(training_context& context) override;

  SWEEPNET_INLINE void on_epoch_begin(training_context&, std::int64_t epoch) override;

  SWEEPNET_INLINE void on_step(training_context&, const pass_progress& progress) override;

  SWEEPNET_INLINE void on_epoch_end(training_context&, const epoch_record& record) override;

 private:
  /// Keras 2 divides by samples and calls them steps.
  [[nodiscard]] double steps() const {
    return static_cast<double>(std::max<std::int64_t>(rows_, 1));
  }

  static std::string text_of(const metrics& m, const char* prefix);

  std::ostream* out_;
  progress_style style_;
  std::string prefix_;
  std::int64_t rows_ = 0;
  std::int64_t epochs_ = 0;
  stopwatch epoch_;
  std::optional<stopwatch> drawn_;  ///< since the bar was drawn, if it was
};

/// Keras' line on a checkpoint: what improved, or not, and where the model went.
[[nodiscard]] std::string checkpoint_line(const epoch_record& record, metric monitor,
                                          const std::optional<epoch_record>& best_before,
                                          bool improved, const std::string& path);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/training/progress.inl"
#endif
