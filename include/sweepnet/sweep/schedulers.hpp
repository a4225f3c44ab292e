// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The environment variables by which schedulers tell the jobs of an array their places.

#include <array>
#include <cstdint>
#include <string_view>

namespace sweepnet {

/// How one scheduler tells a job its place.
struct scheduler_variables {
  std::string_view key;                ///< to ask for it by
  std::string_view scheduler;          ///< for people
  std::string_view index;              ///< variable
  std::int64_t base = 0;               ///< the array's first index
  std::string_view size = {};          ///< variable with the number of children
  std::string_view last = {};          ///< or variable with the largest index,
  std::string_view first = {};         ///< which gives the size only if the smallest is the base
  std::string_view step = {};          ///< and the step 1
  std::string_view attempt = {};       ///< variable with the attempt's number,
  std::int64_t attempt_base = 0;       ///< which is this for the first
  std::string_view not_an_array = {};  ///< the index's value in a job that is no array
  bool only_on_request = false;        ///< its variable is also set in jobs that are no sweep
};

// Sources: each scheduler's own documentation of array jobs.
inline constexpr std::array<scheduler_variables, 13> known_schedulers{{
    {.key = "aws-batch",
     .scheduler = "AWS Batch",
     .index = "AWS_BATCH_JOB_ARRAY_INDEX",
     .size = "AWS_BATCH_JOB_ARRAY_SIZE",
     .attempt = "AWS_BATCH_JOB_ATTEMPT",
     .attempt_base = 1},
    {.key = "kubernetes", .scheduler = "Kubernetes", .index = "JOB_COMPLETION_INDEX"},
    {.key = "slurm",
     .scheduler = "Slurm",
     .index = "SLURM_ARRAY_TASK_ID",
     .last = "SLURM_ARRAY_TASK_MAX",
     .first = "SLURM_ARRAY_TASK_MIN",
     .step = "SLURM_ARRAY_TASK_STEP",
     .attempt = "SLURM_RESTART_COUNT"},
    {.key = "gcp-batch",
     .scheduler = "Google Cloud Batch",
     .index = "BATCH_TASK_INDEX",
     .size = "BATCH_TASK_COUNT",
     .attempt = "BATCH_TASK_RETRY_ATTEMPT"},
    {.key = "cloud-run",
     .scheduler = "Cloud Run",
     .index = "CLOUD_RUN_TASK_INDEX",
     .size = "CLOUD_RUN_TASK_COUNT",
     .attempt = "CLOUD_RUN_TASK_ATTEMPT"},
    {.key = "pbs", .scheduler = "PBS Professional", .index = "PBS_ARRAY_INDEX"},
    {.key = "torque", .scheduler = "Torque", .index = "PBS_ARRAYID"},
    {.key = "sge",
     .scheduler = "Grid Engine",
     .index = "SGE_TASK_ID",
     .base = 1,
     .last = "SGE_TASK_LAST",
     .first = "SGE_TASK_FIRST",
     .step = "SGE_TASK_STEPSIZE",
     .not_an_array = "undefined"},
    {.key = "lsf",
     .scheduler = "LSF",
     .index = "LSB_JOBINDEX",
     .base = 1,
     .last = "LSB_JOBINDEX_END",
     .step = "LSB_JOBINDEX_STEP",
     .not_an_array = "0"},
    {.key = "nomad", .scheduler = "Nomad", .index = "NOMAD_ALLOC_INDEX", .only_on_request = true},
    {.key = "openmpi",
     .scheduler = "Open MPI",
     .index = "OMPI_COMM_WORLD_RANK",
     .size = "OMPI_COMM_WORLD_SIZE",
     .only_on_request = true},
    {.key = "torchrun",
     .scheduler = "torchrun",
     .index = "RANK",
     .size = "WORLD_SIZE",
     .only_on_request = true},
    {.key = "aws-batch-node",
     .scheduler = "AWS Batch multi-node",
     .index = "AWS_BATCH_JOB_NODE_INDEX",
     .size = "AWS_BATCH_JOB_NUM_NODES",
     .attempt = "AWS_BATCH_JOB_ATTEMPT",
     .attempt_base = 1,
     .only_on_request = true},
}};

}  // namespace sweepnet
