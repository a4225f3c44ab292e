// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The GPU executor: trains and evaluates one network on an NVIDIA GPU. Data, weights, optimizer,
// metrics and best weights stay there; the host sends an epoch's order and reads its sums.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/backend/cuda/cost.hpp"
#include "sweepnet/backend/cuda/device.cuh"
#include "sweepnet/backend/cuda/fused_step.hpp"
#include "sweepnet/backend/cuda/launch.cuh"
#include "sweepnet/backend/cuda/options.hpp"
#include "sweepnet/backend/cuda/plain_network.cuh"
#include "sweepnet/backend/cuda/plain_step.cuh"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/backend/cuda/shared_device.cuh"
#include "sweepnet/backend/cuda/training_rounds.cuh"
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

  /// A member of the group that trains in those rounds; null: alone. The rounds' device has the
  /// data.
  cuda_executor(const model_spec& model, const training_options& options, const valid_dataset& data,
                const cuda_options& gpu, std::shared_ptr<cuda::training_rounds> rounds)
      : executor(cuda::checked_for_device(model, options), options, data),
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
    if (plain_ || !rounds_) capture(initial);
    if (const std::int64_t rows = device_->validation().rows(); rows > 0) {
      evaluator_.emplace(device_->with(), model, cuda::argument_of(options.loss), parameters_.get(),
                         std::min(evaluation_batch, rows), options.seed, gpu_.precision,
                         cuda::plain_network::purpose::evaluation);
      penalized_ = cuda::device_memory<cuda::penalized_kernel>(
          std::span<const cuda::penalized_kernel>(cuda::penalized_kernels(model)), on());
      penalties_ = cuda::device_memory<double>(penalized_.size());
      total_ = cuda::device_memory<cuda::block_score>(1);
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
      bytes += cuda::plain_network::bytes(model, std::min(evaluation_batch, rows),
                                          cuda::plain_network::purpose::evaluation) +
               (sizeof(cuda::penalized_kernel) + sizeof(double)) *
                   cuda::penalized_kernels(model).size() +
               sizeof(cuda::block_score);
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
        plain_ ? fmt::format(", algorithms {}", plain_->network().algorithms()) : "";
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
  static constexpr std::int64_t evaluation_batch = 4096;

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
    constexpr std::int64_t batches_per_observation = 16;
    const std::int64_t rows = device_->validation().rows();
    const std::int64_t at_once = observe ? batches_per_observation * evaluator_->capacity() : rows;
    pass_progress progress;
    while (progress.rows < rows) {
      progress = evaluate_rows(progress.rows, std::min(progress.rows + at_once, rows));
      if (observe) observe(progress);
    }
    metrics result = progress.mean();
    for (const double penalty : penalties()) result.loss += penalty;
    return result;
  }

  /// Of validation rows 0 to `end`, of which those before `begin` were evaluated before.
  [[nodiscard]] pass_progress evaluate_rows(std::int64_t begin, std::int64_t end) {
    const cuda::turns::turn mine = device_->take_turn();
    const cuda::block_score none;
    if (begin == 0) cuda::copy_to_device(std::span(&none, 1), total_, on());
    for (std::int64_t first = begin; first < end; first += evaluator_->capacity()) {
      const std::int64_t count = std::min(evaluator_->capacity(), end - first);
      evaluator_->forward({nullptr, nullptr, first, count}, device_->validation().features(),
                          device_->validation().labels());
      cuda::launch(
          cuda::total_kernel{count, evaluator_->losses(), evaluator_->right(), total_.get()}, on());
    }
    const cuda::block_score total = cuda::copy_to_host(total_, on()).front();
    return {.rows = end, .loss = total.loss, .correct = total.correct};
  }

  /// On the weights as they are.
  [[nodiscard]] std::vector<double> penalties() {
    if (penalized_.size() == 0) return {};
    const cuda::turns::turn mine = device_->take_turn();
    cuda::launch(
        cuda::penalty_kernel{penalized_.get(), static_cast<std::int64_t>(penalized_.size()),
                             parameters_.get(), nullptr, penalties_.get()},
        on());
    return cuda::copy_to_host(penalties_, on());
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
    step_graph_.emplace(on(), [&] { enqueue_step(); });
  }

  /// Trains a step on the first row of the data, again and again, outside of any capture: at their
  /// first calls the libraries load kernels, which a capture may refuse.
  void train_uncaptured() {
    const std::vector<std::uint32_t> order(static_cast<std::size_t>(batch_), 0);
    cuda::copy_to_device(std::span(order), order_, on());
    set_out(1, batch_, {});
    enqueue_step();
    on().synchronize();
  }

  /// Memory and kernels for the path that takes less time.
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
    } else {
      plain_.emplace(device_->with(), model(), options(), batch_, memory, gpu_.precision);
    }
  }

  /// Puts one step on the stream.
  void enqueue_step() const {
    if (fused_) {
      cuda::launch(fused_->first, on());
      cuda::launch(fused_->tail, on());
      cuda::launch(fused_->update, on());
    } else {
      plain_->enqueue();
    }
  }

  /// Prepares the next `steps` steps of an epoch of `rows` rows, from `progress` on.
  void set_out(std::int64_t steps, std::int64_t rows, const pass_progress& progress) {
    std::vector<optimizer_step> table;
    for (std::int64_t i = 0; i < steps; ++i) {
      const std::uint64_t before = steps_done() + static_cast<std::uint64_t>(i);
      table.push_back(step_of(options().optimizer, before + 1, rate_of(before), step_cache_));
    }
    cuda::copy_to_device(std::span<const optimizer_step>(table), steps_, on());
    const cuda::step_cursor start{
        .pending = {.step = steps_done(), .first = progress.rows, .total = rows, .entry = 0},
        .current = {},
        .loss = progress.loss,
        .correct = progress.correct};
    cuda::copy_to_device(std::span(&start, 1), cursor_, on());
  }

  /// Trains `steps` steps of an epoch of `rows` rows from `progress` on, in `new_order` unless that
  /// is empty; synchronises at the end.
  void train_steps(std::int64_t steps, std::span<const std::uint32_t> new_order, std::int64_t rows,
                   pass_progress& progress) {
    cuda::step_cursor end;
    const auto begin = [&] {
      cuda::copy_to_device(new_order, order_, on());
      set_out(steps, rows, progress);
    };
    const auto read_back = [&] { end = cuda::copy_to_host(cursor_, on()).front(); };
    if (rounds_) {
      rounds_->train({.fused = fused_ ? &*fused_ : nullptr,
                      .plain = step_graph_ ? &*step_graph_ : nullptr,
                      .steps = steps,
                      .begin = begin,
                      .end = read_back});
    } else {
      const cuda::turns::turn mine = device_->take_turn();
      begin();
      for (std::int64_t i = 0; i < steps; ++i) step_graph_->launch(on());
      read_back();
    }
    set_steps_done(end.pending.step);
    progress = {.rows = end.pending.first, .loss = end.loss, .correct = end.correct};
  }

  /// So many steps that the next observation comes after a quarter of a second. It changes no
  /// result.
  void adapt_chunk(std::int64_t steps, double seconds) {
    if (gpu_.steps_per_observation > 0) return;
    const double fitting = 0.25 * static_cast<double>(steps) / std::max(seconds, 1e-6);
    chunk_ = std::clamp<std::int64_t>(static_cast<std::int64_t>(fitting), 1, std::int64_t{1} << 20);
  }

  cuda_options gpu_;
  std::shared_ptr<cuda::training_rounds> rounds_;  ///< null: alone on the device
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
  std::optional<cuda::graph> step_graph_;

  std::optional<cuda::plain_network> evaluator_;
  cuda::device_memory<cuda::penalized_kernel> penalized_;
  cuda::device_memory<double> penalties_;
  cuda::device_memory<cuda::block_score> total_;

  step_cache step_cache_;
  std::int64_t chunk_ = gpu_.steps_per_observation > 0 ? gpu_.steps_per_observation : 256;
};

}  // namespace sweepnet
