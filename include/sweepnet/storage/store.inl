// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/storage/store.hpp"

#include <algorithm>
#include <iostream>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/storage/local.hpp"
#include "sweepnet/storage/remote.hpp"

namespace sweepnet::storage {

SWEEPNET_INLINE std::string read(const location& where, const read_limit& limit) {
  return where.is_remote() ? remote::read(where, limit) : local::read(where, limit);
}

SWEEPNET_INLINE void read_pieces(const location& where,
                                 const std::function<void(std::string_view)>& take) {
  if (where.is_remote()) {
    remote::read_pieces(where, take);
  } else {
    local::read_pieces(where, take);
  }
}

SWEEPNET_INLINE void write(const location& where, std::string_view content) {
  if (where.is_remote()) {
    remote::write(where, content);
  } else if (where.type == location::kind::standard_stream) {
    std::cout << content << std::flush;
    if (!std::cout) throw io_error("standard output: write failed");
  } else {
    local::write(where, content);
  }
}

SWEEPNET_INLINE void write_by(const location& where, const piece_producer& produce) {
  if (where.type == location::kind::standard_stream) {
    return produce([&](std::string_view piece) { write(where, piece); });
  }
  write_by(where, 0, [&](const piece_taker& append) {
    produce(append);
    return std::string();
  });
}

SWEEPNET_INLINE void write_by(const location& where, std::size_t head,
                              const headed_producer& produce) {
  const headed_producer checked = [&](const piece_taker& append) {
    std::string made = produce(append);
    if (made.size() == head) return made;
    throw argument_error(
        fmt::format("{}: expected a head of {} bytes, got {}", where.shown(), head, made.size()));
  };
  if (where.type == location::kind::local) return local::write_by(where, head, checked);
  if (where.type == location::kind::s3) return remote::write_by(where, head, checked);
  std::string content(head, '\0');
  const std::string made = checked([&](std::string_view piece) { content += piece; });
  write(where, content.replace(0, head, made));
}

SWEEPNET_INLINE revision revision_of(const location& where) {
  if (where.type == location::kind::standard_stream) return {};
  return where.is_remote() ? remote::revision_of(where) : local::revision_of(where);
}

SWEEPNET_INLINE std::optional<revision> write_if(const location& where, std::string_view content,
                                                 const revision& expected) {
  if (where.is_remote()) return remote::write_if(where, content, expected);
  if (where.type == location::kind::local) return local::write_if(where, content, expected);
  write(where, content);
  return revision{};
}

SWEEPNET_INLINE std::optional<revision> write_if(const location& where,
                                                 std::span<const std::string_view> pieces,
                                                 const revision& expected) {
  if (where.type == location::kind::local) return local::write_if(where, pieces, expected);
  std::string content;
  for (const std::string_view piece : pieces) content += piece;
  return write_if(where, content, expected);
}

SWEEPNET_INLINE bool write_new(const location& where, std::string_view content) {
  return write_if(where, content, {}).has_value();
}

SWEEPNET_INLINE bool exists(const location& where) {
  return where.is_remote() ? remote::exists(where) : local::exists(where);
}

SWEEPNET_INLINE std::optional<std::uint64_t> size_on_disk(const location& where) {
  if (where.type != location::kind::local) return std::nullopt;
  return local::size_on_disk(where);
}

SWEEPNET_INLINE void remove(const location& where) {
  if (where.is_remote()) {
    remote::remove(where);
  } else {
    local::remove(where);
  }
}

SWEEPNET_INLINE void remove_abandoned(const location& where) {
  if (where.type == location::kind::local) local::remove_abandoned(where);
}

SWEEPNET_INLINE void remove_all_abandoned(const location& directory) {
  if (directory.type == location::kind::local) local::remove_all_abandoned(directory);
}

SWEEPNET_INLINE std::vector<std::string> list(const location& directory, std::size_t most) {
  if (directory.type == location::kind::http) {
    throw usage_error(directory.shown() + ": a web server's directory cannot be listed");
  }
  std::vector<std::string> names = directory.type == location::kind::s3
                                       ? remote::list(directory, most)
                                       : local::list(directory, most);
  std::ranges::sort(names);
  return names;
}

SWEEPNET_INLINE bool is_directory(const location& where) {
  if (where.type == location::kind::s3) return !remote::list(where, 1).empty();
  return where.type == location::kind::local && local::is_directory(where);
}

SWEEPNET_INLINE void require_output(const location& directory) {
  using kind = location::kind;
  if (directory.type == kind::local || directory.type == kind::s3) return;
  throw usage_error(directory.shown() + ": expected a directory or s3://BUCKET/PREFIX for outputs");
}

SWEEPNET_INLINE void check_output(const location& directory) {
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
