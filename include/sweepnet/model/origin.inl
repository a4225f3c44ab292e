// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/model/origin.hpp"

#include <cmath>

#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/encode.hpp"

namespace sweepnet {

SWEEPNET_INLINE ordered_json metadata_of(const trained_model& trained, const std::string& source) {
  if (trained.metadata.empty()) return ordered_json::object();
  ordered_json metadata = ordered_json::parse(trained.metadata, nullptr, false);
  require_object(metadata, source);
  return metadata;
}

SWEEPNET_INLINE ordered_json encode_loss(const loss_function& loss) {
  ordered_json encoded = encode(loss);
  if (loss.is<categorical_crossentropy>()) encoded.erase("name");
  return encoded;
}

SWEEPNET_INLINE ordered_json encode_origin(const trained_model& trained) {
  ordered_json origin = {{"loss", encode_loss(trained.loss)}};
  if (trained.optimizer) origin["optimizer"] = encode(*trained.optimizer);
  origin["training"] = metadata_of(trained);
  return origin;
}

SWEEPNET_INLINE void decode_origin(const ordered_json& origin, const std::string& source,
                                   trained_model& trained, const named_objects& own) {
  require_object(origin, source);
  if (origin.contains("loss")) {
    trained.loss = decode_json<loss_function>(origin["loss"], source, "loss", own);
  }
  if (origin.contains("optimizer")) {
    trained.optimizer =
        decode_json<sweepnet::optimizer>(origin["optimizer"], source, "optimizer", own);
  }
  if (origin.contains("training")) {
    require_object(origin["training"], source);
    const ordered_json& training = origin["training"];
    trained.metadata = training.empty() ? "" : dump(training);
  }
}

SWEEPNET_INLINE void require_finite(const std::vector<float>& parameters,
                                    const std::string& source) {
  for (const float w : parameters) {
    if (!std::isfinite(w)) throw data_error(source + ": a weight is not finite");
  }
}

}  // namespace sweepnet
