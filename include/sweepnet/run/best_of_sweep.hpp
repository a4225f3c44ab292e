// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The best of a sweep's models under a name that stays: best.json tells which it is, best.h5 (or
// whatever its form is) is a copy of it.

#include <string>
#include <string_view>

#include "sweepnet/run/sweep_outcome.hpp"
#include "sweepnet/storage/location.hpp"

namespace sweepnet {

inline constexpr std::string_view best_record_name = "best.json";

/// The name of the copy of a model in that file: "best.h5" of "model_7.h5".
[[nodiscard]] std::string best_copy_name(std::string_view model);

/// Writes both to the directory where the sweep's files lie, each whole or not at all, the model
/// first; what is there already and the same stays. They are the same whoever writes them, however
/// often the sweep was left. Nothing is written if no run has a model in a file that can be read
/// back. Throws data_error if the best model's file is not the one that its result describes, or an
/// error of storage.
void write_best_of_sweep(const sweep_outcome& outcome, const storage::location& output);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/best_of_sweep.inl"
#endif
