// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Many networks on one data set that a device trains side by side, where one alone would leave most
// of it idle.

#include <functional>
#include <memory>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

/// Makes executors that share a device and the data on it. To its user a member is an executor like
/// any other: what it computes is what it would alone on that device, bit by bit, whatever other
/// members there are and whenever they come, go or fail. Members that are asked to train at the
/// same time, each by its own thread, advance together; none waits for one that is not asked.
class executor_group {
 public:
  executor_group(const executor_group&) = delete;  // it holds a device's memory
  executor_group& operator=(const executor_group&) = delete;
  virtual ~executor_group() = default;

  /// A member, which one thread at a time may use. It may outlive the group, but not the data. May
  /// be called by any thread; throws what the device's executor throws, and leaves the others as
  /// they are.
  [[nodiscard]] virtual std::unique_ptr<executor> make(const model_spec& model,
                                                       const training_options& options) = 0;

  /// Bytes of the device's memory that a member takes, beside what the group has taken; 0 for what
  /// make() refuses.
  [[nodiscard]] virtual double memory_of(const model_spec& model,
                                         const training_options& options) const = 0;
  /// Bytes that all members may take together.
  [[nodiscard]] virtual double memory() const = 0;
  /// So many members at once make the device busy; more may be made.
  [[nodiscard]] virtual int useful_members() const = 0;

 protected:
  executor_group() = default;
};

/// Makes a group on a device that it knows. The data must outlive its members.
using executor_group_factory = std::function<std::unique_ptr<executor_group>(const dataset& data)>;

}  // namespace sweepnet
