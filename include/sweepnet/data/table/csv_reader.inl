// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/csv_reader.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "sweepnet/core/available_memory.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/data/gzip.hpp"
#include "sweepnet/data/table/cell_text.hpp"
#include "sweepnet/data/table/ordered_work.hpp"
#include "sweepnet/data/table/parsed_block.hpp"
#include "sweepnet/data/table/table_builder.hpp"

namespace sweepnet::csv {

namespace detail {

inline void check_reading(const table_reading& reading) {
  if (reading.threads < 1) {
    throw argument_error(
        fmt::format("a table's threads must be at least 1, got {}", reading.threads));
  }
  if (std::string_view(",;\t|", 5).find(reading.delimiter) == std::string_view::npos) {
    throw argument_error(fmt::format("a table's delimiter must be ',', ';', a tab or '|', got '{}'",
                                     printable(std::string_view(&reading.delimiter, 1))));
  }
}

/// Once through a table: on_header() when its form is known, then on_block() for each block, its
/// first line, in order.
struct table_pass {
  const table_content& content;
  const table_reading& reading;
  const block_sizes& sizes;
  std::function<void()> on_header{};
  std::function<void(parsed_block&, std::int64_t first_line)> on_block{};

  table_form form{};
  std::int64_t line = 1;  ///< of the block that comes next
  std::optional<ordered_work<parsed_block>> work{};

  void run() {
    block_splitter splitter(
        content.shown, reading.delimiter, sizes,
        [this](const table_header& header) { take_header(header); },
        [this](text_block full) { return take_block(std::move(full)); });
    bool sound = true;  // what comes from the content
    const auto add = [&](std::string_view piece) {
      sound = false;
      splitter.add(piece);
      sound = true;
    };
    try {
      piece_expander expander(content.shown);
      content.give([&](std::string_view piece) { expander.add(piece, add); });
      expander.finish(add);
    } catch (const error&) {
      if (!sound) throw;
      splitter.flush();  // an error before the place where no more could be had is told first
      if (work) work->finish();
      throw;
    }
    splitter.finish();
    if (work) work->finish();
  }

 private:
  void take_header(const table_header& header) {
    form.source = content.shown;
    form.text = {
        .delimiter = header.delimiter, .columns = header.names.size(), .longest = sizes.longest};
    for (const std::string& name : header.names) form.columns.push_back({.name = name});
    form.readings = std::make_unique<std::atomic<part_reading>[]>(form.columns.size());
    line = 1 + static_cast<std::int64_t>(header.lines);
    on_header();
    work.emplace(
        "a reader of tables", reading.threads,
        [this](parsed_block& block) { parse_block(form, block); },
        [this](parsed_block& block) {
          check_block(form, block, line);
          on_block(block, line);
          line += static_cast<std::int64_t>(block.text.index.lines);
        });
  }

  text_block take_block(text_block full) {
    const bool is_last = full.index.broken.has_value();
    std::unique_ptr<parsed_block> job = work->spare();
    text_block empty = std::exchange(job->text, std::move(full));
    work->add(std::move(job));
    if (is_last) work->finish();
    return empty;
  }
};

[[noreturn]] inline void refuse_empty(const std::string& source) {
  throw data_error(source + ": expected rows below the columns' names, found none");
}

/// How each column is read, as reading_of() says.
inline std::vector<cell_reading> ask_readings(table_form& form, const table_reading& reading) {
  std::vector<cell_reading> readings;
  for (column_form& column : form.columns) {
    readings.push_back(reading.reading_of ? reading.reading_of(column.name)
                                          : cell_reading::inferred);
    column.is_inferred = readings.back() == cell_reading::inferred;
  }
  return readings;
}

/// Makes room for the rows of a content of which the first block was read, unless that is more than
/// may be had: else growing costs as much time as reading.
inline void expect_rest(const table_content& content, const table_reading& reading,
                        const parsed_block& block, table_builder& builder) {
  const auto used = static_cast<double>(block.text.index.used);
  const double times = static_cast<double>(content.bytes) / used;
  const double bytes = times * static_cast<double>(builder.bytes());
  if (!(times > 2) || block.text.index.rows() == 0) return;
  const std::uint64_t most = reading.limit.bytes.value_or(available_memory() / 2);
  if (bytes > static_cast<double>(most)) return;
  builder.expect(static_cast<std::size_t>(1.01 * times * static_cast<double>(builder.rows())));
}

/// Reads `columns` of a table that `first` has read, as texts, into that.
inline void read_again(const table_content& content, const table_reading& reading,
                       const block_sizes& sizes, std::span<const std::size_t> columns,
                       table_builder& first) {
  std::optional<table_builder> builder;
  storage::read_bound bound(content.shown, reading.limit);
  table_pass pass{.content = content, .reading = reading, .sizes = sizes};
  pass.on_header = [&] {
    std::vector<cell_reading> readings(pass.form.columns.size(), cell_reading::skipped);
    for (const std::size_t c : columns) {
      if (c >= readings.size()) continue;  // it is another file
      readings[c] = cell_reading::text;
      pass.form.columns[c].is_inferred = true;
    }
    builder.emplace(pass.form, readings, reading.most_texts);
    builder->tell_readings(pass.form);
  };
  pass.on_block = [&](parsed_block& block, std::int64_t line) {
    const bool is_first = builder->rows() == 0;
    builder->append(block, line);
    builder->tell_readings(pass.form);
    bound.check(first.bytes() + builder->bytes());
    if (is_first) expect_rest(content, reading, block, *builder);
  };
  pass.run();
  if (!builder->agrees_with(first) || !content.is_unchanged()) {
    throw data_error(content.shown + ": was changed while it was read");
  }
  first.replace(columns, *builder);
}

}  // namespace detail

SWEEPNET_INLINE raw_table read_content(const table_content& content, const table_reading& reading,
                                       const block_sizes& sizes) {
  detail::check_reading(reading);
  std::optional<table_builder> builder;
  storage::read_bound bound(content.shown, reading.limit);
  detail::table_pass pass{.content = content, .reading = reading, .sizes = sizes};
  pass.on_header = [&] {
    const std::vector<cell_reading> readings = detail::ask_readings(pass.form, reading);
    builder.emplace(pass.form, readings, reading.most_texts);
    builder->tell_readings(pass.form);
    bound.check(builder->bytes());
  };
  pass.on_block = [&](parsed_block& block, std::int64_t line) {
    const bool is_first = builder->rows() == 0;
    builder->append(block, line);
    builder->tell_readings(pass.form);
    bound.check(builder->bytes());
    if (is_first) detail::expect_rest(content, reading, block, *builder);
  };
  pass.run();
  if (builder->rows() == 0) detail::refuse_empty(content.shown);
  const std::vector<std::size_t> again = builder->to_be_read_again();
  if (!again.empty()) detail::read_again(content, reading, sizes, again, *builder);
  return builder->finish();
}

SWEEPNET_INLINE void read_content_blocks(const table_content& content, const table_reading& reading,
                                         const std::function<void(raw_table)>& take,
                                         const block_sizes& sizes) {
  detail::check_reading(reading);
  std::vector<cell_reading> readings;
  bool is_empty = true;
  detail::table_pass pass{.content = content, .reading = reading, .sizes = sizes};
  pass.on_header = [&] {
    readings = detail::ask_readings(pass.form, reading);
    const auto inferred = std::ranges::find(readings, cell_reading::inferred);
    if (inferred != readings.end()) {
      const auto c = static_cast<std::size_t>(inferred - readings.begin());
      throw argument_error(
          fmt::format("{}: column '{}' must be read as numbers, as texts or not at all, where a "
                      "table is read in "
                      "blocks",
                      content.shown, shown_text(pass.form.columns[c].name)));
    }
    table_builder(pass.form, readings, reading.most_texts).tell_readings(pass.form);
  };
  pass.on_block = [&](parsed_block& block, std::int64_t line) {
    if (block.text.index.rows() == 0) return;
    is_empty = false;
    table_builder builder(pass.form, readings, reading.most_texts);
    builder.append(block, line);
    storage::read_bound(content.shown, reading.limit).check(builder.bytes());
    take(builder.finish());
  };
  pass.run();
  if (is_empty) detail::refuse_empty(content.shown);
}

}  // namespace sweepnet::csv
