// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A run's events for TensorBoard while it trains.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/report/event_file.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/training/callback.hpp"

namespace sweepnet::report {

struct tensorboard_log_options {
  storage::location directory{};  ///< on disk or on S3; runs have directories of their own in it
  std::size_t index = 0;
  ordered_json paramset{};  ///< what HParams tells of the run
  /// What is told, once, where events cannot be written: training goes on without them.
  std::function<void(const std::string&)> trouble{};
};

/// Writes <index>/train, <index>/validation and <index>, as event_files_of() does, in files of
/// their own for each attempt: at most once a second and at the end, on S3 every ten seconds.
class tensorboard_log final : public callback {
 public:
  explicit tensorboard_log(tensorboard_log_options options) : options_(std::move(options)) {}
  tensorboard_log(const tensorboard_log&) = delete;  // a file is appended to once
  tensorboard_log& operator=(const tensorboard_log&) = delete;

  SWEEPNET_INLINE void on_train_begin(training_context& context) override;
  SWEEPNET_INLINE void on_epoch_end(training_context&, const epoch_record& record) override;
  SWEEPNET_INLINE void on_train_end(training_context& context) override;

 private:
  /// A file, and how much of it is written.
  struct log_file {
    storage::location place{};
    event_file events;
    std::size_t written = 0;
    bool holds_epochs = false;
  };

  [[nodiscard]] log_file opened(std::string_view part, double now) const;
  void write(log_file& file) const;
  void write_all();

  tensorboard_log_options options_;
  std::vector<log_file> files_{};  ///< of the session, of training and of validation
  std::optional<stopwatch> since_written_{};
  bool has_failed_ = false;
};

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/tensorboard_log.inl"
#endif
