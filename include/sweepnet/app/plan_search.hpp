// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `plan` tells of a sweep whose runs are compared on their way: its rungs and what they cost
// before anything is trained, and what one stage asks once there are results.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/app/sweep_console.hpp"
#include "sweepnet/app/table.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/run/sweep_stage.hpp"
#include "sweepnet/run/sweep_status.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/search_course.hpp"
#include "sweepnet/sweep/stopping_rules.hpp"

namespace sweepnet::app {

namespace detail {

/// "successive_halving (min_epochs 1, eta 3.0)".
inline std::string text_of_rule(const early_termination& early) {
  return visit_alternative(
      []<class Rule>(const Rule& rule) {
        std::string text;
        if constexpr (described<Rule>) {
          const ordered_json options = encode(rule);
          for (const auto& [key, value] : options.items()) {
            if (value.is_null()) continue;
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key, cell(value));
          }
        }
        return fmt::format("{} ({})", rule.name, text);
      },
      early);
}

/// Whether how many runs go on at each rung does not depend on what they give.
inline bool counts_alone(const early_termination& early) {
  return !std::holds_alternative<early_terminations::median>(early) &&
         !std::holds_alternative<early_terminations::asha>(early);
}

/// What a course takes: a row for each stage, and epoch until which runs train in it.
struct planned_stages {
  std::string table{};
  std::int64_t epochs = 0;
  double multiply_adds = 0;
};
inline planned_stages stages_of(const search_course& course,
                                const std::vector<searched_run>& runs) {
  planned_stages planned;
  std::vector<std::vector<std::string>> rows{{"stage", "runs", "until epoch", "epochs"}};
  std::vector<std::int64_t> reached(runs.size());
  for (std::size_t k = 0; k < course.stages.size(); ++k) {
    std::map<std::int64_t, std::pair<std::size_t, std::int64_t>> parts;  // runs and epochs
    for (const run_leg& leg : course.stages[k].legs) {
      const std::int64_t epochs = leg.until - std::exchange(reached[leg.run], leg.until);
      auto& [count, trained] = parts[leg.until];
      ++count;
      trained += epochs;
      planned.multiply_adds += static_cast<double>(epochs) * runs[leg.run].epoch_cost;
    }
    for (const auto& [until, part] : parts) {
      rows.push_back({std::to_string(k + 1), std::to_string(part.first), std::to_string(until),
                      std::to_string(part.second)});
      planned.epochs += part.second;
    }
  }
  planned.table = text_table(rows);
  return planned;
}

inline std::string text_of_brackets(const early_terminations::hyperband& rule,
                                    std::int64_t max_epochs, std::size_t runs) {
  std::string text;
  for (const hyperband_bracket& each : brackets_of(rule, max_epochs, runs)) {
    if (each.size() == 0) continue;
    std::string rungs;
    for (const std::int64_t rung : each.rungs) {
      rungs += fmt::format("{}{}", rungs.empty() ? " compared after epoch " : ", ", rung);
    }
    text += fmt::format("bracket {}: paramsets {}-{}{}\n", each.number, each.first, each.last - 1,
                        rungs.empty() ? " trained to their end" : rungs);
  }
  return text;
}

}  // namespace detail

/// How runs will be compared, and how many epochs that leaves of all.
[[nodiscard]] inline std::string text_of_search(const search_rules& rules,
                                                const std::vector<searched_run>& runs) {
  std::string text;
  const std::string_view compared = name_of(rules.compared);
  std::int64_t all = 0;
  for (const searched_run& run : runs) all += run.epochs;
  if (!std::holds_alternative<early_terminations::none>(rules.early)) {
    text +=
        fmt::format("Runs are compared by {}: {}\n", compared, detail::text_of_rule(rules.early));
    if (const auto* rule = std::get_if<early_terminations::hyperband>(&rules.early)) {
      const std::int64_t longest = std::ranges::max(runs, {}, &searched_run::epochs).epochs;
      text += detail::text_of_brackets(*rule, rule->max_epochs.value_or(longest), runs.size());
    }
    const search_course course = expected_course(rules, runs);
    if (detail::counts_alone(rules.early) && course.finished) {
      const detail::planned_stages planned = detail::stages_of(course, runs);
      text += planned.table;
      text +=
          fmt::format("{} of {} epochs, {:.3g} multiply-adds in all, if no two runs are equal.\n",
                      planned.epochs, all, planned.multiply_adds);
    } else {
      text += fmt::format("How many of {} epochs are trained depends on their results.\n", all);
    }
  }
  if (rules.target) {
    if (const auto* rule = std::get_if<early_terminations::asha>(&rules.early)) {
      text += fmt::format("{} workers begin runs until one reaches {} {}.\n", rule->parallel,
                          compared, *rules.target);
    } else {
      text += fmt::format("Runs are begun {} at a time until one reaches {} {}.\n", rules.at_once,
                          compared, *rules.target);
    }
  }
  return text;
}

/// One object: what the stage asks.
[[nodiscard]] inline ordered_json json_of_stage(const sweep_stage& asked, std::int64_t stage) {
  ordered_json legs = ordered_json::array();
  ordered_json stopped = ordered_json::array();
  for (const sweep_task& task : asked.tasks) {
    if (task.leg) legs.push_back({{"index", task.run}, {"until", task.leg->until}});
    if (!task.stop) continue;
    ordered_json told = {{"index", task.run}};
    told.update(encode_stop(*task.stop));
    stopped.push_back(std::move(told));
  }
  return {{"stage", stage}, {"finished", !asked.is_there}, {"train", legs}, {"stopped", stopped}};
}

/// The indices that train, by the epoch until which they do, and which were stopped why.
[[nodiscard]] inline std::string text_of_stage(const sweep_stage& asked, std::int64_t stage) {
  std::map<std::int64_t, std::vector<std::size_t>> until;
  std::string stopped;
  for (const sweep_task& task : asked.tasks) {
    if (task.leg) until[task.leg->until].push_back(task.run);
    if (task.stop) {
      stopped += fmt::format("paramset {} is {}\n", task.run, text_of_stop(*task.stop));
    }
  }
  if (!asked.is_there) return stopped + fmt::format("There is no stage {}: all is done\n", stage);
  for (const auto& [epoch, indices] : until) {
    stopped += fmt::format("stage {}: until epoch {}: {}\n", stage, epoch, index_ranges(indices));
  }
  return stopped;
}

}  // namespace sweepnet::app
