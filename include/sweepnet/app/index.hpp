// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet index`: which paramset this job would train, where that comes from, or what to set.

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "sweepnet/app/context.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/sweep/job_index.hpp"

namespace sweepnet::app {

inline void run_index(const context& world, const index_settings& settings) {
  const std::optional<job_index> job = resolve_job_index(world.environment, settings.options());
  if (!job)
    throw configuration_error("no index is set: " +
                              how_to_set_index(world.environment, index_flags));
  const auto or_unknown = [](const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : "unknown";
  };
  world.out << fmt::format(
      "index      {}\nsize       {}\nattempt    {}\nscheduler  {}\nvariable   {}\nwhy        {}\n",
      job->index, or_unknown(job->size), or_unknown(job->attempt), job->scheduler, job->variable,
      job->why);
}

inline void add_index(CLI::App& program, const context& world) {
  auto settings = std::make_shared<index_settings>();
  CLI::App* command =
      program.add_subcommand("index", "show this job's array index and where it comes from");
  add_index_options(*command, *settings);
  command->callback([settings, &world] { run_index(world, *settings); });
}

}  // namespace sweepnet::app
