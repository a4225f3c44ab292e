// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Asynchronous successive halving, simulated: virtual workers take runs in the order in which they
// would become free if epochs took what they cost. The simulation goes as far as results are known.

#include <span>

#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/search_stages.hpp"

namespace sweepnet::detail {

/// As course_of(). A stage is what the workers are at when the first of them needs a result that no
/// stage before has.
[[nodiscard]] search_course asha_course(const early_terminations::asha& rule,
                                        const search_rules& rules,
                                        std::span<const searched_run> runs,
                                        std::span<const run_progress> progress);

}  // namespace sweepnet::detail

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/asha_course.inl"
#endif
