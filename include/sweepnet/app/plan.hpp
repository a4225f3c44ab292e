// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet plan SWEEP`: the expanded sweep, checked, before anything is submitted.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/context.hpp"
#include "sweepnet/app/data_options.hpp"
#include "sweepnet/app/job_file.hpp"
#include "sweepnet/app/leaderboard.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/plan_search.hpp"
#include "sweepnet/app/plan_time.hpp"
#include "sweepnet/app/stage.hpp"
#include "sweepnet/app/table.hpp"
#include "sweepnet/app/threads.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/run/sweep_queue.hpp"
#include "sweepnet/run/sweep_stage.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/search_space.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

namespace sweepnet::app {

struct plan_settings {
  std::string sweep;
  sweep_request request;
  data_settings data;
  std::int64_t lines = 20;
  bool json = false;
  bool time = false;       ///< this machine is measured
  int threads = 0;         ///< of that; 0: as a sweep takes them
  std::int64_t stage = 0;  ///< what it asks is told instead; 0: none
  std::string emit;        ///< an engine whose job file is wanted instead of the list
  std::string output;      ///< of the emitted jobs
  model_bounds models = model_bounds::output;
  job_request job{.memory = 0};
};

namespace detail {

/// MiB that a job needs, with room: weights, their transposes and gradients, up to three slots of
/// an optimizer, best weights, and on their way to the disk slots and model twice; 20,000 rows of
/// bytes three times, and the program itself.
inline std::int64_t memory_of(std::int64_t parameters, std::int64_t inputs) {
  constexpr std::int64_t mebi = 1 << 20;
  const std::int64_t bytes = parameters * 4 * 12 + 20'000 * inputs * 3;
  return (bytes / mebi + 512 + 255) / 256 * 256;
}

/// Throws usage_error for a word that a job file must not hold: it is kept, shared and committed.
inline void require_no_secret(const std::string& word) {
  const std::string shown = without_secrets(word);
  if (shown == word) return;
  throw usage_error(fmt::format(
      "--emit: {} has a password or a query, which may be a secret, and a job file is no place for "
      "one: set SWEEPNET_SWEEP, SWEEPNET_DATA or SWEEPNET_OUTPUT where the jobs run, from the "
      "engine's own secrets, or put the file on S3, where a role reads it",
      shown));
}

inline std::string emitted(const plan_settings& settings, std::size_t size, std::int64_t parameters,
                           std::int64_t inputs) {
  const std::optional<engine> where = from_name<engine>(settings.emit);
  if (!where) {
    throw usage_error(fmt::format("--emit: unknown engine '{}'{}", settings.emit,
                                  did_you_mean(settings.emit, all_names<engine>())));
  }
  if (settings.sweep == "-" || settings.output.empty()) {
    throw usage_error("--emit needs a sweep that each job can read, and --output");
  }
  job_request job = settings.job;
  job.size = static_cast<std::int64_t>(size);
  if (job.children == 0) job.children = usual_children(*where, job.size);
  if (job.memory == 0) job.memory = memory_of(parameters, inputs);
  job.arguments = {"train", settings.sweep, "--output", settings.output};
  const std::vector<std::string> data = settings.data.words();
  job.arguments.insert(job.arguments.end(), data.begin(), data.end());
  const auto add = [&](const char* option, const std::string& value) {
    job.arguments.insert(job.arguments.end(), {option, value});
  };
  for (const std::string& assignment : settings.request.assignments) add("--set", assignment);
  const draw_options& draws = settings.request.draws;
  if (draws.runs) add("--runs", std::to_string(*draws.runs));
  if (draws.seed) add("--draw-seed", std::to_string(*draws.seed));
  if (settings.models == model_bounds::anywhere) job.arguments.push_back("--allow-outside");
  if (job.children > 0 && job.children < job.size) job.arguments.push_back("--share");
  if (settings.stage > 0) add("--stage", std::to_string(settings.stage));
  // A container sees all of its node's processors.
  add("--threads", std::to_string(job.cpus));
  for (const std::string& word : job.arguments) require_no_secret(word);
  return job_file(*where, job);
}

/// The first paramsets of a sweep and what they cost, all of them unless they are very many.
struct planned_sweep {
  std::vector<std::size_t> indices{};  ///< of those that were looked at
  sweepnet::task task = sweepnet::task::multiclass;
  std::vector<std::int64_t> parameters{};  ///< of each model
  std::vector<searched_run> runs{};        ///< as rules see them
  double multiply_adds = 0;                ///< of all, if nothing stops them
};

/// Tells of paramsets that are wrong, and throws.
[[noreturn]] inline void refuse_paramsets(const context& world, const std::string& source,
                                          const std::vector<std::string>& errors, std::size_t most,
                                          std::size_t count) {
  for (std::size_t i = 0; i < std::min(errors.size(), most); ++i)
    world.err << printable(errors[i]) << "\n";
  if (errors.size() == most_rejected) {
    throw data_error(fmt::format("{}: {} paramsets are wrong: what follows them was not read",
                                 source, errors.size()));
  }
  throw data_error(fmt::format("{}: {} of {} paramsets {} wrong", source, errors.size(), count,
                               errors.size() == 1 ? "is" : "are"));
}

/// The sweep, none of whose paramsets that are looked at is wrong.
inline std::unique_ptr<any_sweep> read_plan(const context& world, const plan_settings& settings,
                                            const paramset_type& type, planned_sweep& plan) {
  const std::string source = display_name(settings.sweep);
  const std::string text = read_sweep_text(settings.sweep);
  std::vector<std::string> errors;
  const auto reject = [&](std::size_t index, const data_error& e) {
    errors.push_back(fmt::format("{} (paramset {})", e.what(), index));
  };
  std::unique_ptr<any_sweep> sweep =
      read_sweep_by([&] { return type.parse(text, source, settings.request, reject); });
  const std::size_t left_out = errors.size();
  const bool is_listed = sweep->count() <= most_paramsets;
  constexpr std::size_t of_very_many = 1000;
  plan.indices.resize(is_listed ? sweep->known() : of_very_many);
  std::iota(plan.indices.begin(), plan.indices.end(), std::size_t{0});
  for (const std::size_t index : plan.indices) {
    if (sweep->space() == nullptr || errors.size() == most_rejected) break;
    try {
      (void)sweep->model_name(index);
    } catch (const data_error& e) {
      reject(index, e);
    }
  }
  const auto most = settings.lines == 0 ? std::numeric_limits<std::size_t>::max()
                                        : static_cast<std::size_t>(settings.lines);
  if (!errors.empty()) {
    refuse_paramsets(world, source, errors, most, sweep->count() + left_out);
  }
  return sweep;
}

/// One object: how many there are, and all of them that are known, as result files have them.
inline void print_json(const context& world, const any_sweep& sweep, task t,
                       const std::optional<time_estimate>& time) {
  world.out << "{\n  \"count\": " << sweep.count();
  if (time) world.out << ",\n  \"estimate\": " << dump(json_of_time(*time));
  world.out << ",\n  \"paramsets\": [";
  for (std::size_t i = 0; i < sweep.known(); ++i) {
    world.out << (i == 0 ? "\n    " : ",\n    ")
              << dump(sweepnet::detail::public_paramset(sweep.encoded(i, t)));
  }
  world.out << "\n  ]\n}\n";
}

/// A table of the first paramsets, what is the same in all of them, and what was read.
inline void print_table(const context& world, const any_sweep& sweep, const planned_sweep& plan,
                        const paramset_type& type, std::size_t most) {
  const std::size_t shown = std::min(sweep.known(), most);
  std::vector<ordered_json> encoded;
  for (std::size_t i = 0; i < shown; ++i) encoded.push_back(sweep.encoded(i, plan.task));
  std::vector<std::vector<std::string>> rows(shown + 1);
  rows[0] = {"index", "parameters", "model"};
  for (std::size_t i = 0; i < shown; ++i) {
    rows[i + 1] = {std::to_string(i), std::to_string(plan.parameters[i]),
                   storage::location(sweep.model_name(i)).shown()};
  }
  std::string same;
  for (const std::string& key : type.keys) {
    if (key == "model_path") continue;
    const auto value = [&](std::size_t i) { return encoded[i].value(key, ordered_json(nullptr)); };
    bool varies = false;
    for (std::size_t i = 1; i < shown && !varies; ++i) varies = value(i) != value(0);
    if (!varies) {
      if (!value(0).is_null()) same += fmt::format(" {} {};", key, cell(value(0)));
      continue;
    }
    rows[0].push_back(key);
    for (std::size_t i = 0; i < shown; ++i) rows[i + 1].push_back(cell(value(i)));
  }
  world.out << text_table(rows);
  if (shown < sweep.known()) {
    world.out << fmt::format("... {} more (--lines 0 shows all)\n", sweep.known() - shown);
  }
  if (sweep.known() < sweep.count()) {
    world.out << fmt::format("... {} more, which depend on what comes of earlier ones\n",
                             sweep.count() - sweep.known());
  }
  if (!same.empty()) same.back() = '.';
  world.out << "The same in all of these:" << same << "\n";
}

/// "grid, 12 points, 3 repeats each", with the seed of what is drawn.
inline std::string text_of_space(const search_space& space) {
  std::string text(name_of(space.method));
  if (space.method != search_method::grid) {
    text += fmt::format(" ({} draws, seed {})", name_of(space.draws), space.seed);
  }
  text += fmt::format(", {} point{}", space.points, space.points == 1 ? "" : "s");
  if (space.repeats > 1) text += fmt::format(", {} repeats each", space.repeats);
  return text;
}

/// What a stage asks, by the results in the output directory.
inline void print_stage(const context& world, const plan_settings& settings, any_sweep& sweep) {
  const int threads = threads_to_use(world, settings.threads, thread_note::none);
  const dataset data = load_dataset(data_of(sweep, display_name(settings.sweep), settings.data),
                                    make_catalog(world.environment, world.embedded), threads);
  const sweep_stage asked = stage_of(
      sweep, data, {.output = output_directory(settings.output), .models = settings.models},
      settings.stage);
  std::optional<time_estimate> time;
  if (settings.time) {
    time = time_of_stage(sweep, asked, data, threads);
  }
  if (settings.json) {
    ordered_json told = json_of_stage(asked, settings.stage);
    if (time) told["estimate"] = json_of_time(*time);
    for (ordered_json& leg : told["train"]) {
      leg["paramset"] = sweepnet::detail::public_paramset(
          sweep.encoded(leg["index"].get<std::size_t>(), data.task));
    }
    world.out << dump(told) << "\n";
    return;
  }
  world.out << text_of_stage(asked, settings.stage);
  if (time) world.out << text_of_time(*time);
  if (!rules_of(sweep).learns) return;
  std::vector<std::size_t> known(sweep.known());
  std::iota(known.begin(), known.end(), std::size_t{0});
  const std::vector<std::string> keys = differing_keys(sweep, known);
  for (const sweep_task& task : asked.tasks) {
    if (!task.leg) continue;
    world.out << fmt::format("paramset {}: {}\n", task.run,
                             differences_of(sweep.encoded(task.run), keys));
  }
}

/// The jobs of an array for a stage of a search that learns: as many as are trained at a time, each
/// of which takes its share; where pods do not know how many they are, one for each paramset.
inline std::int64_t jobs_of_stage(const search_space& space, const std::string& where) {
  constexpr std::size_t fewest = 2;  // of an array on Batch
  if (where == name_of(engine::kubernetes)) return 0;
  return static_cast<std::int64_t>(
      std::min(std::max(space.parallel * space.repeats, fewest), space.points * space.repeats));
}

}  // namespace detail

inline void run_plan(const context& world, const plan_settings& settings,
                     const paramset_type& type) {
  detail::planned_sweep plan;
  const std::unique_ptr<any_sweep> sweep = detail::read_plan(world, settings, type, plan);
  check_models(*sweep, plan.indices, output_directory(settings.output), settings.models);

  std::vector<std::string> notes;  // on space and data
  if (sweep->space() != nullptr) notes = sweep->space()->notes;
  std::optional<dataset> data;  // where more than its shape is wanted
  const auto shape = [&]() -> data_shape {
    const data_request request = data_of(*sweep, display_name(settings.sweep), settings.data);
    const auto known = known_shape(request);
    if (known && !settings.time) return *known;
    data = load_dataset(request, make_catalog(world.environment, world.embedded),
                        threads_to_use(world, settings.threads, thread_note::none));
    notes.insert(notes.end(), data->notes.begin(), data->notes.end());
    return {data->problem(), data->train.rows(), data->validation.rows()};
  }();
  plan.task = shape.learned.task;
  for (const std::size_t i : plan.indices) {
    plan.parameters.push_back(parameter_layout(sweep->checked_model(i, shape.learned)).size);
    plan.runs.push_back({.epochs = sweep->training(i, shape.learned.task).epochs,
                         .epoch_cost = epoch_multiply_adds(plan.parameters.back(), shape.train_rows,
                                                           shape.validation_rows)});
    plan.multiply_adds +=
        static_cast<double>(plan.runs.back().epochs) * plan.runs.back().epoch_cost;
  }
  const std::int64_t largest = std::ranges::max(plan.parameters);

  const std::string source = display_name(settings.sweep);
  const search_rules rules = rules_of(*sweep);
  if (settings.stage > 0) require_stages(rules);
  if (!settings.emit.empty()) {
    if (settings.time) {
      throw usage_error("--emit writes what other machines do; --time is of this one");
    }
    require_listable(*sweep, source);
    plan_settings jobs = settings;
    if (rules.learns && settings.stage == 0) {
      throw usage_error(
          "--emit: paramsets of the method bayes depend on what comes of earlier ones: --stage K "
          "emits those that depend on the stages before, from 1");
    }
    if (rules.learns && jobs.job.children == 0) {
      jobs.job.children = detail::jobs_of_stage(*sweep->space(), settings.emit);
    }
    world.out << detail::emitted(jobs, sweep->count(), largest, shape.learned.inputs);
    return;
  }
  if (settings.stage > 0) {
    require_listable(*sweep, source);
    return detail::print_stage(world, settings, *sweep);
  }
  std::optional<time_estimate> time;
  if (settings.time) {
    time = time_of_sweep(*sweep, plan.indices, plan.runs, *data,
                         threads_to_use(world, settings.threads, thread_note::none));
  }
  if (settings.json) {
    require_listable(*sweep, source);
    detail::print_json(world, *sweep, plan.task, time);
    return;
  }
  const std::size_t lines =
      settings.lines == 0 ? plan.indices.size() : static_cast<std::size_t>(settings.lines);
  detail::print_table(world, *sweep, plan, type, std::min(lines, plan.indices.size()));
  for (const std::string& note : notes) world.out << text_of_note(note);
  if (sweep->space() != nullptr) {
    world.out << fmt::format("Space: {}.\n", detail::text_of_space(*sweep->space()));
  }
  const bool is_whole = plan.indices.size() == sweep->count();
  if (rules.learns && rules.compares()) {
    world.out << "Runs of a batch are compared with one another; of the first one:\n";
  }
  if (is_whole || rules.learns) world.out << text_of_search(rules, plan.runs);
  world.out << fmt::format(
      "{} paramset{}, indices 0 to {}; {}up to {} parameters a model; {:.3g} multiply-adds in all, "
      "if each trains all of its epochs.\n",
      sweep->count(), sweep->count() == 1 ? "" : "s", sweep->count() - 1,
      is_whole ? "" : fmt::format("of the first {}: ", plan.indices.size()), largest,
      plan.multiply_adds);
  if (time) world.out << text_of_time(*time);
}

inline void add_plan(CLI::App& program, const context& world, const paramset_type& type) {
  auto settings = std::make_shared<plan_settings>();
  CLI::App* command = program.add_subcommand("plan", "check a sweep and list its paramsets");
  add_sweep_argument(*command, world, settings->sweep);
  add_sweep_request(*command, settings->request);
  add_data_options(*command, world, settings->data);
  add_number(*command, "--lines", settings->lines, at_least(0),
             "paramsets to list; 0: all; default 20");
  command->add_flag("--json", settings->json,
                    "print count and paramsets, all of them, as one JSON object instead");
  command->add_flag("--time", settings->time,
                    "tell about how long it takes on this machine: loads the data and trains a few "
                    "of the networks for some seconds");
  add_threads_option(*command, settings->threads);
  add_stage_option(*command, settings->stage);
  command
      ->add_option("--emit", settings->emit,
                   "write a job file instead: aws-batch, slurm or kubernetes")
      ->type_name("ENGINE");
  CLI::Option* output = command->add_option(
      "--output", settings->output, "where the emitted jobs write, or a stage's results are");
  or_variable(*output->type_name("DIR"), settings->output, world, "SWEEPNET_OUTPUT");
  add_outside_flag(*command, settings->models);
  job_request& job = settings->job;
  command->add_option("--name", job.name, "the emitted job's name; default sweepnet");
  add_number(*command, "--cpus", job.cpus, closed_range(1, most_threads),
             "processors, and threads, of each job; default 2");
  add_number(
      *command, "--array-size", job.children, at_least(1),
      "jobs of the emitted array; default: one for each paramset. Fewer share them out: each "
      "trains index, index + N, ...");
  add_number(*command, "--memory", job.memory, at_least(64),
             "MiB of each job; default: by the largest model");
  command->add_option("--image", job.image, "the container of a Kubernetes job");
  command->add_option("--queue", job.queue, "the queue of an AWS Batch job");
  command->add_option("--definition", job.definition, "the definition of an AWS Batch job");
  command->callback([settings, &world, &type] { run_plan(world, *settings, type); });
}

}  // namespace sweepnet::app
