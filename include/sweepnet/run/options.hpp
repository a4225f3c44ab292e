// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How runs are kept: plain values, the same for all runs of a job.

#include "sweepnet/storage/location.hpp"

namespace sweepnet {

/// Where models may lie.
enum class model_bounds { output, anywhere };

struct run_options {
  storage::location output{"."};  ///< the directory, or s3://BUCKET/PREFIX, of all runs' files
  model_bounds models = model_bounds::output;
  bool csv_log = false;  ///< keep log_<index>.csv
  /// Keep predictions_<index>.safetensors of each run that ends with a model.
  bool save_predictions = false;
  double time_budget = 0;         ///< seconds that a run may take in all; 0: any
  double save_every = 60;         ///< seconds between saves within an epoch; 0: after epochs only
  bool keep_state = false;        ///< leave the state of a finished run where it is
  bool continue_stopped = false;  ///< train on what early termination stopped
  bool start_over = false;        ///< discard the state and the result that are there
};

}  // namespace sweepnet
