// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet report OUTPUT`: a page that shows a sweep, and files of it for people's viewers.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/context.hpp"
#include "sweepnet/app/data_options.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/quoting.hpp"
#include "sweepnet/app/status.hpp"
#include "sweepnet/app/threads.hpp"
#include "sweepnet/core/call_on_threads.hpp"
#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/url_text.hpp"
#include "sweepnet/data/catalog.hpp"
#include "sweepnet/data/digest.hpp"
#include "sweepnet/embed/table_model.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/report/csv.hpp"
#include "sweepnet/report/epoch_lines.hpp"
#include "sweepnet/report/importance.hpp"
#include "sweepnet/report/optuna_journal.hpp"
#include "sweepnet/report/page.hpp"
#include "sweepnet/report/page_data.hpp"
#include "sweepnet/report/predictions.hpp"
#include "sweepnet/report/sweep_report.hpp"
#include "sweepnet/report/tensorboard.hpp"
#include "sweepnet/run/sweep_status.hpp"
#include "sweepnet/storage/shared_syncs.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet::app {

struct report_settings {
  std::string output;
  std::string sweep;
  sweep_request request;
  std::vector<std::string> compared;  ///< another output, or two in place of the first; empty: none
  std::string page;                   ///< where the page goes; empty: into the output
  std::string json;                   ///< where its data, and others, go; empty: nowhere
  std::string csv;
  std::string jsonl;
  std::string optuna;
  std::string tensorboard;  ///< a directory
  bool predicts = false;    ///< whether data are given
  data_settings data;
  int threads = 0;
};

namespace detail {

/// Small models alone are compared with their digests: a report tells results, and the models of
/// thousands of runs would be most of what it reads.
inline run_examination report_examination() {
  run_examination examination = usual_examination(false);
  examination.models_up_to = std::uintmax_t{1} << 16;
  return examination;
}

/// The report on a directory; a sweep may be read for it.
inline report::sweep_report read_report(const std::string& output, const any_sweep* sweep,
                                        const std::string& name) {
  report::sweep_source source{.name = name};
  if (sweep != nullptr) {
    source.size = sweep->count();
    source.space = sweep->space();
  }
  try {
    return report::read_sweep_report(output_directory(output), source, report_examination());
  } catch (const unknown_sweep_size& e) {
    throw data_error(std::string(e.what()) + " with --sweep");
  }
}

/// What runs a row of the table again, but for its index: as far as sweep and results tell, which
/// know the data by name, and not which of its rows were chosen.
inline std::string command_of(const report_settings& settings, const report::sweep_report& report) {
  const auto word = [](const std::string& text) { return shell_quoted(without_secrets(text)); };
  std::string command =
      fmt::format("sweepnet train {} --index {{index}} --output {}",
                  settings.sweep.empty() ? "SWEEP" : word(settings.sweep), word(settings.output));
  const draw_options& draws = settings.request.draws;
  if (draws.runs) command += fmt::format(" --runs {}", *draws.runs);
  if (draws.seed) command += fmt::format(" --draw-seed {}", *draws.seed);
  if (!report.data.empty()) command += " --data " + word(report.data);
  const bool is_usual = report.precision.empty() || report.precision == name_of(precision::fp32);
  if (!is_usual) command += " --precision " + word(report.precision);
  return command;
}

/// What the best model of the sweep makes of the data's validation rows; nothing without one.
inline std::optional<report::best_predictions> predictions_of_best(
    const context& world, const report_settings& settings, const report::sweep_report& report) {
  const std::vector<std::size_t> order = report::ranked(report);
  const auto best = std::ranges::find_if(order, [&](std::size_t position) {
    const report::reported_run& run = report.runs[position];
    return report.value_of(run) && run.model;
  });
  if (best == order.end()) return std::nullopt;
  const report::reported_run& run = report.runs[*best];
  if (digest_of(storage::read(*run.model)) != run.model_digest) {
    world.out << text_of_note(run.model->shown() + " is not the model that its result describes");
    return std::nullopt;
  }
  const trained_model trained = read_model(*run.model);
  data_request request = settings.data.over();
  if (request.classes == 0) request.classes = trained.classes();
  const dataset data = load_dataset(request, make_catalog(world.environment, world.embedded));
  for (const std::string& note : data.notes) world.out << text_of_note(note);
  if (digest_of(data) != run.data_digest) {
    world.out << text_of_note(
        fmt::format("{} has other rows than the sweep was trained with", data.name));
  }
  if (has_values(data.task)) {
    world.out << text_of_note("confusions are of classes: the best model gives real values");
    return std::nullopt;
  }
  labelled_rows raw;
  return report::predictions_of(trained, run.index, rows_for_files(data, raw), data.classes(),
                                threads_to_use(world, settings.threads, thread_note::none));
}

/// What the run of the best model has kept; nothing, with a note if that is another's, without it.
inline std::optional<report::best_predictions> kept_predictions_of_best(
    const context& world, const std::string& output, const report::sweep_report& report) {
  report::kept_of_best kept = report::read_kept_of_best(report, output_directory(output));
  if (!kept.fault.empty()) world.out << text_of_note(kept.fault);
  return std::move(kept.best);
}

/// Writes a report's event files below a directory, several runs at a time.
inline void write_event_files(const report::sweep_report& report,
                              const storage::location& directory) {
  std::optional<storage::shared_syncs> syncs;
  if (!directory.is_remote()) syncs.emplace();
  const int at_once = directory.is_remote() ? 16 : 1;
  for_each_on_threads("a thread that writes events", at_once, report.runs.size(),
                      [&](std::size_t i) {
                        const storage::shared_syncs_scope scope(syncs ? &*syncs : nullptr);
                        for (const report::named_file& file : report::event_files_of(report, i)) {
                          storage::write(storage::join_location(directory, file.name), file.bytes);
                        }
                      });
  if (syncs) syncs->flush();
}

inline void tell_report(const context& world, const report::sweep_report& report) {
  constexpr std::size_t most = 10;
  for (std::size_t i = 0; i < std::min(report.notes.size(), most); ++i) {
    world.out << "left out: " << report.notes[i] << "\n";
  }
  if (report.notes_in_all > most) {
    world.out << fmt::format("left out: {} more\n", report.notes_in_all - most);
  }
  world.out << text_of_counts(report.count) << "\n";
}

/// Takes the first of two outputs to compare for the one that is reported on.
inline void settle_outputs(report_settings& settings, bool is_output_told) {
  if (settings.compared.size() == 2) {
    if (is_output_told) throw usage_error("--compare takes one output where another one is given");
    settings.output = settings.compared.front();
    settings.compared.erase(settings.compared.begin());
  }
  if (settings.output.empty()) throw CLI::RequiredError("output");
}

}  // namespace detail

inline void run_report(const context& world, const report_settings& settings,
                       const paramset_type& type) {
  std::unique_ptr<any_sweep> sweep;
  std::string name;
  if (!settings.sweep.empty()) {
    std::string text = read_sweep_text(settings.sweep);
    name = display_name(settings.sweep);
    sweep = read_sweep_by([&] { return type.open(std::move(text), name, settings.request); });
  }
  const report::sweep_report told = detail::read_report(settings.output, sweep.get(), name);
  std::optional<report::sweep_report> other;
  if (!settings.compared.empty()) {
    other = detail::read_report(settings.compared.front(), nullptr, "");
  }

  std::vector<report::page_sweep> shown;
  shown.push_back({.report = told,
                   .importances = report::importances_of(told),
                   .command = detail::command_of(settings, told)});
  shown.front().best = settings.predicts
                           ? detail::predictions_of_best(world, settings, told)
                           : detail::kept_predictions_of_best(world, settings.output, told);
  if (other) {
    report_settings of_other = settings;
    of_other.output = settings.compared.front();
    of_other.sweep.clear();
    of_other.request = {};
    shown.push_back({.report = *other,
                     .importances = report::importances_of(*other),
                     .command = detail::command_of(of_other, *other)});
    shown.back().best = detail::kept_predictions_of_best(world, settings.compared.front(), *other);
  }
  detail::tell_report(world, told);
  if (other) detail::tell_report(world, *other);

  const auto write = [&](const char* what, const storage::location& where,
                         const std::string& content) {
    storage::write(where, content);
    world.out << fmt::format("{}: {}\n", what, where.shown());
  };
  const std::string data = report::page_data(shown);
  const std::string title = other ? told.name + " and " + other->name : told.name;
  write("Report",
        settings.page.empty()
            ? storage::join_location(output_directory(settings.output), "report.html")
            : storage::location(settings.page),
        report::page(title, data));
  if (!settings.json.empty()) write("JSON", settings.json, data + "\n");
  if (!settings.csv.empty()) write("CSV", settings.csv, report::csv_table(told));
  if (!settings.jsonl.empty()) write("JSON lines", settings.jsonl, report::epoch_lines(told));
  if (!settings.optuna.empty()) {
    write("Optuna's journal", settings.optuna, report::optuna_journal(told));
  }
  if (settings.tensorboard.empty()) return;
  const storage::location directory = output_directory(settings.tensorboard);
  detail::write_event_files(told, directory);
  world.out << fmt::format("TensorBoard's events: {}\n", directory.shown());
}

inline void add_report(CLI::App& program, const context& world, const paramset_type& type) {
  auto settings = std::make_shared<report_settings>();
  CLI::App* command = program.add_subcommand(
      "report", "show a sweep, finished or still running, as a page, and write files for viewers");
  CLI::Option* output =
      command->add_option("output", settings->output, "directory of results, or s3://BUCKET/PREFIX")
          ->required();
  or_variable(*output, settings->output, world, "SWEEPNET_OUTPUT");
  output->required(false);  // --compare may give two
  CLI::Option* sweep = command->add_option("--sweep", settings->sweep,
                                           "sweep file, for its size, its ranges and its name");
  add_number(*command, "--runs", settings->request.draws.runs, at_least(1),
             "points of a search space that were taken, instead of its run_cap")
      ->needs(sweep);
  add_number(*command, "--draw-seed", settings->request.draws.seed, at_least(0),
             "seed of a search space's draws, instead of its own")
      ->needs(sweep);
  command
      ->add_option(
          "--compare", settings->compared,
          "another sweep's results, shown on the same axes; or two sweeps' in place of output")
      ->type_name("OUTPUT")
      ->expected(1, 2);
  const auto add_file = [&](const char* option, std::string& where, const char* help) {
    command->add_option(option, where, help)->type_name("FILE");
  };
  add_file("--output", settings->page, "the page; default OUTPUT/report.html");
  add_file("--json", settings->json, "also write the page's data");
  add_file("--csv", settings->csv, "also write the runs as a table, the best first");
  add_file("--jsonl", settings->jsonl, "also write every epoch of every run as a line of JSON");
  add_file("--optuna", settings->optuna, "also write the sweep as a study in Optuna's journal");
  command
      ->add_option("--tensorboard", settings->tensorboard,
                   "also write TensorBoard's events and HParams, to a directory or "
                   "s3://BUCKET/PREFIX")
      ->type_name("DIR");
  add_data_options(*command, world, settings->data);
  command->get_option("--data")->description(
      "show what the best model makes of this data's validation rows, with pictures: as in train; "
      "without it, what train or sweep --save-predictions kept of it");
  add_threads_option(*command, settings->threads);
  command->callback([settings, command, &world, &type] {
    settings->predicts = command->get_option("--data")->count() > 0;
    detail::settle_outputs(*settings, command->get_option("output")->count() > 0);
    run_report(world, *settings, type);
  });
}

}  // namespace sweepnet::app
