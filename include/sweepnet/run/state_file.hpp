// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A run's state as bytes: safetensors, whose metadata say whose state it is.
//
//   parameters, optimizer_slot_0...  F32 (values), as in parameter_layout
//   best_parameters  the same; not there before the first best epoch
//   history  F64 (epochs x numbers of a record)       position  F64 (rows, loss, correct, rate)
//   callback.NAME  F64 (numbers)
//
// The metadata's `digest` is of all the rest, so that a state that was changed is no other state.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/model/safetensors/container.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/training/archive.hpp"
#include "sweepnet/training/run_state.hpp"

namespace sweepnet {

inline constexpr std::string_view run_state_format = "sweepnet run state 2";

/// A state, and the device that computed it: another may go on, but not bit by bit.
struct saved_run {
  run_state state;
  std::string device;
};

namespace detail {

template <class T>
safetensor tensor_of(std::string name, const std::vector<T>& values,
                     std::vector<std::int64_t> shape) {
  return {.name = std::move(name),
          .dtype = sizeof(T) == sizeof(float) ? "F32" : "F64",
          .shape = std::move(shape),
          .bytes = {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)}};
}

template <class T> safetensor vector_tensor(std::string name, const std::vector<T>& values) {
  return tensor_of(std::move(name), values, {static_cast<std::int64_t>(values.size())});
}

inline std::string slot_name(std::size_t k) { return "optimizer_slot_" + std::to_string(k); }

inline constexpr std::string_view callback_prefix = "callback.";

/// Of metadata and tensors, whatever their order in the file.
inline std::string digest_of_contents(const safetensors_file& file) {
  digest whole;
  const auto add = [&](std::string_view text) {
    whole.add(static_cast<std::uint64_t>(text.size()));
    whole.add(text);
  };
  for (const auto& [key, value] : file.metadata) {
    if (key == "digest") continue;
    add(key);
    add(value);
  }
  std::vector<const safetensor*> tensors;
  for (const safetensor& each : file.tensors) tensors.push_back(&each);
  std::ranges::sort(tensors, {}, [](const safetensor* t) { return std::string_view(t->name); });
  for (const safetensor* t : tensors) {
    add(t->name);
    add(t->dtype);
    whole.add(static_cast<std::uint64_t>(t->shape.size()));
    whole.add(std::span<const std::int64_t>(t->shape));
    add(t->bytes);
  }
  return whole.text();
}

inline void seal_run_state(safetensors_file& file) {
  file.metadata["digest"] = digest_of_contents(file);
}

/// A whole state of this format, whichever run's. Throws unusable_run naming `source`.
inline safetensors_file read_sealed_state(std::string_view bytes, const std::string& source) {
  safetensors_file file;
  try {
    file = read_safetensors(bytes, source);
  } catch (const data_error& e) {
    throw unusable_run(e.what());
  }
  const std::string format = file.metadata["format"];
  if (format != run_state_format) {
    throw unusable_run(fmt::format("{}: the state's format is '{}', expected '{}'", source, format,
                                   run_state_format));
  }
  if (file.metadata["digest"] != digest_of_contents(file)) {
    throw unusable_run(source + ": is damaged: its contents are not those of its digest");
  }
  return file;
}

}  // namespace detail

/// The bytes of a state file. Equal runs at the same step have equal bytes.
[[nodiscard]] inline std::string write_run_state(const run_state& state,
                                                 const run_identity& identity,
                                                 const std::string& device) {
  using detail::vector_tensor;
  safetensors_file file;
  file.metadata = {{"format", std::string(run_state_format)},
                   {"run", dump(identity.encoded())},
                   {"device", device},
                   {"step", std::to_string(state.executor.step)},
                   {"stopped", dump({{"stopped", state.stopped}, {"reason", state.stop_reason}})}};

  const executor_state& executor = state.executor;
  file.tensors.push_back(vector_tensor("parameters", executor.parameters));
  if (executor.best_parameters) {
    file.tensors.push_back(vector_tensor("best_parameters", *executor.best_parameters));
  }
  for (std::size_t k = 0; k < executor.optimizer_slots.size(); ++k) {
    file.tensors.push_back(vector_tensor(detail::slot_name(k), executor.optimizer_slots[k]));
  }
  file.tensors.push_back(vector_tensor("position", pack(state.progress, executor.rate_factor)));
  std::vector<double> history;
  for (const epoch_record& record : state.history) {
    const std::vector<double> row = pack(record);
    history.insert(history.end(), row.begin(), row.end());
  }
  const auto epochs = static_cast<std::int64_t>(state.history.size());
  const auto columns = epochs == 0 ? 0 : static_cast<std::int64_t>(history.size()) / epochs;
  file.tensors.push_back(detail::tensor_of("history", history, {epochs, columns}));
  for (const auto& [name, numbers] : state.callbacks) {
    file.tensors.push_back(vector_tensor(std::string(detail::callback_prefix) + name, numbers));
  }
  detail::seal_run_state(file);
  return write_safetensors(std::move(file));
}

/// Whose state `bytes` are, as run_identity::encoded() says it. Throws unusable_run naming `source`
/// unless they are a whole state.
[[nodiscard]] inline json run_of_state(std::string_view bytes, const std::string& source) {
  safetensors_file file = detail::read_sealed_state(bytes, source);
  return json::parse(file.metadata["run"], nullptr, false);
}

/// The state in `bytes`. Throws unusable_run naming `source` where they are damaged, no run state
/// of this format, or another run's.
[[nodiscard]] inline saved_run read_run_state(std::string_view bytes, const std::string& source,
                                              const run_identity& identity) {
  const safetensors_file file = detail::read_sealed_state(bytes, source);
  const auto require = [&](bool holds, const std::string& what) {
    if (!holds) throw unusable_run(source + ": " + what);
  };
  const auto metadata = [&](const char* key) {
    const auto entry = file.metadata.find(key);
    require(entry != file.metadata.end(), fmt::format("the state's metadata lack '{}'", key));
    return entry->second;
  };
  const auto metadata_object = [&](const char* key) {
    json parsed = json::parse(metadata(key), nullptr, false);
    require(parsed.is_object(), fmt::format("the state's metadata '{}' are no JSON object", key));
    return parsed;
  };
  const auto tensor = [&](const std::string& name, std::string_view dtype) -> const safetensor& {
    const safetensor* found = file.find(name);
    require(found != nullptr && found->dtype == dtype,
            fmt::format("the state lacks the {} tensor '{}'", dtype, name));
    return *found;
  };
  require_same_run(identity, metadata_object("run"), source);

  saved_run saved{.state = {}, .device = metadata("device")};
  run_state& state = saved.state;
  const std::string step = metadata("step");
  const auto [end, failure] =
      std::from_chars(step.data(), step.data() + step.size(), state.executor.step);
  require(failure == std::errc() && end == step.data() + step.size(),
          fmt::format("the state's step is '{}', expected a number", step));
  const json stopped = metadata_object("stopped");
  require(stopped.contains("stopped") && stopped["stopped"].is_boolean() &&
              stopped.contains("reason") && stopped["reason"].is_string(),
          "the state does not tell whether training was stopped");
  state.stopped = stopped["stopped"].get<bool>();
  state.stop_reason = stopped["reason"].get<std::string>();

  state.executor.parameters = tensor("parameters", "F32").values<float>();
  if (file.find("best_parameters") != nullptr) {
    state.executor.best_parameters = tensor("best_parameters", "F32").values<float>();
  }
  for (std::size_t k = 0; file.find(detail::slot_name(k)) != nullptr; ++k) {
    state.executor.optimizer_slots.push_back(tensor(detail::slot_name(k), "F32").values<float>());
  }
  const safetensor& history = tensor("history", "F64");
  require(history.shape.size() == 2 && (history.shape[0] == 0 || history.shape[1] > 0),
          "the state's history is no table");
  const std::vector<double> numbers = history.values<double>();
  state.history.resize(static_cast<std::size_t>(history.shape[0]));
  try {
    unpack(tensor("position", "F64").values<double>(), state.progress, state.executor.rate_factor);
    for (std::size_t i = 0; i < state.history.size(); ++i) {
      const auto columns = static_cast<std::size_t>(history.shape[1]);
      unpack(std::span(numbers).subspan(i * columns, columns), state.history[i]);
    }
  } catch (const std::invalid_argument& e) {
    throw unusable_run(source + ": " + e.what());
  }
  for (const safetensor& each : file.tensors) {
    if (!each.name.starts_with(detail::callback_prefix)) continue;
    const std::string name = each.name.substr(detail::callback_prefix.size());
    state.callbacks[name] = tensor(each.name, "F64").values<double>();
  }
  return saved;
}

}  // namespace sweepnet
