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
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/search_space.hpp"
#include "sweepnet/sweep/sweep.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
#include "sweepnet/sweep/told_runs.hpp"
#include "sweepnet/sweep/yaml_reader.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet::app {

/// A sweep of any paramset type. The functions do what those of this name do for a sweep<P>.
class any_sweep {
 public:
  virtual ~any_sweep() = default;

  /// Of what the sweep was read from, and what a command line says of it.
  [[nodiscard]] virtual const std::string& digest() const = 0;
  [[nodiscard]] virtual std::size_t count() const = 0;
  [[nodiscard]] virtual std::size_t known() const = 0;
  virtual void tell(const std::vector<told_run>& runs) = 0;
  [[nodiscard]] virtual const search_space* space() const = 0;
  [[nodiscard]] virtual const shared_node& data_section() const = 0;
  /// What a paramset leaves open is as the task has it.
  [[nodiscard]] virtual ordered_json encoded(std::size_t index,
                                             task t = task::multiclass) const = 0;
  [[nodiscard]] virtual std::string model_name(std::size_t index) const = 0;
  [[nodiscard]] virtual training_options training(std::size_t index, task t) const = 0;
  [[nodiscard]] virtual model_spec checked_model(std::size_t index,
                                                 const problem& learned) const = 0;
  virtual void check_model_places(const std::vector<std::size_t>& indices,
                                  const storage::location& directory,
                                  model_bounds bounds) const = 0;
  [[nodiscard]] virtual run_spec spec_of_run(std::size_t index, const dataset& data,
                                             const std::string& data_digest,
                                             const run_options& options) const = 0;
};

/// How the sweep's runs are compared on their way.
[[nodiscard]] inline search_rules rules_of(const any_sweep& sweep) {
  return sweep.space() == nullptr ? search_rules{} : sweepnet::rules_of(*sweep.space());
}

/// What tells the sweep of its runs, where others depend on that.
[[nodiscard]] inline later_runs later_runs_of(any_sweep& sweep) {
  return {.known = [&sweep] { return sweep.known(); },
          .tell = [&sweep](const std::vector<told_run>& runs) { sweep.tell(runs); }};
}

/// Those of these indices whose paramsets are known.
[[nodiscard]] inline std::vector<std::size_t> known_of(const any_sweep& sweep,
                                                       std::vector<std::size_t> indices) {
  std::erase_if(indices, [&](std::size_t index) { return index >= sweep.known(); });
  return indices;
}

/// What a command line says of its sweep.
struct sweep_request {
  std::vector<std::string> assignments{};  ///< KEY=VALUE, to every paramset
  draw_options draws{};
};

/// How sweeps of a paramset type are read, and what is told of its keys.
struct paramset_type {
  std::string help;               ///< a line for each key
  std::vector<std::string> keys;  ///< in order
  /// As open_sweep() does; throws usage_error for an assignment.
  std::unique_ptr<any_sweep> (*open)(std::string text, const std::string& source,
                                     const sweep_request& request);
  /// Those in `text`, with each of a list that is wrong told to `reject` and left out.
  std::unique_ptr<any_sweep> (*parse)(
      std::string_view text, const std::string& source, const sweep_request& request,
      const std::function<void(std::size_t, const data_error&)>& reject);
};

namespace detail {

/// Throws usage_error where two assignments are to one key: which one is meant cannot be told.
inline void require_distinct(const std::vector<std::string>& assigned) {
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

/// KEY=VALUE, as what sets the key of a paramset; both throw usage_error.
template <described P> std::function<void(P&)> assignment_of(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw usage_error(
        fmt::format("--set expects KEY=VALUE, got '{}'", without_secrets(assignment)));
  }
  const std::string source = "--set " + without_secrets(assignment);
  parsed_node key;
  key.type = node_type::scalar;
  key.text = std::string(assignment.substr(0, equals));
  try {
    return [key, source, value = parse_value(assignment.substr(equals + 1), source)](P& target) {
      try {
        sweepnet::detail::set_key(target, key, value, decoder(source, decoder::positions::hidden));
      } catch (const data_error& e) {
        throw usage_error(e.what());
      }
    };
  } catch (const data_error& e) {
    throw usage_error(e.what());
  }
}

/// Of the text of a sweep, and what was asked of it. Not of an array's size: count() tells what
/// that makes of it.
[[nodiscard]] std::string digest_of_sweep(std::string_view text, const sweep_request& request);

template <trainable_paramset P> class sweep_of final : public any_sweep {
 public:
  sweep_of(sweep<P> read, std::string digest, const sweep_request& request)
      : sweep_(std::move(read)), digest_(std::move(digest)) {
    require_distinct(request.assignments);
    if (sweep_.space() == nullptr && (request.draws.runs || request.draws.seed)) {
      throw usage_error(fmt::format("--{} is for search spaces, {} is a list",
                                    request.draws.runs ? "runs" : "draw-seed", sweep_.source()));
    }
    for (const std::string& each : request.assignments) sweep_.revise(assignment_of<P>(each));
  }

  [[nodiscard]] const std::string& digest() const override { return digest_; }
  [[nodiscard]] std::size_t count() const override { return sweep_.count(); }
  [[nodiscard]] std::size_t known() const override { return sweep_.known(); }
  void tell(const std::vector<told_run>& runs) override { sweep_.tell(runs); }
  [[nodiscard]] const search_space* space() const override { return sweep_.space(); }
  [[nodiscard]] const shared_node& data_section() const override { return sweep_.data_section(); }
  [[nodiscard]] ordered_json encoded(std::size_t index, task t) const override {
    return encode(paramset_for(sweep_.at(index), t));
  }
  [[nodiscard]] std::string model_name(std::size_t index) const override {
    return model_name_of(sweep_.at(index), index);
  }
  [[nodiscard]] training_options training(std::size_t index, task t) const override {
    return training_options_of(paramset_for(sweep_.at(index), t));
  }
  [[nodiscard]] model_spec checked_model(std::size_t index, const problem& learned) const override {
    return sweepnet::checked_model(sweep_, index, learned);
  }
  void check_model_places(const std::vector<std::size_t>& indices,
                          const storage::location& directory, model_bounds bounds) const override {
    sweepnet::check_model_places(sweep_, indices, directory, bounds);
  }
  [[nodiscard]] run_spec spec_of_run(std::size_t index, const dataset& data,
                                     const std::string& data_digest,
                                     const run_options& options) const override {
    return sweepnet::spec_of_run(sweep_, index, data, data_digest, options);
  }

 private:
  sweep<P> sweep_;
  std::string digest_;
};

}  // namespace detail

template <trainable_paramset P> [[nodiscard]] paramset_type paramset_type_of() {
  paramset_type type{
      .help = describe_fields<P>(),
      .keys = {},
      .open = [](std::string text, const std::string& source,
                 const sweep_request& request) -> std::unique_ptr<any_sweep> {
        std::string digest = detail::digest_of_sweep(text, request);
        return std::make_unique<detail::sweep_of<P>>(
            open_sweep<P>(std::move(text), source, {}, request.draws), std::move(digest), request);
      },
      .parse = [](std::string_view text, const std::string& source, const sweep_request& request,
                  const std::function<void(std::size_t, const data_error&)>& reject)
          -> std::unique_ptr<any_sweep> {
        return std::make_unique<detail::sweep_of<P>>(
            parse_sweep_with<P>(text, source, reject, {}, request.draws),
            detail::digest_of_sweep(text, request), request);
      }};
  for_each_field<P>([&](const auto& f) { type.keys.emplace_back(f.name); });
  return type;
}

}  // namespace sweepnet::app

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/app/any_sweep.inl"
#endif
