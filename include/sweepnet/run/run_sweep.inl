// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/run_sweep.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <mutex>
#include <new>
#include <numeric>
#include <set>
#include <thread>

#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cpu/machine/processors.hpp"
#include "sweepnet/core/available_memory.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/start_thread.hpp"
#include "sweepnet/data/digest.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/run/settled_run.hpp"
#include "sweepnet/run/sweep_callbacks.hpp"
#include "sweepnet/run/sweep_queue.hpp"
#include "sweepnet/storage/patience.hpp"
#include "sweepnet/storage/shared_syncs.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/paramset_callbacks.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/trainer.hpp"

namespace sweepnet {

namespace detail {

/// One call of run_sweep(): what its workers share.
class sweep_in_progress {
 public:
  sweep_in_progress(const sweep_source& source, const dataset& data, const sweep_options& options)
      : source_(source),
        data_(data),
        options_(options),
        stop_(options.stop),
        indices_(options.indices) {
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
    if (options.group && options.executor) {
      throw argument_error("runs train in a group or by executors of their own, not both");
    }
    if (options.group) {
      group_ = options.group(data);
      if (!group_) throw argument_error("the factory of groups made none");
    } else if (options.executor) {
      data.validate();
    } else {
      prepared_.emplace(data);
    }
    workers_ =
        group_ && options.workers == 0 ? group_->useful_members() : usable_threads(options.workers);
    memory_ = options.memory > 0 ? options.memory : static_cast<double>(available_memory());
    if (options.files) data_digest_ = digest_of(data);
  }

  sweep_outcome run() {
    if (indices_.empty()) return {};
    prepare();
    std::optional<storage::shared_syncs> syncs;
    if (is_on_disk_) syncs.emplace();
    train_all(syncs ? &*syncs : nullptr);
    if (syncs) syncs->flush();
    if (broken_) std::rethrow_exception(broken_);
    const bool unfinished = std::ranges::any_of(outcome_.runs, [](const sweep_run& run) {
      return run.phase == run_phase::interrupted || run.phase == run_phase::missing;
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

  [[nodiscard]] run_spec spec_of(std::size_t index) const {
    return options_.files ? source_.with_files(index, data_digest_, *options_.files)
                          : source_.in_memory(index);
  }

  /// Bytes that a run takes beside the data: to train, and to save while it trains.
  [[nodiscard]] double memory_of(const run_spec& spec) const {
    double bytes = prepared_ ? cpu_training_memory(spec.model, spec.training, data_) : 0;
    if (options_.files) bytes += memory_to_save(spec);
    return bytes;
  }

  /// Looks at all runs before one is trained.
  void prepare() {
    std::vector<queued_run> queued;
    std::set<std::string> directories;
    for (const std::size_t index : indices_) {
      const run_spec spec = spec_of(index);
      if (outcome_.runs.empty()) outcome_.monitor = spec.callbacks.monitor;
      outcome_.runs.push_back({.index = index, .monitored = spec.callbacks.monitor});
      queued.push_back(
          {.cost = run_cost(spec.model, spec.training, data_.train.rows(), data_.validation.rows()),
           .memory = memory_of(spec),
           .device_memory = group_ ? group_->memory_of(spec.model, spec.training) : 0});
      // A run alone looks through its directory for what killed processes left of it, which
      // thousands had better not do each.
      if (options_.files) {
        for (const storage::location& directory : directories_of(spec.files)) {
          if (!directories.insert(directory.request_text()).second) continue;
          storage::remove_all_abandoned(directory);
        }
      }
      is_on_disk_ = is_on_disk_ || (options_.files && lies_on_disk(spec.files));
    }
    double cost = 0;
    for (const queued_run& each : queued) cost += each.cost;
    tell([&](sweep_observer& observer) { observer.on_start(cost); });
    queue_.emplace(std::move(queued), workers_,
                   run_memory{.memory = memory_, .device_memory = group_ ? group_->memory() : 0});
  }

  void train_all(storage::shared_syncs* syncs) {
    const storage::patience* patience = storage::patience::current();
    const int useful =
        static_cast<int>(std::min(static_cast<std::size_t>(workers_), outcome_.runs.size()));
    int left = 0;
    std::vector<std::thread> threads;
    const auto work = [&](int worker) {
      {
        const storage::shared_syncs_scope sync_together(syncs);
        std::optional<storage::patience_scope> waits;
        if (patience != nullptr) waits.emplace(*patience);
        train_while_there_are(worker);
      }
      const std::lock_guard lock(mutex_);
      --left;
      ended_.notify_all();
    };
    std::exception_ptr short_of_threads;
    for (int i = 0; i < useful && !short_of_threads; ++i) {
      {
        const std::lock_guard lock(mutex_);
        ++left;
      }
      try {
        threads.push_back(start_thread("a thread that trains", [&work, i] { work(i); }));
      } catch (const configuration_error&) {
        const std::lock_guard lock(mutex_);
        --left;
        short_of_threads = std::current_exception();
      }
    }
    wait_for_all(left);
    for (std::thread& thread : threads) thread.join();
    if (threads.empty()) std::rethrow_exception(short_of_threads);
  }

  void wait_for_all(const int& left) {
    using namespace std::chrono_literals;
    std::unique_lock lock(mutex_);
    while (left > 0) {
      ended_.wait_for(lock, 100ms, [&] { return left == 0; });
      if (options_.observer != nullptr) options_.observer->on_wait();
      if (!stop_.asked_by().empty()) queue_->close();
    }
  }

  void train_while_there_are(int worker) {
    while (const std::optional<std::size_t> position = queue_->take()) {
      if (stop_.asked_by().empty()) {
        train_one(*position, worker);
      } else {
        queue_->close();
      }
      queue_->give_back(*position);
    }
  }

  void train_one(std::size_t position, int worker) {
    sweep_run& run = outcome_.runs[position];
    run_spec spec;
    const auto fail = [&run](run_phase phase, exit_code code, const std::string& why) {
      run.phase = phase;
      run.code = code;
      run.error = why;
    };
    try {
      spec = spec_of(run.index);
      require_memory_for(position, spec);
      if (options_.files) {
        train_with_files(spec, position, worker, run);
      } else {
        train_in_memory(spec, position, run);
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
      const std::lock_guard lock(mutex_);
      if (!broken_) broken_ = std::current_exception();
      stop_.break_off();
      queue_->close();
      return;
    }
    tell([&](sweep_observer& observer) { observer.on_end(spec, run); });
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
    if (group_) require("train", run.device_memory, "the device's memory", group_->memory());
  }

  [[nodiscard]] std::unique_ptr<executor> make_executor(const run_spec& spec) const {
    return factory()(spec.model, spec.training, data_);
  }
  [[nodiscard]] executor_factory factory() const {
    if (group_) {
      return [this](const model_spec& model, const training_options& training, const dataset&) {
        return group_->make(model, training);
      };
    }
    if (options_.executor) {
      return
          [this](const model_spec& model, const training_options& training, const dataset& data) {
            std::unique_ptr<executor> made = options_.executor(model, training, data);
            if (!made) throw argument_error("the factory of executors made none");
            return made;
          };
    }
    return cpu_executors(*prepared_, {.threads = 1});
  }

  [[nodiscard]] std::vector<std::unique_ptr<callback>> own_callbacks(std::size_t index) const {
    return options_.callbacks ? options_.callbacks(index)
                              : std::vector<std::unique_ptr<callback>>{};
  }

  void train_in_memory(const run_spec& spec, std::size_t position, sweep_run& run) {
    const std::unique_ptr<executor> executor = make_executor(spec);
    const auto own = own_callbacks(spec.index);
    const auto asked_for = make_callbacks(spec.callbacks);
    model_checkpoint checkpoint({.monitor = spec.callbacks.monitor});
    run_keeper keeper(checkpoint, options_.keep, run);
    thread_taker threads(*queue_, position);
    memory_stop leaving(stop_, keeper);
    std::vector<callback*> callbacks{&checkpoint, &threads};
    for (const auto& each : own) callbacks.push_back(each.get());
    for (const auto& each : asked_for) callbacks.push_back(each.get());
    callbacks.push_back(&keeper);
    callbacks.push_back(&leaving);
    tell([&](sweep_observer& observer) { observer.on_begin(spec, *executor); });
    run.trained = true;
    (void)train(*executor, callbacks);
    run.phase = run.has_model() ? run_phase::done : run_phase::failed;
    if (run.has_model()) return;
    run.code = exit_code::data;
    run.error = no_model_reason;
  }

  /// Hears of one run with files.
  class file_run final : public run_observer {
   public:
    file_run(sweep_in_progress& of, std::size_t position, const run_spec& spec, sweep_run& run)
        : of_(&of), spec_(&spec), run_(&run), threads_(*of.queue_, position) {}

    void on_begin(const run_spec& spec, const begun_run& begun, const executor& executor) override {
      run_->trained = true;
      if (const std::string note = note_of_other_device(begun, executor); !note.empty()) {
        on_trouble(note);
      }
      of_->tell([&](sweep_observer& observer) { observer.on_begin(spec, executor); });
    }
    std::vector<callback*> callbacks(const run_spec& spec, const model_checkpoint& best) override {
      own_ = of_->own_callbacks(spec.index);
      keeper_.emplace(best, of_->options_.keep, *run_);
      std::vector<callback*> all{&threads_};
      for (const auto& each : own_) all.push_back(each.get());
      all.push_back(&*keeper_);
      return all;
    }
    void on_trouble(const std::string& text) override {
      of_->tell([&](sweep_observer& observer) { observer.on_trouble(*spec_, text); });
    }

   private:
    sweep_in_progress* of_;
    const run_spec* spec_;
    sweep_run* run_;
    thread_taker threads_;
    std::vector<std::unique_ptr<callback>> own_{};
    std::optional<run_keeper> keeper_{};
  };

  void train_with_files(const run_spec& spec, std::size_t position, int worker, sweep_run& run) {
    run_options how = *options_.files;
    const auto attempt = [&] {
      file_run observer(*this, position, spec, run);
      job_record record = options_.record;
      record.started.restart();
      record.worker = worker;
      return train_run(spec, data_, factory(), how, observer, record, &stop_,
                       {.is_tidy = true, .saves_at_once = lies_on_disk(spec.files)});
    };
    run_outcome outcome;
    try {
      outcome = attempt();
    } catch (const unusable_run&) {
      if (!options_.retry_failed || how.start_over) throw;
      how.start_over = true;
      outcome = attempt();
    }
    if (options_.retry_failed && !how.start_over && outcome.ending == run_ending::already_done &&
        !outcome.has_model) {
      how.start_over = true;
      outcome = attempt();
    }
    settle(spec, outcome, options_.keep, run);
  }

  /// Lets one thread at a time tell the observer, if there is one.
  template <class Tell> void tell(const Tell& how) {
    if (options_.observer == nullptr) return;
    const std::lock_guard lock(mutex_);
    how(*options_.observer);
  }

  /// Those on disk, each bound as its file is.
  static std::vector<storage::location> directories_of(const run_files& files) {
    std::vector<storage::location> directories;
    for (const storage::location* file : {&files.model, &files.state}) {
      if (file->type != storage::location::kind::local) continue;
      const auto parent = std::filesystem::path(file->request_text()).parent_path();
      storage::location directory(parent.empty() ? std::filesystem::path(".") : parent);
      directory.root = file->root;
      directories.push_back(std::move(directory));
    }
    return directories;
  }

  static bool lies_on_disk(const run_files& files) {
    return !files.model.is_remote() && !files.state.is_remote();
  }

  const sweep_source& source_;
  const dataset& data_;
  const sweep_options& options_;
  int workers_ = 0;
  sweep_stop stop_;
  std::vector<std::size_t> indices_;
  double memory_ = 0;
  std::optional<cpu_dataset> prepared_{};    ///< for the CPU's executors
  std::unique_ptr<executor_group> group_{};  ///< or in place of them
  std::string data_digest_{};
  bool is_on_disk_ = false;
  std::optional<sweep_queue> queue_{};
  sweep_outcome outcome_{};
  std::mutex mutex_{};  ///< of the observer, and of all below
  std::condition_variable ended_{};
  std::exception_ptr broken_{};
};

SWEEPNET_INLINE sweep_outcome run_sweep(const sweep_source& source, const dataset& data,
                                        const sweep_options& options) {
  return sweep_in_progress(source, data, options).run();
}

}  // namespace detail

}  // namespace sweepnet
