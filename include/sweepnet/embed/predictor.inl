// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a predictor computes: a network and its weights, and an engine for each call.

#include "sweepnet/embed/predictor.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/factors/prepared_rows.hpp"
#include "sweepnet/backend/cpu/kernels/kernels.hpp"
#include "sweepnet/backend/cpu/machine/instructions.hpp"
#include "sweepnet/backend/cpu/machine/processors.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/backend/cpu/step/engine.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/training/checks.hpp"

namespace sweepnet {

struct predictor::machinery {
  machinery(const trained_model& trained, const predictor_options& options)
      : threads(usable_threads(options.threads)),
        model(checked(trained)),
        network(model, {}),
        kernels(cpu::kernels_for(best_instructions())),
        weights(network.layout.pack(trained.parameters)) {}

  static const model_spec& checked(const trained_model& trained) {
    detail::require_parameters(trained.model, trained.parameters);
    return trained.model;
  }

  int threads;
  model_spec model;
  cpu::staged_network network;
  const cpu::kernel_table& kernels;
  cpu::aligned_floats weights;  // packed
};

SWEEPNET_INLINE predictor::predictor(const trained_model& trained, const predictor_options& options)
    : machinery_(std::make_shared<const machinery>(trained, options)) {}

SWEEPNET_INLINE std::int64_t predictor::inputs() const { return machinery_->model.inputs; }
SWEEPNET_INLINE std::int64_t predictor::outputs() const { return machinery_->model.outputs(); }

SWEEPNET_INLINE std::vector<float> predictor::operator()(std::span<const float> rows) const {
  return outputs_for({.features = feature_matrix::borrow(rows), .width = inputs()});
}

SWEEPNET_INLINE void predictor::check_width(std::int64_t features) const {
  if (features == inputs()) return;
  throw argument_error("the model takes " + std::to_string(inputs()) +
                       " features a row, got rows of " + std::to_string(features));
}

SWEEPNET_INLINE std::vector<float> predictor::outputs_for(const labelled_rows& rows) const {
  const machinery& m = *machinery_;
  detail::require_features(m.model, rows);
  std::vector<float> result(static_cast<std::size_t>(rows.rows() * outputs()));
  // No more threads than blocks: to start one takes longer than a small block.
  const std::int64_t blocks = (rows.rows() + cpu::engine::block - 1) / cpu::engine::block;
  thread_pool pool(static_cast<int>(std::min<std::int64_t>(m.threads, blocks)));
  const cpu::prepared_rows prepared(rows);
  cpu::engine(m.network, prepared, m.kernels, {}, pool)
      .predict(0, rows.rows(), m.weights, result.data());
  return result;
}

}  // namespace sweepnet
