// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// By what a run knows its data again.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet {

/// A digest of all features, labels, shapes and the class count; names do not count.
[[nodiscard]] inline std::string digest_of(const dataset& data) {
  digest d;
  d.add(data.classes());
  for (const labelled_rows* part : {&data.train, &data.validation}) {
    d.add(part->width);
    d.add(part->scale);
    d.add(std::span<const std::int32_t>(part->labels));
    part->visit([&](const auto& view) { view.add_to(d); });
  }
  return d.text();
}

}  // namespace sweepnet
