// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whole files wherever they lie: each function takes a location (a path, s3://bucket/key,
// http(s)://..., or "-") and does there what it does here.

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
[[nodiscard]] inline std::string read(const location& where) {
  return where.is_remote() ? remote::read(where) : read_text(where.request_text());
}

/// Replaces a file's content, whole or not at all; "-" is standard output. Throws cannot_create or
/// io_error.
inline void write(const location& where, std::string_view content) {
  if (where.is_remote()) {
    remote::write(where, content);
  } else if (where.type == location::kind::standard_stream) {
    std::cout << content << std::flush;
    if (!std::cout) throw io_error("standard output: write failed");
  } else {
    write_atomic(where.request_text(), content);
  }
}

/// Writes a file that no other process has written meanwhile. False, with nothing written, if one
/// has; known on S3 only, elsewhere the last one wins.
[[nodiscard]] inline bool write_new(const location& where, std::string_view content) {
  if (where.type == location::kind::s3) return remote::create(where, content);
  write(where, content);
  return true;
}

[[nodiscard]] inline bool exists(const location& where) {
  return where.is_remote() ? remote::exists(where) : std::filesystem::exists(where.request_text());
}

/// Does nothing if there is no such file.
inline void remove(const location& where) {
  if (where.is_remote()) {
    remote::remove(where);
    return;
  }
  std::error_code failure;
  std::filesystem::remove(where.request_text(), failure);
  if (failure)
    throw io_error(fmt::format("{}: cannot remove: {}", where.shown(), failure.message()));
}

/// The names of the files directly in a directory (of S3: below a prefix), sorted; at most `most`.
[[nodiscard]] inline std::vector<std::string> list(const location& directory,
                                                   std::size_t most = SIZE_MAX) {
  if (directory.type == location::kind::http) {
    throw usage_error(directory.shown() + ": a web server's directory cannot be listed");
  }
  std::vector<std::string> names;
  if (directory.type == location::kind::s3) {
    names = remote::list(directory, most);
  } else {
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(directory.request_text(), failure), end;
         !failure && entry != end && names.size() < most; entry.increment(failure)) {
      if (!entry->is_directory()) names.push_back(entry->path().filename().string());
    }
    if (failure) throw input_missing(directory.shown() + ": cannot list: " + failure.message());
  }
  std::ranges::sort(names);
  return names;
}

/// Whether files may be listed there: a directory, or a prefix on S3 that holds something.
[[nodiscard]] inline bool is_directory(const location& where) {
  if (where.type == location::kind::s3) return !remote::list(where, 1).empty();
  return where.type == location::kind::local && std::filesystem::is_directory(where.request_text());
}

/// Finds out early that nothing can be written to a directory. Of S3 it asks for bucket and
/// credentials only. Throws cannot_create or configuration_error.
inline void check_output(const location& directory) {
  if (directory.type == location::kind::s3) {
    try {
      (void)remote::list(directory, 1);
    } catch (const input_missing& e) {
      throw cannot_create(e.what());
    }
  } else if (directory.type == location::kind::local) {
    check_writable(directory.request_text());
  } else {
    throw usage_error(directory.shown() +
                      ": expected a directory or s3://BUCKET/PREFIX for outputs");
  }
}

}  // namespace sweepnet::storage
