// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The library in two translation units of one program: nothing may be defined twice.

#include "catch.hpp"
#include "sweepnet/sweepnet.hpp"

std::string version_seen_by_the_other_unit();

TEST_CASE("the library links when two translation units include it") {
  CHECK(version_seen_by_the_other_unit() == sweepnet::version);
}
