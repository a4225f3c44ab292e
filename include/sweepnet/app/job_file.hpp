// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A sweep as an engine's own job file: AWS Batch's submit-job input, a Slurm batch script, a
// Kubernetes manifest. Each carries the array's size, the resources, and the retry rules that
// follow from the exit codes.

#include <cstdint>
#include <string>
#include <vector>

#include "sweepnet/describe/names.hpp"

namespace sweepnet::app {

enum class engine { aws_batch, slurm, kubernetes };

}  // namespace sweepnet::app

namespace sweepnet {

template <>
inline constexpr auto enum_names<app::engine> =
    name_table<app::engine, 3>{{{"aws-batch", app::engine::aws_batch},
                                {"slurm", app::engine::slurm},
                                {"kubernetes", app::engine::kubernetes}}};

}  // namespace sweepnet

namespace sweepnet::app {

/// What a job file says of its sweep.
struct job_request {
  std::string name = "sweepnet";
  std::int64_t size = 1;                 ///< paramsets
  std::int64_t children = 0;             ///< jobs of the array, which share these; 0: one for each
  std::vector<std::string> arguments{};  ///< of the program: train SWEEP ...
  std::int64_t cpus = 2;
  std::int64_t memory = 512;  ///< MiB
  std::string image{};        ///< of Kubernetes
  std::string queue{};        ///< of AWS Batch
  std::string definition{};   ///< of AWS Batch
};

/// Jobs of an array for so many paramsets: one for each, or where the engine takes fewer and lets
/// them share the sweep, as many as it takes.
[[nodiscard]] std::int64_t usual_children(engine where, std::int64_t paramsets);

/// The job file's text. Throws usage_error for an array that the engine does not take, or whose
/// jobs could not share the sweep, and for a name that it does not take.
[[nodiscard]] std::string job_file(engine where, const job_request& job);

}  // namespace sweepnet::app

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/app/job_file.inl"
#endif
