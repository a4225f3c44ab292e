// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What trains the runs of a sweep: the CPU on data that are prepared once, a device as a group, or
// executors of a program's own; and what memory that takes.

#include <memory>
#include <optional>

#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cpu/machine/processors.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/executor_group.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet::detail {

class sweep_executors {
 public:
  /// One of the factories, or none for the CPU; the data must outlive it. Throws argument_error
  /// where both are given, or one makes nothing.
  sweep_executors(const dataset& data, const executor_factory& own,
                  const executor_group_factory& group)
      : data_(&data), own_(own) {
    if (group && own) {
      throw argument_error("runs train in a group or by executors of their own, not both");
    }
    if (group) {
      group_ = group(data);
      if (!group_) throw argument_error("the factory of groups made none");
    } else if (own) {
      data.validate();
    } else {
      prepared_.emplace(data);
    }
  }

  /// So many runs at once, where 0 are asked for: all that are of use.
  [[nodiscard]] int workers(int wanted) const {
    return group_ && wanted == 0 ? group_->useful_members() : usable_threads(wanted);
  }
  /// Bytes that training takes beside the data.
  [[nodiscard]] double memory_of(const run_spec& spec) const {
    return prepared_ ? cpu_training_memory(spec.model, spec.training, *data_) : 0;
  }
  /// The same of the device's own memory, and what it has; 0 without one.
  [[nodiscard]] double device_memory_of(const run_spec& spec) const {
    return group_ ? group_->memory_of(spec.model, spec.training) : 0;
  }
  [[nodiscard]] bool has_device() const { return group_ != nullptr; }
  [[nodiscard]] double device_memory() const { return group_ ? group_->memory() : 0; }

  /// Borrows this.
  [[nodiscard]] executor_factory factory() const {
    if (group_) {
      return [this](const model_spec& model, const training_options& training, const dataset&) {
        return group_->make(model, training);
      };
    }
    if (own_) {
      return
          [this](const model_spec& model, const training_options& training, const dataset& data) {
            std::unique_ptr<executor> made = own_(model, training, data);
            if (!made) throw argument_error("the factory of executors made none");
            return made;
          };
    }
    return cpu_executors(*prepared_, {.threads = 1});
  }

 private:
  const dataset* data_;
  const executor_factory& own_;
  std::optional<cpu_dataset> prepared_{};
  std::unique_ptr<executor_group> group_{};
};

}  // namespace sweepnet::detail
