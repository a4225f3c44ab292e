// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whole files wherever they lie: each function takes a location (a path, s3://bucket/key,
// http(s)://..., or "-") and does there what it does here.

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/storage/local.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/remote.hpp"

namespace sweepnet::storage {

/// A file's content; "-" is standard input. Throws input_missing if it is not there.
[[nodiscard]] inline std::string read(const location& where) {
  return where.is_remote() ? remote::read(where) : local::read(where);
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
    local::write(where, content);
  }
}

/// Which version of a file lies there; empty if none does, or if it lies where there are no
/// versions (behind a URL, on a standard stream).
[[nodiscard]] inline revision revision_of(const location& where) {
  if (where.type == location::kind::standard_stream) return {};
  return where.is_remote() ? remote::revision_of(where) : local::revision_of(where);
}

/// Creates the file where `expected` is empty, else replaces the version that it names. The new
/// revision; nullopt, with nothing written, if something else lies there meanwhile. See
/// local::write_if() for how sure that is; where there are no versions it always writes.
[[nodiscard]] inline std::optional<revision> write_if(const location& where,
                                                      std::string_view content,
                                                      const revision& expected) {
  if (where.is_remote()) return remote::write_if(where, content, expected);
  if (where.type == location::kind::local) return local::write_if(where, content, expected);
  write(where, content);
  return revision{};
}

/// Creates a file. False, with nothing written, if one is there.
[[nodiscard]] inline bool write_new(const location& where, std::string_view content) {
  return write_if(where, content, {}).has_value();
}

[[nodiscard]] inline bool exists(const location& where) {
  return where.is_remote() ? remote::exists(where) : local::exists(where);
}

/// Does nothing if there is no such file.
inline void remove(const location& where) {
  if (where.is_remote()) {
    remote::remove(where);
  } else {
    local::remove(where);
  }
}

/// Removes what killed processes left of their writes to a file on disk.
inline void remove_abandoned(const location& where) {
  if (where.type == location::kind::local) local::remove_abandoned(where);
}

/// The names of the files directly in a directory (of S3: below a prefix), sorted; at most `most`.
[[nodiscard]] inline std::vector<std::string> list(const location& directory,
                                                   std::size_t most = SIZE_MAX) {
  if (directory.type == location::kind::http) {
    throw usage_error(directory.shown() + ": a web server's directory cannot be listed");
  }
  std::vector<std::string> names = directory.type == location::kind::s3
                                       ? remote::list(directory, most)
                                       : local::list(directory, most);
  std::ranges::sort(names);
  return names;
}

/// Whether files may be listed there: a directory, or a prefix on S3 that holds something.
[[nodiscard]] inline bool is_directory(const location& where) {
  if (where.type == location::kind::s3) return !remote::list(where, 1).empty();
  return where.type == location::kind::local && local::is_directory(where);
}

/// Throws usage_error for a place that is no directory of outputs, on disk or on S3.
inline void require_output(const location& directory) {
  using kind = location::kind;
  if (directory.type == kind::local || directory.type == kind::s3) return;
  throw usage_error(directory.shown() + ": expected a directory or s3://BUCKET/PREFIX for outputs");
}

/// Finds out early that nothing can be written to a directory. Of S3 it asks for bucket and
/// credentials only. Throws cannot_create or configuration_error.
inline void check_output(const location& directory) {
  require_output(directory);
  if (directory.type == location::kind::s3) {
    try {
      (void)remote::list(directory, 1);
    } catch (const input_missing& e) {
      throw cannot_create(e.what());
    }
  } else {
    local::check_writable(directory);
  }
}

}  // namespace sweepnet::storage
