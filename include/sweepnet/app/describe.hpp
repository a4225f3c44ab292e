// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet describe DATA`: what a table or another data set holds, before anyone trains on it.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/app/context.hpp"
#include "sweepnet/app/data_options.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/profile_text.hpp"
#include "sweepnet/app/quoting.hpp"
#include "sweepnet/app/threads.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/catalog.hpp"
#include "sweepnet/data/dataset_profile.hpp"
#include "sweepnet/data/table/table_dataset.hpp"
#include "sweepnet/data/table/table_profile.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/storage/location.hpp"

namespace sweepnet::app {

struct describe_settings {
  data_settings data;
  std::size_t most = profile_layout{}.most;
  bool json = false;
  int threads = 0;
};

namespace detail {

inline bool is_word_of_list(const std::string& name) {
  return !name.empty() && name.find(',') == name.npos && printable(name) == name;
}

/// The columns that are of no use to anyone, besides those that are left out; none if a command
/// line cannot name them.
inline std::optional<std::vector<std::string>> useless_columns(const table_profile& profile,
                                                               const data_request& request) {
  constexpr finding_kind useless[] = {finding_kind::identifier, finding_kind::dates,
                                      finding_kind::free_text,  finding_kind::empty,
                                      finding_kind::constant,   finding_kind::duplicate_column,
                                      finding_kind::too_large};
  std::vector<std::string> names = request.drop;
  for (const table_finding& finding : profile.findings) {
    if (std::ranges::find(useless, finding.kind) == std::end(useless)) continue;
    const std::string& name = finding.columns.front();
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  if (!std::ranges::all_of(names, is_word_of_list)) return std::nullopt;
  return names;
}

/// The command that trains on a table without its useless columns, at most so many; empty where
/// none does.
inline std::string training_command(const table_profile& profile, const data_request& request,
                                    std::size_t most) {
  const bool is_refused =
      std::ranges::count(profile.findings, finding_kind::target, &table_finding::kind) > 0;
  const auto dropped = useless_columns(profile, request);
  if (!profile.target || is_refused || !dropped || dropped->size() > most) return "";
  if (printable(request.target) != request.target) return "";
  bool has_inputs = false;
  bool has_missing = false;
  for (const column_profile& column : profile.columns) {
    const bool is_dropped = std::ranges::find(*dropped, column.name) != dropped->end();
    const bool is_skipped = column.type == profiled_type::skipped;
    if (is_dropped || is_skipped || column.name == request.target) continue;
    has_inputs = true;
    has_missing = has_missing || column.missing > 0;
  }
  if (!has_inputs) return "";
  std::vector<std::string> words{"sweepnet",     "train",    "SWEEP",       "--data",
                                 profile.source, "--target", request.target};
  const auto add_list = [&](const std::string& option, const std::vector<std::string>& names) {
    if (!names.empty()) words.insert(words.end(), {option, join_text(names, ",")});
  };
  add_list("--features", request.features);
  add_list("--drop", *dropped);
  add_list("--categories", request.categories);
  if (!request.delimiter.empty()) words.insert(words.end(), {"--delimiter", request.delimiter});
  const missing_values missing = has_missing && request.missing == missing_values::error
                                     ? missing_values::indicator
                                     : request.missing;
  if (missing != missing_values::error) {
    words.insert(words.end(), {"--missing", std::string(name_of(missing))});
  }
  for (std::string& word : words) word = shell_quoted(word);
  return "\ntrain on it: " + printable(join_text(words, " ")) + "\n";
}

template <class Profile> std::string json_of_profile(const Profile& profile) {
  constexpr bool ascii = true;  // so that no control character is there as it is
  return encode(profile).dump(2, ' ', ascii, ordered_json::error_handler_t::replace) + "\n";
}

inline table_profile profile_of_table(const data_request& request, int threads) {
  if (request.validation_split > 0) {
    throw usage_error(fmt::format("{}: a table is described as a whole, without a validation split",
                                  storage::location(request.source).shown()));
  }
  return profile_table(load_table(request, threads), request, threads);
}

/// N, or all.
inline std::size_t parse_most(const std::string& text) {
  if (text == "all") return std::numeric_limits<std::size_t>::max();
  const auto number = parse_number<std::uint32_t>(text);
  if (!number || *number == 0) {
    throw usage_error(
        fmt::format("--columns must be an integer at least 1, or all, got '{}'", text));
  }
  return *number;
}

}  // namespace detail

inline void run_describe(const context& world, const describe_settings& settings) {
  const data_request request = settings.data.over();
  const int threads = threads_to_use(world, settings.threads, thread_note::none);
  profile_layout layout{.most = settings.most};
  if (world.terminal && world.columns) {
    layout.width = static_cast<std::size_t>(std::max<std::int64_t>(world.columns(), 1));
  }
  if (!asks_for_table(request)) {
    const dataset_profile profile = profile_dataset(
        load_dataset(request, make_catalog(world.environment, world.embedded), threads));
    world.out << (settings.json ? detail::json_of_profile(profile)
                                : text_of_profile(profile, layout));
    return;
  }
  const table_profile profile = detail::profile_of_table(request, threads);
  world.out << (settings.json ? detail::json_of_profile(profile)
                              : text_of_profile(profile, layout) +
                                    detail::training_command(profile, request, settings.most));
}

inline void add_describe(CLI::App& program, const context& world) {
  auto settings = std::make_shared<describe_settings>();
  CLI::App* command =
      program.add_subcommand("describe", "tell what a table or another data set holds");
  detail::add_source_option(*command, world, settings->data, "data");
  detail::add_column_options(*command, settings->data);
  detail::add_split_option(*command, settings->data);
  detail::add_reading_options(*command, settings->data);
  command
      ->add_option_function<std::string>(
          "--columns",
          [settings](const std::string& text) { settings->most = detail::parse_most(text); },
          "columns and classes to tell at most, and a quarter as many findings of a kind: a "
          "number, "
          "or all; default 20")
      ->type_name("N");
  command->add_flag("--json", settings->json, "print JSON, of all columns");
  add_threads_option(*command, settings->threads);
  command->callback([settings, &world] { run_describe(world, *settings); });
}

}  // namespace sweepnet::app
