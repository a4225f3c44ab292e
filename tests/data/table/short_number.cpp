// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/data/table/short_number.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "support.hpp"
#include "sweepnet/core/format.hpp"

namespace {

std::optional<double> short_number(std::string_view text) {
  double number = 0;
  if (!sweepnet::csv::read_short_number(text.data(), text.data() + text.size(), number)) return {};
  return number;
}

/// Whether a number is left to std::from_chars, or the same bits as that reads.
bool is_as_from_chars(const std::string& text) {
  const std::optional<double> number = short_number(text);
  double expected = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), expected);
  if (!number) return true;
  return status == std::errc{} && end == text.data() + text.size() &&
         std::bit_cast<std::uint64_t>(*number) == std::bit_cast<std::uint64_t>(expected);
}

}  // namespace

TEST_CASE("short numbers are those of up to 19 digits, of every form") {
  CHECK(short_number("0") == 0);
  CHECK(std::signbit(*short_number("-0.00e5")));
  CHECK(short_number("+7") == 7);
  CHECK(short_number("-.5") == -0.5);
  CHECK(short_number("5.") == 5);
  CHECK(short_number("1e3") == 1000);
  CHECK(short_number("00012.50E-01") == 1.25);
  CHECK(short_number("0.00001234567890123456789") == 1.234567890123456789e-5);
  CHECK(short_number("9999999999999999999") == 9999999999999999999.0);
  CHECK(short_number("0e9999") == 0);
  for (const char* other :
       {"", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "1 ", " 1", "0x1", "--1", "inf", "nan",
        "12345678901234567890", "1e99999", "1e300", "1e-300", "1,5"}) {
    INFO(other);
    CHECK_FALSE(short_number(other).has_value());
  }
}

TEST_CASE("short numbers are read to the nearest double, ties to even") {
  const std::uint64_t seed = 1;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  std::string wrong;
  int read = 0;
  for (int i = 0; i < testing::cases(100'000, 10'000); ++i) {
    const std::uint64_t bits = random();
    const auto within = [&](int from, int to) {
      return from + static_cast<int>(random() % static_cast<std::uint64_t>(to - from + 1));
    };
    // Halfway between two doubles, 2^k halves of odd numbers of 54 bits, and just beside.
    std::uint64_t halfway = (bits >> 11 | std::uint64_t{1} << 52) * 2 + 1;
    const int halvings = within(0, 2);
    for (int k = 0; k < halvings; ++k) halfway *= 5;
    const std::string texts[] = {
        fmt::format("{}e-{}", halfway, halvings),
        fmt::format("{}e-{}", halfway + 1, halvings),
        fmt::format("{}e{}", halfway / 8, within(-27, 55)),
        fmt::format("{}e{}", bits >> within(1, 60), within(-30, 60)),
        fmt::format("-{}.{:017}", bits & 63, bits >> 8),
        fmt::format("{}", std::bit_cast<double>((bits & ~(std::uint64_t{0x7ff} << 52)) |
                                                std::uint64_t(1023 + within(-60, 60)) << 52))};
    for (const std::string& text : texts) {
      read += short_number(text).has_value() ? 1 : 0;
      if (!is_as_from_chars(text)) wrong += text + " ";
    }
  }
  CHECK(wrong.empty());
  CHECK(read > testing::cases(400'000, 40'000));
}
