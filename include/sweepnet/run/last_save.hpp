// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a run leaves when it is asked to stop: what it needs to go on is saved first, and by the
// deadline, or the error says what is saved from when.

#include <chrono>
#include <ctime>
#include <functional>
#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/run/stop_request.hpp"
#include "sweepnet/storage/background_writer.hpp"
#include "sweepnet/storage/patience.hpp"

namespace sweepnet {

struct last_save {
  const stop_request& stop;
  storage::background_writer& writer;
  const std::string& state;                             ///< the file that the run goes on from
  std::string at;                                       ///< where the run is, for people
  const std::function<void(const std::string&)>& tell;  ///< may be empty
};

namespace detail {

/// What an interrupted run would go on from, as the end of a sentence.
inline std::string saved_before(const last_save& last) {
  const auto written = last.writer.written(last.state);
  if (!written) return fmt::format("{} was not saved since the program was started", last.state);
  const std::time_t seconds = std::chrono::system_clock::to_time_t(*written);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char time[sizeof "2026-11-25T12:00:00Z"];
  (void)std::strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return fmt::format("{} is of {}, and the same command goes on from there", last.state, time);
}

/// Writes until it is written, or the thread's patience is over, or no retry helps.
template <class Submit>
void save_patiently(storage::background_writer& writer, const Submit& submit) {
  constexpr double between = 0.25;  // seconds; the retries of each attempt pause by themselves
  for (;;) {
    try {
      submit();
      writer.flush();
      return;
    } catch (const service_unavailable&) {
      if (!storage::sleep_patiently(between)) throw;
    }
  }
}

}  // namespace detail

/// Drops whatever is still being written, submits the state, again and again while its service is
/// ill and there is time, and then the model (whose weights the state holds, too). Throws
/// interrupted_error, or where the state cannot be saved an error of that failure's exit code.
template <class State, class Model>
[[noreturn]] void leave(const last_save& last, const State& submit_state,
                        const Model& submit_model) {
  const std::string came = fmt::format("{} came {}", last.stop.asked_by(), last.at);
  if (last.tell && storage::is_remote(last.state)) {
    last.tell(fmt::format("{}: saving the run in {}, for {:.0f} s at most\n", came, last.state,
                          last.stop.seconds_left()));
  }
  last.writer.cancel();
  try {
    detail::save_patiently(last.writer, submit_state);
  } catch (const error& e) {
    throw error(e.code(),
                fmt::format("{}, and the run could not be saved within {:g} s: {}; {}", came,
                            last.stop.seconds(), e.what(), detail::saved_before(last)));
  }
  try {
    submit_model();
    last.writer.flush();
  } catch (const error& e) {
    if (last.tell) last.tell(fmt::format("{}; the state holds the same weights\n", e.what()));
  }
  throw interrupted_error(fmt::format(
      "{}: the run is saved in {}, and the same command goes on from there", came, last.state));
}

}  // namespace sweepnet
