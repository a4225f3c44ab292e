// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/app/any_sweep.hpp"

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/json.hpp"

namespace sweepnet::app {

SWEEPNET_INLINE std::string detail::digest_of_sweep(std::string_view text,
                                                    const sweep_request& request) {
  ordered_json asked = request.assignments;
  asked.push_back(request.draws.seed ? ordered_json(*request.draws.seed) : nullptr);
  digest all;
  all.add(text);
  all.add(dump(asked));
  return all.text();
}

}  // namespace sweepnet::app
