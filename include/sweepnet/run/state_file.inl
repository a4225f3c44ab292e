// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/state_file.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/untrusted_json.hpp"
#include "sweepnet/run/contents_digest.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/training/archive.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/history.hpp"

namespace sweepnet {

namespace detail {

/// `values` must outlive it.
template <class Real> safetensor_view vector_view(std::string name, std::span<const Real> values) {
  return view_of_reals(std::move(name), {std::ssize(values)}, values);
}

inline std::string slot_name(std::size_t k) { return "optimizer_slot_" + std::to_string(k); }

inline constexpr std::string_view callback_prefix = "callback.";

SWEEPNET_INLINE void seal_run_state(safetensors_file& file) {
  file.metadata["digest"] = digest_of_contents(views_of(file), file.metadata);
}

/// One row for each finished epoch, (epochs x numbers of a record).
inline std::vector<double> history_table(const training_history& history) {
  std::vector<double> table;
  for (const epoch_record& record : history) {
    const std::vector<double> row = pack(record);
    table.insert(table.end(), row.begin(), row.end());
  }
  return table;
}

/// The parts of a whole state of this format, whichever run's, by their names.
class state_parts {
 public:
  /// `bytes` must outlive them. Throws unusable_run naming `source` where `bytes` are something
  /// else.
  state_parts(std::string_view bytes, std::string source) : source_(std::move(source)) {
    try {
      file_ = view_safetensors(bytes, source_);
    } catch (const data_error& e) {
      throw unusable_run(e.what());
    }
    const std::string format = file_.metadata["format"];
    require(format == run_state_format,
            fmt::format("the state's format is '{}', expected '{}'", format, run_state_format));
    constexpr std::size_t most_tensors = 1'000;
    require(file_.tensors.size() <= most_tensors,
            fmt::format("the state has more than {} tensors", most_tensors));
    require(file_.metadata["digest"] == digest_of_contents(file_.tensors, file_.metadata),
            "is damaged: its contents are not those of its digest");
  }

  void require(bool holds, const std::string& what) const {
    if (!holds) throw unusable_run(source_ + ": " + what);
  }

  [[nodiscard]] const std::vector<safetensor_view>& tensors() const { return file_.tensors; }
  [[nodiscard]] bool has(const std::string& name) const { return find(name) != nullptr; }

  [[nodiscard]] bool tells(const char* key) const { return file_.metadata.contains(key); }

  /// A metadata entry, and one that is a JSON object.
  [[nodiscard]] const std::string& text(const char* key) const {
    const auto entry = file_.metadata.find(key);
    require(entry != file_.metadata.end(), fmt::format("the state's metadata lack '{}'", key));
    return entry->second;
  }
  [[nodiscard]] ordered_json object(const char* key) const {
    const std::string what = fmt::format("the state's metadata '{}'", key);
    ordered_json parsed;
    try {
      parsed = parse_untrusted_json(text(key), source_ + ": " + what);
    } catch (const data_error& e) {
      throw unusable_run(e.what());
    }
    require(parsed.is_object(), what + " are no JSON object");
    return parsed;
  }

  [[nodiscard]] const safetensor_view& tensor(const std::string& name,
                                              std::string_view dtype) const {
    const safetensor_view* found = find(name);
    require(found != nullptr && found->dtype == dtype,
            fmt::format("the state lacks the {} tensor '{}'", dtype, name));
    return *found;
  }
  [[nodiscard]] std::vector<float> floats(const std::string& name) const {
    return tensor(name, "F32").values<float>();
  }
  [[nodiscard]] std::vector<double> doubles(const std::string& name) const {
    return tensor(name, "F64").values<double>();
  }

 private:
  [[nodiscard]] const safetensor_view* find(const std::string& name) const {
    const auto found = std::ranges::find(file_.tensors, name, &safetensor_view::name);
    return found == file_.tensors.end() ? nullptr : &*found;
  }

  std::string source_;
  safetensors_view file_;
};

inline std::uint64_t step_of(const state_parts& parts) {
  const std::string& text = parts.text("step");
  const auto step = parse_number<std::uint64_t>(text);
  parts.require(step.has_value(), fmt::format("the state's step is '{}', expected a number", text));
  return *step;
}

/// 0: the state does not tell.
inline std::size_t sweep_size_of(const state_parts& parts) {
  if (!parts.tells("sweep_size")) return 0;
  return parse_number<std::size_t>(parts.text("sweep_size")).value_or(0);
}

/// What the executor needs, but for the rate's factor, which lies with the position.
inline executor_state executor_state_of(const state_parts& parts) {
  executor_state executor;
  executor.step = step_of(parts);
  executor.parameters = parts.floats("parameters");
  if (parts.has("best_parameters")) executor.best_parameters = parts.floats("best_parameters");
  for (std::size_t k = 0; parts.has(slot_name(k)); ++k) {
    executor.optimizer_slots.push_back(parts.floats(slot_name(k)));
  }
  return executor;
}

/// (epochs x numbers of a record)
inline const std::vector<std::int64_t>& shape_of_history(const state_parts& parts) {
  const std::vector<std::int64_t>& shape = parts.tensor("history", "F64").shape;
  parts.require(shape.size() == 2 && (shape[0] == 0 || shape[1] > 0),
                "the state's history is no table");
  return shape;
}

inline training_history history_of(const state_parts& parts) {
  const std::vector<std::int64_t>& shape = shape_of_history(parts);
  const std::vector<double> table = parts.doubles("history");
  const auto columns = static_cast<std::size_t>(shape[1]);
  training_history history(static_cast<std::size_t>(shape[0]));
  for (std::size_t i = 0; i < history.size(); ++i) {
    unpack(std::span(table).subspan(i * columns, columns), history[i]);
  }
  return history;
}

inline std::map<std::string, std::vector<double>> callback_states_of(const state_parts& parts) {
  std::map<std::string, std::vector<double>> callbacks;
  for (const safetensor_view& each : parts.tensors()) {
    if (!each.name.starts_with(callback_prefix)) continue;
    callbacks[each.name.substr(callback_prefix.size())] = parts.doubles(each.name);
  }
  return callbacks;
}

/// Throws unusable_run or, where numbers do not fit, argument_error.
inline run_state run_state_of(const state_parts& parts) {
  const ordered_json end = parts.object("stopped");
  parts.require(end.contains("stopped") && end["stopped"].is_boolean() && end.contains("reason") &&
                    end["reason"].is_string(),
                "the state does not tell whether training was stopped");
  run_state state{.executor = executor_state_of(parts),
                  .history = history_of(parts),
                  .progress = {},
                  .stopped = end["stopped"].get<bool>(),
                  .stop_reason = end["reason"].get<std::string>(),
                  .callbacks = callback_states_of(parts)};
  unpack(parts.doubles("position"), state.progress, state.executor.rate_factor);
  return state;
}

}  // namespace detail

SWEEPNET_INLINE void encode_run_state(
    const run_state& state, const state_weights& weights, const run_identity& identity,
    const std::string& device, const std::function<void(std::span<const std::string_view>)>& take) {
  using detail::vector_view;
  const executor_state& executor = state.executor;
  std::vector<safetensor_view> tensors{vector_view("parameters", weights.parameters)};
  if (weights.best) tensors.push_back(vector_view("best_parameters", *weights.best));
  for (std::size_t k = 0; k < executor.optimizer_slots.size(); ++k) {
    const std::span<const float> slot(executor.optimizer_slots[k]);
    tensors.push_back(vector_view(detail::slot_name(k), slot));
  }
  const std::vector<double> position = pack(state.progress, executor.rate_factor);
  tensors.push_back(vector_view("position", std::span(position)));
  const std::vector<double> table = detail::history_table(state.history);
  const std::int64_t rows = std::ssize(state.history);
  const std::int64_t columns = rows == 0 ? 0 : std::ssize(table) / rows;
  tensors.push_back(view_of_reals("history", {rows, columns}, std::span(table)));
  for (const auto& [name, numbers] : state.callbacks) {
    tensors.push_back(vector_view(std::string(detail::callback_prefix) + name, std::span(numbers)));
  }
  safetensors_metadata metadata{
      {"format", std::string(run_state_format)},
      {"run", dump(identity.encoded())},
      {"device", device},
      {"step", std::to_string(executor.step)},
      {"stopped", dump({{"stopped", state.stopped}, {"reason", state.stop_reason}})}};
  if (identity.sweep_size > 0) metadata["sweep_size"] = std::to_string(identity.sweep_size);
  metadata["digest"] = detail::digest_of_contents(tensors, metadata);
  write_safetensors(std::move(tensors), metadata, take);
}

SWEEPNET_INLINE std::string encode_run_state(const run_state& state, const run_identity& identity,
                                             const std::string& device) {
  state_weights weights{.parameters = state.executor.parameters};
  if (state.executor.best_parameters) weights.best = *state.executor.best_parameters;
  std::string bytes;
  encode_run_state(state, weights, identity, device, [&](std::span<const std::string_view> pieces) {
    for (const std::string_view piece : pieces) bytes += piece;
  });
  return bytes;
}

SWEEPNET_INLINE ordered_json run_of_state(std::string_view bytes, const std::string& source) {
  return detail::state_parts(bytes, source).object("run");
}

SWEEPNET_INLINE std::size_t sweep_size_of_state(std::string_view bytes, const std::string& source) {
  return detail::sweep_size_of(detail::state_parts(bytes, source));
}

SWEEPNET_INLINE told_state tell_state(std::string_view bytes, const std::string& source) {
  const detail::state_parts parts(bytes, source);
  try {
    return {.run = parts.object("run"),
            .sweep_size = detail::sweep_size_of(parts),
            .history = detail::history_of(parts)};
  } catch (const argument_error& e) {
    throw unusable_run(source + ": " + e.what());
  }
}

SWEEPNET_INLINE run_position position_of_state(std::string_view bytes, const std::string& source) {
  const detail::state_parts parts(bytes, source);
  return {.step = detail::step_of(parts), .epochs = detail::shape_of_history(parts)[0]};
}

SWEEPNET_INLINE saved_run decode_run_state(std::string_view bytes, const std::string& source,
                                           const run_identity& identity) {
  const detail::state_parts parts(bytes, source);
  require_same_run(identity, parts.object("run"), source);
  try {
    return {.state = detail::run_state_of(parts), .device = parts.text("device")};
  } catch (const argument_error& e) {
    throw unusable_run(source + ": " + e.what());
  }
}

SWEEPNET_INLINE void write_run_state(const storage::location& where, const run_state& state) {
  storage::write(where, encode_run_state(state, {}, ""));
}

SWEEPNET_INLINE run_state read_run_state(const storage::location& where) {
  const std::string bytes = storage::read(where);
  const detail::state_parts parts(bytes, where.shown());
  try {
    return detail::run_state_of(parts);
  } catch (const argument_error& e) {
    throw unusable_run(where.shown() + ": " + e.what());
  }
}

}  // namespace sweepnet
