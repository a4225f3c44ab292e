// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The GPU executor: trains and evaluates one network on an NVIDIA GPU. Data, weights, optimizer,
// metrics and best weights stay there; the host sends an epoch's order and reads its sums.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sweepnet/backend/cuda/cost.hpp"
#include "sweepnet/backend/cuda/device.cuh"
#include "sweepnet/backend/cuda/fused_step.hpp"
#include "sweepnet/backend/cuda/launch.cuh"
#include "sweepnet/backend/cuda/options.hpp"
#include "sweepnet/backend/cuda/plain_network.cuh"
#include "sweepnet/backend/cuda/plain_step.cuh"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

namespace cuda {

/// Labelled rows in device memory.
class device_rows {
 public:
  device_rows(const labelled_rows& rows, const stream& on)
      : bytes_(rows.features.as<std::uint8_t>(), on),
        reals_(rows.features.as<float>(), on),
        labels_(std::span(rows.labels), on),
        scale_(rows.scale),
        width_(rows.width) {}

  [[nodiscard]] feature_rows features() const {
    return {.bytes = bytes_.get(), .reals = reals_.get(), .scale = scale_, .width = width_};
  }
  [[nodiscard]] const std::int32_t* labels() const { return labels_.get(); }
  [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(labels_.size()); }

 private:
  device_memory<std::uint8_t> bytes_;
  device_memory<float> reals_;
  device_memory<std::int32_t> labels_;
  double scale_;
  std::int64_t width_;
};

/// A GPU that can be used, and is this thread's current one as soon as it is selected.
class selected_device {
 public:
  explicit selected_device(int device) : device_(device) {
    if (const std::string reason = why_unusable(device); !reason.empty()) {
      throw configuration_error("cuda: " + reason);
    }
    select();
  }
  /// Again, as another executor may have selected another GPU, or another thread uses this one.
  void select() const { SWEEPNET_CUDA(cudaSetDevice(device_)); }
  [[nodiscard]] int number() const { return device_; }

 private:
  int device_;
};

}  // namespace cuda

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
      : executor(cuda::checked_for_device(model, options), options, data),
        gpu_(gpu),
        selected_(gpu.device),
        train_(data.train, libraries_.on),
        validation_(data.validation, libraries_.on),
        batch_(std::min(options.batch_size, data.train.rows())),
        size_(static_cast<std::size_t>(parameter_layout(model).size)),
        slot_count_(initial_slot_values(options.optimizer).size()),
        cursor_(1),
        steps_(static_cast<std::size_t>(cuda::parts_of(data.train.rows(), batch_))),
        order_(static_cast<std::size_t>(data.train.rows())),
        parameters_(size_),
        best_(size_),
        slots_(size_ * slot_count_) {
    const std::vector<float> initial = initial_parameters(model, options.seed);
    plan_training();
    start_from(initial);
    train_uncaptured();
    start_from(initial);
    step_graph_.emplace(libraries_.on, [&] { enqueue_step(); });
    if (validation_.rows() > 0) {
      evaluator_.emplace(libraries_, model, cuda::argument_of(options.loss), parameters_.get(),
                         std::min(evaluation_batch, validation_.rows()), options.seed,
                         gpu_.precision, cuda::plain_network::purpose::evaluation);
      penalized_ = cuda::device_memory<cuda::penalized_kernel>(
          std::span<const cuda::penalized_kernel>(cuda::penalized_kernels(model)), libraries_.on);
      penalties_ = cuda::device_memory<double>(penalized_.size());
      total_ = cuda::device_memory<cuda::block_score>(1);
    }
    libraries_.on.synchronize();
  }
  cuda_executor(const model_spec&, const training_options&, const dataset&&,
                const cuda_options& = {}) = delete;  // the data would be gone

  [[nodiscard]] std::vector<float> parameters() const override {
    selected_.select();
    return cuda::copy_to_host(parameters_, libraries_.on);
  }
  void keep_best() override {
    selected_.select();
    cuda::copy_on_device(parameters_, best_, libraries_.on);
    has_best_ = true;
  }
  [[nodiscard]] std::optional<std::vector<float>> best_parameters() const override {
    if (!has_best_) return std::nullopt;
    selected_.select();
    return cuda::copy_to_host(best_, libraries_.on);
  }

  /// What must be the same for a run to go on bit by bit: GPU, driver, kernels, precision,
  /// libraries, and the algorithms that cuBLASLt chose for the products.
  [[nodiscard]] std::string device() const override {
    const std::string products =
        plain_ ? fmt::format(", algorithms {}", plain_->network().algorithms()) : "";
    return fmt::format("cuda ({}, driver {}, {} kernels, {}, cuBLASLt {}{}, cuDNN {})",
                       cuda::name_of_device(selected_.number()), cuda::driver_version(),
                       fused_ ? "fused" : "plain", name_of(gpu_.precision),
                       cuda::cublaslt_handle::version(), products, cuda::cudnn_handle::version());
  }

  [[nodiscard]] sweepnet::precision precision() const override { return gpu_.precision; }

  /// Kernels and copies in one training step.
  [[nodiscard]] std::size_t nodes_per_step() const { return step_graph_->nodes(); }

 private:
  static constexpr std::int64_t evaluation_batch = 4096;

  void do_train_epoch(std::span<const std::uint32_t> order, pass_progress& progress,
                      const step_observer& observe) override {
    selected_.select();
    cuda::copy_to_device(order, order_, libraries_.on);
    const auto rows = static_cast<std::int64_t>(order.size());
    while (progress.rows < rows) {
      const std::int64_t left = cuda::parts_of(rows - progress.rows, batch_);
      const stopwatch watch;
      const std::int64_t steps = observe ? std::min(left, chunk_) : left;
      train_steps(steps, rows, progress);
      if (observe) observe(progress);
      adapt_chunk(steps, watch.seconds());
    }
  }

  [[nodiscard]] metrics do_evaluate(const step_observer& observe) override {
    selected_.select();
    const cuda::stream& on = libraries_.on;
    constexpr std::int64_t batches_per_observation = 16;
    const cuda::block_score none;
    cuda::copy_to_device(std::span(&none, 1), total_, on);
    pass_progress progress;
    std::int64_t batches = 0;
    for (std::int64_t first = 0; first < validation_.rows(); first += evaluator_->capacity()) {
      const std::int64_t count = std::min(evaluator_->capacity(), validation_.rows() - first);
      evaluator_->forward({nullptr, nullptr, first, count}, validation_.features(),
                          validation_.labels());
      cuda::launch(
          cuda::total_kernel{count, evaluator_->losses(), evaluator_->right(), total_.get()}, on);
      const bool last = first + count == validation_.rows();
      if (!last && (!observe || ++batches % batches_per_observation != 0)) continue;
      const cuda::block_score total = cuda::copy_to_host(total_, on).front();
      progress = {.rows = first + count, .loss = total.loss, .correct = total.correct};
      if (observe) observe(progress);
    }
    metrics result = progress.mean();
    cuda::launch(
        cuda::penalty_kernel{penalized_.get(), static_cast<std::int64_t>(penalized_.size()),
                             parameters_.get(), nullptr, penalties_.get()},
        on);
    for (const double penalty : cuda::copy_to_host(penalties_, on)) result.loss += penalty;
    return result;
  }

  [[nodiscard]] std::vector<std::vector<float>> export_slots() const override {
    selected_.select();
    std::vector<std::vector<float>> slots;
    const std::vector<float> all = cuda::copy_to_host(slots_, libraries_.on);
    for (std::size_t k = 0; k < slot_count_; ++k) {
      const auto first = all.begin() + static_cast<std::ptrdiff_t>(k * size_);
      slots.emplace_back(first, first + static_cast<std::ptrdiff_t>(size_));
    }
    return slots;
  }

  void import_weights(const executor_state& state) override {
    selected_.select();
    cuda::copy_to_device(std::span(state.parameters), parameters_, libraries_.on);
    has_best_ = state.best_parameters.has_value();
    if (has_best_) cuda::copy_to_device(std::span(*state.best_parameters), best_, libraries_.on);
    upload_slots(state.optimizer_slots);
    libraries_.on.synchronize();
  }

  void upload_slots(const std::vector<std::vector<float>>& slots) {
    std::vector<float> all;
    for (const auto& slot : slots) all.insert(all.end(), slot.begin(), slot.end());
    cuda::copy_to_device(std::span<const float>(all), slots_, libraries_.on);
    libraries_.on.synchronize();
  }

  /// Puts the first weights and slots there; synchronises.
  void start_from(const std::vector<float>& initial) {
    cuda::copy_to_device(std::span(initial), parameters_, libraries_.on);
    upload_slots(initial_slots(options().optimizer, static_cast<std::int64_t>(size_)));
  }

  /// Trains a step on the first row of the data, again and again, outside of any capture: at their
  /// first calls the libraries load kernels, which a capture may refuse.
  void train_uncaptured() {
    const std::vector<std::uint32_t> order(static_cast<std::size_t>(batch_), 0);
    cuda::copy_to_device(std::span(order), order_, libraries_.on);
    set_out(1, batch_, {});
    enqueue_step();
    libraries_.on.synchronize();
  }

  /// Memory and kernels for the path that takes less time.
  void plan_training() {
    const cuda::training_memory memory{.cursor = cursor_.get(),
                                       .steps = steps_.get(),
                                       .order = order_.get(),
                                       .features = train_.features(),
                                       .labels = train_.labels(),
                                       .parameters = parameters_.get(),
                                       .slots = slots_.get()};
    std::optional<cuda::fused_plan> plan;
    if (gpu_.path != cuda::training_path::plain) {
      plan = cuda::plan_fused_step(model(), options(), batch_,
                                   cuda::shared_bytes_per_block(selected_.number()));
    }
    const bool by_cost = gpu_.path == cuda::training_path::automatic;
    if (plan && !(by_cost && cuda::fused_microseconds(*plan) >
                                 cuda::plain_microseconds(model(), batch_, gpu_.precision))) {
      for (auto& values : handed_on_) values = cuda::device_memory<float>(plan->activations());
      partials_ = cuda::device_memory<float>(plan->partials());
      scores_ = cuda::device_memory<cuda::block_score>(static_cast<std::size_t>(plan->slices()));
      fused_ = cuda::make_fused_step(*plan, model(), options(), memory,
                                     {.weighted = handed_on_[0].get(),
                                      .output = handed_on_[1].get(),
                                      .delta = handed_on_[2].get(),
                                      .partials = partials_.get(),
                                      .scores = scores_.get()});
    } else {
      plain_.emplace(libraries_, model(), options(), batch_, memory, gpu_.precision);
    }
  }

  /// Puts one step on the stream.
  void enqueue_step() const {
    if (fused_) {
      cuda::launch(fused_->first, libraries_.on);
      cuda::launch(fused_->tail, libraries_.on);
      cuda::launch(fused_->update, libraries_.on);
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
    cuda::copy_to_device(std::span<const optimizer_step>(table), steps_, libraries_.on);
    const cuda::step_cursor start{
        .pending = {.step = steps_done(), .first = progress.rows, .total = rows, .entry = 0},
        .current = {},
        .loss = progress.loss,
        .correct = progress.correct};
    cuda::copy_to_device(std::span(&start, 1), cursor_, libraries_.on);
  }

  /// Trains `steps` steps of an epoch of `rows` rows from `progress` on; synchronises at the end.
  void train_steps(std::int64_t steps, std::int64_t rows, pass_progress& progress) {
    set_out(steps, rows, progress);
    for (std::int64_t i = 0; i < steps; ++i) step_graph_->launch(libraries_.on);
    const cuda::step_cursor end = cuda::copy_to_host(cursor_, libraries_.on).front();
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
  cuda::selected_device selected_;
  cuda::libraries libraries_;
  cuda::device_rows train_;
  cuda::device_rows validation_;
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
  cuda::device_memory<float> handed_on_[3];  // the first layer's z, y, dL/dz (batch x units)
  cuda::device_memory<float> partials_;
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
