// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A sweep as TensorBoard shows it: runs <index>/train and <index>/validation with Keras' tags
// (epoch_loss, epoch_accuracy, epoch_learning_rate; epochs from 0), and <index> with what the
// plugin HParams tells of it.

#include <cstddef>
#include <string>
#include <vector>

#include "sweepnet/report/event_file.hpp"
#include "sweepnet/report/sweep_report.hpp"

namespace sweepnet::report {

/// Adds an epoch, from 1, to the events of its training rows and of its validation rows.
void add_epoch(event_file& train, event_file& validation, double wall_time,
               const epoch_record& record);

/// A file, named below the directory of all.
struct named_file {
  std::string name;
  std::string bytes;
};

/// The files of a run at a position of the report. The same report gives the same files: they
/// replace each other.
[[nodiscard]] std::vector<named_file> event_files_of(const sweep_report& report,
                                                     std::size_t position);

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/tensorboard.inl"
#endif
