// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Command-line options that several commands share, and how their values are checked.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/context.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/check.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/run/model_place.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/job_index.hpp"
#include "sweepnet/sweep/search_space.hpp"
#include "sweepnet/sweep/space_reader.hpp"

namespace sweepnet::app {

namespace detail {

template <class T> T number_of(const T&);
template <class T> T number_of(const std::optional<T>&);

}  // namespace detail

/// Adds an option whose value is a number within `domain`. Throws usage_error, naming the option,
/// what it takes and what it got.
template <class Target>
CLI::Option* add_number(CLI::App& command, const std::string& name, Target& target,
                        const interval& domain, const std::string& help) {
  using T = decltype(detail::number_of(target));
  const auto parse = [&target, name, domain](const std::string& text) {
    const auto refuse = [&] {
      throw usage_error(fmt::format("{} must be {} {}, got '{}'", name,
                                    std::integral<T> ? "an integer" : "a number",
                                    sweepnet::detail::text_of(domain), text));
    };
    const std::optional<T> value = parse_number<T>(text);
    if (!value || !domain.contains(static_cast<double>(*value))) refuse();
    target = *value;
  };
  return command.add_option_function<std::string>(name, parse, help)->type_name("N");
}

/// Lets an environment variable give the value that the command line then may override.
inline void or_variable(CLI::Option& option, std::string& target, const context& world,
                        const std::string& variable) {
  option.description(fmt::format("{} [{}]", option.get_description(), variable));
  const std::string value = variable_or_empty(world.environment, variable);
  if (value.empty()) return;
  target = value;
  option.required(false);
}

inline constexpr int most_threads = 1024;

inline void add_threads_option(CLI::App& command, int& threads) {
  add_number(
      command, "--threads", threads, closed_range(1, most_threads),
      "threads; default: the processors at hand, or as many as the container, ECS or the pod's "
      "request gives");
}

/// A line on what was made of data files.
[[nodiscard]] inline std::string text_of_note(const std::string& note) {
  return fmt::format("note: {}\n", printable(note));
}

inline void add_outside_flag(CLI::App& command, model_bounds& bounds) {
  command.add_flag_callback(
      "--allow-outside", [&bounds] { bounds = model_bounds::anywhere; },
      "let model_path lead out of the output directory: up, to absolute paths, other buckets, URLs "
      "that are presigned for PUT");
}

inline constexpr index_words index_flags{.given_by = "command line",
                                         .index = "--index",
                                         .index_base = "--index-base",
                                         .scheduler = "--scheduler",
                                         .share = "--share"};

struct index_settings {
  std::int64_t index = -1;
  std::int64_t base = -1;
  std::string scheduler;

  [[nodiscard]] index_options options() const {
    const auto given = [](std::int64_t value) {
      return value >= 0 ? std::optional(value) : std::nullopt;
    };
    return {.index = given(index),
            .index_base = given(base),
            .scheduler = scheduler,
            .words = index_flags};
  }
};

inline void add_index_options(CLI::App& command, index_settings& settings) {
  add_number(command, "--index", settings.index, at_least(0),
             "train this paramset, from 0; wins over every variable");
  add_number(command, "--index-base", settings.base, at_least(0),
             "the scheduler's first index; default: the scheduler's own");
  command
      .add_option("--scheduler", settings.scheduler,
                  "use this scheduler's variable only: aws-batch, kubernetes, slurm, gcp-batch, "
                  "cloud-run, pbs, torque, sge, lsf, nomad, openmpi, torchrun, aws-batch-node")
      ->type_name("NAME");
}

inline void add_sweep_argument(CLI::App& command, const context& world, std::string& path) {
  CLI::Option* sweep =
      command
          .add_option("sweep", path,
                      "sweep file (YAML): a path, s3://, https://, or - for standard input")
          ->required();
  or_variable(*sweep, path, world, "SWEEPNET_SWEEP");
}

inline void add_sweep_request(CLI::App& command, sweep_request& request) {
  command
      .add_option("--set", request.assignments, "override a key of every paramset; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  add_number(command, "--runs", request.draws.runs, at_least(1),
             "points of a search space to take, instead of its run_cap");
  add_number(command, "--draw-seed", request.draws.seed, at_least(0),
             "seed of a search space's draws, instead of its own");
}

/// What `read` gives of a sweep file. Which option says how many points of a space are wanted is
/// added where that is what is missing.
template <class Read> auto read_sweep_by(const Read& read) {
  try {
    return read();
  } catch (const endless_space& e) {
    throw data_error(std::string(e.what()) + ", or --runs N");
  }
}

/// Where outputs go. Throws usage_error for what is no directory.
[[nodiscard]] inline storage::location output_directory(const std::string& written) {
  storage::location directory(written.empty() ? "." : written);
  storage::require_output(directory);
  return directory;
}

/// Throws data_error for a space of more runs than are ever trained by one command.
inline void require_listable(const any_sweep& sweep, const std::string& source) {
  if (sweep.count() <= most_paramsets) return;
  throw data_error(fmt::format(
      "{}: the space has {} runs, of which at most {} are taken at once: give it a run_cap, or "
      "--runs N",
      source, sweep.count(), most_paramsets));
}

/// Throws as check_model_places() does, and says what lets a model lie elsewhere.
inline void check_models(const any_sweep& sweep, const std::vector<std::size_t>& indices,
                         const storage::location& directory, model_bounds bounds) {
  try {
    sweep.check_model_places(indices, directory, bounds);
  } catch (const model_outside& e) {
    throw data_error(std::string(e.what()) + "; --allow-outside permits it");
  }
}

}  // namespace sweepnet::app
