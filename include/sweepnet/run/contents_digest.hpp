// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The digest that a safetensors file of a run holds of all else in it, so that one that was changed
// is no other one.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/model/safetensors/container.hpp"

namespace sweepnet::detail {

/// Of metadata and tensors, whatever their order in the file.
inline std::string digest_of_contents(const std::vector<safetensor_view>& all,
                                      const safetensors_metadata& metadata) {
  digest whole;
  const auto add = [&](std::string_view text) {
    whole.add(static_cast<std::uint64_t>(text.size()));
    whole.add(text);
  };
  for (const auto& [key, value] : metadata) {
    if (key == "digest") continue;
    add(key);
    add(value);
  }
  std::vector<const safetensor_view*> tensors;
  for (const safetensor_view& each : all) tensors.push_back(&each);
  std::ranges::sort(tensors, {},
                    [](const safetensor_view* t) { return std::string_view(t->name); });
  for (const safetensor_view* t : tensors) {
    add(t->name);
    add(t->dtype);
    whole.add(static_cast<std::uint64_t>(t->shape.size()));
    whole.add(std::span<const std::int64_t>(t->shape));
    add(t->bytes);
  }
  return whole.text();
}

}  // namespace sweepnet::detail
