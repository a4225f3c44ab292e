// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/early_termination_reader.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"

namespace sweepnet {

namespace detail {

inline constexpr std::array<std::string_view, 4> wandb_hyperband_keys{"min_iter", "max_iter", "s",
                                                                      "strict"};
inline constexpr std::array<std::string_view, 2> bracket_hyperband_keys{"min_epochs", "max_epochs"};

/// The first key of a mapping that is one of these.
inline const parsed_node* first_key(const parsed_node& mapping,
                                    std::span<const std::string_view> names) {
  const auto found = std::ranges::find_if(mapping.keys, [&](const shared_node& key) {
    return std::ranges::find(names, key->text) != names.end();
  });
  return found == mapping.keys.end() ? nullptr : found->get();
}

inline early_terminations::wandb_hyperband read_wandb_hyperband(const parsed_node& keys,
                                                                const decoder& report,
                                                                std::vector<std::string>& notes) {
  const auto rule =
      report.described_value<early_terminations::wandb_hyperband>(keys, "early_terminate");
  constexpr std::array<std::string_view, 1> strict{"strict"};
  if (first_key(keys, strict) == nullptr) {
    notes.emplace_back(
        "early_terminate: strict is true where nothing says it, as in W&B's package, not as in its "
        "documentation");
  }
  const auto fail = [&](const char* what) { report.fail(keys, what); };
  if (rule.max_iter.has_value() != rule.s.has_value()) {
    fail("early_terminate: max_iter and s go together: bands are max_iter / eta^i, i from 1 to s");
  }
  if (!rule.min_iter && !rule.max_iter) {
    fail("early_terminate: W&B's hyperband needs min_iter, or max_iter and s");
  }
  if (rule.max_iter && static_cast<double>(*rule.max_iter) / rule.eta < 1) {
    fail("early_terminate: max_iter / eta is below 1: there is no band");
  }
  if (rule.max_iter && rule.min_iter) {
    notes.emplace_back("early_terminate: max_iter and s give the bands, min_iter is not used");
  }
  return rule;
}

inline early_termination read_hyperband(const parsed_node& keys, const decoder& report,
                                        std::vector<std::string>& notes) {
  const parsed_node* of_wandb = first_key(keys, wandb_hyperband_keys);
  const parsed_node* of_brackets = first_key(keys, bracket_hyperband_keys);
  if (of_wandb != nullptr && of_brackets != nullptr) {
    const bool wandb_first = std::pair(of_wandb->line, of_wandb->column) <
                             std::pair(of_brackets->line, of_brackets->column);
    const parsed_node& second = wandb_first ? *of_brackets : *of_wandb;
    report.fail(second, fmt::format("early_terminate: {} is of W&B's hyperband, {} of the one with "
                                    "brackets: expected one of them",
                                    of_wandb->text, of_brackets->text));
  }
  if (of_wandb != nullptr) return read_wandb_hyperband(keys, report, notes);
  if (of_brackets == nullptr) {
    report.fail(keys,
                "early_terminate: hyperband needs min_iter, or max_iter and s, which are W&B's; or "
                "min_epochs or max_epochs: then it has brackets");
  }
  return report.described_value<early_terminations::hyperband>(keys, "early_terminate");
}

/// A rule whose rungs begin below their bound.
template <class Rule> early_termination read_rungs(const parsed_node& keys, const decoder& report) {
  const auto rule = report.described_value<Rule>(keys, "early_terminate");
  if (rule.max_epochs && *rule.max_epochs <= rule.min_epochs) {
    report.fail(keys, fmt::format("early_terminate: max_epochs must be above min_epochs, {}, got "
                                  "{}",
                                  rule.min_epochs, *rule.max_epochs));
  }
  return rule;
}

}  // namespace detail

SWEEPNET_INLINE early_termination read_early_termination(const parsed_node& value,
                                                         const decoder& report,
                                                         std::vector<std::string>& notes) {
  using namespace early_terminations;
  if (value.type != node_type::mapping) {
    report.fail(value, "early_terminate must be a mapping with a type, got " + found(value));
  }
  parsed_node keys = value;
  const auto named =
      std::ranges::find_if(keys.keys, [](const shared_node& key) { return key->text == "type"; });
  if (named == keys.keys.end()) report.fail(value, "early_terminate needs a type");
  const auto at = named - keys.keys.begin();
  const shared_node type = keys.items[static_cast<std::size_t>(at)];
  keys.keys.erase(named);
  keys.items.erase(keys.items.begin() + at);

  const auto is = [&](std::string_view name) {
    return type->type == node_type::scalar && type->text == name;
  };
  if (is(hyperband::name)) {
    early_termination rule = detail::read_hyperband(keys, report, notes);
    if (!std::holds_alternative<hyperband>(rule)) return rule;
    return detail::read_rungs<hyperband>(keys, report);
  }
  if (is(successive_halving::name)) return detail::read_rungs<successive_halving>(keys, report);
  if (is(asha::name)) return detail::read_rungs<asha>(keys, report);
  if (is(i_epoch::name)) return report.described_value<i_epoch>(keys, "early_terminate");
  if (is(median::name)) return report.described_value<median>(keys, "early_terminate");
  constexpr std::array<std::string_view, 5> known{hyperband::name, successive_halving::name,
                                                  i_epoch::name, median::name, asha::name};
  report.fail(*type, fmt::format("early_terminate.type must be {}, got {}", join_text(known, ", "),
                                 found(*type)));
}

}  // namespace sweepnet
