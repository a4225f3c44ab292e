// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The sweeps of a paramset type, as the commands see them: the type is known here alone, so that
// the commands themselves are no templates.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/url_text.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/describe/decode.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/parsed_node.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/run/model_place.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
#include "sweepnet/sweep/yaml_reader.hpp"

namespace sweepnet::app {

/// Those paramsets of a sweep that a job trains, whatever their type. The functions do what those
/// of this name do for a sweep<P>.
class any_choice {
 public:
  virtual ~any_choice() = default;

  [[nodiscard]] virtual std::size_t size() const = 0;  ///< of the sweep
  [[nodiscard]] virtual ordered_json encoded(std::size_t index) const = 0;
  [[nodiscard]] virtual std::string model_name(std::size_t index) const = 0;
  virtual void check_model_places(const storage::location& directory,
                                  model_bounds bounds) const = 0;
  [[nodiscard]] virtual run_spec spec_of_run(std::size_t index, const dataset& data,
                                             const std::string& data_digest,
                                             const run_options& options) const = 0;
};

/// All paramsets of a sweep, likewise.
class any_sweep {
 public:
  virtual ~any_sweep() = default;

  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual ordered_json encoded(std::size_t index) const = 0;
  [[nodiscard]] virtual std::string model_name(std::size_t index) const = 0;
  [[nodiscard]] virtual model_spec checked_model(std::size_t index, std::int64_t inputs,
                                                 std::int64_t classes) const = 0;
  virtual void check_model_places(const storage::location& directory,
                                  model_bounds bounds) const = 0;
};

/// How sweeps of a paramset type are read, each paramset with the assignments KEY=VALUE applied,
/// and what is told of its keys.
struct paramset_type {
  using assignments = std::vector<std::string>;

  std::string help;               ///< a line for each key
  std::vector<std::string> keys;  ///< in order
  /// Throws as choose_paramsets() does, and usage_error for an assignment.
  std::unique_ptr<any_choice> (*choose)(
      std::string_view text, const std::string& source, const assignments& assigned,
      const std::function<std::vector<std::size_t>(std::size_t)>& indices);
  /// Those in `text`, with each that is wrong told to `reject` and left out.
  std::unique_ptr<any_sweep> (*parse)(
      std::string_view text, const std::string& source, const assignments& assigned,
      const std::function<void(std::size_t, const data_error&)>& reject);
};

namespace detail {

/// Throws usage_error where two assignments are to one key: which one is meant cannot be told.
inline void require_distinct(const paramset_type::assignments& assigned) {
  std::map<std::string_view, std::string_view> first;  // of each key
  for (const std::string_view each : assigned) {
    const std::string_view key = each.substr(0, each.find('='));
    const auto [entry, is_new] = first.emplace(key, each);
    if (is_new) continue;
    throw usage_error(fmt::format("--set: {} is given twice, as {} and as {}{}",
                                  without_secrets(key), without_secrets(entry->second),
                                  without_secrets(each),
                                  key == "seed" ? "; --seed N is short for --set seed=N" : ""));
  }
}

/// Applies `key=value` to a paramset. Throws usage_error.
template <described P> void assign(P& target, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw usage_error(
        fmt::format("--set expects KEY=VALUE, got '{}'", without_secrets(assignment)));
  }
  const std::string source = "--set " + without_secrets(assignment);
  try {
    parsed_node key;
    key.type = node_type::scalar;
    key.text = std::string(assignment.substr(0, equals));
    const parsed_node value = parse_value(assignment.substr(equals + 1), source);
    const decoder decode(source, decoder::positions::hidden);
    sweepnet::detail::set_key(target, key, value, decode);
  } catch (const data_error& e) {
    throw usage_error(e.what());
  }
}

template <described P> void assign_all(P& target, const paramset_type::assignments& assigned) {
  for (const std::string& each : assigned) assign(target, each);
}

template <trainable_paramset P> class sweep_of final : public any_sweep {
 public:
  explicit sweep_of(sweep<P> read) : sweep_(std::move(read)) {}

  [[nodiscard]] std::size_t size() const override { return sweep_.size(); }
  [[nodiscard]] ordered_json encoded(std::size_t index) const override {
    return encode(sweep_.paramsets[index]);
  }
  [[nodiscard]] std::string model_name(std::size_t index) const override {
    return model_name_of(sweep_.paramsets[index], index);
  }
  [[nodiscard]] model_spec checked_model(std::size_t index, std::int64_t inputs,
                                         std::int64_t classes) const override {
    return sweepnet::checked_model(sweep_, index, inputs, classes);
  }
  void check_model_places(const storage::location& directory, model_bounds bounds) const override {
    sweepnet::check_model_places(sweep_, directory, bounds);
  }

 private:
  sweep<P> sweep_;
};

template <trainable_paramset P> class choice_of final : public any_choice {
 public:
  /// `rivals` are the models of all paramsets, if one may write to another's place; else none.
  choice_of(sweep_choice<P> chosen, std::vector<sweepnet::detail::named_model> rivals)
      : chosen_(std::move(chosen)), rivals_(std::move(rivals)) {}

  [[nodiscard]] std::size_t size() const override { return chosen_.size; }
  [[nodiscard]] ordered_json encoded(std::size_t index) const override {
    return encode(chosen_.paramsets.at(index));
  }
  [[nodiscard]] std::string model_name(std::size_t index) const override {
    return model_name_of(chosen_.paramsets.at(index), index);
  }
  void check_model_places(const storage::location& directory, model_bounds bounds) const override {
    std::vector<sweepnet::detail::named_model> models = rivals_;
    if (models.empty()) {
      for (const auto& [index, p] : chosen_.paramsets) {
        models.push_back({index, model_name_of(p, index)});
      }
    }
    sweepnet::detail::check_named_model_places(models, chosen_.source, directory, bounds);
  }
  [[nodiscard]] run_spec spec_of_run(std::size_t index, const dataset& data,
                                     const std::string& data_digest,
                                     const run_options& options) const override {
    const paramset_place place{
        .source = chosen_.source, .index = index, .sweep_size = chosen_.size};
    return sweepnet::spec_of_run(chosen_.paramsets.at(index), place, data, data_digest, options);
  }

 private:
  sweep_choice<P> chosen_;
  std::vector<sweepnet::detail::named_model> rivals_;
};

template <trainable_paramset P>
std::unique_ptr<any_choice> choose(
    std::string_view text, const std::string& source, const paramset_type::assignments& assigned,
    const std::function<std::vector<std::size_t>(std::size_t)>& indices) {
  require_distinct(assigned);
  sweep_choice<P> chosen = choose_paramsets<P>(text, source, indices);
  bool may_collide = false;  // a name without the index may be another paramset's, too
  for (auto& [index, p] : chosen.paramsets) {
    assign_all(p, assigned);
    may_collide = may_collide || model_name_of(p, 0) == model_name_of(p, 1);
  }
  std::vector<sweepnet::detail::named_model> rivals;
  if (may_collide) {
    for_each_paramset<P>(
        text, source,
        [&](std::size_t index, P&& p) {
          assign_all(p, assigned);
          rivals.push_back({index, model_name_of(p, index)});
        },
        [](std::size_t, const data_error&) {});
  }
  return std::make_unique<choice_of<P>>(std::move(chosen), std::move(rivals));
}

}  // namespace detail

template <trainable_paramset P> [[nodiscard]] paramset_type paramset_type_of() {
  using assignments = paramset_type::assignments;
  paramset_type type{
      .help = describe_fields<P>(),
      .keys = {},
      .choose = detail::choose<P>,
      .parse = [](std::string_view text, const std::string& source, const assignments& assigned,
                  const std::function<void(std::size_t, const data_error&)>& reject)
          -> std::unique_ptr<any_sweep> {
        detail::require_distinct(assigned);
        sweep<P> parsed{.source = source, .paramsets = {}};
        const auto keep = [&](std::size_t, P&& p) {
          detail::assign_all(p, assigned);
          parsed.paramsets.push_back(std::move(p));
        };
        for_each_paramset<P>(text, source, keep, reject);
        return std::make_unique<detail::sweep_of<P>>(std::move(parsed));
      }};
  for_each_field<P>([&](const auto& f) { type.keys.emplace_back(f.name); });
  return type;
}

}  // namespace sweepnet::app
