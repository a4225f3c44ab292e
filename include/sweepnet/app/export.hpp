// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet export MODEL OUT`: a model file in another form.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "sweepnet/app/context.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet::app {

struct export_settings {
  std::string model;
  std::string out;
};

inline void run_export(const context& world, const export_settings& settings) {
  const model_form form =
      model_form_of(storage::location(settings.out).shown());  // before the model is read
  const trained_model trained = read_model(settings.model);
  form.check(trained.model, trained.optimizer.value_or(optimizer{}), trained.loss);
  const std::string bytes = form.write(trained);
  storage::write(settings.out, bytes);
  world.out << fmt::format("{}: {}, {} bytes\n", storage::location(settings.out).shown(), form.name,
                           bytes.size());
}

inline void add_export(CLI::App& program, const context& world) {
  auto settings = std::make_shared<export_settings>();
  CLI::App* command = program.add_subcommand("export", "write a model file in another form");
  command->add_option("model", settings->model, "model file, .h5, .keras or .safetensors")
      ->required();
  command->add_option("out", settings->out, "new file, .h5, .keras, .safetensors or .onnx")
      ->required();
  command->callback([settings, &world] { run_export(world, *settings); });
}

}  // namespace sweepnet::app
