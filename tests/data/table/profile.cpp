// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Profiles of tables: by numbers that were computed by hand, by pairs counted one by one, and
// against the schema that is fitted to the same table.

#include "sweepnet/data/table/table_profile.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/data/table/equal_cells.hpp"
#include "sweepnet/data/table/fit_schema.hpp"
#include "sweepnet/data/table/read_table.hpp"
#include "sweepnet/data/table/target_telling.hpp"
#include "sweepnet/describe/encode.hpp"

namespace {

using namespace sweepnet;

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

raw_column numbers_column(std::string name, std::vector<double> numbers) {
  raw_column column{.name = std::move(name), .is_number = true, .numbers = std::move(numbers)};
  for (std::size_t row = 0; row < column.numbers.size(); ++row) {
    if (!std::isnan(column.numbers[row])) continue;
    if (column.missing++ == 0) column.first_missing = static_cast<std::int64_t>(row);
  }
  return column;
}

/// Of texts in rows, "" where one is missing.
raw_column texts_column(std::string name, const std::vector<std::string>& cells) {
  raw_column column{.name = std::move(name), .texts = cells};
  std::erase(column.texts, "");
  std::ranges::sort(column.texts);
  column.texts.erase(std::unique(column.texts.begin(), column.texts.end()), column.texts.end());
  for (const std::string& cell : cells) {
    const auto at = std::ranges::find(column.texts, cell);
    const bool is_there = at != column.texts.end();
    if (!is_there && column.missing++ == 0) column.first_missing = std::ssize(column.codes);
    column.codes.push_back(is_there ? static_cast<std::int32_t>(at - column.texts.begin()) : -1);
  }
  return column;
}

raw_table table_with(std::vector<raw_column> columns) {
  raw_table table{.source = "t.csv", .columns = std::move(columns), .lines = {{0, 2}}};
  const raw_column& first = table.columns.front();
  table.rows = std::ssize(first.numbers) + std::ssize(first.codes);
  return table;
}

/// What a function makes of 0, ..., rows - 1.
template <class Make> struct made {
  made(std::int64_t rows_, Make make_) : rows(rows_), make(std::move(make_)) {}
  std::int64_t rows;
  Make make;

  template <class T> operator std::vector<T>() const {  // NOLINT
    std::vector<T> values;
    for (std::int64_t i = 0; i < rows; ++i) values.push_back(static_cast<T>(make(i)));
    return values;
  }
};

/// What was found of a kind, as lines.
std::vector<std::string> found(const table_profile& profile, finding_kind kind) {
  std::vector<std::string> lines;
  for (const table_finding& each : profile.findings) {
    if (each.kind == kind) lines.push_back(each.text + ": " + each.advice);
  }
  return lines;
}

using lines = std::vector<std::string>;

/// Rows without a pattern: the i-th of a sequence that repeats after 31 rows.
double scattered(std::int64_t i) { return static_cast<double>(i * 17 % 31) / 4; }

/// Half of the rows, in no order.
std::string yes_or_no(std::int64_t i) { return i * 7 % 13 < 6 ? "yes" : "no"; }

}  // namespace

TEST_CASE("A column of numbers is told in numbers") {
  const auto table = table_with({numbers_column("x", {5, no_number, 1, 2, 2})});
  const column_profile column = profile_table(table).columns.at(0);
  CHECK(column.type == profiled_type::number);
  CHECK(column.missing == 1);
  CHECK(column.missing_share == 0.2);
  CHECK(column.distinct == 3);
  REQUIRE(column.numbers);
  CHECK(column.numbers->min == 1);
  CHECK(column.numbers->mean == 2.5);
  CHECK(column.numbers->deviation == 1.5);  // of squares 2.5^2, 1.5^2, 0.5^2, 0.5^2
  CHECK(column.numbers->median == 2);
  CHECK(column.numbers->max == 5);
  CHECK(column.most_frequent.empty());
  CHECK(profile_table(table_with({numbers_column("x", {3, 1, 2})})).columns[0].numbers->median ==
        2);
}

TEST_CASE("A column of texts is told by the most frequent ones") {
  const auto table =
      table_with({texts_column("x", {"b", "a", "f", "", "b", "c", "d", "e", "f", "f"})});
  const column_profile column = profile_table(table).columns.at(0);
  CHECK(column.type == profiled_type::category);
  CHECK(column.missing == 1);
  CHECK(column.distinct == 6);
  CHECK_FALSE(column.numbers);
  std::string told;
  for (const auto& each : column.most_frequent) {
    told += fmt::format("{} {} {};", each.value, each.rows, each.share);
  }
  CHECK(told == "f 3 0.3;b 2 0.2;a 1 0.1;c 1 0.1;d 1 0.1;");
}

TEST_CASE("Columns have the types that they are trained on as, or are refused as") {
  auto skipped = numbers_column("skipped", {});
  skipped.was_skipped = true;
  raw_column large{.name = "large", .missing = 3, .has_too_many_texts = true};
  const auto day = [](std::int64_t i) { return fmt::format("2024-01-{:02}", 1 + i % 28); };
  const auto word = [](std::int64_t i) { return fmt::format("word {}", i / 2 * 3 % 121); };
  const auto key = [](std::int64_t i) { return fmt::format("key {}", i); };
  auto table = table_with({
      numbers_column("number", made(120, scattered)),
      texts_column("category", made(120, yes_or_no)),
      texts_column("day", made(120, day)),
      texts_column("key", made(120, key)),
      numbers_column("five", made(120, [](auto) { return 5.0; })),
      texts_column("one day", made(120, [&](auto) { return day(0); })),
      numbers_column("nothing", made(120, [](auto) { return no_number; })),
      texts_column("nothing, too", made(120, [](auto) { return std::string(); })),
      skipped,
      large,
      texts_column("word", made(120, [&](auto i) { return i < 119 ? word(i * 2) : word(0); })),
  });
  const table_profile profile = profile_table(table, {.target = "category"});
  std::string told;
  for (const auto& column : profile.columns) {
    told += fmt::format("{}: {}{}\n", column.name, name_of(column.type),
                        column.refused ? ", refused" : "");
  }
  CHECK(told ==
        "number: number\ncategory: category\nday: date, refused\nkey: text, refused\n"
        "five: constant\none day: constant, refused\nnothing: empty, refused\n"
        "nothing, too: empty, refused\nskipped: skipped\nlarge: text, refused\n"
        "word: text, refused\n");
  CHECK(profile.columns[9].distinct == std::nullopt);
  CHECK(profile.columns[8].distinct == std::nullopt);
  REQUIRE(profile.inputs);
  CHECK(profile.inputs->inputs == 2);
  CHECK(profile.inputs->refused ==
        lines{"day", "key", "one day", "nothing", "nothing, too", "large", "word"});

  SECTION("texts that are meant as categories are categories") {
    const table_profile meant = profile_table(
        table, {.target = "category", .categories = {"day", "one day", "word", "key"}});
    CHECK(meant.columns[2].type == profiled_type::category);
    CHECK(meant.columns[3].type == profiled_type::text);  // each is in one row
    CHECK(meant.columns[10].type == profiled_type::category);
    CHECK(meant.inputs->inputs == 2 + 28 + 1 + *meant.columns[10].distinct);
  }
}

TEST_CASE("Inputs are as many as the fitted schema has") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 9));
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  const std::int64_t rows = 15 + below(120);
  std::vector<raw_column> columns;
  columns.push_back(texts_column("y", made(rows, [](auto i) { return i % 2 ? "a" : "b"; })));
  for (int c = 0; c < 12; ++c) {
    const auto name = fmt::format("x{}", c);
    const std::int64_t different = 1 + below(2 * rows);
    const std::int64_t missing = below(3) == 0 ? 4 : std::numeric_limits<std::int64_t>::max();
    if (below(3) == 0) {
      columns.push_back(numbers_column(name, made(rows, [&](auto) {
                                         return below(missing) == 0 ? no_number
                                                                    : double(below(different));
                                       })));
    } else {
      const char* before = below(4) == 0 ? "2024-01-" : "w";
      columns.push_back(texts_column(name, made(rows, [&](auto) {
                                       return below(missing) == 0 ? std::string()
                                                                  : fmt::format("{}{:02}", before,
                                                                                below(different));
                                     })));
    }
  }
  raw_table table = table_with(std::move(columns));
  const auto missing = seed % 2 == 0 ? missing_values::indicator : missing_values::mean;
  const data_request request{.target = "y", .missing = missing};
  const table_profile profile = profile_table(table, request);
  REQUIRE(profile.inputs);
  std::vector<std::int64_t> all(static_cast<std::size_t>(rows));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  const auto fit = [&] { return fit_schema(table, all, request, targets_of(table, request)); };
  for (const std::string& name : profile.inputs->refused) {
    CAPTURE(name);
    CHECK_THROWS_AS(fit(), data_error);
    std::ranges::find(table.columns, name, &raw_column::name)->was_skipped = true;
  }
  const table_schema schema = fit();
  CHECK(profile.inputs->inputs == schema.width());
  CHECK(profile.inputs->numbers == schema.number_width());
}

TEST_CASE("Targets are classes or real values") {
  const auto kind = [](const raw_column& column) { return targets_in(column).kind; };
  CHECK(kind(numbers_column("y", made(200, [](auto i) { return double(i % 100) * 2; }))) ==
        target_kind::classes);
  CHECK(kind(numbers_column("y", made(200, [](auto i) { return double(i % 101); }))) ==
        target_kind::real_values);
  CHECK(kind(numbers_column("y", {0, 1, 0.5})) == target_kind::real_values);
  CHECK(kind({.name = "y", .has_too_many_texts = true}) == target_kind::none);
  const row_targets numbers = targets_in(numbers_column("y", {10, no_number, -0.0, 9, 10}));
  CHECK(numbers.names == lines{"0", "9", "10"});
  CHECK(numbers.classes == std::vector<std::int32_t>{2, -1, 0, 1, 2});

  const auto table = table_with({texts_column("y", {"b", "a", "", "b"})});
  const table_profile profile = profile_table(table, {.target = "y"});
  REQUIRE(profile.target);
  REQUIRE(profile.target->classes.size() == 2);
  CHECK(profile.target->classes[0].value == "a");
  CHECK(profile.target->classes[1].rows == 2);
  CHECK(profile.target->classes[1].share == 0.5);
}

TEST_CASE("AUC is the share of pairs in order, of the class that is told best") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 7));
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const int classes = 2 + static_cast<int>(seed % 3);
  const std::int64_t rows = 120;
  const raw_column column =
      numbers_column("x", made(rows, [&](auto) {
                       const auto x = static_cast<double>(random() % 23);  // many are equal
                       return random() % 9 == 0 ? no_number : x;
                     }));
  const raw_column target = numbers_column(
      "y", made(rows, [&](std::int64_t i) {
        const double x = column.numbers[static_cast<std::size_t>(i)];
        const auto noise = static_cast<double>(random() % 19);
        return random() % 11 == 0 ? no_number
                                  : std::trunc(std::fmod((std::isnan(x) ? 0 : x) + noise, classes));
      }));
  // For each class the share of pairs of a row of it and another in which the former's number is
  // larger; half of those that are equal.
  double best = 0;
  double of_class = 0;
  for (int c = 0; c < classes; ++c) {
    double larger = 0;
    double pairs = 0;
    for (std::size_t i = 0; i < column.numbers.size(); ++i) {
      for (std::size_t k = 0; k < column.numbers.size(); ++k) {
        const double x = column.numbers[i];
        const double other = column.numbers[k];
        if (target.numbers[i] != c || target.numbers[k] == c) continue;
        if (std::isnan(x) || std::isnan(other) || std::isnan(target.numbers[k])) continue;
        larger += x > other ? 1 : x == other ? 0.5 : 0;
        ++pairs;
      }
    }
    const double auc = std::max(larger / pairs, 1 - larger / pairs);
    if (auc > best) best = auc, of_class = c;
  }
  const auto telling = telling_of(column, targets_in(target));
  REQUIRE(telling);
  CHECK(telling->measure == telling_measure::auc);
  CHECK(std::abs(telling->value - best) < 1e-12);
  CHECK(telling->of_class == (classes == 2 ? "" : fmt::format("{}", of_class)));
}

TEST_CASE("Too few rows tell nothing of a target") {
  const auto telling = [](std::int64_t rows, std::int64_t of_class) {
    return telling_of(numbers_column("x", made(rows, [](auto i) { return double(i); })),
                      targets_in(numbers_column(
                          "y", made(rows, [&](auto i) { return i < of_class ? 1.0 : 0.0; }))));
  };
  CHECK_FALSE(telling(19, 9));
  CHECK_FALSE(telling(20, 4));
  CHECK_FALSE(telling(20, 16));
  CHECK_FALSE(telling(20, 20));
  REQUIRE(telling(20, 5));
  CHECK(telling(20, 5)->value == 1);
}

TEST_CASE("Categories tell by the class that is most frequent where they stand") {
  const auto telling = [](const std::vector<std::string>& cells,
                          const std::vector<std::string>& classes) {
    return telling_of(texts_column("x", cells), targets_in(texts_column("y", classes)));
  };
  const auto half = [](auto i) { return i % 2 == 0 ? "even" : "odd"; };
  const auto quarter = [](auto i) { return fmt::format("{}", i % 4); };
  CHECK(telling(made(40, quarter), made(40, half))->value == 1);
  const auto spoilt =
      telling(made(40, quarter), made(40, [&](auto i) { return i < 2 ? half(i + 1) : half(i); }));
  REQUIRE(spoilt);
  CHECK(spoilt->measure == telling_measure::rows);
  CHECK(spoilt->value == 38.0 / 40);

  // A category that is in one row tells its class without fail, which means nothing.
  const auto single = [](auto i) { return fmt::format("{}", i); };
  CHECK_FALSE(telling(made(40, single), made(40, half)));
  const auto mostly_single = [](auto i) { return fmt::format("{}", i < 19 ? i % 2 : i); };
  CHECK_FALSE(telling(made(40, mostly_single), made(40, half)));
  // Nor does a class that nearly all rows have.
  const auto rare = [](auto i) { return i < 4 ? "a" : "b"; };
  CHECK_FALSE(telling(made(8000, quarter), made(8000, rare)));

  // Codes that are numbers tell by order no more than any numbers do.
  const auto code = [](auto i) { return double(i % 8); };
  const auto told = telling_of(numbers_column("x", made(80, code)),
                               targets_in(texts_column("y", made(80, half))));
  REQUIRE(told);
  CHECK(told->measure == telling_measure::rows);
  CHECK(told->value == 1);
}

TEST_CASE("R2 is the share of the variance that a line explains") {
  // (0, 0.5), (1, 1), (2, 3.5), ten times: sums of squares 20, 155 / 3 and 30 in common.
  const auto x = [](auto i) { return double(i % 3); };
  const auto y = [](auto i) { return std::vector<double>{0.5, 1, 3.5}[std::size_t(i % 3)]; };
  const auto telling = [](const raw_column& column, const raw_column& target) {
    return telling_of(column, targets_in(target));
  };
  const auto told = telling(numbers_column("x", made(30, x)), numbers_column("y", made(30, y)));
  REQUIRE(told);
  CHECK(told->measure == telling_measure::r2);
  CHECK(std::abs(told->value - 30.0 * 30 / (20 * 155.0 / 3)) < 1e-12);
  const auto huge = telling(numbers_column("x", made(30, [&](auto i) { return 1e150 * x(i); })),
                            numbers_column("y", made(30, y)));
  REQUIRE(huge);
  CHECK(std::abs(huge->value - told->value) < 1e-12);
  CHECK_FALSE(telling(numbers_column("x", made(30, [](auto) { return 3.0; })),
                      numbers_column("y", made(30, y))));
  CHECK_FALSE(telling(texts_column("x", made(30, yes_or_no)), numbers_column("y", made(30, y))));
}

TEST_CASE("Equal columns are found whatever they hold") {
  const auto table = table_with({
      numbers_column("a", {1, no_number, 0.0}),
      texts_column("b", {"x", "", "y"}),
      numbers_column("c", {1, -std::numeric_limits<double>::quiet_NaN(), -0.0}),
      texts_column("d", {"x", "", "z"}),
      texts_column("e", {"x", "", "y"}),
      numbers_column("f", {1, 0.0, no_number}),
      texts_column("g", {"y", "", "x"}),
      numbers_column("h", {1, no_number, 0.0}),
  });
  CHECK(equal_columns(table) ==
        std::vector<std::pair<std::size_t, std::size_t>>{{2, 0}, {4, 1}, {7, 0}});
  const std::vector<std::size_t> two{0, 1};
  const auto rows = table_with({numbers_column("a", {1, 1, no_number, -0.0, no_number, 0}),
                                texts_column("b", {"x", "y", "x", "", "x", ""})});
  const auto hashes = row_hashes(rows, two);
  CHECK(hashes[0] != hashes[1]);
  CHECK(hashes[0] != hashes[2]);
  CHECK(hashes[2] == hashes[4]);
  CHECK(hashes[3] == hashes[5]);
  CHECK(profile_table(rows).duplicate_rows == 2);
}

TEST_CASE("Each suspicious thing about a column is found once") {
  const std::int64_t rows = 60;
  const auto target = texts_column("y", made(rows, yes_or_no));
  const auto findings = [&](raw_column column, data_request request = {.target = "y"}) {
    const auto table = table_with(
        {target, std::move(column), numbers_column("other", made(rows, [](auto i) {
                                                     return scattered(i) + double(i) / 1024;
                                                   }))});
    lines all;
    for (const auto& each : profile_table(table, request).findings) {
      all.push_back(fmt::format("{} [{}] {}: {}", name_of(each.kind), join_text(each.columns, "|"),
                                each.text, each.advice));
    }
    return all;
  };
  const std::vector<double> reals = made(rows, scattered);
  CHECK(findings(numbers_column("x", reals)) == lines{});
  CHECK(findings(texts_column(
            "x", made(rows, [](auto i) { return "v" + std::to_string(i % 7); }))) == lines{});

  CHECK(findings(numbers_column("x", made(rows, [](auto) { return 2.5; }))) ==
        lines{"constant [x] column 'x' is '2.5' in each row: drop it"});
  CHECK(findings(
            texts_column("x", made(rows, [](auto i) { return std::string(i < 40 ? "" : "a"); }))) ==
        lines{"constant [x] column 'x' is 'a' or missing: drop it, unless it matters where it is "
              "missing (missing: indicator)"});
  CHECK(findings(numbers_column("x", made(rows, [](auto) { return no_number; }))) ==
        lines{"empty [x] column 'x' has no value in any row: drop it"});
  CHECK(findings(texts_column("x", made(rows, [](auto i) { return "k" + std::to_string(i); }))) ==
        lines{"identifier [x] column 'x' has another text in each row, such as 'k0': drop it"});
  CHECK(findings(numbers_column("x", made(rows, [](auto i) { return 7.0 + double(i); }))) ==
        lines{"identifier [x] column 'x' has each integer from 7 to 66 once: drop it if it numbers "
              "the rows"});
  CHECK(findings(numbers_column("x", made(rows, [](auto i) { return double(i * 7 % 60); }))) ==
        lines{"identifier [x] column 'x' has each integer from 0 to 59 once: drop it if it numbers "
              "the rows"});
  CHECK(findings(texts_column(
            "x", made(rows,
                      [](auto i) { return fmt::format("{}.{}.2024", 1 + i % 30, 1 + i % 12); }))) ==
        lines{"dates [x] column 'x' has dates, such as '1.1.2024': drop it, or turn it into "
              "numbers"});
  CHECK(findings(texts_column(
            "x", made(rows, [](auto i) { return "some words " + std::to_string(i % 55); }))) ==
        lines{"free_text [x] column 'x' has 55 different texts in 60 rows, such as 'some words "
              "0': drop it, or name it among categories if it is meant"});
  CHECK(findings(raw_column{.name = "x", .has_too_many_texts = true}) ==
        lines{"free_text [x] column 'x' has too many different texts for categories: drop it"});
  auto sparse = reals;
  std::fill(sparse.begin() + 5, sparse.begin() + 36, no_number);
  CHECK(findings(numbers_column("x", sparse)) ==
        lines{"mostly_missing [x] column 'x' is missing in 31 of 60 rows (51.7%): drop it, unless "
              "it matters where it is missing (missing: indicator)"});
  sparse[5] = 0;
  const lines lacks{
      "missing [x] column 'x' lacks some values: choose what they are taken for "
      "(missing: mean, median, mode or indicator)"};
  CHECK(findings(numbers_column("x", sparse)) == lacks);
  CHECK(findings(numbers_column("x", sparse), {.target = "y", .missing = missing_values::median}) ==
        lines{});
  CHECK(findings(numbers_column("x", made(rows, [](auto i) { return double(i % 4 + 1); }))) ==
        lines{"maybe_categories [x] column 'x' has 4 different integers from 1 to 4: name it among "
              "categories if they are no amounts"});
  CHECK(findings(numbers_column(
            "x", made(rows, [](auto i) { return i % 2 == 0 ? 1e300 * scattered(i) : -1e300; }))) ==
        lines{"too_large [x] column 'x' has numbers that are too large to be standardised: take "
              "their logarithms, or drop it"});
  CHECK(findings(numbers_column(
            "x", made(rows, [](auto i) { return scattered(i) + double(i) / 1024; }))) ==
        lines{"duplicate_column [other|x] column 'other' equals column 'x' in each row: drop one "
              "of them"});
  CHECK(findings(texts_column("x", made(rows, yes_or_no))) ==
        lines{"tells_target [x] column 'x' equals the target in each row: drop it, unless it is "
              "known before the target is"});
  CHECK(findings(texts_column(
            "x", made(rows, [](auto i) { return (i % 2 == 0 ? "a " : "b ") + yes_or_no(i); }))) ==
        lines{"tells_target [x] column 'x' alone tells the target in 100% of the rows: drop it, "
              "unless it is known before the target is"});
  CHECK(findings(numbers_column(
            "x",
            made(rows, [](auto i) { return (yes_or_no(i) == "yes" ? 9 : 0) - scattered(i); }))) ==
        lines{"tells_target [x] column 'x' alone tells the target (AUC 1.0000): drop it, unless it "
              "is known before the target is"});
}

TEST_CASE("A column that tells one of several classes, or real values, is found") {
  const auto classes = [](auto i) { return double(i % 3); };
  const auto tells = [](const raw_column& column, const raw_column& target) {
    const auto table = table_with({column, target});
    return found(profile_table(table, {.target = "y"}), finding_kind::tells_target);
  };
  CHECK(tells(numbers_column("x", made(60,
                                       [&](auto i) {
                                         return classes(i) == 1 ? -1 - scattered(i) : scattered(i);
                                       })),
              numbers_column("y", made(60, classes))) ==
        lines{"column 'x' alone tells class '1' from the others (AUC 1.0000): drop it, unless it "
              "is known before the target is"});
  const auto y = [](auto i) { return 0.5 + scattered(i); };
  CHECK(tells(numbers_column("x", made(60, [&](auto i) { return 32 - 1.8 * y(i); })),
              numbers_column("y", made(60, y))) ==
        lines{"column 'x' alone tells the target by a straight line (R2 1.0000): drop it, unless "
              "it is known before the target is"});
}

TEST_CASE("What cannot be trained on is said of the target") {
  const auto found_of = [](const raw_column& target, finding_kind kind) {
    const auto table =
        table_with({target, numbers_column("x", made(30, [](auto i) { return scattered(i); }))});
    return found(profile_table(table, {.target = "y"}), kind);
  };
  const auto target = finding_kind::target;
  CHECK(found_of(texts_column("y", made(30, yes_or_no)), target) == lines{});
  CHECK(found_of(texts_column(
                     "y", made(30, [](auto i) { return i > 15 && i < 19 ? "" : yes_or_no(i); })),
                 target) ==
        lines{"the target 'y' is missing in 3 rows, first on line 18: remove these rows"});
  CHECK(found_of(texts_column("y", made(30, [](auto) { return std::string("a"); })), target) ==
        lines{"the target 'y' is 'a' wherever it stands: two classes are needed, name another "
              "column"});
  CHECK(found_of(texts_column("y", made(30, [](auto i) { return std::to_string(i) + "x"; })),
                 target) ==
        lines{"the target 'y' has 30 different texts in 30 rows: name another column if they are "
              "no classes"});
  CHECK(found_of(numbers_column("y", made(30, [](auto i) { return scattered(i); })), target) ==
        lines{});
  CHECK(found_of({.name = "y", .has_too_many_texts = true}, target) ==
        lines{"the target 'y' has too many different texts for classes: name another column"});

  const auto imbalance = finding_kind::imbalance;
  CHECK(found_of(texts_column("y", made(30, [](auto i) { return i < 4 ? "a" : "b"; })),
                 imbalance) == lines{});
  CHECK(
      found_of(texts_column("y", made(30, [](auto i) { return i < 3 ? "a" : "b"; })), imbalance) ==
      lines{"class 'b' has 90% of the rows: compare accuracies with 0.900, which that class "
            "alone gives"});
  CHECK(found_of(texts_column("y", made(30, [](auto i) { return i == 3 ? "a" : yes_or_no(i); })),
                 imbalance) ==
        lines{"class 'a' has one row: it cannot be both trained and validated on, remove or add "
              "rows"});
  CHECK(found_of(
            texts_column(
                "y", made(30, [](auto i) { return i == 3   ? "b"
                                                  : i == 9 ? "a"
                                                           : yes_or_no(i); })),
            imbalance) ==
        lines{"2 classes have one row each, such as 'a': they cannot be both trained and validated "
              "on, remove or add rows"});
}

TEST_CASE("Rows that are equal, and those that differ by their class alone, are counted") {
  // 24 rows that differ, then 3 of the first again, and 2 of them with the other class.
  const auto row = [](std::int64_t i) { return i < 24 ? i : (i - 24) % 3; };
  const auto x = [&](auto i) { return scattered(row(i)); };
  const auto y = [&](auto i) {
    const bool turned = i >= 27;
    return (yes_or_no(row(i)) == "yes") != turned ? "yes" : "no";
  };
  const auto key = [](auto i) { return std::to_string(i) + "k"; };
  auto table = table_with({numbers_column("x", made(29, x)), texts_column("y", made(29, y))});
  table_profile profile = profile_table(table, {.target = "y"});
  CHECK(profile.duplicate_rows == 3);
  CHECK(found(profile, finding_kind::duplicate_rows) ==
        lines{"3 rows (10.3%) equal an earlier one: remove copies: on both sides of a split they "
              "flatter the validation"});
  CHECK(found(profile, finding_kind::contradictions) ==
        lines{"6 rows equal others of another class: no model is right in more than 93.1% of all "
              "rows"});
  table.columns.push_back(texts_column("key", made(29, key)));
  profile = profile_table(table, {.target = "y"});
  CHECK(profile.duplicate_rows == 3);
  CHECK(found(profile, finding_kind::contradictions) ==
        lines{"6 rows equal others of another class but for identifiers: no model is right in more "
              "than 93.1% of all rows"});
  table.columns.push_back({.name = "large", .has_too_many_texts = true});
  CHECK(profile_table(table, {.target = "y"}).duplicate_rows == std::nullopt);
}

TEST_CASE("Names that a table lacks are refused by its profile") {
  const auto table = table_with({numbers_column("age", {1, 2}), texts_column("sex", {"f", "m"})});
  const auto message = [&](const data_request& request) {
    return testing::message_of<data_error>([&] { (void)profile_table(table, request); });
  };
  CHECK(message({.target = "sx"}) ==
        "t.csv: has no column 'sx', which target names (did you mean 'sex'?)");
  CHECK(message({.drop = {"aeg"}}) ==
        "t.csv: has no column 'aeg', which drop names (did you mean 'age'?)");
}

TEST_CASE("A profile does not depend on threads, and is JSON") {
  std::vector<raw_column> columns;
  for (int c = 0; c < 40; ++c) {
    columns.push_back(numbers_column(fmt::format("x{}", c), made(50, [&](auto i) {
                                       return c % 5 == 0 ? c : scattered(i * (c + 1) + c % 7);
                                     })));
  }
  columns.push_back(texts_column("y\x1b", made(50, yes_or_no)));
  const auto table = table_with(std::move(columns));
  const data_request request{.target = "y\x1b"};
  const ordered_json alone = encode(profile_table(table, request));
  CHECK(alone == encode(profile_table(table, request, 7)));
  CHECK(alone["columns"][1]["numbers"]["max"] == 7.5);
  CHECK(alone["columns"][40]["most_frequent"][0]["value"] == "no");
  CHECK(alone["target"]["kind"] == "classes");
  CHECK(alone["findings"][0]["kind"] == "constant");
}

TEST_CASE("A table that was read is profiled without the columns that were skipped") {
  const table_reading reading{.reading_of = [](const std::string& name) {
    return name == "b" ? cell_reading::skipped : cell_reading::inferred;
  }};
  const raw_table table = read_table_text("a,b,c\n1,x,u\n2,,v\n?,y,u\n", "t.csv", reading);
  const table_profile profile = profile_table(table);
  CHECK(profile.rows == 3);
  CHECK(profile.columns[0].numbers->mean == 1.5);
  CHECK(profile.columns[1].type == profiled_type::skipped);
  CHECK(profile.columns[2].distinct == 2);
  CHECK_FALSE(profile.target);
  CHECK_FALSE(profile.inputs);
}
