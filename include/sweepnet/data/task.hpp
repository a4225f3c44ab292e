// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a network is to learn of its rows.

#include <cstdint>

#include "sweepnet/describe/names.hpp"

namespace sweepnet {

enum class task {
  multiclass,  ///< one of several classes: an output for each
  binary,      ///< one of two classes: one output, how probable the second is
  multilabel,  ///< several things that hold or not, each 0 or 1: an output for each
  regression   ///< real values: an output for each
};

template <>
inline constexpr auto enum_names<task> = name_table<task, 4>{{{"multiclass", task::multiclass},
                                                              {"binary", task::binary},
                                                              {"multilabel", task::multilabel},
                                                              {"regression", task::regression}}};

/// Whether rows are to give values instead of classes.
[[nodiscard]] constexpr bool has_values(task t) {
  return t == task::multilabel || t == task::regression;
}

/// What a network is made for.
struct problem {
  std::int64_t inputs = 0;   ///< features of a row
  std::int64_t outputs = 0;  ///< of the network
  sweepnet::task task = sweepnet::task::multiclass;
  bool standardized_values = false;  ///< which a linear output alone can give as they were
};

/// Outputs of a network for a task of that many classes, or values a row.
[[nodiscard]] constexpr std::int64_t outputs_for(task t, std::int64_t classes_or_values) {
  return t == task::binary ? 1 : classes_or_values;
}

}  // namespace sweepnet
