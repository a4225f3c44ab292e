// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/core/boxed.hpp"

#include <optional>
#include <string>
#include <utility>

#include "support.hpp"

using sweepnet::boxed;

TEST_CASE("a boxed value is there or not, and its copies are its own") {
  boxed<std::string> none;
  CHECK_FALSE(none);
  CHECK(none.value_or("else") == "else");
  boxed<std::string> first("a");
  REQUIRE(first);
  boxed<std::string> second = first;
  *second += "b";
  CHECK(*first == "a");
  CHECK(second->size() == 2);
  first = second;
  CHECK(first.value_or("else") == "ab");
  first = *&first;  // itself
  CHECK(*first == "ab");
  const boxed<std::string> moved = std::move(second);
  CHECK(*moved == "ab");
  first = none;
  CHECK_FALSE(first);
  first = std::nullopt;
  CHECK_FALSE(first);
  first = std::string("d");
  first.reset();
  CHECK_FALSE(first.has_value());
  static_assert(sizeof(boxed<std::string>) == sizeof(void*));
}
