// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/app/program.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>
#include <new>

#include "sweepnet/app/describe.hpp"
#include "sweepnet/app/evaluate.hpp"
#include "sweepnet/app/export.hpp"
#include "sweepnet/app/index.hpp"
#include "sweepnet/app/inspect.hpp"
#include "sweepnet/app/plan.hpp"
#include "sweepnet/app/predict.hpp"
#include "sweepnet/app/report.hpp"
#include "sweepnet/app/standard_output.hpp"
#include "sweepnet/app/status.hpp"
#include "sweepnet/app/sweep.hpp"
#include "sweepnet/app/terminal.hpp"
#include "sweepnet/app/train.hpp"
#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/core/url_text.hpp"
#include "sweepnet/version.hpp"

namespace sweepnet::app {

namespace detail {

/// What the parser did not expect, with what may have been meant; empty if it expected everything.
inline std::string unknown_argument(const CLI::App& program, const paramset_type& type) {
  const auto chosen = program.get_subcommands();
  std::vector<std::string> commands;
  for (const CLI::App* command : program.get_subcommands([](auto*) { return true; })) {
    commands.push_back(command->get_name());
  }
  const std::vector<std::string> extras = program.remaining(true);
  if (extras.empty()) {
    return chosen.empty() ? "expected a command: " + join_text(commands, ", ") : "";
  }
  const auto is_option = [](const std::string& word) { return word.starts_with('-'); };
  const auto option = std::ranges::find_if(extras, is_option);
  std::string word = option == extras.end() ? extras.front() : *option;
  word.resize(std::min(word.size(), word.find('=')));
  if (chosen.empty()) {
    return fmt::format("unknown command '{}'{}", word, did_you_mean(word, commands));
  }
  if (!is_option(word)) return fmt::format("unexpected argument '{}'", word);

  std::vector<std::string> known;
  for (const CLI::Option* each : chosen.front()->get_options()) {
    for (const std::string& name : each->get_lnames()) known.push_back("--" + name);
  }
  const auto has = [](const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  };
  if (has(known, word)) {
    return fmt::format("'{0}' belongs behind the command: sweepnet {1} {0} ...", word,
                       chosen.front()->get_name());
  }
  const std::string_view key =
      std::string_view(word).substr(std::min(word.size(), word.find_first_not_of('-')));
  if (has(known, "--set") && has(type.keys, key)) {
    return fmt::format("unknown argument '{}': --set {}=VALUE sets a paramset's key", word, key);
  }
  return fmt::format("unknown argument '{}'{}", word, did_you_mean(word, known));
}

SWEEPNET_INLINE int run(std::vector<std::string> arguments, const context& world,
                        const paramset_type& type) {
  const auto fail = [&](exit_code code, const std::string& message) {
    // Messages of other libraries may quote an argument or a variable.
    world.err << "sweepnet: " << printable(without_secrets(message)) << std::endl;
    return static_cast<int>(code);
  };
  CLI::App program("Trains hyperparameter sweeps of dense networks.", "sweepnet");
  program.set_version_flag("--version", std::string("sweepnet ") + version);
  program.require_subcommand(1);
  add_train(program, world, type);
  add_sweep(program, world, type);
  add_describe(program, world);
  add_evaluate(program, world);
  add_predict(program, world);
  add_export(program, world);
  add_inspect(program, world);
  add_plan(program, world, type);
  add_status(program, world, type);
  add_report(program, world, type);
  add_index(program, world);
  try {
    std::ranges::reverse(arguments);  // CLI11 takes them from the back
    program.parse(std::move(arguments));
    return static_cast<int>(exit_code::done);
  } catch (const CLI::Success& e) {  // --help, --version
    return program.exit(e, world.out, world.err);
  } catch (const CLI::ParseError& e) {
    const std::string unknown = unknown_argument(program, type);
    return fail(exit_code::usage, (unknown.empty() ? e.what() : unknown) + " (see --help)");
  } catch (const error& e) {
    return fail(e.code(), e.what());
  } catch (const std::bad_alloc&) {
    return fail(exit_code::configuration, "not enough memory");
  } catch (const std::exception& e) {
    return fail(exit_code::internal, std::string("internal error: ") + e.what());
  }
}

SWEEPNET_INLINE int main(int argc, const char* const* argv, const char* const* environment,
                         std::vector<embedded_dataset> embedded, std::optional<accelerator> gpu,
                         const paramset_type& type) {
  standard_output out;
  const environment_map variables = read_environment(environment);
  const context world{
      .out = std::cout,
      .err = std::cerr,
      .environment = variables,
      .terminal = ::isatty(STDOUT_FILENO) == 1 && variable_or_empty(variables, "TERM") != "dumb",
      .columns = terminal_columns,
      .rows = terminal_rows,
      .embedded = std::move(embedded),
      .gpu = std::move(gpu)};
  const int code = run({argv + std::min(argc, 1), argv + argc}, world, type);
  const std::string failure = out.failure();
  if (failure.empty() || code != static_cast<int>(exit_code::done)) return code;
  world.err << "sweepnet: " << failure << std::endl;
  return static_cast<int>(exit_code::io);
}

}  // namespace detail

#if defined(SWEEPNET_COMPILED)
template paramset_type paramset_type_of<paramset>();
#endif

}  // namespace sweepnet::app
