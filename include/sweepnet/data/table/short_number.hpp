// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Decimal numbers as most files hold them, to the nearest double: those of at most 19 digits.
// std::from_chars reads all others, and these too, in twice the time.

#include <array>
#include <bit>
#include <cstdint>

namespace sweepnet::csv {

namespace detail {

__extension__ typedef unsigned __int128 uint128;  // NOLINT(modernize-use-using)

/// 5^q = digits * 2^p with 2^127 <= digits < 2^128: exactly for q >= 0, rounded up below.
struct power_of_five {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
};

inline constexpr int least_power = -27;  // 5^27 < 2^64
inline constexpr int most_power = 55;    // 5^55 < 2^128

constexpr power_of_five make_power_of_five(int q) {
  uint128 power = 1;
  for (int i = 0; i < (q < 0 ? -q : q); ++i) power *= 5;
  if (q < 0) {  // the first 128 digits of 1 / 5^-q in base two
    const auto divisor = static_cast<std::uint64_t>(power);
    uint128 rest = 1;
    power = 0;
    while ((power >> 127) == 0) {
      rest <<= 1;
      power = power << 1 | (rest >= divisor ? 1 : 0);
      if (rest >= divisor) rest -= divisor;
    }
    ++power;
  }
  while ((power >> 127) == 0) power <<= 1;
  return {.high = static_cast<std::uint64_t>(power >> 64),
          .low = static_cast<std::uint64_t>(power)};
}

inline constexpr auto powers_of_five = [] {
  std::array<power_of_five, most_power - least_power + 1> powers{};
  for (int q = least_power; q <= most_power; ++q) {
    powers[static_cast<std::size_t>(q - least_power)] = make_power_of_five(q);
  }
  return powers;
}();

/// whole * 10^q, of whole > 0 and q within the powers. There 128 digits are enough to tell how it
/// is rounded, and what it gives is neither too large nor too small for a double. Source: Lemire
/// 2021, "Number parsing at a gigabyte per second", algorithm 1; Mushtak, Lemire 2023, "Fast number
/// parsing without fallback".
inline double scaled_by_ten(std::uint64_t whole, int q) {
  const power_of_five& power = powers_of_five[static_cast<std::size_t>(q - least_power)];
  const int zeros = std::countl_zero(whole);
  whole <<= zeros;
  const uint128 first = static_cast<uint128>(whole) * power.high;
  auto high = static_cast<std::uint64_t>(first >> 64);
  auto low = static_cast<std::uint64_t>(first);
  if ((high & 0x1ff) == 0x1ff) {  // what is left out might be carried into the digits that count
    const auto more = static_cast<std::uint64_t>((static_cast<uint128>(whole) * power.low) >> 64);
    low += more;
    high += low < more ? 1 : 0;
  }
  const int top = static_cast<int>(high >> 63);
  const int shift = top + 64 - 52 - 3;
  std::uint64_t digits = high >> shift;  // 53 of them, and one to round by
  // floor(log2(5^q)) + q + 63, less what was shifted, with the bias of doubles
  std::int64_t exponent = ((217706 * q) >> 16) + 63 + top - zeros + 1023;
  const bool halfway =
      low <= 1 && q >= -4 && q <= 23 && (digits & 3) == 1 && digits << shift == high;
  if (halfway) digits &= ~std::uint64_t{1};  // to the even one
  digits = (digits + (digits & 1)) >> 1;
  if (digits >= std::uint64_t{1} << 53) {
    digits >>= 1;
    ++exponent;
  }
  constexpr std::uint64_t fraction = (std::uint64_t{1} << 52) - 1;
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent) << 52 | (digits & fraction));
}

/// Those that are doubles.
inline constexpr std::array<double, 23> powers_of_ten{
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Adds digits to `number` while there are any; how many there were.
inline int take_digits(const char*& at, const char* end, std::uint64_t& number) {
  const char* const begin = at;
  while (at < end && is_digit(*at)) number = 10 * number + static_cast<std::uint64_t>(*at++ - '0');
  return static_cast<int>(at - begin);
}

inline int take_zeros(const char*& at, const char* end) {
  const char* const begin = at;
  while (at < end && *at == '0') ++at;
  return static_cast<int>(at - begin);
}

/// The exponent behind a number, if all of the rest is one.
inline bool take_exponent(const char* at, const char* end, int& exponent) {
  if (*at != 'e' && *at != 'E') return false;
  ++at;
  const bool shrinks = at < end && *at == '-';
  if (shrinks || (at < end && *at == '+')) ++at;
  std::uint64_t power = 0;
  const int places = take_digits(at, end, power);
  if (places == 0 || places > 4 || at < end) return false;
  exponent += shrinks ? -static_cast<int>(power) : static_cast<int>(power);
  return true;
}

}  // namespace detail

/// Reads the whole of [at, end), as std::from_chars does, or with a '+'. False where that is for
/// others to read, or no number.
inline bool read_short_number(const char* at, const char* end, double& number) {
  if (end - at > 40) return false;
  const bool negative = at < end && *at == '-';
  if (negative || (at < end && *at == '+')) ++at;
  std::uint64_t whole = 0;
  int zeros = detail::take_zeros(at, end);
  int digits = detail::take_digits(at, end, whole);
  int exponent = 0;
  if (at < end && *at == '.') {
    ++at;
    if (digits == 0) exponent = -detail::take_zeros(at, end);
    zeros -= exponent;
    const int places = detail::take_digits(at, end, whole);
    digits += places;
    exponent -= places;
  }
  if (digits > 19 || digits + zeros == 0) return false;
  if (at < end && !detail::take_exponent(at, end, exponent)) return false;
  double size = 0;
  if (whole != 0) {
    // Of exact doubles, one operation is correctly rounded (Clinger 1990).
    if (whole <= std::uint64_t{1} << 53 && exponent >= -22 && exponent <= 22) {
      size = static_cast<double>(whole);
      size = exponent < 0 ? size / detail::powers_of_ten[static_cast<std::size_t>(-exponent)]
                          : size * detail::powers_of_ten[static_cast<std::size_t>(exponent)];
    } else if (exponent >= detail::least_power && exponent <= detail::most_power) {
      size = detail::scaled_by_ten(whole, exponent);
    } else {
      return false;
    }
  }
  number = negative ? -size : size;
  return true;
}

}  // namespace sweepnet::csv
