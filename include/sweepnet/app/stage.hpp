// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// --stage K: what a stage asks of a sweep's runs, by the results in an output directory.

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/data/digest.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/run/stage_file.hpp"
#include "sweepnet/run/sweep_stage.hpp"
#include "sweepnet/sweep/early_termination.hpp"

namespace sweepnet::app {

inline void add_stage_option(CLI::App& command, std::int64_t& stage) {
  add_number(command, "--stage", stage, at_least(1),
             "of a sweep whose runs depend on one another: what can be trained on the results of "
             "the stages before; from 1");
}

/// Throws usage_error for a sweep whose runs do not depend on one another.
inline void require_stages(const search_rules& rules) {
  if (!rules.is_plain()) return;
  throw usage_error(
      "--stage is for sweeps whose runs depend on one another: by early_terminate, a target of the "
      "metric, or the method bayes");
}

/// Of these paramsets, whose runs have these files, or of all, which then looks at all results.
[[nodiscard]] inline sweep_stage stage_of(
    any_sweep& sweep, const dataset& data, const run_options& files, std::int64_t stage,
    const std::optional<std::vector<std::size_t>>& indices = std::nullopt) {
  const std::string digest = digest_of(data);
  return read_stage(rules_of(sweep), sweep.count(),
                    [&](std::size_t i) { return sweep.spec_of_run(i, data, digest, files); }, data,
                    stage, later_runs_of(sweep),
                    {.indices = indices,
                     .file = stage_file{.directory = files.output, .sweep = sweep.digest()},
                     .anew = !indices});
}

}  // namespace sweepnet::app
