// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet predict MODEL TABLE`: what a model makes of each row of a table, however many there
// are.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/app/context.hpp"
#include "sweepnet/app/data_options.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/threads.hpp"
#include "sweepnet/core/csv_field.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/data/npy.hpp"
#include "sweepnet/data/table/encode_rows.hpp"
#include "sweepnet/data/table/read_table.hpp"
#include "sweepnet/data/table/table_dataset.hpp"
#include "sweepnet/embed/table_model.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/training/output_scores.hpp"

namespace sweepnet::app {

struct predict_settings {
  std::string model;
  data_settings data;  ///< a table
  std::string output = "-";
  int threads = 0;
};

namespace detail {

/// The predicted class, then the probability of each; or the value alone.
inline std::string csv_head(const table_schema& schema) {
  std::string line = csv_field(schema.target);
  for (const std::string& name : schema.classes) {
    line += "," + csv_field(schema.target + "_" + name);
  }
  return line + "\n";
}

/// What is told of a row: the probability of each class, or the value.
inline std::int64_t columns_of(const table_schema& schema) {
  return schema.task == task::regression ? 1 : std::ssize(schema.classes);
}

/// Calls take(told) for some rows after the other: what is told of them, (rows x columns_of()).
template <class Take>
void tell_in_pieces(const table_schema& schema, std::span<const float> outputs, const Take& take) {
  constexpr std::int64_t rows = 4096;
  const auto piece = static_cast<std::size_t>(rows * schema.outputs());
  for (std::size_t first = 0; first < outputs.size(); first += piece) {
    take(class_probabilities(schema.task,
                             outputs.subspan(first, std::min(piece, outputs.size() - first))));
  }
}

/// A line for each row of what is told. `classes` are none of real values.
inline std::string csv_lines(std::span<const float> told, const std::vector<std::string>& classes) {
  fmt::memory_buffer lines;
  if (classes.empty()) {
    for (const float value : told) fmt::format_to(std::back_inserter(lines), "{}\n", value);
    return fmt::to_string(lines);
  }
  const std::size_t width = classes.size();
  for (std::size_t first = 0; first < told.size(); first += width) {
    const std::span<const float> row = told.subspan(first, width);
    const std::string_view name =
        classes[static_cast<std::size_t>(std::ranges::max_element(row) - row.begin())];
    lines.append(name.data(), name.data() + name.size());
    for (const float output : row) fmt::format_to(std::back_inserter(lines), ",{}", output);
    lines.push_back('\n');
  }
  return fmt::to_string(lines);
}

/// Gives the outputs for each block of the table's rows to `take`. How many rows there were.
template <class Take>
std::int64_t predict_blocks(const table_predictor& predict, const data_request& request,
                            int threads, unknown_cells& unknown, const Take& take) {
  table_reading reading = reading_for(request, threads);
  reading.reading_of = [&](const std::string& column) {
    return reading_of(predict.schema(), column, target_reading::skipped);
  };
  std::int64_t rows = 0;
  read_table_blocks(request.source, reading, [&](const raw_table& block) {
    take(predict(block, unknown));
    rows += block.rows;
  });
  return rows;
}

}  // namespace detail

inline void run_predict(const context& world, const predict_settings& settings) {
  const int threads = threads_to_use(world, settings.threads, thread_note::none);
  const trained_model trained = read_model(settings.model);
  const std::string model = storage::location(settings.model).shown();
  if (!schema_of(trained, model)) {
    throw data_error(model +
                     ": was not trained on a table: it has no names of columns; evaluate "
                     "--predictions writes what it makes of arrays");
  }
  const table_predictor predict(trained, {.threads = threads});
  const data_request request = settings.data.over();
  unknown_cells unknown;
  std::int64_t rows = 0;
  const auto blocks = [&](const auto& take) {
    rows = detail::predict_blocks(predict, request, threads, unknown, take);
  };
  const auto lines = [&](const storage::piece_taker& append) {
    std::vector<std::string> classes;
    for (const std::string& name : predict.schema().classes) {
      classes.push_back(csv_field(name));
    }
    append(detail::csv_head(predict.schema()));
    blocks([&](const std::vector<float>& outputs) {
      detail::tell_in_pieces(predict.schema(), outputs, [&](const std::vector<float>& told) {
        append(detail::csv_lines(told, classes));
      });
    });
  };
  storage::remove_abandoned(settings.output);
  if (settings.output == "-") {
    lines([&](std::string_view piece) { world.out << piece; });
  } else if (settings.output.ends_with(".npy")) {
    storage::write_by(settings.output, npy_head_bytes, [&](const storage::piece_taker& append) {
      blocks([&](const std::vector<float>& outputs) {
        detail::tell_in_pieces(predict.schema(), outputs, [&](const std::vector<float>& told) {
          append({reinterpret_cast<const char*>(told.data()), told.size() * sizeof(float)});
        });
      });
      return npy_head(rows, detail::columns_of(predict.schema()));
    });
  } else {
    storage::write_by(settings.output, lines);
  }
  const std::string table = storage::location(request.source).shown();
  for (const std::string& note : unknown.notes(table)) world.err << text_of_note(note);
  if (settings.output == "-") return;
  world.out << fmt::format("{}: {} rows\n", storage::location(settings.output).shown(), rows);
}

inline void add_predict(CLI::App& program, const context& world) {
  auto settings = std::make_shared<predict_settings>();
  CLI::App* command =
      program.add_subcommand("predict", "write what a model makes of each row of a table");
  command
      ->add_option("model", settings->model,
                   "model file of a table, .h5, .keras or .safetensors: a path, s3:// or https://")
      ->required();
  data_settings& data = settings->data;
  detail::remember(
      command
          ->add_option("table", data.line.source,
                       "table whose columns have the names of those that were trained on: a path, "
                       "s3://, https:// or - for standard input")
          ->required(),
      data, &data_request::source);
  detail::add_reading_options(*command, data);
  command
      ->add_option(
          "--output", settings->output,
          "file to write: CSV, with the predicted class and the probability of each class, or the "
          "value, or .npy, (rows x classes) or (rows x 1); default standard output")
      ->type_name("FILE");
  add_threads_option(*command, settings->threads);
  command->callback([settings, &world] { run_predict(world, *settings); });
}

}  // namespace sweepnet::app
