// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/space_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/decode.hpp"
#include "sweepnet/sweep/early_termination_reader.hpp"
#include "sweepnet/sweep/parameter_reader.hpp"

namespace sweepnet {

namespace detail {

/// What W&B does with a key that says how it starts a script.
struct launch_key {
  std::string_view name;
  node_type type;
};
inline constexpr std::array<launch_key, 9> launch_keys{{{"program", node_type::scalar},
                                                        {"command", node_type::list},
                                                        {"job", node_type::scalar},
                                                        {"image_uri", node_type::scalar},
                                                        {"entity", node_type::scalar},
                                                        {"project", node_type::scalar},
                                                        {"controller", node_type::mapping},
                                                        {"apiVersion", node_type::scalar},
                                                        {"kind", node_type::scalar}}};

/// Keys of W&B's that mean something which is not done here, and what is.
struct absent_key {
  std::string_view name;
  std::string_view instead;
};
inline constexpr std::array<absent_key, 2> absent_keys{{
    {"metrics", "is for W&B's own method custom: expected one metric"},
    {"scheduler", "starts other programs, which is not done here"},
}};

/// Reads one document.
class space_reader {
 public:
  space_reader(const std::string& source, const draw_options& options)
      : report_(source), options_(options) {}

  search_space read(const parsed_node& document) {
    space_.line = document.line;
    space_.column = document.column;
    std::vector<std::string_view> launched;
    for (std::size_t i = 0; i < document.keys.size(); ++i) {
      read_key(*document.keys[i], *document.items[i], launched);
    }
    if (method_ == nullptr) {
      report_.fail(document, "a search space needs a method: grid, random or bayes");
    }
    if (parameters_ == nullptr) report_.fail(document, "a search space needs parameters");
    space_.parameters = read_parameters(*parameters_, in_file_order_, report_, space_.notes);
    if (space_.method == search_method::grid) require_grid();
    if (!launched.empty()) {
      space_.notes.push_back(fmt::format(
          "{} {} how W&B starts a script, and {} not used here", join_text(launched, ", "),
          launched.size() == 1 ? "says" : "say", launched.size() == 1 ? "is" : "are"));
    }
    read_early_terminate();
    if (options_.seed) space_.seed = *options_.seed;
    settle_draws();
    settle_points(document);
    settle_parallel();
    settle_bayes();
    return std::move(space_);
  }

 private:
  void read_key(const parsed_node& key, const parsed_node& value,
                std::vector<std::string_view>& launched) {
    const auto is = [&](std::string_view name) { return key.text == name; };
    if (is("data")) return;  // is not of the space
    if (is("method")) return read_method(value);
    if (is("parameters")) return void(parameters_ = &value);
    if (is("metric")) return read_metric(value);
    if (is("early_terminate")) return void(early_terminate_ = {&key, &value});
    if (is("run_cap")) return void(run_cap_ = count(value, "run_cap"));
    if (is("repeats")) return void(space_.repeats = count(value, "repeats"));
    if (is("seed")) return read_seed(value);
    if (is("draws")) return void(draws_ = {&value, word<point_draws>(value, "draws")});
    if (is("order")) return read_order(value);
    if (is("parallel")) return read_parallel(value);
    if (is("name")) return void(space_.name = text(value, "name"));
    if (is("description")) return void(space_.description = text(value, "description"));
    for (const absent_key& each : absent_keys) {
      if (is(each.name)) report_.fail(key, fmt::format("{} {}", each.name, each.instead));
    }
    for (const launch_key& each : launch_keys) {
      if (!is(each.name)) continue;
      check_launch_key(each, value);
      return launched.push_back(each.name);
    }
    std::vector<std::string_view> known{"method", "parameters", "metric",      "run_cap",
                                        "seed",   "name",       "repeats",     "draws",
                                        "order",  "parallel",   "description", "early_terminate",
                                        "data"};
    for (const absent_key& each : absent_keys) known.push_back(each.name);
    for (const launch_key& each : launch_keys) known.push_back(each.name);
    report_.fail(key, fmt::format("unknown key '{}' of a search space{}", key.text,
                                  did_you_mean(key.text, known)));
  }

  void check_launch_key(const launch_key& key, const parsed_node& value) const {
    const std::string name(key.name);
    if (key.type == node_type::scalar) {
      const std::string written = text(value, name);
      if (key.name == "kind" && written != "sweep") refuse(value, name, "sweep");
    } else if (value.type != key.type) {
      refuse(value, name, key.type == node_type::list ? "a list" : "a mapping");
    }
    for (std::size_t i = 0; key.name == "controller" && i < value.keys.size(); ++i) {
      const std::string type = value.keys[i]->text == "type" ? text(*value.items[i], name) : "";
      if (type != "local" && type != "cloud") refuse(value, name, "{type: local} or {type: cloud}");
    }
  }

  void read_method(const parsed_node& value) {
    method_ = &value;
    if (value.type == node_type::scalar && value.text == "custom") {
      report_.fail(value, "method custom is not here: grid, random and bayes are");
    }
    space_.method = word<search_method>(value, "method");
  }

  void read_order(const parsed_node& value) {
    if (value.type != node_type::scalar || (value.text != "file" && value.text != "names")) {
      refuse(value, "order", "names (W&B's) or file");
    }
    in_file_order_ = value.text == "file";
  }

  void read_seed(const parsed_node& value) {
    const bool is_plain = value.type == node_type::scalar && !value.quoted;
    const auto seed = is_plain ? parse_integer<std::uint64_t>(value.text) : std::nullopt;
    if (!seed) refuse(value, "seed", "an integer from 0 to 18446744073709551615");
    space_.seed = *seed;
  }

  void read_parallel(const parsed_node& value) {
    space_.parallel = count(value, "parallel");
    parallel_ = &value;
    if (space_.parallel > most_bayes_points) {
      refuse(value, "parallel", fmt::format("an integer from 1 to {}", most_bayes_points));
    }
  }

  /// The metric that a space is of, and whether its values are to fall or to rise.
  void read_metric(const parsed_node& value) {
    if (value.type != node_type::mapping) refuse(value, "metric", "a mapping with name and goal");
    const parsed_node* name = nullptr;
    const parsed_node* goal = nullptr;
    for (std::size_t i = 0; i < value.keys.size(); ++i) {
      const parsed_node& key = *value.keys[i];
      const parsed_node& item = *value.items[i];
      if (key.text == "name") {
        name = &item;
        space_.goal = word<metric>(item, "metric.name");
      } else if (key.text == "goal") {
        goal = &item;
      } else if (key.text == "target") {
        const bool is_plain = item.type == node_type::scalar && !item.quoted;
        space_.target = is_plain ? parse_number<double>(item.text) : std::nullopt;
        if (!space_.target || !std::isfinite(*space_.target)) {
          refuse(item, "metric.target", "a finite number");
        }
      } else if (key.text == "impute") {
        read_impute(item);
      } else if (key.text == "impute_while_running") {
        check_impute(key.text, item, {"latest", "best", "worst", "false"});
        space_.notes.emplace_back(
            "metric.impute_while_running is not used here: what runs that are not over have so far "
            "counts for nothing");
      } else {
        constexpr std::array<std::string_view, 5> known{"name", "goal", "target", "impute",
                                                        "impute_while_running"};
        report_.fail(key, fmt::format("unknown key '{}' in metric{}", key.text,
                                      did_you_mean(key.text, known)));
      }
    }
    if (name == nullptr) report_.fail(value, "metric needs a name");
    const std::string wanted = name_of(*space_.goal).ends_with("loss") ? "minimize" : "maximize";
    if (goal == nullptr) return;
    if (goal->type != node_type::scalar || (goal->text != "minimize" && goal->text != "maximize")) {
      refuse(*goal, "metric.goal", "minimize or maximize");
    }
    if (goal->text != wanted) {
      refuse(*goal, "metric.goal", fmt::format("{} for {}", wanted, name_of(*space_.goal)));
    }
  }

  void read_early_terminate() {
    const auto [key, value] = early_terminate_;
    if (value == nullptr) return;
    space_.early = read_early_termination(*value, report_, space_.notes);
    if (!space_.goal)
      report_.fail(*key, "early_terminate needs a metric by which runs are compared");
  }

  /// What bayes takes for runs that fail. Those have no finite value here, so that none of their
  /// own could be the best or the latest.
  void read_impute(const parsed_node& value) {
    check_impute("impute", value, {"latest", "best", "worst"});
    if (value.text == "worst") return;
    space_.notes.push_back(
        fmt::format("metric.impute: {} is not used here: a run fails where it has no finite value, "
                    "and counts as the worst",
                    value.text));
  }

  /// What W&B's bayes takes for runs that have failed, or are not over.
  void check_impute(const std::string& key, const parsed_node& value,
                    const std::vector<std::string_view>& known) {
    if (value.type != node_type::scalar || std::ranges::find(known, value.text) == known.end()) {
      refuse(value, "metric." + key, join_text(known, ", "));
    }
  }

  /// asha begins runs by its own workers.
  void settle_parallel() {
    const bool is_bayes = space_.method == search_method::bayes;
    const bool is_asha = std::holds_alternative<early_terminations::asha>(space_.early);
    if (is_bayes || (space_.target && !is_asha)) {
      if (parallel_ == nullptr && !is_bayes) space_.parallel = search_rules{}.at_once;
      return;
    }
    if (parallel_ == nullptr) return;
    report_.fail(*parallel_, is_asha ? "parallel: that of asha is a key of early_terminate"
                                     : "parallel is for the method bayes, and for a metric with a "
                                       "target");
  }

  void settle_bayes() {
    const bool is_bayes = space_.method == search_method::bayes;
    if (!is_bayes) return;
    if (!space_.goal) report_.fail(*method_, "method bayes needs a metric: its name and goal");
    const bool varies = std::ranges::any_of(space_.parameters, [](const space_parameter& p) {
      return p.values.kind != distribution_kind::constant;
    });
    if (!varies) report_.fail(*parameters_, "method bayes needs a parameter that varies");
    if (space_.points > most_bayes_points) {
      report_.fail(*method_, fmt::format("method bayes takes up to {} points, got {}",
                                         most_bayes_points, space_.points));
    }
    space_.notes.push_back(fmt::format(
        "method bayes is a tree-structured Parzen estimator (TPE) here, where W&B has a Gaussian "
        "process: {} random points, then {} at a time",
        batch_of(space_, 0).end, space_.parallel));
  }

  void require_grid() const {
    for (const space_parameter& p : space_.parameters) {
      if (grid_count_of(p.values)) continue;
      report_.fail(*p.key, fmt::format("parameter {}: a grid takes value, values, int_uniform and "
                                       "q_uniform, got the distribution {}",
                                       p.name, name_of(p.values.kind)));
    }
  }

  void settle_draws() {
    if (space_.method == search_method::grid) {
      if (draws_.first != nullptr)
        report_.fail(*draws_.first, "draws is for the methods random and bayes");
      return;
    }
    const bool is_finite = size_of(space_).has_value();
    space_.draws = draws_.first != nullptr ? draws_.second
                   : is_finite             ? point_draws::distinct
                                           : point_draws::independent;
    if (space_.draws != point_draws::distinct || is_finite) return;
    report_.fail(*draws_.first,
                 "draws: distinct needs a space of up to 2^53 points that are equally likely");
  }

  void settle_points(const parsed_node& document) {
    const std::optional<std::uint64_t> size = size_of(space_);
    const bool is_bayes = space_.method == search_method::bayes;
    const bool ends = space_.method == search_method::grid ||
                      (space_.draws == point_draws::distinct && !is_bayes);
    std::optional<std::uint64_t> wanted = options_.runs ? options_.runs : run_cap_;
    if (!wanted && options_.children && !ends) {
      wanted = (*options_.children + space_.repeats - 1) / space_.repeats;
    }
    if (!wanted && !(ends && size)) {
      try {
        report_.fail(*method_, no_end(ends));
      } catch (const data_error& e) {
        throw endless_space(e.what());
      }
    }
    if (wanted && (ends || is_bayes) && size && *wanted > *size) {
      space_.notes.push_back(
          fmt::format("the space has {} points, of {} that were asked for", *size, *wanted));
      wanted = size;
    }
    const std::uint64_t points = wanted.value_or(size.value_or(0));
    if (points > most_points / space_.repeats) {
      report_.fail(document, "the space has more than 2^53 runs: it needs a smaller run_cap");
    }
    space_.points = points;
  }

  [[nodiscard]] std::string no_end(bool is_finite) const {
    if (is_finite) return "the grid has more than 2^53 points: it needs a run_cap";
    return fmt::format("{} no end: the space needs a run_cap",
                       space_.method == search_method::bayes ? "bayes has" : "random draws have");
  }

  [[noreturn]] void refuse(const parsed_node& value, const std::string& what,
                           const std::string& wanted) const {
    report_.fail(value, fmt::format("{} must be {}, got {}", what, wanted, found(value)));
  }

  /// A word of an enumeration in exactly that case, or an alias of it.
  template <named_enum E> E word(const parsed_node& value, const std::string& what) const {
    if (value.type == node_type::scalar) {
      for (const auto& [name, enumerator] : enum_names<E>) {
        if (name == value.text) return enumerator;
      }
    }
    std::vector<std::string_view> names;
    for (const auto& [name, enumerator] : enum_names<E>) {
      if (name_of(enumerator) == name) names.push_back(name);
    }
    refuse(value, what, join_text(names, ", "));
  }

  std::size_t count(const parsed_node& value, const std::string& what) const {
    const bool is_plain = value.type == node_type::scalar && !value.quoted;
    const auto number = is_plain ? parse_integer<std::uint64_t>(value.text) : std::nullopt;
    if (!number || *number < 1 || *number > most_points) refuse(value, what, "an integer from 1");
    return static_cast<std::size_t>(*number);
  }

  std::string text(const parsed_node& value, const std::string& what) const {
    if (value.type != node_type::scalar) refuse(value, what, "a text");
    return value.text;
  }

  decoder report_;
  const draw_options& options_;
  search_space space_{};
  const parsed_node* method_ = nullptr;
  const parsed_node* parameters_ = nullptr;
  std::pair<const parsed_node*, point_draws> draws_{};
  std::pair<const parsed_node*, const parsed_node*> early_terminate_{};  ///< key and value
  std::optional<std::uint64_t> run_cap_{};
  const parsed_node* parallel_ = nullptr;
  bool in_file_order_ = false;
};

}  // namespace detail

SWEEPNET_INLINE bool is_search_space(const parsed_node& document) {
  return document.type == node_type::mapping &&
         std::ranges::any_of(document.keys, [](const shared_node& key) {
           return key->text == "method" || key->text == "parameters";
         });
}

SWEEPNET_INLINE search_space read_search_space(const parsed_node& document,
                                               const std::string& source,
                                               const draw_options& options) {
  return detail::space_reader(source, options).read(document);
}

}  // namespace sweepnet
