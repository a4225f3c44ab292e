// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whole files wherever they lie: each function takes a location (a path, s3://bucket/key,
// http(s)://..., or "-") and does there what it does here.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/read_limit.hpp"

namespace sweepnet::storage {

/// A file's content; "-" is standard input. Throws input_missing if it is not there; beyond the
/// limit, as soon as that is passed, data_error, or beyond_memory where that sets it.
[[nodiscard]] std::string read(const location& where, const read_limit& limit = {});

/// Gives the same to `take` piece by piece, of any size in bounded memory, as it comes: what is
/// taken before an exception may be less than the whole, or, where that says so, damaged.
void read_pieces(const location& where, const std::function<void(std::string_view)>& take);

/// Replaces a file's content, whole or not at all; "-" is standard output. Throws cannot_create or
/// io_error.
void write(const location& where, std::string_view content);

/// The same of what `produce` appends piece by piece; where that throws nothing is written, but to
/// a standard stream. The content is whole in memory only on its way to a web server.
void write_by(const location& where, const piece_producer& produce);

/// The same behind a head of so many bytes, which `produce` returns at the end. On its way to a
/// standard stream the content is whole in memory, too. Throws argument_error for a head of another
/// size.
void write_by(const location& where, std::size_t head, const headed_producer& produce);

/// Which version of a file lies there; empty if none does, or if it lies where there are no
/// versions (behind a URL, on a standard stream).
[[nodiscard]] revision revision_of(const location& where);

/// Creates the file where `expected` is empty, else replaces the version that it names. The new
/// revision; nullopt, with nothing written, if something else lies there meanwhile. See
/// local::write_if() for how sure that is; where there are no versions it always writes.
[[nodiscard]] std::optional<revision> write_if(const location& where, std::string_view content,
                                               const revision& expected);
/// The same for a content in pieces, which on disk are written one behind the other, not copied.
[[nodiscard]] std::optional<revision> write_if(const location& where,
                                               std::span<const std::string_view> pieces,
                                               const revision& expected);

/// Creates a file. False, with nothing written, if one is there.
[[nodiscard]] bool write_new(const location& where, std::string_view content);

[[nodiscard]] bool exists(const location& where);

/// The bytes of a file on disk, which can be read more than once; nothing of all others.
[[nodiscard]] std::optional<std::uint64_t> size_on_disk(const location& where);

/// Does nothing if there is no such file.
void remove(const location& where);

/// Removes what killed processes left of their writes to a file on disk.
void remove_abandoned(const location& where);

/// The same for all files in a directory on disk, with one look at it.
void remove_all_abandoned(const location& directory);

/// The names of the files directly in a directory (of S3: below a prefix), sorted; at most `most`.
[[nodiscard]] std::vector<std::string> list(const location& directory, std::size_t most = SIZE_MAX);

/// Whether files may be listed there: a directory, or a prefix on S3 that holds something.
[[nodiscard]] bool is_directory(const location& where);

/// Throws usage_error for a place that is no directory of outputs, on disk or on S3.
void require_output(const location& directory);

/// Finds out early that nothing can be written to a directory. Of S3 it asks for bucket and
/// credentials only. Throws cannot_create or configuration_error.
void check_output(const location& directory);

}  // namespace sweepnet::storage

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/storage/store.inl"
#endif
