// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What S3 allows as names of buckets and regions. Both become parts of a host's name, so what is no
// name could send signed requests and session tokens to another host.

#include <algorithm>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"

namespace sweepnet::storage {

namespace detail {

inline bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

inline bool is_ipv4_address(std::string_view text) {
  return std::ranges::count(text, '.') == 3 && text.find_first_not_of("0123456789.") == text.npos;
}

}  // namespace detail

/// What keeps `name` from being a general purpose bucket's name by S3's rules; empty: nothing does.
/// The names that us-east-1 allowed before 2018 (capitals, underscores, up to 255 bytes) are not
/// taken: they are no host names. Access points are taken by their alias, a bucket's name in form.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
[[nodiscard]] inline std::string bucket_fault(std::string_view name) {
  using detail::is_lower_or_digit;
  if (name.empty()) return "no bucket";
  if (name.starts_with("arn:")) {
    return "an ARN, which is not taken: an access point has an alias that ends in -s3alias";
  }
  const auto allowed = [](char c) { return is_lower_or_digit(c) || c == '.' || c == '-'; };
  if (!std::ranges::all_of(name, allowed)) {
    return "a bucket with other than lower-case letters, digits, dots and hyphens";
  }
  if (name.size() < 3 || name.size() > 63) {
    return fmt::format("a bucket of {} characters, not 3 to 63", name.size());
  }
  if (!is_lower_or_digit(name.front()) || !is_lower_or_digit(name.back())) {
    return "a bucket that does not begin and end with a letter or a digit";
  }
  for (const char* pair : {"..", ".-", "-."}) {
    if (name.find(pair) != name.npos) return fmt::format("'{}' in the bucket's name", pair);
  }
  if (detail::is_ipv4_address(name)) return "an address in place of a bucket";
  if (name.starts_with("xn--")) return "a bucket that begins with xn--, which S3 reserves";
  for (const char* other : {"--x-s3", "--table-s3", ".mrap"}) {
    if (name.ends_with(other)) {
      return fmt::format("a bucket that ends in {}, which has another API", other);
    }
  }
  return "";
}

/// Whether `name` may be a region's: a label of a host's name.
[[nodiscard]] inline bool is_region(std::string_view name) {
  const auto allowed = [](char c) { return detail::is_lower_or_digit(c) || c == '-'; };
  return !name.empty() && name.size() <= 63 && std::ranges::all_of(name, allowed) &&
         name.front() != '-' && name.back() != '-';
}

/// Throws configuration_error if `name` cannot be a region's.
inline void require_region(std::string_view name) {
  if (is_region(name)) return;
  throw configuration_error(
      fmt::format("the AWS region must be lower-case letters, digits and hyphens, such as "
                  "eu-west-1, got '{}'",
                  name));
}

}  // namespace sweepnet::storage
