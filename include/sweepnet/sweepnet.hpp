// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The CPU library in one include. The command-line program is apart, in sweepnet/app/program.hpp.

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/data/catalog.hpp"
#include "sweepnet/data/table/read_table.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/embed/table_model.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/summary.hpp"
#include "sweepnet/run/fit.hpp"
#include "sweepnet/run/result.hpp"
#include "sweepnet/run/run.hpp"
#include "sweepnet/run/run_sweep.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/sweep/job_index.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
#include "sweepnet/train.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/progress.hpp"
#include "sweepnet/version.hpp"
