// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the CPU executor computes: its threads, engines and weights.

#include "sweepnet/backend/cpu/executor.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/factors/prepared_rows.hpp"
#include "sweepnet/backend/cpu/kernels/kernels.hpp"
#include "sweepnet/backend/cpu/machine/processors.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/backend/cpu/step/engine.hpp"
#include "sweepnet/backend/cpu/step/resting_rows.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/backend/cpu/step/weights.hpp"
#include "sweepnet/core/available_memory.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/network/clipping.hpp"
#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/network/optimizer_step.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/network/penalty.hpp"
#include "sweepnet/training/checks.hpp"
#include "sweepnet/training/output_scores.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

namespace cpu {

/// Of all rows of an engine's set, which are `rows`, dropout off. `weights` are packed.
inline metrics evaluate_all(engine& on, const staged_network& network, task t,
                            const labelled_rows& rows, std::span<const float> weights,
                            const step_observer& observe) {
  constexpr std::int64_t batch = 2048;  // fixed: the same bits wherever a model is evaluated
  const std::int64_t count = rows.rows();
  const std::int64_t width = network.stages.back().units();
  std::vector<float> outputs(needs_all_outputs(t) ? static_cast<std::size_t>(count * width)
                                                  : std::size_t{0});
  pass_progress progress;
  for (std::int64_t first = 0; first < count; first += batch) {
    const std::int64_t here = std::min(batch, count - first);
    float* to = outputs.empty() ? nullptr : outputs.data() + first * width;
    progress.add(here, on.evaluate(first, here, weights, to));
    if (observe) observe(progress);
  }
  metrics result = progress.mean();
  result.loss += network.penalty(weights);
  add_output_scores(t, outputs, rows, result);
  return result;
}

}  // namespace cpu

struct cpu_dataset::contents {
  explicit contents(const dataset& data)
      : valid(data), train(data.train), validation(data.validation) {}

  valid_dataset valid;
  cpu::prepared_rows train;
  cpu::prepared_rows validation;
};

SWEEPNET_INLINE cpu_dataset::cpu_dataset(const dataset& data)
    : contents_(std::make_shared<const contents>(data)) {}

SWEEPNET_INLINE const dataset& cpu_dataset::data() const { return contents_->valid.data(); }

SWEEPNET_INLINE metrics evaluate_on_cpu(const model_spec& model, const loss_function& loss,
                                        std::span<const float> parameters,
                                        const labelled_rows& rows, thread_pool& pool,
                                        const step_observer& observe) {
  detail::require_parameters(model, parameters);
  detail::require_features(model, rows);
  detail::require_loss(loss);
  const task of = detail::require_targets(model, loss, rows);
  const cpu::staged_network network(model, loss);
  const cpu::prepared_rows prepared(rows);
  cpu::engine engine(network, prepared, cpu::kernels_for(best_instructions()), {}, pool);
  return cpu::evaluate_all(engine, network, of, rows, network.layout.pack(parameters), observe);
}

SWEEPNET_INLINE std::vector<float> predict_on_cpu(const model_spec& model,
                                                  std::span<const float> parameters,
                                                  const labelled_rows& rows, thread_pool& pool) {
  detail::require_parameters(model, parameters);
  detail::require_features(model, rows);
  const cpu::staged_network network(model, {});
  const cpu::prepared_rows prepared(rows);
  cpu::engine engine(network, prepared, cpu::kernels_for(best_instructions()), {}, pool);
  std::vector<float> outputs(static_cast<std::size_t>(rows.rows() * model.outputs()));
  engine.predict(0, rows.rows(), network.layout.pack(parameters), outputs.data());
  return outputs;
}

SWEEPNET_INLINE double cpu_training_memory(const model_spec& model, const training_options& options,
                                           const dataset& data) {
  const cpu::staged_network network(model, options.loss);
  const int slots =
      visit_alternative([](const auto& rule) { return rule.slots(); }, options.optimizer.rule);
  const int packed = 1 + slots + (clips_by_norm(options.optimizer) ? 1 : 0);
  double values = static_cast<double>(packed) * static_cast<double>(network.layout.size);
  values += static_cast<double>(network.layout.flat.size);  // the best
  double width = 0;                                         // of all layers
  for (std::size_t i = 0; i < network.stages.size(); ++i) {
    const cpu::stage& s = network.stages[i];
    if (i > 0) values += static_cast<double>(s.transposed().size());
    width += static_cast<double>(s.units());
  }
  const auto batch = static_cast<double>(std::min(options.batch_size, data.train.rows()));
  values += 3 * batch * width;  // outputs, gates and deltas
  return values * sizeof(float);
}

struct cpu_executor::machinery {
  /// Threads and the engines that they work in.
  struct crew {
    crew(const machinery& of, int threads)
        : pool(threads),
          trainer(of.network, of.data->train, of.kernels, of.engine_options_for(of.batch), pool),
          evaluator(of.network, of.data->validation, of.kernels, of.engine_options_for(0), pool) {}

    thread_pool pool;
    cpu::engine trainer;
    cpu::engine evaluator;
  };

  using shared_data = std::shared_ptr<const cpu_dataset::contents>;

  /// `options` must outlive it.
  machinery(const model_spec& model, const training_options& options, shared_data data_,
            const cpu_options& how_)
      : how(how_),
        rule(options.optimizer),
        data(std::move(data_)),
        batch(std::min(options.batch_size, data->train.rows().rows())),
        kernels(cpu::kernels_for(how.instructions)),
        network(model, options.loss),
        at_work(std::make_unique<crew>(*this, usable_threads(how.threads))),
        weights(network, kernels, network.layout.pack(initial_parameters(model, options.seed))),
        slots(pack_slots(initial_slots(rule, network.layout.flat.size))) {
    if (how.keep_gradients || clips_by_norm(rule)) gradients.resize(weights.values().size());
    allow_rest();
  }

  /// Lets rows of weights rest, or, where the slots are others, begin anew.
  void allow_rest() {
    resting.reset();
    const cpu::stage& first = network.stages.front();
    const cpu::rest_function rest = kernels.resting(rule.rule);
    const bool only_by_gradients = rule.decoupled_decay() == 0 && penalty_of(first.layer).is_zero();
    if (rest != nullptr && only_by_gradients && gradients.empty()) {
      resting.emplace(first.weights, rest);
    }
  }

  [[nodiscard]] cpu::engine_options engine_options_for(std::int64_t rows) const {
    return {.sparse_below = how.sparse_below, .batch = rows};
  }

  /// Padding gets the rule's initial value, like fresh slots.
  [[nodiscard]] std::vector<cpu::aligned_floats> pack_slots(
      const std::vector<std::vector<float>>& flat) const {
    const std::vector<float> fresh = initial_slot_values(rule);
    std::vector<cpu::aligned_floats> packed;
    for (std::size_t k = 0; k < flat.size(); ++k) {
      packed.push_back(network.layout.pack(flat[k], fresh[k]));
    }
    return packed;
  }

  /// Whose turn it is, now that no pass is under way or a step is done.
  crew& present_crew() {
    if (relief) {
      at_work = std::move(relief);
      weights.transpose_all();  // not every crew's steps leave them up to date
    }
    return *at_work;
  }

  cpu_options how;
  const optimizer& rule;
  shared_data data;
  std::int64_t batch;
  const cpu::kernel_table& kernels;
  cpu::staged_network network;
  std::unique_ptr<crew> at_work;
  std::unique_ptr<crew> relief{};  // takes over where it can
  cpu::network_weights weights;
  std::shared_ptr<const std::vector<float>> best{};  // flat, unlike the rest; null: none are kept
  std::optional<std::uint64_t> best_step{};          // the steps done when they were kept here
  std::vector<cpu::aligned_floats> slots;
  cpu::aligned_floats gradients{};             // where whole gradients are wanted
  std::optional<cpu::resting_rows> resting{};  // whose slots are behind
  step_cache cache{};
};

SWEEPNET_INLINE cpu_executor::cpu_executor(const model_spec& model, const training_options& options,
                                           const cpu_dataset& data, const cpu_options& how)
    : executor(model, options, data.contents_->valid) {
  require_memory(cpu_training_memory(model, options, data.data()),
                 fmt::format("to train a network of {} parameters", parameter_layout(model).size));
  machinery_ = std::make_unique<machinery>(this->model(), this->options(), data.contents_, how);
}

SWEEPNET_INLINE cpu_executor::~cpu_executor() = default;

SWEEPNET_INLINE std::vector<float> cpu_executor::parameters() const {
  return machinery_->network.layout.unpack(machinery_->weights.values());
}

SWEEPNET_INLINE void cpu_executor::keep_best() {
  machinery_->best.reset();  // before there are others
  machinery_->best = std::make_shared<const std::vector<float>>(parameters());
  machinery_->best_step = steps_done();
}

SWEEPNET_INLINE std::optional<std::vector<float>> cpu_executor::best_parameters() const {
  return machinery_->best ? std::optional(*machinery_->best) : std::nullopt;
}

SWEEPNET_INLINE std::shared_ptr<const std::vector<float>> cpu_executor::shared_parameters() const {
  if (machinery_->best_step == steps_done()) return machinery_->best;
  return std::make_shared<const std::vector<float>>(parameters());
}

SWEEPNET_INLINE std::shared_ptr<const std::vector<float>> cpu_executor::shared_best() const {
  return machinery_->best;
}

SWEEPNET_INLINE int cpu_executor::threads() const {
  const machinery& m = *machinery_;
  return (m.relief ? m.relief : m.at_work)->pool.size();
}

SWEEPNET_INLINE void cpu_executor::do_use_threads(int threads) {
  machinery& m = *machinery_;
  if (threads == this->threads()) return;
  const bool are_at_work = threads == m.at_work->pool.size();
  m.relief = are_at_work ? nullptr : std::make_unique<machinery::crew>(m, threads);
}

SWEEPNET_INLINE std::string cpu_executor::device() const {
  return fmt::format("cpu ({}, {} first layer)", name_of(machinery_->how.instructions),
                     machinery_->at_work->trainer.is_sparse() ? "sparse" : "dense");
}

SWEEPNET_INLINE std::vector<float> cpu_executor::last_gradients() const {
  if (!machinery_->how.keep_gradients) return {};
  return machinery_->network.layout.unpack(machinery_->gradients);
}

SWEEPNET_INLINE void cpu_executor::do_train_epoch(std::span<const std::uint32_t> order,
                                                  pass_progress& progress,
                                                  const step_observer& observe) {
  while (progress.rows < std::ssize(order)) {
    const auto rest = order.subspan(static_cast<std::size_t>(progress.rows));
    train_step(rest.first(std::min(static_cast<std::size_t>(machinery_->batch), rest.size())),
               progress);
    if (observe) observe(progress);
  }
}

SWEEPNET_INLINE void cpu_executor::train_step(std::span<const std::uint32_t> rows,
                                              pass_progress& progress) {
  machinery& m = *machinery_;
  const auto count = static_cast<std::int64_t>(rows.size());
  const std::uint64_t step = steps_done();
  const cpu::dropout_draw draw{options().seed, static_cast<std::uint32_t>(step)};
  const double penalty = m.network.penalty(m.weights.values());  // before the step
  const bool may_rest = m.resting && std::isfinite(static_cast<float>(learning_rate()));
  if (m.resting && !may_rest) m.resting->wake_all();
  score_sums score =
      m.present_crew().trainer.train(rows, draw, m.weights,
                                     {.rule = m.rule,
                                      .step = step_of(m.rule, step + 1, learning_rate(), m.cache),
                                      .slots = m.slots,
                                      .gradients = m.gradients.empty() ? nullptr : &m.gradients,
                                      .resting = may_rest ? &*m.resting : nullptr});
  set_steps_done(step + 1);
  score.loss += penalty * static_cast<double>(count);
  progress.add(count, score);
}

SWEEPNET_INLINE metrics cpu_executor::do_evaluate(const step_observer& observe) {
  machinery& m = *machinery_;
  return cpu::evaluate_all(m.present_crew().evaluator, m.network, task(), data().validation,
                           m.weights.values(), observe);
}

SWEEPNET_INLINE std::vector<std::vector<float>> cpu_executor::export_slots() const {
  if (machinery_->resting) machinery_->resting->wake_all();
  std::vector<std::vector<float>> slots;
  for (const cpu::aligned_floats& slot : machinery_->slots) {
    slots.push_back(machinery_->network.layout.unpack(slot));
  }
  return slots;
}

SWEEPNET_INLINE void cpu_executor::import_weights(const executor_state& state) {
  machinery& m = *machinery_;
  m.weights.assign(m.network.layout.pack(state.parameters));
  m.best.reset();
  m.best_step.reset();
  if (state.best_parameters) {
    m.best = std::make_shared<const std::vector<float>>(*state.best_parameters);
  }
  m.slots = m.pack_slots(state.optimizer_slots);
  m.allow_rest();
}

SWEEPNET_INLINE executor_factory cpu_executors(const cpu_dataset& data, const cpu_options& how) {
  return [data, how](const model_spec& model, const training_options& options,
                     const dataset& of) -> std::unique_ptr<executor> {
    return std::make_unique<cpu_executor>(model, options,
                                          &of == &data.data() ? data : cpu_dataset(of), how);
  };
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
