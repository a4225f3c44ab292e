// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/app/job_file.hpp"

#include <algorithm>
#include <string_view>

#include "sweepnet/app/quoting.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/json.hpp"

namespace sweepnet::app {

namespace detail {

/// Jobs of the array.
inline std::int64_t children_of(const job_request& job) {
  return job.children > 0 ? job.children : job.size;
}

/// What an engine takes as a job's name. All are narrower than the engines' own rules where these
/// let through what means something in the file: Slurm's script puts the name into a directive and
/// into the pattern of a file name.
struct name_rule {
  std::string_view letters;
  std::string_view ends;  ///< of these is the first and, where `both`, the last one
  bool both;
  std::size_t longest;
  std::string_view expected;
};

inline name_rule rule_of(engine where, std::int64_t size) {
  constexpr std::string_view letters =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.";
  constexpr std::string_view lower = letters.substr(0, 36);
  constexpr std::string_view alphanumeric = letters.substr(0, 62);
  switch (where) {
    case engine::aws_batch:
      return {letters.substr(0, 64), alphanumeric, false, 128,
              "letters, digits, - and _, a letter or digit first"};
    case engine::slurm:
      return {letters, alphanumeric, false, 64,
              "letters, digits, -, _ and ., a letter or digit first"};
    case engine::kubernetes:
      // RFC 1123's label. A pod's host is NAME-INDEX, a label too.
      return {"0123456789abcdefghijklmnopqrstuvwxyz-", lower, true,
              62 - std::to_string(size - 1).size(),
              "lower-case letters, digits and -, a letter or digit first and last"};
  }
  throw usage_error("unknown engine");
}

/// Throws usage_error.
inline void require_name(engine where, const job_request& job) {
  const name_rule rule = rule_of(where, children_of(job));
  const std::string& name = job.name;
  const auto at_end = [&](char c) { return rule.ends.find(c) != rule.ends.npos; };
  if (!name.empty() && name.size() <= rule.longest &&
      name.find_first_not_of(rule.letters) == name.npos && at_end(name.front()) &&
      (!rule.both || at_end(name.back()))) {
    return;
  }
  throw usage_error(fmt::format("a job's name for {} must be 1 to {} of {}, got {}", name_of(where),
                                rule.longest, rule.expected, dump(ordered_json(name))));
}

/// How large an array an engine takes, and how it calls itself.
struct array_rule {
  std::string_view engine;
  std::int64_t most;
  std::int64_t fewest;      ///< that can share a sweep; 0: none can, they are not told their number
  std::int64_t usual_most;  ///< unless its administrator has changed it
};

inline array_rule array_rule_of(engine where) {
  switch (where) {
    case engine::aws_batch: return {"AWS Batch", 10'000, 2, 10'000};
    // Indices are below MaxArraySize, which is 1001 unless it is set, and 4,000,001 at most.
    case engine::slurm: return {"Slurm", 4'000'001, 1, 1001};
    case engine::kubernetes: return {"A Kubernetes Indexed Job", 100'000, 0, 100'000};
  }
  throw usage_error("unknown engine");
}

/// Throws usage_error.
inline void require_array(engine where, const job_request& job) {
  const array_rule rule = array_rule_of(where);
  const std::int64_t children = children_of(job);
  if (children > job.size) {
    throw usage_error(fmt::format(
        "--array-size must be at most the {} paramsets of the sweep, got {}", job.size, children));
  }
  if (children < job.size && rule.fewest == 0) {
    throw usage_error(
        fmt::format("--array-size: {} does not tell its pods their number, so they "
                    "cannot share a sweep",
                    rule.engine));
  }
  if (children < job.size && children < rule.fewest) {
    throw usage_error(fmt::format("--array-size must be at least {} for {}, got {}", rule.fewest,
                                  rule.engine, children));
  }
  const std::int64_t most = job.children > 0 ? rule.most : rule.usual_most;
  if (children <= most) return;
  std::string way = "split it";
  if (rule.fewest > 0) {
    way = fmt::format("--array-size {} makes each job train several", rule.usual_most);
  }
  if (rule.most > rule.usual_most && job.children == 0) {
    way += fmt::format("; where MaxArraySize is larger, --array-size {} is one for each",
                       std::min(rule.most, job.size));
  }
  throw usage_error(fmt::format(
      "{} takes arrays of at most {} jobs{}, the sweep holds {} paramsets: {}", rule.engine, most,
      most < rule.most ? ", unless MaxArraySize is set" : "", job.size, way));
}

/// Retries what an exit code or a lost host asks for; everything else is final. The rules are those
/// of the job definition in examples/aws-batch.
inline ordered_json retry_strategy() {
  const auto on = [](const char* what, const char* pattern, const char* action) {
    return ordered_json{{what, pattern}, {"action", action}};
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
  for (const std::string& word : job.arguments) (void)json_quoted(word);
  for (const std::string& word : {job.queue, job.definition}) (void)json_quoted(word);
  const auto resource = [](const char* type, std::int64_t value) {
    return ordered_json{{"type", type}, {"value", std::to_string(value)}};
  };
  ordered_json request = {
      {"jobName", job.name},
      {"jobQueue", job.queue},
      {"jobDefinition", job.definition},
      {"retryStrategy", retry_strategy()},
      {"containerOverrides",
       {{"command", job.arguments},
        {"resourceRequirements", {resource("VCPU", job.cpus), resource("MEMORY", job.memory)}}}}};
  if (job.size > 1) request["arrayProperties"] = {{"size", children_of(job)}};
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
                     fmt::arg("name", job.name), fmt::arg("last", children_of(job) - 1),
                     fmt::arg("cpus", job.cpus), fmt::arg("memory", job.memory),
                     fmt::arg("command", join_text(words, " ")));
}

/// An Indexed Job.
inline std::string kubernetes_job(const job_request& job) {
  std::vector<std::string> words;
  // Kubernetes puts the environment's values for $(NAME); $$ is a plain $.
  for (const std::string& word : job.arguments) {
    std::string unexpanded;
    for (const char c : word) unexpanded += c == '$' ? std::string("$$") : std::string(1, c);
    words.push_back(yaml_quoted(unexpanded));
  }
  return fmt::format(R"(apiVersion: batch/v1
kind: Job
metadata:
  name: {quoted}
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
                     fmt::arg("quoted", yaml_quoted(job.name)), fmt::arg("size", children_of(job)),
                     fmt::arg("parallelism", std::min<std::int64_t>(children_of(job), 100)),
                     fmt::arg("image", yaml_quoted(job.image)),
                     fmt::arg("arguments", join_text(words, ", ")), fmt::arg("cpus", job.cpus),
                     fmt::arg("memory", job.memory));
}

}  // namespace detail

SWEEPNET_INLINE std::int64_t usual_children(engine where, std::int64_t paramsets) {
  const detail::array_rule rule = detail::array_rule_of(where);
  return rule.fewest > 0 ? std::min(paramsets, rule.usual_most) : paramsets;
}

SWEEPNET_INLINE std::string job_file(engine where, const job_request& job) {
  detail::require_name(where, job);
  detail::require_array(where, job);
  switch (where) {
    case engine::aws_batch: return detail::aws_batch_job(job);
    case engine::slurm: return detail::slurm_job(job);
    case engine::kubernetes: return detail::kubernetes_job(job);
  }
  throw usage_error("unknown engine");
}

}  // namespace sweepnet::app
