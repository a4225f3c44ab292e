// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The page that shows a sweep: one HTML file that holds its data, style and script, and loads
// nothing. What the data are is told where they are written; the page draws whatever they say, and
// takes texts in them for text alone.

#include <string>
#include <string_view>

#include "sweepnet/core/linkage.hpp"

namespace sweepnet::report {

/// The page, UTF-8. `title` is text; `json` is one JSON value, in which this writes every "<" as
/// \u003c, so that no text in it can end the element that holds it.
SWEEPNET_INLINE std::string page(std::string_view title, std::string_view json);

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/page.inl"
#endif
