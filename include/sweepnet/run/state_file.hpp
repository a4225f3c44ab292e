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

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sweepnet/describe/json.hpp"
#include "sweepnet/model/safetensors/container.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/training/run_state.hpp"

namespace sweepnet {

inline constexpr std::string_view run_state_format = "sweepnet run state 3";

/// A state, and the device that computed it: another may go on, but not bit by bit.
struct saved_run {
  run_state state;
  std::string device;
};

namespace detail {

void seal_run_state(safetensors_file& file);

}  // namespace detail

/// The weights of a state, where they lie elsewhere than in its executor_state.
struct state_weights {
  std::span<const float> parameters;
  std::optional<std::span<const float>> best{};
};

/// The bytes of a state file. Equal runs at the same step have equal bytes.
[[nodiscard]] std::string encode_run_state(const run_state& state, const run_identity& identity,
                                           const std::string& device);

/// Gives `take` the same bytes in pieces, as write_safetensors() does: a large state's are not
/// copied. Takes `weights`, not those in `state`.
void encode_run_state(const run_state& state, const state_weights& weights,
                      const run_identity& identity, const std::string& device,
                      const std::function<void(std::span<const std::string_view>)>& take);

/// Whose state `bytes` are, as run_identity::encoded() says it. Throws unusable_run naming `source`
/// unless they are a whole state.
[[nodiscard]] ordered_json run_of_state(std::string_view bytes, const std::string& source);

/// The paramsets of the sweep that the state's run is of, 0 where it does not tell. Throws
/// unusable_run naming `source` unless `bytes` are a whole state.
[[nodiscard]] std::size_t sweep_size_of_state(std::string_view bytes, const std::string& source);

/// How far a run has come: what is later in it is greater.
struct run_position {
  std::uint64_t step = 0;   ///< optimizer steps done
  std::int64_t epochs = 0;  ///< finished, with their validation
  auto operator<=>(const run_position&) const = default;
};

/// Where in its run a state is. Throws unusable_run naming `source` unless `bytes` are a whole one.
[[nodiscard]] run_position position_of_state(std::string_view bytes, const std::string& source);

/// What a state says to those who only look at it.
struct told_state {
  ordered_json run{};          ///< whose it is, as run_identity::encoded() says it
  std::size_t sweep_size = 0;  ///< 0: it does not tell
  training_history history{};  ///< the finished epochs
};

/// Throws unusable_run naming `source` unless `bytes` are a whole state.
[[nodiscard]] told_state tell_state(std::string_view bytes, const std::string& source);

/// The state in `bytes`. Throws unusable_run naming `source` where they are damaged, no run state
/// of this format, or another run's.
[[nodiscard]] saved_run decode_run_state(std::string_view bytes, const std::string& source,
                                         const run_identity& identity);

/// Writes a state to a file, for resume() in another process; nothing in it tells of whose run it
/// is but its shapes. Throws an error of storage.
void write_run_state(const storage::location& where, const run_state& state);

/// Reads it back. Throws input_missing if there is none, unusable_run where it is damaged.
[[nodiscard]] run_state read_run_state(const storage::location& where);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/state_file.inl"
#endif
