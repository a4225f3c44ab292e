// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Objects in S3: read, written and listed, whole and unharmed.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/storage/aws/s3_connection.hpp"
#include "sweepnet/storage/aws/s3_write.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/read_limit.hpp"
#include "sweepnet/storage/web/retry.hpp"

namespace sweepnet::storage {

class s3_client {
 public:
  explicit s3_client(const environment_map& environment, s3_sizes sizes = {})
      : connection_(environment), sizes_(sizes) {}
  s3_client(const environment_map& environment, s3_sizes sizes, retry_policy retry)
      : connection_(environment, retry), sizes_(sizes) {}

  /// The object's bytes. Throws input_missing if there is none, and beyond the limit as
  /// read_bound::check() does.
  [[nodiscard]] std::string read(const location& where, const read_limit& limit = {});

  /// The same piece by piece, in bounded memory. Throws damaged_transfer at the end if what came is
  /// not what lies there.
  void read(const location& where, const std::function<void(std::string_view)>& take);

  [[nodiscard]] bool exists(const location& where) { return revision_of(where) != revision{}; }

  /// The object's ETag, by a listing: a role that may list a prefix only gets 403, not 404, for a
  /// HEAD of what is not there.
  [[nodiscard]] revision revision_of(const location& where);

  void write(const location& where, std::string_view content);

  /// The same of a content that comes in pieces behind a head of so many bytes, in the memory of
  /// two parts: s3_stream.
  void write_by(const location& where, std::size_t head, const headed_producer& produce);

  /// Creates the object where `expected` is empty, else replaces the version that it names. The new
  /// revision; nullopt, with nothing written, if something else lies there meanwhile.
  ///
  /// S3 decides that itself. Of other servers some ignore conditions, so there the place is looked
  /// at before the write and after it. What is left: two writers that both looked before either
  /// wrote, the first of which looked again before the second wrote, both believe that they won.
  [[nodiscard]] std::optional<revision> write_if(const location& where, std::string_view content,
                                                 const revision& expected);

  /// Does nothing if there is no such object.
  void remove(const location& where);

  /// The names of the objects directly below the prefix `directory`, at most `most`.
  [[nodiscard]] std::vector<std::string> list(const location& directory,
                                              std::size_t most = SIZE_MAX);

 private:
  static void require_key(const location& where);

  static s3_call listing(const location& where, const std::string& prefix, std::size_t most);

  static std::vector<std::string> keys_in(std::string_view answer);

  s3_written upload(const location& where, std::string_view content, const s3_condition& condition,
                    int& attempts);

  /// What lies there if it is `content`: the echo of an attempt whose answer was lost. Else
  /// nothing: it is another's.
  std::optional<revision> echo_of(const location& where, std::string_view content);

  static std::string url_decoded(std::string_view text);

  s3_connection connection_;
  s3_sizes sizes_;
};

}  // namespace sweepnet::storage

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/storage/aws/s3.inl"
#endif
