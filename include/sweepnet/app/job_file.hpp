// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A sweep as an engine's own job file: AWS Batch's submit-job input, a Slurm batch script, a
// Kubernetes manifest. Each carries the array's size, the resources, and the retry rules that
// follow from the exit codes.

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/names.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/sweep/encode.hpp"

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
  std::vector<std::string> arguments{};  ///< of the program: train SWEEP ...
  std::int64_t cpus = 2;
  std::int64_t memory = 512;  ///< MiB
  std::string image{};        ///< of Kubernetes
  std::string queue{};        ///< of AWS Batch
  std::string definition{};   ///< of AWS Batch
};

namespace detail {

/// As a shell reads it back.
inline std::string shell_quoted(const std::string& word) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:=,+@%";
  if (!word.empty() && word.find_first_not_of(plain) == word.npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

inline void require_array(std::int64_t size, std::int64_t most, const char* engine_name) {
  if (size <= most) return;
  throw usage_error(
      fmt::format("{} takes arrays of at most {} jobs, the sweep holds {} paramsets: "
                  "split it",
                  engine_name, most, size));
}

/// Retries what an exit code or a lost host asks for; everything else is final. The rules are those
/// of the job definition in examples/aws-batch.
inline json retry_strategy() {
  const auto on = [](const char* what, const char* pattern, const char* action) {
    return json{{what, pattern}, {"action", action}};
  };
  return {{"attempts", 5},
          {"evaluateOnExit",
           {on("onStatusReason", "Host EC2*", "RETRY"), on("onExitCode", "75", "RETRY"),
            on("onExitCode", "69", "RETRY"), on("onExitCode", "74", "RETRY"),
            on("onExitCode", "*", "EXIT")}}};
}

/// Input of `aws batch submit-job --cli-input-json`. A lone paramset is a plain job: AWS Batch has
/// no array of one.
inline std::string aws_batch_job(const job_request& job) {
  require_array(job.size, 10'000, "AWS Batch");
  const auto resource = [](const char* type, std::int64_t value) {
    return json{{"type", type}, {"value", std::to_string(value)}};
  };
  json request = {
      {"jobName", job.name},
      {"jobQueue", job.queue},
      {"jobDefinition", job.definition},
      {"retryStrategy", retry_strategy()},
      {"containerOverrides",
       {{"command", job.arguments},
        {"resourceRequirements", {resource("VCPU", job.cpus), resource("MEMORY", job.memory)}}}}};
  if (job.size > 1) request["arrayProperties"] = {{"size", job.size}};
  return dump(request, 2) + "\n";
}

inline std::string slurm_job(const job_request& job) {
  std::vector<std::string> words;
  for (const std::string& word : job.arguments) words.push_back(shell_quoted(word));
  return fmt::format(R"(#!/bin/bash
#SBATCH --job-name={name}
#SBATCH --array=0-{last}
#SBATCH --cpus-per-task={cpus}
#SBATCH --mem={memory}M
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output={name}-%A_%a.log
#SBATCH --signal=TERM@60

# A preempted or timed-out task saves its run and exits 75, 69 is a service that was away: both go
# back into the queue and on from where they were. Everything else is final.
srun --cpus-per-task="$SLURM_CPUS_PER_TASK" "${{SWEEPNET:-sweepnet}}" {command}
code=$?
if {{ [ $code -eq 75 ] || [ $code -eq 69 ]; }} && [ "${{SLURM_RESTART_COUNT:-0}}" -lt 20 ]; then
  scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}"
fi
exit $code
)",
                     fmt::arg("name", job.name), fmt::arg("last", job.size - 1),
                     fmt::arg("cpus", job.cpus), fmt::arg("memory", job.memory),
                     fmt::arg("command", join(words, " ")));
}

/// An Indexed Job. A string in JSON's quotes is YAML too.
inline std::string kubernetes_job(const job_request& job) {
  require_array(job.size, 100'000, "A Kubernetes Indexed Job");
  std::vector<std::string> words;
  for (const std::string& word : job.arguments) words.push_back(dump(json(word)));
  return fmt::format(R"(apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
spec:
  completionMode: Indexed
  completions: {size}
  parallelism: {parallelism}
  backoffLimitPerIndex: 4
  podFailurePolicy:
    rules:
      # evicted or preempted, or interrupted with its run saved: not the index's fault
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
            status: "True"
      - action: Ignore
        onExitCodes:
          containerName: sweepnet
          operator: In
          values: [75]
      # usage, data, missing input, bug, configuration: never better the next time
      - action: FailIndex
        onExitCodes:
          containerName: sweepnet
          operator: In
          values: [64, 65, 66, 70, 78]
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 60
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
      containers:
        - name: sweepnet
          image: {image}
          args: [{arguments}]
          envFrom:
            - secretRef:
                name: sweepnet
                optional: true
          resources:
            requests: {{cpu: {cpus}, memory: {memory}Mi}}
            limits: {{memory: {memory}Mi}}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {{drop: [ALL]}}
)",
                     fmt::arg("name", job.name), fmt::arg("size", job.size),
                     fmt::arg("parallelism", std::min<std::int64_t>(job.size, 100)),
                     fmt::arg("image", dump(json(job.image))),
                     fmt::arg("arguments", join(words, ", ")), fmt::arg("cpus", job.cpus),
                     fmt::arg("memory", job.memory));
}

}  // namespace detail

/// The job file's text. Throws usage_error where the engine cannot hold the sweep.
[[nodiscard]] inline std::string job_file(engine where, const job_request& job) {
  switch (where) {
    case engine::aws_batch: return detail::aws_batch_job(job);
    case engine::slurm: return detail::slurm_job(job);
    case engine::kubernetes: return detail::kubernetes_job(job);
  }
  throw usage_error("unknown engine");
}

}  // namespace sweepnet::app
