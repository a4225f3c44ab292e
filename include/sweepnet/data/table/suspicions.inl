// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/suspicions.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/table/cell_text.hpp"
#include "sweepnet/data/table/column_rules.hpp"
#include "sweepnet/data/table/equal_cells.hpp"
#include "sweepnet/data/table/table_profile.hpp"
#include "sweepnet/data/value_count.hpp"

namespace sweepnet {

namespace detail {

class suspicion_finder {
 public:
  suspicion_finder(const raw_table& table, const data_request& request, const row_targets& targets,
                   table_profile& profile)
      : table_(table), request_(request), targets_(targets), profile_(profile) {}

  void find() {
    if (profile_.target) look_at_target(*profile_.target);
    find_equal_columns();
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      if (is_input(table_.columns[c], request_)) look_at_column(c);
    }
    tell_missing();
    look_at_rows();
    std::ranges::stable_sort(profile_.findings, {}, &table_finding::kind);
  }

 private:
  void add(finding_kind kind, std::vector<std::string> columns, std::string text,
           std::string advice) {
    profile_.findings.push_back({kind, std::move(columns), std::move(text), std::move(advice)});
  }

  static std::string quoted(const std::string& text) { return "'" + csv::shown_text(text) + "'"; }
  static std::string column_of(const std::string& name) { return "column " + quoted(name); }
  [[nodiscard]] std::string percent(std::int64_t rows) const {
    return percent_text(share_of(rows, table_.rows));
  }
  static std::string rows_of(std::int64_t count) {
    return fmt::format("{} row{}", count, count == 1 ? "" : "s");
  }

  void look_at_target(const target_profile& target) {
    const raw_column& raw = *table_.find(target.name);
    const std::string name = "the target " + quoted(target.name);
    const auto tell = [&](std::string text, std::string advice) {
      add(finding_kind::target, {target.name}, name + " " + std::move(text), std::move(advice));
    };
    if (raw.missing > 0) {
      tell(fmt::format("is missing in {}, first on line {}", rows_of(raw.missing),
                       table_.line_of(raw.first_missing)),
           "remove these rows");
    }
    if (target.kind == target_kind::none) {
      tell("has too many different texts for classes", "name another column");
      return;
    }
    if (target.kind == target_kind::real_values) return;
    const std::vector<value_count>& classes = target.classes;
    const std::int64_t cells = table_.rows - raw.missing;
    if (classes.size() == 1) {
      tell(fmt::format("is {} wherever it stands", quoted(classes.front().value)),
           "two classes are needed, name another column");
    }
    if (classes.size() < 2) return;
    if (!raw.is_number &&
        use_of(raw.texts, std::ssize(classes), cells, false) != text_use::categories) {
      tell(fmt::format("has {} different texts in {}", classes.size(), rows_of(cells)),
           "name another column if they are no classes");
      return;
    }
    look_at_classes(target);
  }

  void look_at_classes(const target_profile& target) {
    const auto most = std::ranges::max_element(target.classes, {}, &value_count::rows);
    if (constexpr double nearly_all = 0.9; most->share >= nearly_all) {
      add(finding_kind::imbalance, {target.name},
          fmt::format("class {} has {} of the rows", quoted(most->value),
                      percent_text(most->share)),
          fmt::format("compare accuracies with {:.3f}, which that class alone gives", most->share));
    }
    const auto is_single = [](const value_count& each) { return each.rows == 1; };
    const auto single = std::ranges::find_if(target.classes, is_single);
    if (single == target.classes.end()) return;
    const auto count = std::ranges::count_if(target.classes, is_single);
    add(finding_kind::imbalance, {target.name},
        count == 1
            ? fmt::format("class {} has one row", quoted(single->value))
            : fmt::format("{} classes have one row each, such as {}", count, quoted(single->value)),
        count == 1 ? "it cannot be both trained and validated on, remove or add rows"
                   : "they cannot be both trained and validated on, remove or add rows");
  }

  void find_equal_columns() {
    for (const auto& [later, first] : equal_columns(table_)) {
      const raw_column& a = table_.columns[first];
      const raw_column& b = table_.columns[later];
      if (profile_.columns[later].distinct.value_or(0) < 2) continue;  // told as constants
      const bool has_target =
          profile_.target && (a.name == request_.target || b.name == request_.target);
      equal_.insert(has_target && b.name == request_.target ? first : later);
      if (has_target) {
        add(finding_kind::tells_target, {a.name == request_.target ? b.name : a.name},
            column_of(a.name == request_.target ? b.name : a.name) +
                " equals the target in each row",
            unless_known);
      } else {
        add(finding_kind::duplicate_column, {b.name, a.name},
            fmt::format("{} equals {} in each row", column_of(b.name), column_of(a.name)),
            "drop one of them");
      }
    }
  }

  void look_at_column(std::size_t c) {
    const raw_column& raw = table_.columns[c];
    const column_profile& column = profile_.columns[c];
    const std::string name = column_of(column.name);
    const std::int64_t cells = table_.rows - column.missing;
    const auto tell = [&](finding_kind kind, std::string text, std::string advice) {
      add(kind, {column.name}, name + " " + std::move(text), std::move(advice));
    };
    switch (column.type) {
      case profiled_type::empty:
        tell(finding_kind::empty, "has no value in any row", "drop it");
        return;
      case profiled_type::constant: {
        const std::string value = quoted(column.most_frequent.front().value);
        if (column.missing == 0) {
          tell(finding_kind::constant, "is " + value + " in each row", "drop it");
        } else {
          tell(finding_kind::constant, "is " + value + " or missing",
               "drop it, unless it matters where it is missing (missing: indicator)");
        }
        return;
      }
      case profiled_type::date:
        tell(finding_kind::dates, "has dates, such as " + quoted(raw.texts.front()),
             "drop it, or turn it into numbers");
        break;
      case profiled_type::text: look_at_text(raw, column, cells, tell); break;
      case profiled_type::number: look_at_numbers(raw, column, cells, tell); break;
      case profiled_type::category:
      case profiled_type::skipped: break;
    }
    if (2 * column.missing > table_.rows) {
      tell(finding_kind::mostly_missing,
           fmt::format("is missing in {} of {} ({})", column.missing, rows_of(table_.rows),
                       percent(column.missing)),
           "drop it, unless it matters where it is missing (missing: indicator)");
    }
    if (!equal_.contains(c)) look_at_telling(column, tell);
  }

  template <class Tell>
  void look_at_text(const raw_column& raw, const column_profile& column, std::int64_t cells,
                    const Tell& tell) {
    if (!column.distinct) {
      tell(finding_kind::free_text, "has too many different texts for categories", "drop it");
    } else if (*column.distinct == cells) {
      identifiers_.insert(column.name);
      tell(finding_kind::identifier,
           "has another text in each row, such as " + quoted(raw.texts.front()), "drop it");
    } else {
      tell(finding_kind::free_text,
           fmt::format("has {} different texts in {}, such as {}", *column.distinct, rows_of(cells),
                       quoted(raw.texts.front())),
           "drop it, or name it among categories if it is meant");
    }
  }

  template <class Tell>
  void look_at_numbers(const raw_column& raw, const column_profile& column, std::int64_t cells,
                       const Tell& tell) {
    const number_summary& numbers = *column.numbers;
    if (!std::isfinite(numbers.deviation)) {
      tell(finding_kind::too_large, "has numbers that are too large to be standardised",
           "take their logarithms, or drop it");
      return;
    }
    const bool are_integers = std::ranges::all_of(
        raw.numbers, [](double x) { return std::isnan(x) || x == std::trunc(x); });
    if (!are_integers || cells < few_rows) return;
    const std::int64_t distinct = *column.distinct;
    const std::string range = fmt::format("from {} to {}", numbers.min, numbers.max);
    if (distinct == cells && numbers.max - numbers.min + 1 == static_cast<double>(cells)) {
      identifiers_.insert(column.name);
      tell(finding_kind::identifier, "has each integer " + range + " once",
           "drop it if it numbers the rows");
      return;
    }
    constexpr std::int64_t most_codes = 12;
    constexpr std::int64_t fewest_rows_of_code = 5;
    if (distinct > 2 && distinct <= most_codes && cells >= fewest_rows_of_code * distinct) {
      tell(finding_kind::maybe_categories,
           fmt::format("has {} different integers {}", distinct, range),
           "name it among categories if they are no amounts");
    }
  }

  template <class Tell> void look_at_telling(const column_profile& column, const Tell& tell) {
    if (!column.telling || column.telling->value <= tells_all) return;
    const target_telling& telling = *column.telling;
    switch (telling.measure) {
      case telling_measure::auc:
        tell(finding_kind::tells_target,
             telling.of_class.empty()
                 ? fmt::format("alone tells the target (AUC {:.4f})", telling.value)
                 : fmt::format("alone tells class {} from the others (AUC {:.4f})",
                               quoted(telling.of_class), telling.value),
             unless_known);
        break;
      case telling_measure::rows:
        tell(finding_kind::tells_target,
             fmt::format("alone tells the target in {:.4g}% of the rows", 100 * telling.value),
             unless_known);
        break;
      case telling_measure::r2:
        tell(finding_kind::tells_target,
             fmt::format("alone tells the target by a straight line (R2 {:.4f})", telling.value),
             unless_known);
        break;
    }
  }

  /// One finding for all columns that lack some values.
  void tell_missing() {
    if (request_.missing != missing_values::error) return;
    std::vector<std::string> names;
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      const column_profile& column = profile_.columns[c];
      const bool is_told = column.refused || 2 * column.missing > table_.rows;
      if (column.missing == 0 || is_told || !is_input(table_.columns[c], request_)) continue;
      names.push_back(column.name);
    }
    if (names.empty()) return;
    constexpr std::size_t named = 3;
    std::vector<std::string> words;
    for (const std::string& name : names) {
      if (words.size() < named) words.push_back(quoted(name));
    }
    std::string text =
        fmt::format("column{} {}", names.size() == 1 ? "" : "s", join_text(words, ", "));
    if (names.size() > named) text += fmt::format(" and {} more", names.size() - named);
    add(finding_kind::missing, names,
        text + (names.size() == 1 ? " lacks" : " lack") + " some values",
        "choose what they are taken for (missing: mean, median, mode or indicator)");
  }

  /// Looks at rows without identifiers, by which all of them differ.
  void look_at_rows() {
    std::vector<std::size_t> inputs;
    std::vector<std::size_t> all;
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      const raw_column& raw = table_.columns[c];
      if (raw.has_too_many_texts) return;
      if (raw.was_skipped || identifiers_.contains(raw.name)) continue;
      all.push_back(c);
      if (is_input(raw, request_)) inputs.push_back(c);
    }
    if (inputs.empty()) return;
    std::vector<std::uint64_t> hashes = row_hashes(table_, all);
    std::ranges::sort(hashes);
    const auto different = std::unique(hashes.begin(), hashes.end()) - hashes.begin();
    const std::int64_t duplicates = table_.rows - different;
    profile_.duplicate_rows = duplicates;
    const std::string but = identifiers_.empty() ? "" : " but for identifiers";
    if (duplicates > 0) {
      add(finding_kind::duplicate_rows, {},
          fmt::format("{} ({}) equal{} an earlier one{}", rows_of(duplicates), percent(duplicates),
                      duplicates == 1 ? "s" : "", but),
          "remove copies: on both sides of a split they flatter the validation");
    }
    if (targets_.kind == target_kind::classes) look_at_contradictions(inputs, but);
  }

  void look_at_contradictions(const std::vector<std::size_t>& inputs, const std::string& but) {
    const std::vector<std::uint64_t> hashes = row_hashes(table_, inputs);
    std::vector<std::pair<std::uint64_t, std::int32_t>> rows;
    rows.reserve(hashes.size());
    for (std::size_t row = 0; row < hashes.size(); ++row) {
      if (targets_.classes[row] >= 0) rows.emplace_back(hashes[row], targets_.classes[row]);
    }
    std::ranges::sort(rows);
    std::int64_t mixed = 0;
    std::int64_t right = 0;
    for (auto first = rows.begin(); first != rows.end();) {
      std::int64_t most = 0;
      auto last = first;
      while (last != rows.end() && last->first == first->first) {
        const auto end = std::upper_bound(last, rows.end(), *last);
        most = std::max<std::int64_t>(most, end - last);
        last = end;
      }
      if (most < last - first) mixed += last - first;
      right += most;
      first = last;
    }
    if (mixed == 0) return;
    add(finding_kind::contradictions, {},
        fmt::format("{} equal others of another class{}", rows_of(mixed), but),
        fmt::format("no model is right in more than {:.4g}% of all rows",
                    100 * share_of(right, std::ssize(rows))));
  }

  static constexpr const char* unless_known = "drop it, unless it is known before the target is";

  const raw_table& table_;
  const data_request& request_;
  const row_targets& targets_;
  table_profile& profile_;
  std::set<std::size_t> equal_{};  ///< columns that equal another
  std::set<std::string> identifiers_{};
};

}  // namespace detail

SWEEPNET_INLINE void add_suspicions(const raw_table& table, const data_request& request,
                                    const row_targets& targets, table_profile& profile) {
  detail::suspicion_finder(table, request, targets, profile).find();
}

}  // namespace sweepnet
