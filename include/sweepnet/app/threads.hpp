// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How many threads a command starts where --threads does not say it.

#include <optional>

#include "sweepnet/app/context.hpp"
#include "sweepnet/backend/cpu/machine/processors.hpp"
#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/storage/aws/ecs_task.hpp"

namespace sweepnet::app {

/// What the orchestrator gave this job, if one did: ECS (and AWS Batch) says it, Kubernetes sets
/// the control group's weight by what the pod requests.
[[nodiscard]] inline std::optional<processor_grant> granted_processors(
    const environment_map& environment) {
  if (const auto given = storage::ecs_processors(environment)) {
    return processor_grant{.processors = *given, .by = "ECS gives this task"};
  }
  if (variable_or_empty(environment, "KUBERNETES_SERVICE_HOST").empty()) return std::nullopt;
  const auto requested = requested_processors();
  if (!requested) return std::nullopt;
  return processor_grant{.processors = *requested, .by = "by its weight, the pod requests"};
}

enum class thread_note { none, printed };

/// `asked` if positive, else the processors that this job may use; why they are not all, is printed
/// if that is wanted.
[[nodiscard]] inline int threads_to_use(const context& world, int asked, thread_note note) {
  if (asked > 0) return asked;
  const thread_choice choice = choose_threads(granted_processors(world.environment));
  if (note == thread_note::printed && !choice.reason.empty()) {
    world.out << fmt::format("Threads: {}; --threads N takes others\n", choice.reason);
  }
  return choice.threads;
}

}  // namespace sweepnet::app
