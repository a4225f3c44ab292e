// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet evaluate MODEL`: loss and accuracy of a model file on a data set's validation rows, or
// on all rows of a table.

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sweepnet/app/context.hpp"
#include "sweepnet/app/data_options.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/threads.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/catalog.hpp"
#include "sweepnet/data/npy.hpp"
#include "sweepnet/data/table/table_dataset.hpp"
#include "sweepnet/embed/table_model.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/training/checks.hpp"
#include "sweepnet/training/metric.hpp"

namespace sweepnet::app {

struct evaluate_settings {
  std::string model;
  data_settings data;
  std::string predictions;  ///< .npy file to write; empty: none
  int threads = 0;
};

namespace detail {

/// The rows that a model is to be judged by: of a table, if it was trained on one.
inline dataset data_for(const context& world, const evaluate_settings& settings,
                        const trained_model& trained, int threads) {
  data_request request = settings.data.over();
  const std::string model = storage::location(settings.model).shown();
  if (const std::optional<table_schema> schema = schema_of(trained, model)) {
    return load_table_for(*schema, request, threads);
  }
  if (asks_for_table(request)) {
    throw data_error(model + ": was not trained on a table: it has no names of columns");
  }
  if (request.classes == 0) request.classes = trained.classes();
  return load_dataset(request, make_catalog(world.environment, world.embedded));
}

}  // namespace detail

inline void run_evaluate(const context& world, const evaluate_settings& settings) {
  const trained_model trained = read_model(settings.model);
  const int threads = threads_to_use(world, settings.threads, thread_note::none);
  const dataset data = detail::data_for(world, settings, trained, threads);
  if (data.validation.width != trained.model.inputs) {
    throw data_error(fmt::format("{} takes {} features a row, {} has {}",
                                 storage::location(settings.model).shown(), trained.model.inputs,
                                 data.name, data.validation.width));
  }
  thread_pool pool(threads);
  const metrics score =
      evaluate_on_cpu(trained.model, trained.loss, trained.parameters, data.validation, pool);
  for (const std::string& note : data.notes) world.out << text_of_note(note);
  world.out << fmt::format("rows: {}\n", data.validation.rows());
  const task t = sweepnet::detail::task_of(trained.loss, data.validation.values.width > 0);
  for (const metric each : metrics_of(t)) {
    if (!needs_validation(each)) continue;
    world.out << fmt::format("{}: {}\n", name_of_measure(each),
                             plain_nan(score.*description_of(each).value));
  }
  if (settings.predictions.empty()) return;
  const std::vector<float> outputs =
      predict_on_cpu(trained.model, trained.parameters, data.validation, pool);
  storage::write(settings.predictions,
                 write_npy(outputs, data.validation.rows(), trained.model.outputs()));
}

inline void add_evaluate(CLI::App& program, const context& world) {
  auto settings = std::make_shared<evaluate_settings>();
  CLI::App* command = program.add_subcommand("evaluate", "score a model file on a data set");
  command
      ->add_option("model", settings->model,
                   "model file, .h5, .keras or .safetensors: a path, s3:// or https://")
      ->required();
  add_data_options(*command, world, settings->data);
  command
      ->add_option("--predictions", settings->predictions,
                   "also write the outputs for each row, (rows x outputs) as .npy")
      ->type_name("FILE");
  add_threads_option(*command, settings->threads);
  command->callback([settings, &world] { run_evaluate(world, *settings); });
}

}  // namespace sweepnet::app
