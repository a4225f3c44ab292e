// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// By what a run knows its own state and result again: two runs with one identity train the same.

#include <cstddef>
#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/version.hpp"

namespace sweepnet {

/// A run's files are another run's, or damaged: the run can only be started over without them.
struct unusable_run : data_error {
  using data_error::data_error;
};

struct run_identity {
  ordered_json paramset{};
  std::string data{};         ///< its name, for people
  std::string data_digest{};  ///< of all rows and labels
  std::string version = sweepnet::version;
  std::size_t sweep_size =
      0;  ///< what a state tells of its sweep, 0: nothing; no run is known by it

  /// The same as JSON, as state and result hold it.
  [[nodiscard]] ordered_json encoded() const;
};

/// Throws unusable_run naming `source` and each key of the identity whose value in `found` differs.
void require_same_run(const run_identity& expected, const ordered_json& found,
                      const std::string& source);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/identity.inl"
#endif
