// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Data in memory, a network, training and predictions, on the CPU: no files, YAML, JSON or network.

#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/data/make_dataset.hpp"
#include "sweepnet/embed/fit.hpp"
#include "sweepnet/embed/predictor.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/options.hpp"
#include "sweepnet/training/progress.hpp"
#include "sweepnet/training/trainer.hpp"
#include "sweepnet/version.hpp"
