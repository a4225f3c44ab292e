// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/storage/web/retry.hpp"

#include "catch.hpp"
#include "support.hpp"

using namespace sweepnet::storage;

TEST_CASE("pauses double up to the longest, and chance shortens them") {
  const retry_policy policy{.attempts = 9, .first_pause = 0.5, .longest_pause = 3};
  CHECK(pause_after(policy, 1, 1) == 0.5);
  CHECK(pause_after(policy, 2, 1) == 1);
  CHECK(pause_after(policy, 3, 0.5) == 1);
  CHECK(pause_after(policy, 4, 1) == 3);
  CHECK(pause_after(policy, 2000, 1) == 3);
  CHECK(pause_after(policy, 3, 0) == 0);
}

TEST_CASE("AWS_MAX_ATTEMPTS is honoured and checked") {
  CHECK(make_retry_policy({{"AWS_MAX_ATTEMPTS", "3"}}).attempts == 3);
  CHECK(make_retry_policy({}).attempts == 8);
  CHECK(testing::message_of<sweepnet::configuration_error>([] {
          (void)make_retry_policy({{"AWS_MAX_ATTEMPTS", "none"}});
        }) == "AWS_MAX_ATTEMPTS must be an integer from 1, got 'none'");
}
