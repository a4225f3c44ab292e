// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/distribution_reader.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/json.hpp"

namespace sweepnet::detail {

inline bool is_plain_scalar(const parsed_node& value) {
  return value.type == node_type::scalar && !value.quoted;
}

inline bool is_written_as_integer(const parsed_node& value) {
  const std::string_view digits =
      std::string_view(value.text)
          .substr(value.text.starts_with('-') || value.text.starts_with('+') ? 1 : 0);
  return is_plain_scalar(value) && !digits.empty() &&
         digits.find_first_not_of("0123456789") == digits.npos;
}

SWEEPNET_INLINE std::string canonical_text(const parsed_node& value) {
  switch (value.type) {
    case node_type::null: return "null";
    case node_type::list: {
      std::vector<std::string> items;
      for (const shared_node& item : value.items) items.push_back(canonical_text(*item));
      return "[" + join_text(items, ",") + "]";
    }
    case node_type::mapping: {
      std::map<std::string_view, std::string> items;
      for (std::size_t i = 0; i < value.keys.size(); ++i) {
        items[value.keys[i]->text] = canonical_text(*value.items[i]);
      }
      ordered_json object = ordered_json::object();
      for (const auto& [key, item] : items) object[std::string(key)] = item;
      return dump(object);
    }
    case node_type::scalar: break;
  }
  if (!value.quoted) {
    if (const auto number = parse_number<double>(value.text)) return fmt::format("{}", *number);
    const std::string word = lowercase(value.text);
    if (word == "true" || word == "false") return word;
  }
  return dump(ordered_json(value.text));
}

/// Reads one parameter that holds no others.
class distribution_reader {
 public:
  distribution_reader(const std::string& name, const parsed_node& key, const parsed_node& mapping,
                      const decoder& report, std::vector<std::string>& notes)
      : name_(name), key_(key), mapping_(mapping), report_(report), notes_(notes) {}

  distribution read() {
    d_.kind = kind();
    check_keys();
    switch (family_of(d_.kind)) {
      case distribution_family::listed: read_values(); break;
      case distribution_family::bounded: read_bounds(); break;
      case distribution_family::normal: read_normal(); break;
      case distribution_family::beta: read_beta(); break;
    }
    if (is_quantised(d_.kind)) read_quantum();
    return std::move(d_);
  }

 private:
  [[nodiscard]] const parsed_node* find(std::string_view key) const {
    const auto found = std::ranges::find_if(
        mapping_.keys, [&](const shared_node& each) { return each->text == key; });
    if (found == mapping_.keys.end()) return nullptr;
    return mapping_.items[static_cast<std::size_t>(found - mapping_.keys.begin())].get();
  }

  [[noreturn]] void fail(const parsed_node& at, const std::string& what) const {
    report_.fail(at, fmt::format("parameter {}: {}", name_, what));
  }

  [[noreturn]] void refuse(const parsed_node& value, std::string_view key,
                           std::string_view wanted) const {
    fail(value, fmt::format("{} must be {}, got {}", key, wanted, found(value)));
  }

  /// The distribution that is named, or that the keys mean.
  [[nodiscard]] distribution_kind kind() const {
    if (const parsed_node* named = find("distribution")) {
      for (const auto& [name, kind] : enum_names<distribution_kind>) {
        if (named->type == node_type::scalar && named->text == name) return kind;
      }
      if (named->type != node_type::scalar) refuse(*named, "distribution", "a name");
      fail(*named, fmt::format("unknown distribution '{}'{}", named->text,
                               did_you_mean(named->text, all_names<distribution_kind>())));
    }
    if (find("values") != nullptr) {
      return find("probabilities") != nullptr ? distribution_kind::categorical_w_probabilities
                                              : distribution_kind::categorical;
    }
    const parsed_node* min = find("min");
    const parsed_node* max = find("max");
    if (min != nullptr && max != nullptr) {
      return is_written_as_integer(*min) && is_written_as_integer(*max)
                 ? distribution_kind::int_uniform
                 : distribution_kind::uniform;
    }
    if (find("value") == nullptr) {
      const bool has_keys = !mapping_.keys.empty();
      fail(has_keys ? *mapping_.keys.front() : key_,
           "expected value, values, min and max, a distribution, or parameters");
    }
    return distribution_kind::constant;
  }

  [[nodiscard]] std::vector<std::string_view> arguments() const {
    std::vector<std::string_view> known{"distribution"};
    const auto add = [&](std::initializer_list<std::string_view> more) {
      known.insert(known.end(), more);
    };
    switch (family_of(d_.kind)) {
      case distribution_family::listed:
        add({d_.kind == distribution_kind::constant ? "value" : "values"});
        if (d_.kind == distribution_kind::categorical_w_probabilities) add({"probabilities"});
        break;
      case distribution_family::bounded: add({"min", "max"}); break;
      case distribution_family::normal: add({"mu", "sigma"}); break;
      case distribution_family::beta: add({"a", "b"}); break;
    }
    if (is_quantised(d_.kind)) add({"q"});
    return known;
  }

  void check_keys() const {
    const std::vector<std::string_view> known = arguments();
    for (const shared_node& key : mapping_.keys) {
      if (std::ranges::find(known, key->text) != known.end()) continue;
      fail(*key, fmt::format("a parameter of the distribution {} has no key '{}'{}",
                             name_of(d_.kind), key->text, did_you_mean(key->text, known)));
    }
  }

  [[nodiscard]] const parsed_node& required(std::string_view key) const {
    const parsed_node* value = find(key);
    if (value == nullptr) {
      fail(key_, fmt::format("the distribution {} needs {}", name_of(d_.kind), key));
    }
    return *value;
  }

  [[nodiscard]] double number(const parsed_node& value, std::string_view key) const {
    const auto number = is_plain_scalar(value) ? parse_number<double>(value.text) : std::nullopt;
    if (!number || !std::isfinite(*number)) refuse(value, key, "a number");
    return *number;
  }

  [[nodiscard]] double number_or(std::string_view key, double otherwise) const {
    const parsed_node* value = find(key);
    return value == nullptr ? otherwise : number(*value, key);
  }

  void read_values() {
    if (d_.kind == distribution_kind::constant) {
      d_.values = {item_of("value")};
      d_.different = d_.values;
      return;
    }
    const parsed_node& values = required("values");
    if (values.type != node_type::list) refuse(values, "values", "a list");
    if (values.items.empty()) fail(values, "values must not be empty");
    d_.values = values.items;
    // W&B keeps the place of the first and the spelling of the last of equal ones.
    std::map<std::string, std::size_t> place;
    for (const shared_node& value : d_.values) {
      const auto [known, is_new] = place.emplace(canonical_text(*value), d_.different.size());
      if (is_new) {
        d_.different.push_back(value);
      } else {
        d_.different[known->second] = value;
      }
    }
    if (d_.kind == distribution_kind::categorical_w_probabilities) read_probabilities();
  }

  [[nodiscard]] shared_node item_of(std::string_view key) const {
    (void)required(key);
    const auto found = std::ranges::find_if(
        mapping_.keys, [&](const shared_node& each) { return each->text == key; });
    return mapping_.items[static_cast<std::size_t>(found - mapping_.keys.begin())];
  }

  void read_probabilities() {
    const parsed_node& list = required("probabilities");
    if (list.type != node_type::list || list.items.size() != d_.values.size()) {
      const std::string got =
          list.type == node_type::list ? fmt::format("{}", list.items.size()) : found(list);
      fail(list, fmt::format("probabilities must be a list of {} numbers, one for each value, got "
                             "{}",
                             d_.values.size(), got));
    }
    for (const shared_node& item : list.items) {
      d_.probabilities.push_back(number(*item, "a probability"));
      if (d_.probabilities.back() < 0) refuse(*item, "a probability", "at least 0");
    }
    const double sum = std::accumulate(d_.probabilities.begin(), d_.probabilities.end(), 0.0);
    if (std::abs(sum - 1) > 1e-8 + 1e-5) {
      fail(list, fmt::format("probabilities must add up to 1, got {}", sum));
    }
  }

  void read_bounds() {
    const parsed_node& min = required("min");
    const parsed_node& max = required("max");
    if (d_.kind == distribution_kind::int_uniform) {
      for (const auto& [key, value] : {std::pair("min", &min), std::pair("max", &max)}) {
        if (!is_written_as_integer(*value)) refuse(*value, key, "an integer");
      }
    }
    d_.low = number(min, "min");
    d_.high = number(max, "max");
    if (d_.low >= d_.high) {
      fail(min, fmt::format("min must be below max, got {} and {}", min.text, max.text));
    }
    const bool too_wide =
        std::max(std::abs(d_.low), std::abs(d_.high)) > 0x1p53 || d_.high - d_.low >= 0x1p53;
    if (d_.kind == distribution_kind::int_uniform && too_wide) {
      fail(min, fmt::format("integers must lie within 2^53 of 0 and of one another, got {} to {}",
                            min.text, max.text));
    }
    const std::string kind(name_of(d_.kind));
    if (kind.ends_with("_values") && d_.low <= 0) refuse(min, "min", "above 0");
    if (kind.ends_with("log_uniform")) note_exponents(kind, max);
  }

  /// Bounds that are exponents of e are taken for values again and again.
  void note_exponents(const std::string& kind, const parsed_node& max) {
    constexpr double large = 10;
    if (d_.low > 0 && d_.high > large) {
      fail(max, fmt::format("the bounds of {} are exponents, up to e^{}: {}_values has values",
                            kind, max.text, kind));
    }
    notes_.push_back(fmt::format(
        "parameter {}: the bounds of {} are exponents of e; W&B would have {}_values instead",
        name_, kind, kind));
  }

  void read_normal() {
    d_.low = number_or("mu", 0);
    d_.high = number_or("sigma", 1);
    if (d_.high < 0) refuse(*find("sigma"), "sigma", "at least 0");
  }

  void read_beta() {
    d_.low = number_or("a", 1);
    d_.high = number_or("b", 1);
    if (d_.low <= 0) refuse(*find("a"), "a", "above 0");
    if (d_.high <= 0) refuse(*find("b"), "b", "above 0");
  }

  void read_quantum() {
    d_.quantum = number_or("q", 1);
    if (d_.quantum <= 0) refuse(*find("q"), "q", "above 0");
    const multiples within = multiples_of(d_);
    if (!std::isfinite(within.first)) return;
    if (within.first > within.last) {
      fail(key_, fmt::format("no multiple of q = {} lies between min and max", d_.quantum));
    }
    // Where rint() would leave the bounds.
    const double low = unrounded_number_at(d_, 0x1p-53);
    const double high = unrounded_number_at(d_, 1 - 0x1p-53);
    if (std::rint(low / d_.quantum) < within.first || std::rint(high / d_.quantum) > within.last) {
      notes_.push_back(
          fmt::format("parameter {}: multiples of {} from {} to {}, where W&B would "
                      "leave the bounds",
                      name_, d_.quantum, within.first * d_.quantum, within.last * d_.quantum));
    }
  }

  const std::string& name_;
  const parsed_node& key_;
  const parsed_node& mapping_;
  const decoder& report_;
  std::vector<std::string>& notes_;
  distribution d_{};
};

SWEEPNET_INLINE distribution read_distribution(const std::string& name, const parsed_node& key,
                                               const parsed_node& mapping, const decoder& report,
                                               std::vector<std::string>& notes) {
  return distribution_reader(name, key, mapping, report, notes).read();
}

}  // namespace sweepnet::detail
