// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The CPU executor: trains and evaluates one network on the host's threads.

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/kernels/kernels.hpp"
#include "sweepnet/backend/cpu/machine/instructions.hpp"
#include "sweepnet/backend/cpu/machine/processors.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/backend/cpu/step/engine.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/backend/cpu/step/weights.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/clipping.hpp"
#include "sweepnet/network/loss_function.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/optimizer_step.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/checks.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

struct cpu_options {
  int threads = 0;  ///< 0: one for each processor this process may use
  instruction_set instructions = best_instructions();
  /// About which density of features, outputs and gradients zeros are skipped below: 0 never, 100
  /// always; unset: where that is faster. The bits are the same.
  std::optional<double> sparse_below{};
  bool keep_gradients = false;  ///< store the gradients of each step, for last_gradients()
};

namespace cpu {

/// Means over all rows of an engine's set, dropout off. `weights` are packed.
inline metrics evaluate_all(engine& on, const staged_network& network, std::int64_t rows,
                            std::span<const float> weights, const step_observer& observe) {
  constexpr std::int64_t batch = 2048;  // fixed: the same bits wherever a model is evaluated
  pass_progress progress;
  for (std::int64_t first = 0; first < rows; first += batch) {
    const std::int64_t count = std::min(batch, rows - first);
    const batch_score score = on.evaluate(first, count, weights);
    progress.add(count, score.loss, score.correct);
    if (observe) observe(progress);
  }
  metrics result = progress.mean();
  result.loss += network.penalty(weights);
  return result;
}

}  // namespace cpu

/// Scores `parameters` on labelled rows, dropout off. Throws argument_error if the loss is
/// malformed, parameters, features or labels do not fit the model, or a feature is not finite.
/// `observe` is called now and then between rows.
[[nodiscard]] inline metrics evaluate_on_cpu(const model_spec& model, const loss_function& loss,
                                             std::span<const float> parameters,
                                             const labelled_rows& rows, thread_pool& pool,
                                             const step_observer& observe = {}) {
  detail::require_parameters(model, parameters);
  detail::require_features(model, rows);
  detail::require_loss(loss);
  rows.check_labels("rows", model.outputs());
  const cpu::staged_network network(model, loss);
  cpu::engine engine(network, rows, cpu::kernels_for(best_instructions()), {}, pool);
  return cpu::evaluate_all(engine, network, rows.rows(), network.layout.pack(parameters), observe);
}

/// The outputs of the network with `parameters`, (rows x outputs), dropout off; labels are not
/// looked at. Throws argument_error if parameters or features do not fit the model, or a
/// feature is not finite.
[[nodiscard]] inline std::vector<float> predict_on_cpu(const model_spec& model,
                                                       std::span<const float> parameters,
                                                       const labelled_rows& rows,
                                                       thread_pool& pool) {
  detail::require_parameters(model, parameters);
  detail::require_features(model, rows);
  const cpu::staged_network network(model, {});
  cpu::engine engine(network, rows, cpu::kernels_for(best_instructions()), {}, pool);
  std::vector<float> outputs(static_cast<std::size_t>(rows.rows() * model.outputs()));
  engine.predict(0, rows.rows(), network.layout.pack(parameters), outputs.data());
  return outputs;
}

/// Deterministic: the same bits for any number of threads, and for any instruction set with fused
/// multiply-add.
class cpu_executor final : public executor {
 public:
  /// Fresh weights from options.seed. `data` must outlive the executor. Throws
  /// argument_error if model, options or data are malformed or do not fit each other, or if
  /// this processor lacks the instructions.
  cpu_executor(const model_spec& model, const training_options& options, const dataset& data,
               const cpu_options& how = {})
      : executor(model, options, data),
        cpu_(how),
        batch_(std::min(options.batch_size, data.train.rows())),
        kernels_(&cpu::kernels_for(how.instructions)),
        pool_(usable_threads(how.threads)),
        network_(model, options.loss),
        trainer_(network_, data.train, *kernels_, engine_options_for(batch_), pool_),
        evaluator_(network_, data.validation, *kernels_, engine_options_for(0), pool_),
        weights_(network_, *kernels_,
                 network_.layout.pack(initial_parameters(model, options.seed))),
        slots_(pack_slots(initial_slots(options.optimizer, network_.layout.flat.size))) {
    if (cpu_.keep_gradients || clips_by_norm(options.optimizer)) {
      gradients_.resize(weights_.values().size());
    }
  }
  cpu_executor(const model_spec&, const training_options&, const dataset&&,
               const cpu_options& = {}) = delete;  // the data would be gone

  [[nodiscard]] std::vector<float> parameters() const override {
    return network_.layout.unpack(weights_.values());
  }
  void keep_best() override { best_weights_ = weights_.values(); }
  [[nodiscard]] std::optional<std::vector<float>> best_parameters() const override {
    if (best_weights_.empty()) return std::nullopt;
    return network_.layout.unpack(best_weights_);
  }

  [[nodiscard]] int threads() const override { return pool_.size(); }
  [[nodiscard]] std::string device() const override {
    return fmt::format("cpu ({}, {} first layer)", name_of(cpu_.instructions),
                       trainer_.is_sparse() ? "sparse" : "dense");
  }

  /// The gradients of the last step taken, in the layout of the parameters. Empty unless
  /// cpu_options::keep_gradients is set.
  [[nodiscard]] std::vector<float> last_gradients() const {
    return cpu_.keep_gradients ? network_.layout.unpack(gradients_) : std::vector<float>{};
  }

 private:
  [[nodiscard]] cpu::engine_options engine_options_for(std::int64_t batch) const {
    return {.sparse_below = cpu_.sparse_below, .batch = batch};
  }

  void do_train_epoch(std::span<const std::uint32_t> order, pass_progress& progress,
                      const step_observer& observe) override {
    while (progress.rows < std::ssize(order)) {
      const auto rest = order.subspan(static_cast<std::size_t>(progress.rows));
      train_step(rest.first(std::min(static_cast<std::size_t>(batch_), rest.size())), progress);
      if (observe) observe(progress);
    }
  }

  [[nodiscard]] metrics do_evaluate(const step_observer& observe) override {
    return cpu::evaluate_all(evaluator_, network_, data().validation.rows(), weights_.values(),
                             observe);
  }

  [[nodiscard]] std::vector<std::vector<float>> export_slots() const override {
    std::vector<std::vector<float>> slots;
    for (const cpu::aligned_floats& slot : slots_) slots.push_back(network_.layout.unpack(slot));
    return slots;
  }

  void import_weights(const executor_state& state) override {
    weights_.assign(network_.layout.pack(state.parameters));
    best_weights_.clear();
    if (state.best_parameters) best_weights_ = network_.layout.pack(*state.best_parameters);
    slots_ = pack_slots(state.optimizer_slots);
  }

  /// Padding gets the rule's initial value, like fresh slots.
  [[nodiscard]] std::vector<cpu::aligned_floats> pack_slots(
      const std::vector<std::vector<float>>& flat) const {
    const std::vector<float> fresh = initial_slot_values(options().optimizer);
    std::vector<cpu::aligned_floats> slots;
    for (std::size_t k = 0; k < flat.size(); ++k) {
      slots.push_back(network_.layout.pack(flat[k], fresh[k]));
    }
    return slots;
  }

  void train_step(std::span<const std::uint32_t> rows, pass_progress& progress) {
    const auto count = static_cast<std::int64_t>(rows.size());
    const std::uint64_t step = steps_done();
    const cpu::dropout_draw draw{options().seed, static_cast<std::uint32_t>(step)};
    const double penalty = network_.penalty(weights_.values());  // before the step
    const cpu::batch_score score = trainer_.train(
        rows, draw, weights_,
        {.rule = options().optimizer,
         .step = step_of(options().optimizer, step + 1, learning_rate(), step_cache_),
         .slots = slots_,
         .gradients = gradients_.empty() ? nullptr : &gradients_});
    set_steps_done(step + 1);
    progress.add(count, score.loss + penalty * static_cast<double>(count), score.correct);
  }

  cpu_options cpu_;
  std::int64_t batch_;
  const cpu::kernel_table* kernels_;
  thread_pool pool_;
  cpu::staged_network network_;
  cpu::engine trainer_;
  cpu::engine evaluator_;
  cpu::network_weights weights_;
  cpu::aligned_floats best_weights_{};  // packed, like the rest; empty: none are kept
  std::vector<cpu::aligned_floats> slots_;
  cpu::aligned_floats gradients_{};  // where whole gradients are wanted
  step_cache step_cache_{};
};

}  // namespace sweepnet
