// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/run_sweep.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <new>
#include <numeric>
#include <set>
#include <span>
#include <utility>

#include "sweepnet/core/available_memory.hpp"
#include "sweepnet/core/call_on_threads.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/data/digest.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/predictions_file.hpp"
#include "sweepnet/run/settled_run.hpp"
#include "sweepnet/run/sweep_callbacks.hpp"
#include "sweepnet/run/sweep_executors.hpp"
#include "sweepnet/run/sweep_planner.hpp"
#include "sweepnet/run/sweep_queue.hpp"
#include "sweepnet/run/sweep_runs.hpp"
#include "sweepnet/run/sweep_stage.hpp"
#include "sweepnet/run/tidied_directories.hpp"
#include "sweepnet/storage/patience.hpp"
#include "sweepnet/storage/shared_syncs.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

namespace sweepnet {

namespace detail {

/// One call of run_sweep(): what its workers share.
class sweep_in_progress {
 public:
  sweep_in_progress(const sweep_source& source, const dataset& data, const sweep_options& options)
      : source_(source),
        data_(data),
        options_(options),
        rules_(options.search.value_or(source.rules)),
        stop_(options.stop),
        indices_(options.indices),
        executors_(data, options.executor, options.group),
        workers_(executors_.workers(options.workers)),
        memory_(options.memory > 0 ? options.memory : static_cast<double>(available_memory())) {
    if (indices_.empty()) {
      require_countable(source.size);
      indices_.resize(source.size);
      std::iota(indices_.begin(), indices_.end(), std::size_t{0});
    }
    for (const std::size_t index : indices_) {
      if (index < source.size) continue;
      throw argument_error(
          fmt::format("the sweep has {} paramsets, got the index {}", source.size, index));
    }
    if (!(options.memory >= 0)) {
      throw argument_error(fmt::format("memory must be at least 0 bytes, got {}", options.memory));
    }
    if (options.files) data_digest_ = digest_of(data);
    const bool is_whole =
        indices_.size() == source.size &&
        std::ranges::adjacent_find(indices_, std::ranges::greater_equal{}) == indices_.end();
    rules_.learns =
        is_whole && !options.tasks && source.later.known && source.later.known() < source.size;
  }

  sweep_outcome run() {
    if (options_.tasks) keep_asked_indices();
    if (indices_.empty()) return {.searched = true};
    prepare();
    std::optional<storage::shared_syncs> syncs;
    if (is_on_disk_) syncs.emplace();
    train_all(syncs ? &*syncs : nullptr);
    settle_the_rest();
    if (syncs) syncs->flush();
    if (broken_) std::rethrow_exception(broken_);
    outcome_.searched = planner_->is_finished() && !is_cut_short_;
    for (std::size_t i = outcome_.runs.size(); i < indices_.size(); ++i) {
      outcome_.runs.push_back({.index = indices_[i], .monitored = outcome_.monitor});
    }
    const bool unfinished = std::ranges::any_of(outcome_.runs, [&](const sweep_run& run) {
      const bool waits = run.phase == run_phase::missing || run.waits();
      return run.phase == run_phase::interrupted || (waits && !outcome_.searched);
    });
    if (unfinished) outcome_.stopped_by = stop_.asked_by();
    return std::move(outcome_);
  }

 private:
  static void require_countable(std::size_t size) {
    if (size <= most_paramsets) return;
    throw argument_error(
        fmt::format("a sweep in one process has at most {} runs, got one of {}: choose indices, or "
                    "give its space a run_cap",
                    most_paramsets, size));
  }

  /// Leaves the indices of which something is asked.
  void keep_asked_indices() {
    std::set<std::size_t> asked;
    for (const sweep_task& task : *options_.tasks) asked.insert(task.run);
    std::erase_if(indices_, [&](std::size_t index) { return !asked.contains(index); });
  }

  [[nodiscard]] run_spec spec_of(std::size_t index) const {
    return options_.files ? source_.with_files(index, data_digest_, *options_.files)
                          : source_.in_memory(index);
  }

  /// Bytes that a run takes beside the data: to train, and to save while it trains.
  [[nodiscard]] double memory_of(const run_spec& spec) const {
    double memory = executors_.memory_of(spec) + (options_.files ? memory_to_save(spec) : 0);
    if (options_.files && options_.files->save_predictions) {
      memory += memory_to_predict(data_);
    }
    return memory;
  }

  /// Runs as they are before one of them is trained.
  struct seen_runs {
    std::vector<queued_run> queued{};
    std::vector<searched_run> searched{};
    std::vector<run_progress> progress{};
  };

  /// Looks at the runs that are known, behind those that were looked at before.
  seen_runs look_at_known() {
    seen_runs seen;
    const std::size_t known = rules_.learns ? source_.later.known() : indices_.size();
    outcome_.runs.reserve(indices_.size());
    seen.queued.reserve(known - outcome_.runs.size());
    for (std::size_t position = outcome_.runs.size(); position < known; ++position) {
      const std::size_t index = indices_[position];
      const run_spec spec = spec_of(index);
      if (outcome_.runs.empty()) {
        outcome_.monitor = spec.callbacks.monitor;
        if (is_compared()) require_compared(spec, data_, rules_.compared);
      }
      outcome_.runs.push_back({.index = index, .monitored = spec.callbacks.monitor});
      seen.queued.push_back(
          {.cost = run_cost(spec.model, spec.training, data_.train.rows(), data_.validation.rows()),
           .memory = memory_of(spec),
           .device_memory = executors_.device_memory_of(spec)});
      costs_.push_back(seen.queued.back().cost);
      seen.searched.push_back(searched_run_of(spec, data_));
      seen.progress.push_back(is_compared() && options_.files
                                  ? progress_in_files(spec, rules_.compared, options_.retry_failed)
                                  : run_progress{});
      if (options_.files) directories_.tidy(spec.files);
      is_on_disk_ = is_on_disk_ || (options_.files && lies_on_disk(spec.files));
    }
    tasks_.resize(outcome_.runs.size());
    return seen;
  }

  [[nodiscard]] bool is_compared() const { return !rules_.is_plain() && !options_.tasks; }

  /// Looks at all runs before one is trained.
  void prepare() {
    seen_runs seen = look_at_known();
    // Those that are not known yet cost as much on average.
    const bool all_to_their_end = options_.tasks || options_.continue_stopped;
    const double cost =
        expected_cost(all_to_their_end ? search_rules{} : rules_, seen.searched, costs_) *
        static_cast<double>(indices_.size()) / static_cast<double>(seen.searched.size());
    tell_([&](sweep_observer& observer) { observer.on_start(cost); });
    queue_.emplace(std::move(seen.queued), workers_,
                   run_memory{.memory = memory_, .device_memory = executors_.device_memory()});
    runs_.emplace(sweep_ground{.data = data_,
                               .options = options_,
                               .rules = rules_,
                               .executors = executors_,
                               .queue = *queue_,
                               .stop = stop_,
                               .tell = tell_},
                  outcome_.runs.size());
    if (options_.tasks) {
      planner_.emplace(tasks_of_stage());
    } else {
      planner_.emplace(rules_, std::move(seen.searched), std::move(seen.progress),
                       options_.continue_stopped);
    }
    plan();
  }

  /// Whether what came of the run is told by its files, or would be: a failure for want of memory
  /// or of a disk is not.
  [[nodiscard]] static bool has_ended(const sweep_run& run) {
    return run.phase == run_phase::done || run.phase == run_phase::stopped ||
           (run.phase == run_phase::failed && run.error == no_model_reason);
  }

  /// Tells what came of the runs of a batch, and looks at those that are known by that. False where
  /// there are none, or the search ends here.
  bool learn() {
    if (!rules_.learns || !planner_->is_finished()) return false;
    const auto batch = std::span(outcome_.runs).subspan(planned_from_);
    const std::vector<told_run> told = planner_->told();
    if (is_target_reached(rules_, told) || outcome_.runs.size() == indices_.size()) return false;
    is_cut_short_ = !std::ranges::all_of(batch, has_ended);
    if (is_cut_short_) return false;
    outcome_.told.insert(outcome_.told.end(), told.begin(), told.end());
    const std::lock_guard lock(mutex_);  // observers may ask what a paramset is
    source_.later.tell(told);
    planned_from_ = outcome_.runs.size();
    seen_runs seen = look_at_known();
    queue_->extend(seen.queued);
    runs_->extend(seen.queued.size());
    planner_.emplace(rules_, std::move(seen.searched), std::move(seen.progress),
                     options_.continue_stopped);
    return true;
  }

  /// What a stage asks of these runs, by their positions.
  [[nodiscard]] std::vector<sweep_task> tasks_of_stage() const {
    std::vector<sweep_task> tasks;
    for (sweep_task task : *options_.tasks) {
      const auto place = std::ranges::find(indices_, task.run);
      if (place == indices_.end()) continue;
      task.run = static_cast<std::size_t>(place - indices_.begin());
      tasks.push_back(std::move(task));
    }
    return tasks;
  }

  /// Offers what can be done now; ends the sweep where nothing is left and nothing under way.
  void plan() {
    do {
      std::vector<sweep_queue::offer> offers;
      for (sweep_task& task : planner_->more()) {
        task.run += planned_from_;
        offers.push_back({.run = task.run, .cost = costs_[task.run] * task.share});
        tasks_[task.run] = std::move(task);
      }
      if (!offers.empty()) return queue_->add(offers);
      if (!queue_->is_idle()) return;
    } while (learn());
    queue_->close();
  }

  /// The same on a worker's thread.
  void plan_more() {
    try {
      plan();
    } catch (...) {
      break_off();
    }
  }

  /// Ends the sweep, with the exception that is being handled, once all that is under way is saved.
  void break_off() {
    const std::lock_guard lock(mutex_);
    if (!broken_) broken_ = std::current_exception();
    stop_.break_off();
    queue_->close();
  }

  void train_all(storage::shared_syncs* syncs) {
    const storage::patience* patience = storage::patience::current();
    const int useful =
        static_cast<int>(std::min(static_cast<std::size_t>(workers_), indices_.size()));
    const auto work = [&](int worker) {
      const storage::shared_syncs_scope sync_together(syncs);
      std::optional<storage::patience_scope> waits;
      if (patience != nullptr) waits.emplace(*patience);
      train_while_there_are(worker);
    };
    call_on_threads("a thread that trains", useful, work, [&] {
      tell_([](sweep_observer& observer) { observer.on_wait(); });
      if (!stop_.asked_by().empty()) queue_->close();
    });
  }

  void train_while_there_are(int worker) {
    while (const std::optional<std::size_t> position = queue_->take()) {
      run_progress progress;
      if (stop_.asked_by().empty()) {
        progress = do_task(*position, worker);
      } else {
        queue_->close();
      }
      const std::lock_guard lock(planning_);
      if (!tasks_[*position].stop) planner_->note(*position - planned_from_, std::move(progress));
      queue_->give_back(*position);
      if (queue_->is_drained()) plan_more();
    }
  }

  /// Trains a run as far as is asked, or tells it that it is stopped; how far it has come.
  run_progress do_task(std::size_t position, int worker) {
    sweep_run& run = outcome_.runs[position];
    run_spec spec;
    progress_keeper progress(rules_.compared);
    const auto fail = [&run](run_phase phase, exit_code code, const std::string& why) {
      run.phase = phase;
      run.code = code;
      run.error = why;
    };
    try {
      spec = spec_of(run.index);
      if (tasks_[position].stop) {
        runs_->stop(spec, position, *tasks_[position].stop, run);
      } else {
        require_memory_for(position, spec);
        runs_->train(spec, position, tasks_[position].leg, worker, progress, run);
      }
    } catch (const unusable_run& e) {
      fail(run_phase::damaged, e.code(), e.what());
    } catch (const interrupted_error& e) {
      fail(run_phase::interrupted, e.code(), e.what());
    } catch (const error& e) {
      fail(run_phase::failed, e.code(), e.what());
    } catch (const std::bad_alloc&) {
      fail(run_phase::failed, exit_code::configuration, "not enough memory");
    } catch (...) {
      fail(run_phase::failed, exit_code::internal, "an error that is none of the library's");
      break_off();
      return {};
    }
    tell_([&](sweep_observer& observer) {
      run.waits() ? observer.on_pause(spec, run) : observer.on_end(spec, run);
    });
    run_progress now = progress.progress();
    now.over = run.phase == run_phase::done || run.phase == run_phase::failed ||
               run.phase == run_phase::damaged;
    return now;
  }

  void require_memory_for(std::size_t position, const run_spec& spec) const {
    const auto require = [&](const char* what, double needed, const char* of, double bound) {
      if (needed <= bound) return;
      throw configuration_error(fmt::format(
          "to {} a network of {} parameters takes {} of {}, the sweep may take {}", what,
          parameter_layout(spec.model).size, text_of_bytes(needed), of, text_of_bytes(bound)));
    };
    const queued_run& run = queue_->of(position);
    require("train and save", run.memory, "memory", memory_);
    if (executors_.has_device()) {
      require("train", run.device_memory, "the device's memory", executors_.device_memory());
    }
  }

  /// What files say of runs that nothing was asked of, as others they are compared with lack
  /// results.
  void settle_the_rest() {
    if (rules_.is_plain() || !options_.files) return;
    for (sweep_run& run : outcome_.runs) {
      if (run.phase != run_phase::missing) continue;
      runs_->settle_unasked(spec_of(run.index), run);
    }
  }

  const sweep_source& source_;
  const dataset& data_;
  const sweep_options& options_;
  search_rules rules_;
  sweep_stop stop_;
  std::vector<std::size_t> indices_;
  sweep_executors executors_;
  int workers_;
  double memory_;
  std::string data_digest_{};
  bool is_on_disk_ = false;
  tidied_directories directories_{};
  std::vector<double> costs_{};  ///< of each run, all of its epochs
  std::optional<sweep_queue> queue_{};
  std::vector<sweep_task> tasks_{};  ///< that each run is at; by position, as all here
  sweep_outcome outcome_{};
  std::mutex planning_{};  ///< of the planner
  std::optional<sweep_planner> planner_{};
  std::size_t planned_from_ = 0;  ///< the first of the runs that it plans
  bool is_cut_short_ = false;     ///< what later runs are is not known, as earlier ones did not end
  std::mutex mutex_{};            ///< of the observer, and of all below
  observer_telling tell_{options_.observer, mutex_};
  std::exception_ptr broken_{};
  std::optional<sweep_runs> runs_{};
};

SWEEPNET_INLINE sweep_outcome run_sweep(const sweep_source& source, const dataset& data,
                                        const sweep_options& options) {
  return sweep_in_progress(source, data, options).run();
}

}  // namespace detail

}  // namespace sweepnet
