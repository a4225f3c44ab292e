// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The command-line options that name data, and how they go before what a sweep's file says.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/context.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/data/data_request.hpp"
#include "sweepnet/describe/decode.hpp"
#include "sweepnet/describe/names.hpp"

namespace sweepnet::app {

/// What a command line says of data, option by option. Stays where it is, once it has options.
struct data_settings {
  struct given_option {
    const CLI::Option* option;
    bool is_in_environment;  ///< said by a variable, unless the line says otherwise
    std::function<void(const data_request& from, data_request& to)> copy;
  };

  data_request line{};
  std::vector<given_option> options{};

  /// What the line says, and where it says nothing, what `base` does.
  [[nodiscard]] data_request over(data_request base = {}) const {
    for (const given_option& each : options) {
      if (is_given(each)) each.copy(line, base);
    }
    return base;
  }

  /// The options that were given, as words of a command line.
  [[nodiscard]] std::vector<std::string> words() const {
    std::vector<std::string> all;
    for (const given_option& each : options) {
      if (!is_given(each)) continue;
      const std::string name = each.option->get_name();
      const std::vector<std::string>& values = each.option->results();
      if (each.option->get_items_expected_max() == 0) {
        all.push_back(name);
      } else if (values.empty()) {
        all.insert(all.end(), {name, line.source});  // the one that a variable may give
      }
      for (const std::string& value : values) {
        if (each.option->get_items_expected_max() > 0) all.insert(all.end(), {name, value});
      }
    }
    return all;
  }

 private:
  static bool is_given(const given_option& each) {
    return each.is_in_environment || each.option->count() > 0;
  }
};

namespace detail {

/// Lets an option of the line, which sets the member of data.line, go before the file's.
template <class T>
CLI::Option* remember(CLI::Option* option, data_settings& data, T data_request::*member,
                      bool is_in_environment = false) {
  data.options.push_back(
      {option, is_in_environment,
       [member](const data_request& from, data_request& to) { to.*member = from.*member; }});
  return option;
}

/// A list of names, between commas or one by one.
inline void add_names(CLI::App& command, data_settings& data, const std::string& name,
                      std::vector<std::string> data_request::*member, const std::string& help) {
  CLI::Option* option = command.add_option(name, data.line.*member, help);
  option->delimiter(',')->type_name("COLUMN,...")->allow_extra_args(false);
  remember(option, data, member);
}

inline void add_word(CLI::App& command, data_settings& data, const std::string& name,
                     std::string data_request::*member, const std::string& type,
                     const std::string& help) {
  remember(command.add_option(name, data.line.*member, help)->type_name(type), data, member);
}

/// One of an enumeration's names.
template <named_enum E, class Member>
void add_choice(CLI::App& command, data_settings& data, const std::string& name,
                Member data_request::*member, const std::string& type, const std::string& help) {
  const auto choose = [&data, name, member](const std::string& text) {
    const std::optional<E> named = from_name<E>(text);
    if (!named) {
      throw usage_error(
          fmt::format("{}: unknown value '{}'{}", name, text, did_you_mean(text, all_names<E>())));
    }
    data.line.*member = *named;
  };
  remember(command.add_option_function<std::string>(name, choose, help)->type_name(type), data,
           member);
}

/// A number above 0 as N or, as in 1/65535, by a division.
inline CLI::Option* add_scale_option(CLI::App& command, std::optional<double>& scale) {
  const auto parse = [&scale](const std::string& text) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const auto dividend = parse_number<double>(text.substr(0, slash));
    const auto divisor = slash == text.size() ? 1 : parse_number<double>(text.substr(slash + 1));
    const double value = dividend && divisor ? *dividend / *divisor : 0;
    if (!std::isfinite(value) || value <= 0) {
      throw usage_error(
          fmt::format("--scale must be a number above 0, as N or N/M, got '{}'", text));
    }
    scale = value;
  };
  return command
      .add_option_function<std::string>(
          "--scale", parse,
          "multiply each feature by N, or by N/M as in 1/65535; default: 1/255 for uint8, 1 for "
          "all else")
      ->type_name("N");
}

/// Where the data lie: the option `--data`, or, as `data`, an argument.
inline void add_source_option(CLI::App& command, const context& world, data_settings& data,
                              const std::string& name = "--data") {
  const bool is_argument = !name.starts_with('-');
  CLI::Option* source = command.add_option(
      name, data.line.source,
      std::string(
          "mnist (10,000 embedded rows), mnist:ROWS, fashion_mnist, a directory of IDX files, an "
          ".npz file with x_train, y_train, x_test, y_test, or a table (.csv, .tsv, .txt, perhaps "
          ".gz), here or on s3:// or https://") +
          (is_argument ? "" : "; default mnist"));
  source->type_name("DATA")->required(is_argument);
  or_variable(*source, data.line.source, world, "SWEEPNET_DATA");
  remember(source, data, &data_request::source,
           !variable_or_empty(world.environment, "SWEEPNET_DATA").empty());
}

inline void add_split_option(CLI::App& command, data_settings& data) {
  remember(add_number(command, "--validation-split", data.line.validation_split,
                      interval{.low = 0, .high = 1, .low_open = true, .high_open = true},
                      "validate on this last share of the training rows instead of the test set"),
           data, &data_request::validation_split);
}

/// How a table is read.
inline void add_reading_options(CLI::App& command, data_settings& data) {
  add_word(command, data, "--delimiter", &data_request::delimiter, "C",
           "between a table's cells: one character, or tab; default: told from the first line");
  remember(add_number(command, "--data-limit", data.line.most_bytes, at_least(1),
                      "bytes in memory of an array or a table at most, however its file is "
                      "compressed; default: half of what is available"),
           data, &data_request::most_bytes);
}

/// What a table's columns are for.
inline void add_column_options(CLI::App& command, data_settings& data) {
  add_word(command, data, "--target", &data_request::target, "COLUMN",
           "of a table: the column to be predicted");
  add_choice<task>(
      command, data, "--task", &data_request::task, "TASK",
      "of a table: multiclass, binary or regression; default: words and up to 100 integers are "
      "classes, two of them binary, other numbers real values");
  add_word(command, data, "--weight", &data_request::weight, "COLUMN",
           "of a table: how much a row counts in the loss that is trained on");
  add_names(command, data, "--features", &data_request::features,
            "of a table: predict from these columns; default: all others");
  add_names(command, data, "--drop", &data_request::drop, "of a table: leave these columns out");
  add_names(command, data, "--categories", &data_request::categories,
            "of a table: columns of categories, also where they look like numbers or text");
  add_choice<missing_values>(
      command, data, "--missing", &data_request::missing, "HOW",
      "of a table: what becomes of missing values: error, mean, median, mode or indicator; default "
      "error");
}

/// Which rows of a table validate, and how its numbers are taken.
inline void add_row_options(CLI::App& command, data_settings& data) {
  add_word(command, data, "--test-data", &data_request::test, "TABLE",
           "of a table: the rows to validate on; default: a quarter of the rows, drawn within each "
           "class");
  remember(command.add_flag_callback(
               "--no-standardize", [&data] { data.line.standardize = false; },
               "of a table: take numbers as they are"),
           data, &data_request::standardize);
  remember(add_number(command, "--shuffle-split", data.line.shuffle_split, at_least(0),
                      "of a table: draw the rows to validate on, by the seed N"),
           data, &data_request::shuffle_split);
  remember(
      command.add_flag("--stratify", data.line.stratify, "of a table: draw them within each class"),
      data, &data_request::stratify);
  add_word(command, data, "--groups", &data_request::groups, "COLUMN",
           "of a table: rows of one value in it are all trained on or all validated on");
}

}  // namespace detail

inline void add_data_options(CLI::App& command, const context& world, data_settings& data) {
  using detail::remember;
  detail::add_source_option(command, world, data);
  remember(add_number(command, "--train-rows", data.line.train_rows, at_least(1),
                      "use the first N training rows"),
           data, &data_request::train_rows);
  detail::add_split_option(command, data);
  remember(detail::add_scale_option(command, data.line.scale), data, &data_request::scale);
  remember(add_number(command, "--classes", data.line.classes, closed_range(1, 1 << 20),
                      "classes; default: the known set's, else one-hot labels' width, else the "
                      "largest training label + 1"),
           data, &data_request::classes);
  detail::add_reading_options(command, data);
  detail::add_column_options(command, data);
  detail::add_row_options(command, data);
}

/// What is asked of data: by the line, else by the sweep's file, which `source` names.
[[nodiscard]] inline data_request data_of(const any_sweep& sweep, const std::string& source,
                                          const data_settings& line) {
  const shared_node& section = sweep.data_section();
  if (section == nullptr) return line.over();
  return line.over(decoder(source).described_value<data_request>(*section, "data"));
}

}  // namespace sweepnet::app
