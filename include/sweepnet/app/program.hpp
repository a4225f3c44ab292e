// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The command-line program, for any paramset type: a main() is a few lines around it.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/context.hpp"
#include "sweepnet/backend/accelerator.hpp"
#include "sweepnet/data/catalog.hpp"
#include "sweepnet/sweep/paramset.hpp"

namespace sweepnet::app {

namespace detail {

int run(std::vector<std::string> arguments, const context& world, const paramset_type& type);
int main(int argc, const char* const* argv, const char* const* environment,
         std::vector<embedded_dataset> embedded, std::optional<accelerator> gpu,
         const paramset_type& type);

}  // namespace detail

/// Runs one command line (without the program's name) in `world`. Returns the exit code; errors are
/// told on world.err, never thrown.
template <trainable_paramset P> int run(std::vector<std::string> arguments, const context& world) {
  return detail::run(std::move(arguments), world, paramset_type_of<P>());
}

/// main() for the process's own arguments, environment and streams. Where something that was
/// printed is lost, a command that worked exits 74: what it trained or wrote stands.
template <trainable_paramset P>
int main(int argc, const char* const* argv, const char* const* environment,
         std::vector<embedded_dataset> embedded = {}, std::optional<accelerator> gpu = {}) {
  return detail::main(argc, argv, environment, std::move(embedded), std::move(gpu),
                      paramset_type_of<P>());
}

#if defined(SWEEPNET_COMPILED)
extern template paramset_type paramset_type_of<paramset>();
#endif

}  // namespace sweepnet::app

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/app/program.inl"
#endif
