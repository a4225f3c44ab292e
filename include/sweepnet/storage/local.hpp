// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whole files on this machine's disk: read in one go, written so that a reader sees the old or the
// new one, never a part. A location with a root is taken beneath that, or not at all.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/read_limit.hpp"

namespace sweepnet::storage::local {

/// The content of a file; "-" is standard input. Throws input_missing if it is not there or may
/// not be read, io_error if reading fails, data_error if it leads out of its root or is no file in
/// it; and beyond the limit as read_bound::check() does.
[[nodiscard]] std::string read(const location& where, const read_limit& limit = {});

/// Gives the same to `take`, piece by piece, in bounded memory.
void read_pieces(const location& where, const std::function<void(std::string_view)>& take);

/// Writes a file beside its place, syncs it and renames it there, so that a crash at any moment
/// leaves the old content or the new. Makes missing directories, durably. Throws cannot_create,
/// io_error, or data_error if it leads out of its root; then nothing is left behind and the old
/// content stands, but for an io_error that says that the directory could not be synced: then the
/// new one does, which a power cut may undo. Within a shared_syncs_scope the syncs are left to
/// that.
void write(const location& where, std::string_view content);
/// The same of what `produce` appends piece by piece behind a head of so many bytes, which it
/// returns at the end; nothing is written if it throws.
void write_by(const location& where, std::size_t head, const headed_producer& produce);

/// Which version lies there. Throws input_missing or io_error if that cannot be told.
[[nodiscard]] revision revision_of(const location& where);

/// write() if `expected` lies there; empty: if nothing does. The new revision; nullopt, with
/// nothing written, if something else lies there meanwhile. Of two writers that create a file
/// exactly one wins, whatever the file system, but for those without hard links and
/// RENAME_NOREPLACE. Of two that replace a version exactly one wins where their locks (flock) are
/// shared: on one machine, and on NFS 4; elsewhere both may, if one looks between the other's last
/// look and its rename, which follow each other directly. The content is all `pieces`, one behind
/// the other.
[[nodiscard]] std::optional<revision> write_if(const location& where,
                                               std::span<const std::string_view> pieces,
                                               const revision& expected);
[[nodiscard]] inline std::optional<revision> write_if(const location& where,
                                                      std::string_view content,
                                                      const revision& expected) {
  return local::write_if(where, std::span(&content, 1), expected);
}

[[nodiscard]] bool exists(const location& where);

/// The bytes of a file on disk, which can be read more than once; nothing of what is no such file:
/// a pipe, a device, a directory, nothing.
[[nodiscard]] std::optional<std::uint64_t> size_on_disk(const location& where);

[[nodiscard]] bool is_directory(const location& where);

/// Removes a file, or a link; does nothing if there is none. Throws io_error.
void remove(const location& where);

/// The names in a directory that are no directories, at most `most`. Throws input_missing if it is
/// not there or may not be read, io_error if reading fails.
[[nodiscard]] std::vector<std::string> list(const location& where, std::size_t most = SIZE_MAX);

/// Removes what killed processes left of their writes to a file; a living writer's stays, and so
/// does whatever was not written here. Where locks tell nothing of writers (NFS, FUSE), what was
/// written to within the last day may be a living one's.
void remove_abandoned(const location& where);

/// The same for all files in a directory, with one look at it.
void remove_all_abandoned(const location& directory);

/// Tries whether files can be written to a directory, making it where it is missing. Throws
/// cannot_create, or io_error.
void check_writable(const location& directory);

}  // namespace sweepnet::storage::local

namespace sweepnet::storage {

/// local::read() of a path as it stands.
[[nodiscard]] inline std::string read_text(const std::string& path, const read_limit& limit = {}) {
  return local::read(path, limit);
}

/// local::write() to a path as it stands.
void write_atomic(const std::filesystem::path& path, std::string_view content);

}  // namespace sweepnet::storage

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/storage/local.inl"
#endif
