// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet inspect MODEL`: what a model file holds, for people or as JSON.

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "sweepnet/app/context.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/model/description.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/model/origin.hpp"
#include "sweepnet/network/summary.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet::app {

struct inspect_settings {
  std::string model;
  bool json = false;
};

inline void run_inspect(const context& world, const inspect_settings& settings) {
  const std::string source = storage::location(settings.model).shown();
  const model_form form = model_form_of(source);
  const trained_model trained = read_model(settings.model);
  const ordered_json origin = encode_origin(trained);
  if (settings.json) {
    ordered_json all = {{"file", source}, {"form", form.extension}};
    all["model"] = encode_model(trained.model);
    all["parameters"] = trained.parameters.size();
    all.update(origin);
    constexpr bool ascii = true;  // so that no control character is there as it is
    world.out << all.dump(2, ' ', ascii, ordered_json::error_handler_t::replace) << "\n";
    return;
  }
  world.out << fmt::format("{}: {}, {} inputs\n", source, form.name, trained.model.inputs)
            << summarize(trained.model);
  for (const auto& item : origin.items()) {
    world.out << printable(item.key()) << ": " << printable(dump(item.value(), 2), "\n") << "\n";
  }
}

inline void add_inspect(CLI::App& program, const context& world) {
  auto settings = std::make_shared<inspect_settings>();
  CLI::App* command = program.add_subcommand("inspect", "tell what a model file holds");
  command->add_option("model", settings->model, "model file, .h5, .keras or .safetensors")
      ->required();
  command->add_flag("--json", settings->json, "print JSON");
  command->callback([settings, &world] { run_inspect(world, *settings); });
}

}  // namespace sweepnet::app
