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
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/context.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/run/sweep_status.hpp"

namespace sweepnet::app {

struct status_settings {
  std::string output;
  std::string sweep;
  sweep_request request;
  bool missing = false;
  bool verify = false;
};

inline void run_status_command(const context& world, const status_settings& settings,
                               const paramset_type& type) {
  std::optional<std::size_t> size;
  if (!settings.sweep.empty()) {
    std::string text = read_sweep_text(settings.sweep);
    const std::string source = display_name(settings.sweep);
    const std::unique_ptr<any_sweep> sweep =
        read_sweep_by([&] { return type.open(std::move(text), source, settings.request); });
    require_listable(*sweep, source);
    size = sweep->count();
  }
  // Small files on disk are read anyway; of all others it is taken on trust what they are.
  constexpr std::uintmax_t small = std::uintmax_t{1} << 24;
  const std::uintmax_t largest = settings.verify ? SIZE_MAX : small;
  const sweep_status status = [&] {
    try {
      return read_sweep_status(settings.output, size,
                               {.models_up_to = largest, .states_up_to = largest});
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
  constexpr std::array<std::string_view, 7> words{"missing", "interrupted", "budget", "stopped",
                                                  "failed",  "done",        "damaged"};
  std::array<std::size_t, words.size()> count{};
  for (std::size_t i = 0; i < status.size(); ++i) {
    const auto phase = static_cast<std::size_t>(status[i].phase);
    ++count[phase];
    const std::string detail = printable(status[i].detail);
    world.out << fmt::format("{:<7} {}{}{}\n", i, words[phase], detail.empty() ? "" : "  ", detail);
  }
  std::vector<std::string> sums;
  for (std::size_t state = words.size(); state-- > 0;) {
    if (count[state] > 0) sums.push_back(fmt::format("{} {}", count[state], words[state]));
  }
  world.out << fmt::format("{} paramset{}: {}\n", status.size(), status.size() == 1 ? "" : "s",
                           join_text(sums, ", "));
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
  command->callback([settings, &world, &type] { run_status_command(world, *settings, type); });
}

}  // namespace sweepnet::app
