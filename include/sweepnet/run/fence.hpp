// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes a run's files so that of several attempts at it, one finishes and none spoils what it
// left.
//
// A result is the mark: whoever creates it (or replaces the one that it went on from, compared and
// swapped) has finished the run. So each attempt looks for one before it writes a model or a state,
// and each such write replaces only the version that this attempt knows: one that was stopped
// between the look and the write finds another version and looks again.

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet {

/// Another attempt has finished the same run: there is nothing left to do, and nothing to write.
struct finished_elsewhere : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One attempt's right to write. Its functions throw finished_elsewhere, or unusable_run where the
/// files have become another run's; they are called by one thread at a time.
class run_fence {
 public:
  /// Notes which files are there; make it before they are read.
  run_fence(run_files files, run_identity identity)
      : files_(std::move(files)),
        identity_(std::move(identity)),
        result_(storage::revision_of(files_.result)),
        state_(storage::revision_of(files_.state)),
        model_{files_.model, storage::revision_of(files_.model)},
        log_{files_.log, storage::revision_of(files_.log)} {}

  [[nodiscard]] bool had_result() const { return !result_.tag.empty(); }
  [[nodiscard]] bool had_state() const { return !state_.tag.empty(); }

  /// Throws if another attempt has ended the run meanwhile.
  void look() {
    const storage::revision now = storage::revision_of(files_.result);
    if (now == result_) return;
    const found_result other = read_result(files_.result);
    if (other.there) judge(other);
    result_ = now;
  }

  /// Writes a model on the way. Once another attempt is seen to write models too, this one leaves
  /// that to it: its own lies in its state, and is written at the end.
  void write_model(std::string_view bytes) { write_on_the_way(model_, bytes); }

  /// Writes the run's last model, whichever lies there.
  void write_last_model(std::string_view bytes) { write_last(model_, bytes); }

  /// Whether the model that this attempt wrote last lies in its place.
  [[nodiscard]] bool holds_model() const {
    return !model_.conditional() || (!model_.shared && !model_.known.tag.empty() &&
                                     storage::revision_of(model_.where) == model_.known);
  }

  /// The same for the log.
  void write_log(std::string_view text) { write_on_the_way(log_, text); }
  void write_last_log(std::string_view text) { write_last(log_, text); }

  /// Writes the run's state. That of another attempt at the same run is as good, and replaced
  /// unless it is later in the run.
  void write_state(std::string_view bytes) { write_state(std::span(&bytes, 1)); }
  void write_state(std::span<const std::string_view> pieces) {
    look();
    while (!replace(files_.state, state_, pieces)) {
      look();
      const storage::revision now = storage::revision_of(files_.state);
      if (!now.tag.empty() && finds_later_state(pieces)) return;
      state_ = now;
    }
  }

  /// Finishes the run.
  void write_result(std::string_view text) {
    while (!replace(files_.result, result_, text)) {
      const storage::revision now = storage::revision_of(files_.result);
      const found_result other = read_result(files_.result);
      if (other.there) judge(other);
      result_ = now;
    }
  }

 private:
  /// A file that each attempt writes as it goes.
  struct shared_file {
    storage::location where;
    storage::revision known{};
    bool shared = false;  ///< whether another attempt writes it

    /// A server that takes PUTs has no versions.
    [[nodiscard]] bool conditional() const { return where.type != storage::location::kind::http; }
  };

  void write_on_the_way(shared_file& file, std::string_view bytes) {
    look();
    if (!file.conditional()) return storage::write(file.where, bytes);
    if (file.shared || replace(file.where, file.known, bytes)) return;
    look();
    file.shared = true;
  }

  void write_last(shared_file& file, std::string_view bytes) {
    if (!file.conditional()) return write_on_the_way(file, bytes);
    do {
      file.known = storage::revision_of(file.where);
      look();
    } while (!replace(file.where, file.known, bytes));
    file.shared = false;
  }

  /// `content` is bytes, or pieces of them.
  template <class Content>
  static bool replace(const storage::location& where, storage::revision& known,
                      const Content& content) {
    const auto now = storage::write_if(where, content, known);
    if (now) known = *now;
    return now.has_value();
  }

  /// Returns if the run may go on from another attempt's result.
  void judge(const found_result& other) const {
    const std::string source = files_.result.shown();
    if (!other.damage.empty()) throw unusable_run(other.damage);
    require_same_run(identity_, other.content, source);
    if (!other.goes_on()) throw finished_elsewhere(source);
  }

  /// Whether the state that lies there, which must be the same run's, is later in it than `own`.
  /// That another attempt's state is damaged is no loss.
  [[nodiscard]] bool finds_later_state(std::span<const std::string_view> own) const {
    const std::string source = files_.state.shown();
    ordered_json run;
    run_position there;
    try {
      const std::string bytes = storage::read(files_.state);
      run = run_of_state(bytes, source);
      there = position_of_state(bytes, source);
    } catch (const input_missing&) {
      return false;
    } catch (const unusable_run&) {
      return false;
    }
    require_same_run(identity_, run, source);
    std::string bytes;
    for (const std::string_view piece : own) bytes += piece;
    return there > position_of_state(bytes, source);
  }

  run_files files_;
  run_identity identity_;
  storage::revision result_;
  storage::revision state_;
  shared_file model_;
  shared_file log_;
};

}  // namespace sweepnet
