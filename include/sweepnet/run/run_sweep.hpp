// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A whole sweep in one process: its runs side by side, a thread each, on data that are held once,
// on a GPU as members of a group. Each run's model, history and state are those of the run alone,
// bit by bit, whatever runs beside it, in whichever order, by however many threads.

#include <cstddef>
#include <functional>
#include <string>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/run/sweep_options.hpp"
#include "sweepnet/run/sweep_outcome.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep.hpp"
#include "sweepnet/sweep/told_runs.hpp"

namespace sweepnet {

namespace detail {

/// The runs of a sweep, for those who do not know its paramset type.
struct sweep_source {
  std::size_t size = 0;
  /// With the places of its files, on data of that digest.
  std::function<run_spec(std::size_t index, const std::string& data_digest, const run_options&)>
      with_files;
  std::function<run_spec(std::size_t index)> in_memory;
  search_rules rules{};
  later_runs later{};  ///< of rules that learn
};

[[nodiscard]] sweep_outcome run_sweep(const sweep_source& source, const dataset& data,
                                      const sweep_options& options);

}  // namespace detail

/// Trains the paramsets of a sweep, each by its monitor and callbacks: the dearest first, so many
/// at once as there are workers and memory for; when none is left to begin, those under way share
/// the threads. Where the sweep has rules of early termination, runs are left on their way until
/// others are as far, and go on or are stopped, the same ones for any number of workers. Of a sweep
/// that learns, runs are begun once all before their batch are over, and early termination compares
/// the runs of a batch. A run that fails is told in the outcome, and the others go on. With files,
/// those that are finished are not trained again, those that were interrupted go on, and once
/// `stop` is asked all are saved. Throws what train_run() does for paramsets that are wrong, before
/// any is trained; io_error where files could not be synced; and, once all others are saved, what
/// is no sweepnet error but came out of a run.
template <trainable_paramset P>
[[nodiscard]] sweep_outcome run_sweep(const sweep<P>& sweep, const dataset& data,
                                      const sweep_options& options = {}) {
  auto searched = sweep.untold();
  return detail::run_sweep(
      {.size = sweep.count(),
       .with_files =
           [&](std::size_t index, const std::string& digest, const run_options& files) {
             return spec_of_run(searched, index, data, digest, files);
           },
       .in_memory =
           [&](std::size_t index) {
             const P p = paramset_for(searched.at(index), data.task);
             return run_spec{
                 .index = index,
                 .sweep_size = sweep.count(),
                 .identity = {.paramset = encode(p)},
                 .model = build_model(p, data.inputs(), problem_for<P>(data.problem()).outputs),
                 .training = training_options_of(p),
                 .callbacks = callbacks_of(p)};
           },
       .rules = sweep.space() == nullptr ? search_rules{} : rules_of(*sweep.space()),
       .later = {.known = [&] { return searched.known(); },
                 .tell = [&](const std::vector<told_run>& runs) { searched.tell(runs); }}},
      data, options);
}

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/run_sweep.inl"
#endif
