// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The CPU executor: trains and evaluates one network on the host's threads.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sweepnet/backend/cpu/machine/instructions.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/loss_function.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/metrics.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

class thread_pool;  // machine/thread_pool.hpp

struct cpu_options {
  int threads = 0;  ///< 0: one for each processor this process may use
  instruction_set instructions = best_instructions();
  /// About which density of features, outputs and gradients zeros are skipped below: 0 never, 100
  /// always; unset: where that is faster. The bits are the same.
  std::optional<double> sparse_below{};
  bool keep_gradients = false;  ///< store the gradients of each step, for last_gradients()
};

/// A data set and what follows from it alone: that it is valid, where its features are 0, and, once
/// a network wants them, lists of those that are not. A handle: copies share all of it, and many
/// threads may make executors of it at once. So a sweep makes one, and its executors take tens of
/// microseconds each to make instead of tens of milliseconds.
class cpu_dataset {
 public:
  /// `data` must outlive this and what is made of it, unchanged. Throws argument_error if it is
  /// malformed.
  cpu_dataset(const dataset& data);       // NOLINT: an executor of one network needs no more
  cpu_dataset(const dataset&&) = delete;  // it would be gone

  [[nodiscard]] const dataset& data() const;

 private:
  friend class cpu_executor;
  struct contents;

  std::shared_ptr<const contents> contents_;
};

/// Scores `parameters` on rows, dropout off, by the metrics of the task that the loss is of. Throws
/// argument_error if the loss is malformed, parameters, features or targets do not fit the model or
/// the loss, or a feature is not finite. `observe` is called now and then between rows.
[[nodiscard]] metrics evaluate_on_cpu(const model_spec& model, const loss_function& loss,
                                      std::span<const float> parameters, const labelled_rows& rows,
                                      thread_pool& pool, const step_observer& observe = {});

/// The outputs of the network with `parameters`, (rows x outputs), dropout off; labels are not
/// looked at. Throws argument_error if parameters or features do not fit the model, or a
/// feature is not finite.
[[nodiscard]] std::vector<float> predict_on_cpu(const model_spec& model,
                                                std::span<const float> parameters,
                                                const labelled_rows& rows, thread_pool& pool);

/// Bytes that an executor of this model takes for weights, optimizer and batches, but for the data.
[[nodiscard]] double cpu_training_memory(const model_spec& model, const training_options& options,
                                         const dataset& data);

/// Deterministic: the same bits for any number of threads, and for any instruction set with fused
/// multiply-add.
class cpu_executor final : public executor {
 public:
  /// Fresh weights from options.seed. The data, a dataset or a cpu_dataset that others share, must
  /// outlive the executor. Throws argument_error if model, options or data are malformed or do not
  /// fit each other, or if this processor lacks the instructions; configuration_error, before it
  /// allocates, where there is not memory enough.
  cpu_executor(const model_spec& model, const training_options& options, const cpu_dataset& data,
               const cpu_options& how = {});
  SWEEPNET_INLINE ~cpu_executor() override;

  [[nodiscard]] SWEEPNET_INLINE std::vector<float> parameters() const override;
  SWEEPNET_INLINE void keep_best() override;
  [[nodiscard]] SWEEPNET_INLINE std::optional<std::vector<float>> best_parameters() const override;
  [[nodiscard]] SWEEPNET_INLINE std::shared_ptr<const std::vector<float>> shared_parameters()
      const override;
  [[nodiscard]] SWEEPNET_INLINE std::shared_ptr<const std::vector<float>> shared_best()
      const override;

  [[nodiscard]] SWEEPNET_INLINE int threads() const override;
  [[nodiscard]] SWEEPNET_INLINE std::string device() const override;

  /// The gradients of the last step taken, in the layout of the parameters. Empty unless
  /// cpu_options::keep_gradients is set.
  [[nodiscard]] std::vector<float> last_gradients() const;

 private:
  struct machinery;  // threads, engines and weights

  SWEEPNET_INLINE void do_train_epoch(std::span<const std::uint32_t> order, pass_progress& progress,
                                      const step_observer& observe) override;
  [[nodiscard]] SWEEPNET_INLINE metrics do_evaluate(const step_observer& observe) override;
  SWEEPNET_INLINE void do_use_threads(int threads) override;
  [[nodiscard]] SWEEPNET_INLINE std::vector<std::vector<float>> export_slots() const override;
  SWEEPNET_INLINE void import_weights(const executor_state& state) override;
  void train_step(std::span<const std::uint32_t> rows, pass_progress& progress);

  std::unique_ptr<machinery> machinery_;
};

/// Makes CPU executors that share what follows from `data` alone: what run_sweep() trains many
/// networks on one data set with, each in a thread of its own with use_threads(). Given another
/// data set, it makes one that shares nothing.
[[nodiscard]] executor_factory cpu_executors(const cpu_dataset& data, const cpu_options& how = {});

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/backend/cpu/executor.inl"
#endif
