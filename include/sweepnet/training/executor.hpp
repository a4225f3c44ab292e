// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What trains one network on one data set, whatever computes it. The grain is coarse, an epoch or a
// split at a time, so that a GPU can run all of it without the host and a virtual call costs
// nothing.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/training/metrics.hpp"
#include "sweepnet/training/options.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

/// Called between the steps of a pass, where a backend can. It may throw to leave the pass.
using step_observer = std::function<void(const pass_progress&)>;

/// Everything that training changes: what a run must save to go on bit by bit.
struct executor_state {
  std::vector<float> parameters{};  ///< in the layout of network/parameters.hpp, like all here
  std::optional<std::vector<float>> best_parameters{};  ///< as keep_best() last saw them
  std::vector<std::vector<float>> optimizer_slots{};
  std::uint64_t step = 0;  ///< optimizer steps done
  double rate_factor = 1;  ///< on the optimizer's learning rate
};

/// Owns a network's weights, trains them on the data set's training rows and evaluates them on its
/// validation rows. An implementation fills in the private functions; what they are given has been
/// checked.
class executor {
 public:
  executor(const executor&) = delete;  // it holds a device's memory, or threads
  executor& operator=(const executor&) = delete;
  virtual ~executor() = default;

  /// Trains row order[progress.rows] and all after it, batch by batch, and adds them to `progress`;
  /// the metrics are taken before each update with dropout on, as Keras does. While `observe` runs,
  /// state and progress are those after a whole step. Throws argument_error unless `order`
  /// names training rows, and `progress` is a place in it.
  void train_epoch(std::span<const std::uint32_t> order, pass_progress& progress,
                   const step_observer& observe = {});

  /// The metrics on the validation rows, dropout off; zeros if there are none.
  [[nodiscard]] metrics evaluate(const step_observer& observe = {});

  /// The weights as they are. Copies to the host; synchronises, like all that copy.
  [[nodiscard]] virtual std::vector<float> parameters() const = 0;
  /// Remembers the present weights as the best ones.
  virtual void keep_best() = 0;
  /// The weights that keep_best() saw last; none before its first call.
  [[nodiscard]] virtual std::optional<std::vector<float>> best_parameters() const = 0;

  /// What parameters() and best_parameters() (else null) give, for those who only read it: not
  /// copied where the executor holds it as it is.
  [[nodiscard]] virtual std::shared_ptr<const std::vector<float>> shared_parameters() const {
    return std::make_shared<const std::vector<float>>(parameters());
  }
  [[nodiscard]] virtual std::shared_ptr<const std::vector<float>> shared_best() const {
    std::optional<std::vector<float>> best = best_parameters();
    return best ? std::make_shared<const std::vector<float>>(std::move(*best)) : nullptr;
  }

  [[nodiscard]] executor_state export_state() const;
  /// The same, but without parameters and best parameters.
  [[nodiscard]] executor_state export_but_weights() const;

  /// Goes on from a state that an executor of the same model and optimizer exported, on whatever
  /// device. Throws argument_error if it does not fit.
  void import_state(const executor_state& state);

  /// Of the next step.
  [[nodiscard]] double learning_rate() const { return rate_of(step_); }
  /// Multiplies all later rates. Throws argument_error unless the factor is finite and at least 0.
  void scale_learning_rate(double factor);

  /// What computes, for people; what must be the same for a run to go on bit by bit.
  [[nodiscard]] virtual std::string device() const = 0;
  /// In which products are taken.
  [[nodiscard]] virtual sweepnet::precision precision() const { return precision::fp32; }
  /// Of the host that compute.
  [[nodiscard]] virtual int threads() const { return 1; }
  /// From the next step on so many threads of the host compute, if the device needs any: not a bit
  /// changes. For the thread that trains, between passes or from a callback's hook. Throws
  /// argument_error for a number outside [1, 4096], configuration_error if the system starts no
  /// more threads; all is as before then.
  void use_threads(int threads);

  [[nodiscard]] const model_spec& model() const { return model_; }
  [[nodiscard]] const training_options& options() const { return options_; }
  [[nodiscard]] const dataset& data() const { return *data_; }
  /// What it learns: as the loss takes the data's targets.
  [[nodiscard]] sweepnet::task task() const { return task_; }

 protected:
  /// The data must outlive the executor. Throws argument_error if model, options or data are
  /// malformed or do not fit each other.
  executor(const model_spec& model, const training_options& options, const valid_dataset& data);

  [[nodiscard]] std::uint64_t steps_done() const { return step_; }
  void set_steps_done(std::uint64_t count) { step_ = count; }
  /// The learning rate of a step, counted from 0.
  [[nodiscard]] double rate_of(std::uint64_t step) const {
    return options_.optimizer.rate_at(step) * rate_factor_;
  }

 private:
  virtual void do_train_epoch(std::span<const std::uint32_t> order, pass_progress& progress,
                              const step_observer& observe) = 0;
  virtual metrics do_evaluate(const step_observer& observe) = 0;
  virtual void do_use_threads(int /*threads*/) {}
  /// The optimizer's slots, each as large as the parameters.
  [[nodiscard]] virtual std::vector<std::vector<float>> export_slots() const = 0;
  /// Takes parameters, best parameters and slots.
  virtual void import_weights(const executor_state& state) = 0;

  model_spec model_;
  training_options options_;
  const dataset* data_;
  sweepnet::task task_;
  std::uint64_t step_ = 0;
  double rate_factor_ = 1;
};

/// Makes the executor of a model, on a device that it knows. The data must outlive what it makes.
using executor_factory = std::function<std::unique_ptr<executor>(
    const model_spec&, const training_options&, const dataset&)>;

}  // namespace sweepnet
SWEEPNET_END_EXACT;

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/training/executor.inl"
#endif
