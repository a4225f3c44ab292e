// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The CPU executor: trains and evaluates one network on the host's threads.

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "sweepnet/backend/checks.hpp"
#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/kernels/kernels.hpp"
#include "sweepnet/backend/cpu/machine/instructions.hpp"
#include "sweepnet/backend/cpu/machine/processors.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/backend/cpu/step/engine.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/backend/cpu/step/weights.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/clipping.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/optimizer_step.hpp"
#include "sweepnet/network/parameters.hpp"
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

/// Scores `parameters` on labelled rows, dropout off. Throws std::invalid_argument if parameters,
/// features or labels do not fit the model, or a feature is not finite. `observe` is called now and
/// then between rows.
[[nodiscard]] inline metrics evaluate_on_cpu(const model_spec& model,
                                             const categorical_crossentropy& loss,
                                             std::span<const float> parameters,
                                             const labelled_rows& rows, thread_pool& pool,
                                             const step_observer& observe = {}) {
  detail::require_predictable(model, parameters, rows);
  rows.check_labels("rows", model.outputs());
  const cpu::staged_network network(model, loss);
  cpu::engine engine(network, rows, cpu::kernels_for(best_instructions()), {}, pool);
  return cpu::evaluate_all(engine, network, rows.rows(), network.layout.pack(parameters), observe);
}

/// The outputs of the network with `parameters`, (rows x outputs), dropout off; labels are not
/// looked at. Throws std::invalid_argument if parameters or features do not fit the model, or a
/// feature is not finite.
[[nodiscard]] inline std::vector<float> predict_on_cpu(const model_spec& model,
                                                       std::span<const float> parameters,
                                                       const labelled_rows& rows,
                                                       thread_pool& pool) {
  detail::require_predictable(model, parameters, rows);
  const cpu::staged_network network(model, {});
  cpu::engine engine(network, rows, cpu::kernels_for(best_instructions()), {}, pool);
  std::vector<float> outputs(static_cast<std::size_t>(rows.rows() * model.outputs()));
  engine.predict(0, rows.rows(), network.layout.pack(parameters), outputs.data());
  return outputs;
}

/// See the `executor` concept. Deterministic: the same bits for any number of threads, and for any
/// instruction set with fused multiply-add.
class cpu_executor {
 public:
  /// Fresh weights from options.seed. `data` must outlive the executor. Throws
  /// std::invalid_argument if model, options or data are malformed or do not fit each other, or if
  /// this processor lacks the instructions.
  cpu_executor(const model_spec& model, const training_options& options, const dataset& data,
               const cpu_options& how = {})
      : options_(checked(model, options, data)),
        data_(&data),
        cpu_(how),
        batch_(std::min(options.batch_size, data.train.rows())),
        kernels_(&cpu::kernels_for(how.instructions)),
        pool_(usable_threads(how.threads)),
        network_(model, options.loss),
        trainer_(network_, data.train, *kernels_, engine_options_for(batch_), pool_),
        evaluator_(network_, data.validation, *kernels_, engine_options_for(0), pool_),
        weights_(network_, *kernels_,
                 network_.layout.pack(initial_parameters(model, options.seed))),
        best_weights_(weights_.values()),
        slots_(pack_slots(initial_slots(options.optimizer, network_.layout.flat.size))) {
    if (cpu_.keep_gradients || clips_by_norm(options.optimizer)) {
      gradients_.resize(weights_.values().size());
    }
  }
  cpu_executor(const model_spec&, const training_options&, const dataset&&,
               const cpu_options& = {}) = delete;  // the data would be gone
  cpu_executor(const cpu_executor&) = delete;      // the engines hold addresses of its parts
  cpu_executor& operator=(const cpu_executor&) = delete;

  void train_epoch(std::span<const std::uint32_t> order, pass_progress& progress,
                   const step_observer& observe = {}) {
    detail::require_order(order, progress, data_->train.rows());
    while (progress.rows < static_cast<std::int64_t>(order.size())) {
      const auto rest = order.subspan(static_cast<std::size_t>(progress.rows));
      train_step(rest.first(std::min(static_cast<std::size_t>(batch_), rest.size())), progress);
      if (observe) observe(progress);
    }
  }

  [[nodiscard]] metrics evaluate(const step_observer& observe = {}) {
    return cpu::evaluate_all(evaluator_, network_, data_->validation.rows(), weights_.values(),
                             observe);
  }

  void keep_best() { best_weights_ = weights_.values(); }
  [[nodiscard]] std::vector<float> best_parameters() const {
    return network_.layout.unpack(best_weights_);
  }

  [[nodiscard]] executor_state export_state() const {
    executor_state state{.parameters = network_.layout.unpack(weights_.values()),
                         .best_parameters = best_parameters(),
                         .step = step_,
                         .rate_factor = rate_factor_};
    for (const cpu::aligned_floats& slot : slots_) {
      state.optimizer_slots.push_back(network_.layout.unpack(slot));
    }
    return state;
  }

  void import_state(const executor_state& state) {
    const auto fits = [&](const std::vector<float>& values) {
      return static_cast<std::int64_t>(values.size()) == network_.layout.flat.size;
    };
    if (!fits(state.parameters) || !fits(state.best_parameters) ||
        !std::ranges::all_of(state.optimizer_slots, fits) ||
        state.optimizer_slots.size() != slots_.size()) {
      throw std::invalid_argument("the state belongs to another model or optimizer");
    }
    weights_.assign(network_.layout.pack(state.parameters));
    best_weights_ = network_.layout.pack(state.best_parameters);
    slots_ = pack_slots(state.optimizer_slots);
    step_ = state.step;
    rate_factor_ = state.rate_factor;
  }

  [[nodiscard]] double learning_rate() const {
    return options_.optimizer.rate_at(step_) * rate_factor_;
  }
  void scale_learning_rate(double factor) { rate_factor_ *= factor; }

  [[nodiscard]] const dataset& data() const { return *data_; }
  [[nodiscard]] const training_options& options() const { return options_; }
  [[nodiscard]] int threads() const { return pool_.size(); }
  [[nodiscard]] std::string device() const {
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

  static const training_options& checked(const model_spec& model, const training_options& options,
                                         const dataset& data) {
    detail::require_trainable(model, options, data);
    return options;
  }

  /// Padding gets the rule's initial value, like fresh slots.
  [[nodiscard]] std::vector<cpu::aligned_floats> pack_slots(
      const std::vector<std::vector<float>>& flat) const {
    const std::vector<float> fresh = initial_slot_values(options_.optimizer);
    std::vector<cpu::aligned_floats> slots;
    for (std::size_t k = 0; k < flat.size(); ++k) {
      slots.push_back(network_.layout.pack(flat[k], fresh[k]));
    }
    return slots;
  }

  void train_step(std::span<const std::uint32_t> rows, pass_progress& progress) {
    const auto count = static_cast<std::int64_t>(rows.size());
    const cpu::dropout_draw draw{options_.seed, static_cast<std::uint32_t>(step_)};
    const double penalty = network_.penalty(weights_.values());  // before the step
    const double rate = learning_rate();
    ++step_;
    const cpu::batch_score score =
        trainer_.train(rows, draw, weights_,
                       {.rule = options_.optimizer,
                        .step = step_of(options_.optimizer, step_, rate, step_cache_),
                        .slots = slots_,
                        .gradients = gradients_.empty() ? nullptr : &gradients_});
    progress.add(count, score.loss + penalty * static_cast<double>(count), score.correct);
  }

  training_options options_;
  const dataset* data_;
  cpu_options cpu_;
  std::int64_t batch_;
  const cpu::kernel_table* kernels_;
  thread_pool pool_;
  cpu::staged_network network_;
  cpu::engine trainer_;
  cpu::engine evaluator_;
  cpu::network_weights weights_;
  cpu::aligned_floats best_weights_;  // packed, like the rest
  std::vector<cpu::aligned_floats> slots_;
  cpu::aligned_floats gradients_{};  // where whole gradients are wanted
  std::uint64_t step_ = 0;
  step_cache step_cache_{};
  double rate_factor_ = 1;
};

static_assert(executor<cpu_executor>);

}  // namespace sweepnet
