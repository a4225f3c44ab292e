// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a command of the program sees of the world, so that tests can run it in a world of their
// own.

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <vector>

#include "sweepnet/backend/accelerator.hpp"
#include "sweepnet/core/environment.hpp"
#include "sweepnet/data/catalog.hpp"

namespace sweepnet::app {

struct context {
  std::ostream& out;
  std::ostream& err;
  environment_map environment;
  bool terminal = false;                    ///< whether `out` is a terminal that draws
  std::function<std::int64_t()> columns{};  ///< how wide the terminal is now; none: unknown
  std::function<std::int64_t()> rows{};     ///< how high, likewise
  std::vector<embedded_dataset> embedded;   ///< data sets linked into the program
  std::optional<accelerator> gpu{};         ///< none: the program was built without CUDA
};

}  // namespace sweepnet::app
