// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A part of a run: until an epoch at which it is compared with others, or to its end.

#include <cstdint>
#include <iterator>
#include <optional>

#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/search_course.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/history.hpp"

namespace sweepnet {

struct leg_of_run {
  std::int64_t until = 0;  ///< the epoch after which it is left
  std::optional<early_stop>
      waits{};  ///< how it then waits to be judged; none: it trains to its end
};

/// Leaves training after an epoch, at once where that is past.
class leg_end final : public callback {
 public:
  explicit leg_end(std::int64_t until) : until_(until) {}

  void on_train_begin(training_context& context) override { look(context); }
  void on_epoch_end(training_context& context, const epoch_record&) override { look(context); }

  [[nodiscard]] bool reached() const { return reached_; }

 private:
  void look(training_context& context) {
    if (std::ssize(context.history) < until_) return;
    reached_ = true;
    context.leave_reason = "the run waits to be compared with others";
  }

  std::int64_t until_;
  bool reached_ = false;
};

/// How a run waits that has come to the end of its leg.
[[nodiscard]] inline early_stop stop_at_end(const leg_of_run& leg,
                                            const training_history& history) {
  early_stop waits = leg.waits.value();
  waits.value = compared_value(history[static_cast<std::size_t>(leg.until) - 1], waits.compared);
  return waits;
}

}  // namespace sweepnet
