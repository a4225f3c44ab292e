// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The GPU executor: trains and evaluates one network on an NVIDIA GPU. Data, weights, optimizer,
// metrics and best weights stay there; the host sends an epoch's order and reads its sums.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/backend/cuda/cost.hpp"
#include "sweepnet/backend/cuda/device.cuh"
#include "sweepnet/backend/cuda/evaluation.cuh"
#include "sweepnet/backend/cuda/fused_step.hpp"
#include "sweepnet/backend/cuda/operations.cuh"
#include "sweepnet/backend/cuda/options.hpp"
#include "sweepnet/backend/cuda/plain_step.cuh"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/backend/cuda/shared_device.cuh"
#include "sweepnet/backend/cuda/shared_rounds.cuh"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

/// Deterministic: the same bits on the same GPU with the same libraries. Use it from one host
/// thread at a time. `observe` is called where the host reads back, after whole steps: at an
/// epoch's end and, in longer ones, some four times a second.
class cuda_executor final : public executor {
 public:
  /// Fresh weights from options.seed. `data` must outlive the executor. Throws
  /// argument_error if model, options or data are malformed or do not fit each other, or an
  /// activation, the loss or the optimizer is a program's own, configuration_error if there is no
  /// such GPU, cuda_out_of_memory.
  cuda_executor(const model_spec& model, const training_options& options, const dataset& data,
                const cuda_options& gpu = {})
      : cuda_executor(model, options, valid_dataset(data), gpu, nullptr) {}
  cuda_executor(const model_spec&, const training_options&, const dataset&&,
                const cuda_options& = {}) = delete;  // the data would be gone

  /// A member of the group that works in those rounds; null: alone. The rounds' device has the
  /// data.
  cuda_executor(const model_spec& model, const training_options& options, const valid_dataset& data,
                const cuda_options& gpu, std::shared_ptr<cuda::shared_rounds> rounds)
      : executor(cuda::checked_for_device(model, options, data.data()), options, data),
        gpu_(gpu),
        rounds_(std::move(rounds)),
        device_(rounds_ ? selected(rounds_->device())
                        : std::make_shared<cuda::shared_device>(data.data(), gpu.device)),
        batch_(batch_of(options, data.data())),
        size_(static_cast<std::size_t>(parameter_layout(model).size)),
        slot_count_(initial_slot_values(options.optimizer).size()),
        cursor_(1),
        steps_(static_cast<std::size_t>(cuda::parts_of(data.data().train.rows(), batch_))),
        order_(static_cast<std::size_t>(data.data().train.rows())),
        parameters_(size_),
        best_(size_),
        slots_(size_ * slot_count_) {
    const std::vector<float> initial = initial_parameters(model, options.seed);
    const cuda::turns::turn mine = device_->take_turn();
    plan_training();
    start_from(initial);
    if (!rounds_) capture(initial);
    if (device_->validation().rows() > 0) {
      evaluation_.emplace(*device_, model, options, parameters_.get(), path_of(fused_.has_value()),
                          gpu_.precision);
    }
    on().synchronize();
  }

  /// Bytes of the GPU's memory that a member of a group takes, beside the data and the libraries.
  [[nodiscard]] static std::size_t memory_of(const model_spec& model,
                                             const training_options& options, const dataset& data,
                                             const cuda_options& gpu) {
    const std::int64_t batch = batch_of(options, data);
    const auto size = static_cast<std::size_t>(parameter_layout(model).size);
    const std::optional<cuda::fused_plan> plan = plan_of(model, options, batch, gpu);
    std::size_t bytes = sizeof(cuda::step_cursor) +
                        sizeof(optimizer_step) *
                            static_cast<std::size_t>(cuda::parts_of(data.train.rows(), batch)) +
                        sizeof(std::uint32_t) * static_cast<std::size_t>(data.train.rows()) +
                        sizeof(float) * size * (2 + initial_slot_values(options.optimizer).size()) +
                        (plan ? plan->bytes() : cuda::plain_step::bytes(model, options, batch));
    if (const std::int64_t rows = data.validation.rows(); rows > 0) {
      bytes += cuda::evaluation::bytes(model, rows, path_of(plan.has_value()));
    }
    return bytes;
  }

  [[nodiscard]] std::vector<float> parameters() const override {
    const cuda::turns::turn mine = device_->take_turn();
    return cuda::copy_to_host(parameters_, on());
  }
  void keep_best() override {
    const cuda::turns::turn mine = device_->take_turn();
    cuda::copy_on_device(parameters_, best_, on());
    has_best_ = true;
  }
  [[nodiscard]] std::optional<std::vector<float>> best_parameters() const override {
    if (!has_best_) return std::nullopt;
    const cuda::turns::turn mine = device_->take_turn();
    return cuda::copy_to_host(best_, on());
  }

  /// What must be the same for a run to go on bit by bit: GPU, driver, kernels, precision,
  /// libraries, and the algorithms that cuBLASLt chose for the products.
  [[nodiscard]] std::string device() const override {
    const std::string products =
        plain_ ? fmt::format(", algorithms {}{}", plain_->network().algorithms(),
                             evaluation_ ? evaluation_->algorithms() : "")
               : "";
    return fmt::format("cuda ({}, driver {}, {} kernels, {}, cuBLASLt {}{}, cuDNN {})",
                       cuda::name_of_device(device_->number()), cuda::driver_version(),
                       fused_ ? "fused" : "plain", name_of(gpu_.precision),
                       cuda::cublaslt_handle::version(), products, cuda::cudnn_handle::version());
  }

  [[nodiscard]] sweepnet::precision precision() const override { return gpu_.precision; }

  /// Kernels and copies in one training step; 0 where its group launches it.
  [[nodiscard]] std::size_t nodes_per_step() const {
    return step_graph_ ? step_graph_->nodes() : 0;
  }

 private:
  /// The device, as this thread's current one.
  static std::shared_ptr<cuda::shared_device> selected(
      std::shared_ptr<cuda::shared_device> device) {
    device->select();
    return device;
  }
  [[nodiscard]] const cuda::stream& on() const { return device_->on(); }

  static std::int64_t batch_of(const training_options& options, const dataset& data) {
    return std::min(options.batch_size, data.train.rows());
  }
  static cuda::training_path path_of(bool is_fused) {
    return is_fused ? cuda::training_path::fused : cuda::training_path::plain;
  }
  static std::optional<cuda::fused_plan> plan_of(const model_spec& model,
                                                 const training_options& options,
                                                 std::int64_t batch, const cuda_options& gpu) {
    return cuda::choose_fused_plan(model, options, batch, gpu,
                                   cuda::shared_bytes_per_block(gpu.device));
  }

  void do_train_epoch(std::span<const std::uint32_t> order, pass_progress& progress,
                      const step_observer& observe) override {
    const auto rows = static_cast<std::int64_t>(order.size());
    std::span<const std::uint32_t> new_order = order;
    while (progress.rows < rows) {
      const std::int64_t left = cuda::parts_of(rows - progress.rows, batch_);
      const stopwatch watch;
      const std::int64_t steps = observe ? std::min(left, chunk_) : left;
      train_steps(steps, new_order, rows, progress);
      new_order = {};
      if (observe) observe(progress);
      adapt_chunk(steps, watch.seconds());
    }
  }

  [[nodiscard]] metrics do_evaluate(const step_observer& observe) override {
    constexpr std::int64_t steps_per_observation = 16;
    const std::int64_t rows = device_->validation().rows();
    pass_progress progress;
    while (progress.rows < rows) {
      const std::int64_t left = cuda::parts_of(rows - progress.rows, evaluation_->batch());
      evaluate_rows(observe ? std::min(left, steps_per_observation) : left, rows, progress);
      if (observe) observe(progress);
    }
    metrics result = progress.mean();
    for (const double penalty : penalties()) result.loss += penalty;
    return result;
  }

  void evaluate_rows(std::int64_t steps, std::int64_t rows, pass_progress& progress) {
    const cuda::step_cursor start = cursor_at(0, rows, progress);
    take_steps(
        evaluation_->step(), steps,
        [&] { cuda::copy_to_device(std::span(&start, 1), evaluation_->cursor(), on()); },
        [&] { progress = progress_at(copy_to_host(evaluation_->cursor(), on()).front()); });
  }

  /// On the weights as they are.
  [[nodiscard]] std::vector<double> penalties() {
    std::vector<double> values;
    if (evaluation_->penalty_step().size() == 0) return values;
    take_steps(
        evaluation_->penalty_step(), 1, [] {},
        [&] { values = copy_to_host(evaluation_->penalties(), on()); });
    return values;
  }

  [[nodiscard]] std::vector<std::vector<float>> export_slots() const override {
    std::vector<float> all;
    {
      const cuda::turns::turn mine = device_->take_turn();
      all = cuda::copy_to_host(slots_, on());
    }
    std::vector<std::vector<float>> slots;
    for (std::size_t k = 0; k < slot_count_; ++k) {
      const auto first = all.begin() + static_cast<std::ptrdiff_t>(k * size_);
      slots.emplace_back(first, first + static_cast<std::ptrdiff_t>(size_));
    }
    return slots;
  }

  void import_weights(const executor_state& state) override {
    const cuda::turns::turn mine = device_->take_turn();
    cuda::copy_to_device(std::span(state.parameters), parameters_, on());
    has_best_ = state.best_parameters.has_value();
    if (has_best_) cuda::copy_to_device(std::span(*state.best_parameters), best_, on());
    upload_slots(state.optimizer_slots);
  }

  /// Synchronises.
  void upload_slots(const std::vector<std::vector<float>>& slots) {
    std::vector<float> all;
    for (const auto& slot : slots) all.insert(all.end(), slot.begin(), slot.end());
    cuda::copy_to_device(std::span<const float>(all), slots_, on());
    on().synchronize();
  }

  /// Puts the first weights and slots there; synchronises.
  void start_from(const std::vector<float>& initial) {
    cuda::copy_to_device(std::span(initial), parameters_, on());
    upload_slots(initial_slots(options().optimizer, static_cast<std::int64_t>(size_)));
  }

  /// Captures a step, and leaves the first weights and slots as they are.
  void capture(const std::vector<float>& initial) {
    train_uncaptured();
    start_from(initial);
    step_graph_.emplace(on(), [&] { step_.put_on(on()); });
  }

  /// Trains a step on the first row of the data, again and again, outside of any capture: at their
  /// first calls the libraries load kernels, which a capture may refuse.
  void train_uncaptured() {
    const std::vector<std::uint32_t> order(static_cast<std::size_t>(batch_), 0);
    cuda::copy_to_device(std::span(order), order_, on());
    set_out(1, batch_, {});
    step_.put_on(on());
    on().synchronize();
  }

  /// Memory and a step for the path that takes less time.
  void plan_training() {
    const cuda::training_memory memory{.cursor = cursor_.get(),
                                       .steps = steps_.get(),
                                       .order = order_.get(),
                                       .features = device_->train().features(),
                                       .labels = device_->train().labels(),
                                       .parameters = parameters_.get(),
                                       .slots = slots_.get()};
    if (const auto plan = plan_of(model(), options(), batch_, gpu_)) {
      for (auto& values : handed_on_) values = cuda::device_memory<float>(plan->activations());
      scores_ = cuda::device_memory<cuda::block_score>(static_cast<std::size_t>(batch_));
      fused_ = cuda::make_fused_step(*plan, model(), options(), memory,
                                     {.weighted = handed_on_[0].get(),
                                      .output = handed_on_[1].get(),
                                      .delta = handed_on_[2].get(),
                                      .scores = scores_.get()});
      step_.add(fused_->first);
      step_.add(fused_->tail);
      step_.add(fused_->update);
    } else {
      plain_.emplace(device_->with(), model(), options(), batch_, memory, gpu_.precision);
      plain_->add_to(step_);
    }
  }

  static cuda::step_cursor cursor_at(std::uint64_t step, std::int64_t rows,
                                     const pass_progress& progress) {
    return {.pending = {.step = step, .first = progress.rows, .total = rows, .entry = 0},
            .current = {},
            .loss = progress.sums.loss,
            .correct = progress.sums.correct};
  }
  static pass_progress progress_at(const cuda::step_cursor& cursor) {
    return {.rows = cursor.pending.first, .sums = {.loss = cursor.loss, .correct = cursor.correct}};
  }

  /// Prepares the next `steps` steps of an epoch of `rows` rows, from `progress` on.
  void set_out(std::int64_t steps, std::int64_t rows, const pass_progress& progress) {
    std::vector<optimizer_step> table;
    for (std::int64_t i = 0; i < steps; ++i) {
      const std::uint64_t before = steps_done() + static_cast<std::uint64_t>(i);
      table.push_back(step_of(options().optimizer, before + 1, rate_of(before), step_cache_));
    }
    cuda::copy_to_device(std::span<const optimizer_step>(table), steps_, on());
    const cuda::step_cursor start = cursor_at(steps_done(), rows, progress);
    cuda::copy_to_device(std::span(&start, 1), cursor_, on());
  }

  /// Trains `steps` steps of an epoch of `rows` rows from `progress` on, in `new_order` unless that
  /// is empty; synchronises at the end.
  void train_steps(std::int64_t steps, std::span<const std::uint32_t> new_order, std::int64_t rows,
                   pass_progress& progress) {
    cuda::step_cursor end;
    take_steps(
        step_, steps,
        [&] {
          cuda::copy_to_device(new_order, order_, on());
          set_out(steps, rows, progress);
        },
        [&] { end = cuda::copy_to_host(cursor_, on()).front(); });
    set_steps_done(end.pending.step);
    progress = progress_at(end);
  }

  /// Takes `step` so many times: with the group, or alone.
  void take_steps(const cuda::operations& step, std::int64_t steps,
                  const std::function<void()>& begin, const std::function<void()>& end) {
    if (rounds_) {
      rounds_->take({.step = &step, .steps = steps, .begin = begin, .end = end});
      return;
    }
    const cuda::turns::turn mine = device_->take_turn();
    begin();
    const bool is_captured = &step == &step_;
    for (std::int64_t i = 0; i < steps; ++i) {
      is_captured ? step_graph_->launch(on()) : step.put_on(on());
    }
    end();
  }

  /// So many steps that the next observation comes after a quarter of a second. It changes no
  /// result.
  void adapt_chunk(std::int64_t steps, double seconds) {
    if (gpu_.steps_per_observation > 0) return;
    const double fitting = 0.25 * static_cast<double>(steps) / std::max(seconds, 1e-6);
    chunk_ = std::clamp<std::int64_t>(static_cast<std::int64_t>(fitting), 1, std::int64_t{1} << 20);
  }

  cuda_options gpu_;
  std::shared_ptr<cuda::shared_rounds> rounds_;  ///< null: alone on the device
  std::shared_ptr<cuda::shared_device> device_;
  std::int64_t batch_;
  std::size_t size_;        ///< parameters
  std::size_t slot_count_;  ///< values that the optimizer keeps for each
  cuda::device_memory<cuda::step_cursor> cursor_;
  cuda::device_memory<optimizer_step> steps_;
  cuda::device_memory<std::uint32_t> order_;
  cuda::device_memory<float> parameters_;
  cuda::device_memory<float> best_;
  bool has_best_ = false;
  cuda::device_memory<float> slots_;  // (slot_count x parameters)

  std::optional<cuda::fused_step> fused_;
  cuda::device_memory<float> handed_on_[3];  // z, y and dL/dz of the batch
  cuda::device_memory<cuda::block_score> scores_;
  std::optional<cuda::plain_step> plain_;
  cuda::operations step_;                  ///< of training
  std::optional<cuda::graph> step_graph_;  ///< alone: the same, captured

  std::optional<cuda::evaluation> evaluation_;

  step_cache step_cache_;
  std::int64_t chunk_ = gpu_.steps_per_observation > 0 ? gpu_.steps_per_observation : 256;
};

}  // namespace sweepnet
