// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/report/tensorboard_log.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/report/flat_paramset.hpp"
#include "sweepnet/report/tensorboard.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet::report {

namespace detail {

inline double unix_now() {
  using namespace std::chrono;
  return duration<double>(system_clock::now().time_since_epoch()).count();
}

/// Adds bytes to the end of a file on disk: whoever has it open sees them. Throws io_error.
inline void append_to(const std::string& path, std::string_view bytes) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.flush();
  if (!file) throw io_error(path + ": cannot be written to");
}

}  // namespace detail

SWEEPNET_INLINE tensorboard_log::log_file tensorboard_log::opened(std::string_view part,
                                                                  double now) const {
  const std::string name =
      fmt::format("{}/{}events.out.tfevents.{:010}.sweepnet.{}", options_.index, part,
                  static_cast<std::int64_t>(now), ::getpid());
  return {.place = storage::join_location(options_.directory, name), .events = event_file(now)};
}

SWEEPNET_INLINE void tensorboard_log::on_train_begin(training_context& context) {
  const double now = detail::unix_now();
  for (const char* part : {"", "train/", "validation/"}) files_.push_back(opened(part, now));
  std::vector<hyperparameter> parameters;
  for (const auto& [key, value] : flattened(options_.paramset)) {
    if (key != "model_path") parameters.emplace_back(key, value);
  }
  files_[0].events.add_session_start(now, parameters, std::to_string(options_.index));
  if (context.history.empty()) return;
  const std::int64_t next = context.history.back().epoch;  // steps count from 0
  for (std::size_t i : {std::size_t{1}, std::size_t{2}}) files_[i].events.add_restart(now, next);
}

SWEEPNET_INLINE void tensorboard_log::on_epoch_end(training_context&, const epoch_record& record) {
  add_epoch(files_[1].events, files_[2].events, detail::unix_now(), record);
  files_[1].holds_epochs = true;
  files_[2].holds_epochs = files_[2].holds_epochs || record.validation;
  const double pause = options_.directory.is_remote() ? 10 : 1;
  if (!since_written_ || since_written_->seconds() >= pause) write_all();
}

SWEEPNET_INLINE void tensorboard_log::on_train_end(training_context& context) {
  const bool is_over = context.leave_reason.empty();
  files_[0].events.add_session_end(detail::unix_now(),
                                   is_over ? session_status::success : session_status::running);
  write_all();
}

SWEEPNET_INLINE void tensorboard_log::write(log_file& file) const {
  const std::string_view bytes = file.events.bytes();
  if (file.written == bytes.size()) return;
  if (file.place.is_remote()) {
    storage::write(file.place, bytes);
  } else {
    detail::append_to(file.place.request_text(), bytes.substr(file.written));
  }
  file.written = bytes.size();
}

SWEEPNET_INLINE void tensorboard_log::write_all() {
  since_written_.emplace();
  if (has_failed_) return;
  try {
    write(files_[0]);
    for (std::size_t i : {std::size_t{1}, std::size_t{2}}) {
      if (files_[i].holds_epochs) write(files_[i]);
    }
  } catch (const error& e) {
    has_failed_ = true;
    if (options_.trouble) options_.trouble(std::string("TensorBoard's events: ") + e.what() + "\n");
  }
}

}  // namespace sweepnet::report
