// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whole files wherever they lie: each function takes a location as users write it (a path,
// s3://bucket/key, http(s)://..., or "-") and does there what it does here.

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/storage/local.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/remote.hpp"

namespace sweepnet::storage {

/// A file's content; "-" is standard input. Throws input_missing if it is not there.
[[nodiscard]] inline std::string read(const std::string& where) {
  return is_remote(where) ? remote::read(parse_location(where)) : read_text(where);
}

/// Replaces a file's content, whole or not at all; "-" is standard output. Throws cannot_create or
/// io_error.
inline void write(const std::string& where, std::string_view content) {
  if (is_remote(where)) {
    remote::write(parse_location(where), content);
  } else if (where == "-") {
    std::cout << content << std::flush;
    if (!std::cout) throw io_error("standard output: write failed");
  } else {
    write_atomic(where, content);
  }
}

/// Writes a file that no other process has written meanwhile. False, with nothing written, if one
/// has; known on S3 only, elsewhere the last one wins.
[[nodiscard]] inline bool write_new(const std::string& where, std::string_view content) {
  const location place = parse_location(where);
  if (place.type == location::kind::s3) return remote::create(place, content);
  write(where, content);
  return true;
}

[[nodiscard]] inline bool exists(const std::string& where) {
  return is_remote(where) ? remote::exists(parse_location(where)) : std::filesystem::exists(where);
}

/// Does nothing if there is no such file.
inline void remove(const std::string& where) {
  if (is_remote(where)) {
    remote::remove(parse_location(where));
    return;
  }
  std::error_code failure;
  std::filesystem::remove(where, failure);
  if (failure) throw io_error(fmt::format("{}: cannot remove: {}", where, failure.message()));
}

/// The names of the files directly in a directory (of S3: below a prefix), sorted; at most `most`.
[[nodiscard]] inline std::vector<std::string> list(const std::string& directory,
                                                   std::size_t most = SIZE_MAX) {
  const location place = parse_location(directory);
  if (place.type == location::kind::http) {
    throw usage_error(without_query(directory) + ": a web server's directory cannot be listed");
  }
  std::vector<std::string> names;
  if (place.type == location::kind::s3) {
    names = remote::list(place, most);
  } else {
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(directory, failure), end;
         !failure && entry != end && names.size() < most; entry.increment(failure)) {
      if (!entry->is_directory()) names.push_back(entry->path().filename().string());
    }
    if (failure) throw input_missing(directory + ": cannot list: " + failure.message());
  }
  std::ranges::sort(names);
  return names;
}

/// Whether files may be listed there: a directory, or a prefix on S3 that holds something.
[[nodiscard]] inline bool is_directory(const std::string& where) {
  const location place = parse_location(where);
  if (place.type == location::kind::s3) return !remote::list(place, 1).empty();
  return place.type == location::kind::local && std::filesystem::is_directory(where);
}

/// Finds out early that nothing can be written to a directory. Of S3 it asks for bucket and
/// credentials only. Throws cannot_create or configuration_error.
inline void check_output(const std::string& directory) {
  const location place = parse_location(directory);
  if (place.type == location::kind::s3) {
    try {
      (void)remote::list(place, 1);
    } catch (const input_missing& e) {
      throw cannot_create(e.what());
    }
  } else if (place.type == location::kind::local) {
    check_writable(directory);
  } else {
    throw usage_error(without_query(directory) +
                      ": expected a directory or s3://BUCKET/PREFIX for outputs");
  }
}

}  // namespace sweepnet::storage
