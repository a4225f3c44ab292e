// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet status OUTPUT`: which paramsets of a sweep are done, and which are to be run again.

#include <CLI/CLI.hpp>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/context.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/watch.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/report/run_text.hpp"
#include "sweepnet/report/sweep_report.hpp"
#include "sweepnet/run/sweep_status.hpp"

namespace sweepnet::app {

/// Small files on disk are compared with their digests anyway; of all others it is taken on trust
/// what they are, unless `verify`.
[[nodiscard]] inline run_examination usual_examination(bool verify) {
  constexpr std::uintmax_t small = std::uintmax_t{1} << 24;
  const std::uintmax_t largest = verify ? SIZE_MAX : small;
  return {.models_up_to = largest, .states_up_to = largest};
}

struct status_settings {
  std::string output;
  std::string sweep;
  sweep_request request;
  bool missing = false;
  bool verify = false;
  bool watch = false;
  std::optional<double> every{};  ///< seconds between looks; unset: as suits where the outputs lie
  std::optional<double> until_quiet{};  ///< as in watch_times
};

inline void run_status_command(const context& world, const status_settings& settings,
                               const paramset_type& type) {
  std::optional<std::size_t> size;
  std::unique_ptr<any_sweep> sweep;
  if (!settings.sweep.empty()) {
    std::string text = read_sweep_text(settings.sweep);
    const std::string source = display_name(settings.sweep);
    sweep = read_sweep_by([&] { return type.open(std::move(text), source, settings.request); });
    require_listable(*sweep, source);
    size = sweep->count();
  }
  if (settings.watch) {
    const storage::location directory = output_directory(settings.output);
    const double usual = directory.is_remote() ? 10 : 2;
    const search_space* space = sweep ? sweep->space() : nullptr;
    return watch(
        world,
        {directory, {.name = {}, .size = size, .space = space}, usual_examination(settings.verify)},
        space, {.every = settings.every.value_or(usual), .until_quiet = settings.until_quiet});
  }
  const sweep_status status = [&] {
    try {
      return read_sweep_status(settings.output, size, usual_examination(settings.verify));
    } catch (const unknown_sweep_size& e) {
      throw data_error(std::string(e.what()) + " with --sweep");
    }
  }();
  std::vector<std::size_t> unfinished;
  for (std::size_t i = 0; i < status.size(); ++i) {
    if (status[i].unfinished()) unfinished.push_back(i);
  }
  if (settings.missing) {
    if (!unfinished.empty()) world.out << index_ranges(unfinished) << "\n";
    return;
  }
  std::array<std::size_t, report::phases_in_order.size()> count{};
  for (std::size_t i = 0; i < status.size(); ++i) {
    ++count[static_cast<std::size_t>(status[i].phase)];
    const std::string detail = printable(status[i].detail);
    world.out << fmt::format("{:<7} {}{}{}\n", i, report::word_of(status[i].phase),
                             detail.empty() ? "" : "  ", detail);
  }
  world.out << text_of_counts(count) << "\n";
}

inline void add_status(CLI::App& program, const context& world, const paramset_type& type) {
  auto settings = std::make_shared<status_settings>();
  CLI::App* command =
      program.add_subcommand("status", "tell from a sweep's outputs what is done and what is not");
  CLI::Option* output =
      command->add_option("output", settings->output, "directory of results, or s3://BUCKET/PREFIX")
          ->required();
  or_variable(*output, settings->output, world, "SWEEPNET_OUTPUT");
  CLI::Option* sweep = command->add_option(
      "--sweep", settings->sweep, "sweep file, for its size; default: what results or states say");
  add_number(*command, "--runs", settings->request.draws.runs, at_least(1),
             "points of a search space that were taken, instead of its run_cap")
      ->needs(sweep);
  command->add_flag(
      "--missing", settings->missing,
      "print only the indices to run again (missing, interrupted, damaged), as in 0,3-5");
  command->add_flag(
      "--verify", settings->verify,
      "compare every model and state with its digest, not only files on disk of up to 16 MiB");
  CLI::Option* watches = command->add_flag(
      "--watch", settings->watch,
      "look again and again until all runs are over: a table on a terminal, else a line whenever "
      "something has changed");
  watches->excludes("--missing");
  add_number(*command, "--every", settings->every, closed_range(0.01, 86400),
             "seconds between looks; default 2, on S3 10")
      ->needs(watches);
  add_number(
      *command, "--until-quiet", settings->until_quiet, above(0),
      "end, with code 75, once nothing has changed for N seconds: whoever trained may be gone")
      ->needs(watches);
  command->callback([settings, &world, &type] { run_status_command(world, *settings, type); });
}

}  // namespace sweepnet::app
