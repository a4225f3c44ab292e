// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet inspect MODEL`: what a model file holds, for people or as JSON.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/app/context.hpp"
#include "sweepnet/app/table.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/table/cell_text.hpp"
#include "sweepnet/data/table/schema.hpp"
#include "sweepnet/embed/table_model.hpp"
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

namespace detail {

/// A history of columns as a line for each epoch, the middle of a long one left out; nothing where
/// it is none.
inline std::string text_of_history(const ordered_json& history) {
  if (!history.is_object() || history.empty()) return "";
  const std::size_t epochs = history.front().size();
  std::vector<std::vector<std::string>> rows{{"epoch"}};
  for (const auto& column : history.items()) {
    if (!column.value().is_array() || column.value().size() != epochs) return "";
    rows[0].push_back(printable(column.key()));
  }
  constexpr std::size_t first = 3;
  constexpr std::size_t last = 16;
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
    if (epoch == first && epochs > first + last) {
      rows.push_back({"..."});
      epoch = epochs - last;
    }
    std::vector<std::string> row{std::to_string(epoch + 1)};
    for (const ordered_json& column : history) {
      const ordered_json& value = column[epoch];
      row.push_back(value.is_number() ? fmt::format("{:.6g}", value.get<double>()) : cell(value));
    }
    rows.push_back(std::move(row));
  }
  return text_table(rows);
}

/// A few of some words.
inline std::string some_of(const std::vector<std::string>& words) {
  constexpr std::size_t most = 6;
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(most, words.size()); ++i) {
    shown.push_back(csv::shown_text(words[i]));
  }
  if (words.size() > most) shown.push_back(fmt::format("... ({} in all)", words.size()));
  return join_text(shown, ", ");
}

/// How a table's columns become inputs, a line for each.
inline std::string text_of_schema(const table_schema& schema) {
  std::vector<std::vector<std::string>> rows{{"column", "inputs", "what it holds"}};
  for (const table_column& column : schema.columns) {
    const bool is_number = column.type == column_type::number;
    std::string held = is_number ? fmt::format("numbers, mean {:.6g}, deviation {:.6g}",
                                               column.mean, column.deviation)
                                 : some_of(column.categories);
    if (column.fill) held += fmt::format("; missing: {:.6g}", *column.fill);
    if (column.fill_text) held += "; missing: " + csv::shown_text(*column.fill_text);
    if (column.indicator || column.has_missing_category) held += "; missing has an input";
    rows.push_back({csv::shown_text(column.name),
                    std::to_string(column.one_hot_width() + (is_number ? 1 : 0)), held});
  }
  return fmt::format("table: predicts {} ({}) from\n{}", csv::shown_text(schema.target),
                     some_of(schema.classes), text_table(rows));
}

/// What a file says of how its model came about, but for its table.
inline std::string text_of_training(const ordered_json& training) {
  std::string text;
  for (const auto& item : training.items()) {
    if (item.key() == sweepnet::detail::schema_key) continue;
    const std::string history = item.key() == "history" ? text_of_history(item.value()) : "";
    text += printable(item.key()) +
            (history.empty() ? ": " + cell(item.value()) + "\n" : ":\n" + history);
  }
  return text;
}

}  // namespace detail

inline void run_inspect(const context& world, const inspect_settings& settings) {
  const std::string source = storage::location(settings.model).shown();
  const model_form form = readable_form_of(source);
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
    if (item.key() == "training") {
      world.out << detail::text_of_training(item.value());
    } else {
      world.out << item.key() << ": " << cell(item.value()) << "\n";
    }
  }
  if (const std::optional<table_schema> schema = schema_of(trained, source)) {
    world.out << detail::text_of_schema(*schema);
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
