// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How many processors ECS gave the container that this process is in. AWS Batch's jobs are ECS
// tasks, too. The container sees the whole machine, and neither its task's control group nor its
// neighbours, so that only the service can tell.

#include <optional>

#include "sweepnet/core/environment.hpp"

namespace sweepnet::storage {

/// The smaller of what the container and its task were given, as the endpoint named by
/// ECS_CONTAINER_METADATA_URI_V4 says; none outside of ECS, where neither was given any, and where
/// the endpoint does not answer within 2 s.
[[nodiscard]] std::optional<double> ecs_processors(const environment_map& environment);

}  // namespace sweepnet::storage

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/storage/aws/ecs_task.inl"
#endif
