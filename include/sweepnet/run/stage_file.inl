// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/stage_file.hpp"

#include <cmath>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/describe/untrusted_json.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet {

namespace detail {

inline constexpr run_file_name stage_name{"stage_", ".json"};

/// A digest of all that decides a stage but the results.
inline std::string stage_identity(const stage_file& file, const search_rules& rules,
                                  std::size_t runs, const std::string& data_digest) {
  ordered_json early = nullptr;
  visit_alternative(
      [&]<class Rule>(const Rule& rule) {
        if constexpr (described<Rule>) early = encode(rule);
      },
      rules.early);
  const ordered_json all = {{"sweep", file.sweep},
                            {"data", data_digest},
                            {"runs", runs},
                            {"by", std::string(name_of(rules.early))},
                            {"early", early},
                            {"metric", std::string(name_of(rules.compared))},
                            {"target", rules.target ? ordered_json(*rules.target) : nullptr},
                            {"at_once", rules.at_once},
                            {"learns", rules.learns}};
  return digest_of(dump(all));
}

/// A list for each member of rows: JSON of a million runs has few lists then.
template <class Row, class Member>
ordered_json column_of(const std::vector<Row>& rows, const Member& member) {
  ordered_json column = ordered_json::array();
  for (const Row& row : rows) column.push_back(member(row));
  return column;
}
template <class T> ordered_json or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

/// Reads such columns, all of one length. Throws data_error for what they cannot hold.
class column_reader {
 public:
  column_reader(const ordered_json& columns, const char* first)
      : columns_(columns), rows_(column(first).size()) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  template <class T> [[nodiscard]] T at(const char* name, std::size_t row) const {
    const std::optional<T> value = optional_at<T>(name, row);
    if (!value) throw data_error("null in a column");
    return *value;
  }
  template <class T>
  [[nodiscard]] std::optional<T> optional_at(const char* name, std::size_t row) const {
    const ordered_json& values = column(name);
    if (row >= values.size()) throw data_error("a column is too short");
    if (values[row].is_null()) return std::nullopt;
    const bool fits =
        std::is_integral_v<T> ? values[row].is_number_unsigned() : values[row].is_number();
    if (!fits) throw data_error("a column has no number");
    return values[row].get<T>();
  }

 private:
  [[nodiscard]] const ordered_json& column(const char* name) const {
    const auto found = columns_.find(name);
    if (found == columns_.end() || !found->is_array()) throw data_error("a column lacks");
    return *found;
  }

  const ordered_json& columns_;
  std::size_t rows_;
};

inline decided_stage decode_stage(const ordered_json& written, const search_rules& rules,
                                  std::size_t runs) {
  const auto require_index = [&](std::size_t index) {
    if (index >= runs) throw data_error("an index is beyond the sweep");
    return index;
  };
  decided_stage decided{.is_there = !written.at("finished").get<bool>()};
  const column_reader legs(written.at("train"), "index");
  for (std::size_t i = 0; i < legs.rows(); ++i) {
    decided.legs.push_back({.run = require_index(legs.at<std::size_t>("index", i)),
                            .until = legs.at<std::int64_t>("until", i),
                            .bracket = legs.optional_at<std::int64_t>("bracket", i)});
  }
  const double nan = std::nan("");
  const column_reader stops(written.at("stopped"), "index");
  for (std::size_t i = 0; i < stops.rows(); ++i) {
    decided.stops.push_back({.run = require_index(stops.at<std::size_t>("index", i)),
                             .why = {.by = name_of(rules.early),
                                     .band = stops.at<std::int64_t>("band", i),
                                     .bracket = stops.optional_at<std::int64_t>("bracket", i),
                                     .compared = rules.compared,
                                     .value = stops.optional_at<double>("value", i).value_or(nan),
                                     .judged = true,
                                     .threshold = stops.optional_at<double>("threshold", i)}});
  }
  const column_reader told(written.at("told"), "best");
  for (std::size_t i = 0; i < told.rows(); ++i) {
    decided.told.push_back({.best = told.optional_at<double>("best", i).value_or(nan),
                            .stopped_after = told.optional_at<std::int64_t>("stopped_after", i)});
  }
  if (decided.told.size() > runs) throw data_error("more runs than the sweep has");
  return decided;
}

}  // namespace detail

SWEEPNET_INLINE std::optional<decided_stage> find_stage(const stage_file& file,
                                                        const search_rules& rules, std::size_t runs,
                                                        const std::string& data_digest,
                                                        std::int64_t stage) {
  const storage::location where =
      run_file(file.directory, detail::stage_name, static_cast<std::size_t>(stage));
  constexpr std::uint64_t longest = std::uint64_t{256} << 20;
  constexpr json_limits limits{.values = 20'000'000};
  try {
    const ordered_json written =
        parse_untrusted_json(storage::read(where, {.bytes = longest}), where.shown(), limits);
    if (!written.is_object() || written.value("of", ordered_json()) !=
                                    detail::stage_identity(file, rules, runs, data_digest)) {
      return std::nullopt;
    }
    return detail::decode_stage(written, rules, runs);
  } catch (const error&) {  // all results are read instead
  } catch (const ordered_json::exception&) {
  }
  return std::nullopt;
}

SWEEPNET_INLINE void keep_stage(const stage_file& file, const search_rules& rules, std::size_t runs,
                                const std::string& data_digest, std::int64_t stage,
                                const decided_stage& decided) {
  using detail::column_of;
  using detail::or_null;
  const auto run_of = [](const auto& row) { return row.run; };
  const ordered_json written = {
      {"of", detail::stage_identity(file, rules, runs, data_digest)},
      {"stage", stage},
      {"finished", !decided.is_there},
      {"train",
       {{"index", column_of(decided.legs, run_of)},
        {"until", column_of(decided.legs, [](const run_leg& leg) { return leg.until; })},
        {"bracket",
         column_of(decided.legs, [](const run_leg& leg) { return or_null(leg.bracket); })}}},
      {"stopped",
       {{"index", column_of(decided.stops, run_of)},
        {"band", column_of(decided.stops, [](const stopped_run& s) { return s.why.band; })},
        {"bracket",
         column_of(decided.stops, [](const stopped_run& s) { return or_null(s.why.bracket); })},
        {"value", column_of(decided.stops, [](const stopped_run& s) { return s.why.value; })},
        {"threshold",
         column_of(decided.stops, [](const stopped_run& s) { return or_null(s.why.threshold); })}}},
      {"told",
       {{"best", column_of(decided.told, [](const told_run& run) { return run.best; })},
        {"stopped_after", column_of(decided.told, [](const told_run& run) {
           return or_null(run.stopped_after);
         })}}}};
  try {
    storage::write(run_file(file.directory, detail::stage_name, static_cast<std::size_t>(stage)),
                   dump(written) + "\n");
  } catch (const error&) {  // others read the results, too
  }
}

}  // namespace sweepnet
