// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An executor whose type is chosen at run time. Its grain is an epoch, so the indirection costs
// nothing.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/training/executor.hpp"

namespace sweepnet {

/// Owns an executor of any type, and is one.
class any_executor {
 public:
  /// Makes an E in place.
  template <executor E, class... Arguments>
  explicit any_executor(std::in_place_type_t<E>, Arguments&&... arguments)
      : held_(std::make_unique<holder<E>>(std::forward<Arguments>(arguments)...)) {}

  void train_epoch(std::span<const std::uint32_t> order, pass_progress& progress,
                   const step_observer& observe = {}) {
    held_->train_epoch(order, progress, observe);
  }
  [[nodiscard]] metrics evaluate(const step_observer& observe = {}) {
    return held_->evaluate(observe);
  }
  void keep_best() { held_->keep_best(); }
  [[nodiscard]] std::vector<float> best_parameters() const { return held_->best_parameters(); }
  [[nodiscard]] executor_state export_state() const { return held_->export_state(); }
  void import_state(const executor_state& state) { held_->import_state(state); }
  [[nodiscard]] double learning_rate() const { return held_->learning_rate(); }
  void scale_learning_rate(double factor) { held_->scale_learning_rate(factor); }
  [[nodiscard]] std::string device() const { return held_->device(); }
  [[nodiscard]] const dataset& data() const { return held_->data(); }
  [[nodiscard]] const training_options& options() const { return held_->options(); }

 private:
  struct interface {
    virtual ~interface() = default;
    virtual void train_epoch(std::span<const std::uint32_t>, pass_progress&,
                             const step_observer&) = 0;
    virtual metrics evaluate(const step_observer&) = 0;
    virtual void keep_best() = 0;
    virtual std::vector<float> best_parameters() const = 0;
    virtual executor_state export_state() const = 0;
    virtual void import_state(const executor_state&) = 0;
    virtual double learning_rate() const = 0;
    virtual void scale_learning_rate(double) = 0;
    virtual std::string device() const = 0;
    virtual const dataset& data() const = 0;
    virtual const training_options& options() const = 0;
  };

  template <class E> struct holder final : interface {
    E held;
    template <class... Arguments>
    explicit holder(Arguments&&... arguments) : held(std::forward<Arguments>(arguments)...) {}

    void train_epoch(std::span<const std::uint32_t> order, pass_progress& progress,
                     const step_observer& observe) override {
      held.train_epoch(order, progress, observe);
    }
    metrics evaluate(const step_observer& observe) override { return held.evaluate(observe); }
    void keep_best() override { held.keep_best(); }
    std::vector<float> best_parameters() const override { return held.best_parameters(); }
    executor_state export_state() const override { return held.export_state(); }
    void import_state(const executor_state& state) override { held.import_state(state); }
    double learning_rate() const override { return held.learning_rate(); }
    void scale_learning_rate(double factor) override { held.scale_learning_rate(factor); }
    std::string device() const override { return held.device(); }
    const dataset& data() const override { return held.data(); }
    const training_options& options() const override { return held.options(); }
  };

  std::unique_ptr<interface> held_;
};

static_assert(executor<any_executor>);

}  // namespace sweepnet
