// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Files behind s3:// and http(s)://, by the process's own settings; in a build without libcurl and
// OpenSSL an error that says what to install.

#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/link_check.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/read_limit.hpp"

#if defined(SWEEPNET_HAS_S3)
#include "sweepnet/storage/aws/s3.hpp"
#include "sweepnet/storage/web/web_client.hpp"
SWEEPNET_SAME_IN_ALL_UNITS(S3, 1);
#else
SWEEPNET_SAME_IN_ALL_UNITS(S3, 0);
#endif

namespace sweepnet::storage::remote {

#if defined(SWEEPNET_HAS_S3)

/// Made at the first use, from the environment as it is then.
inline s3_client& s3() {
  static s3_client client(read_environment(environ));
  return client;
}
inline web_client& web() {
  static web_client client(read_environment(environ));
  return client;
}

inline std::string read(const location& where, const read_limit& limit) {
  return where.type == location::kind::s3 ? s3().read(where, limit) : web().read(where, limit);
}
inline void read_pieces(const location& where, const piece_taker& take) {
  if (where.type == location::kind::s3) {
    s3().read(where, take);
  } else {
    web().read(where, take);
  }
}
inline bool exists(const location& where) {
  return where.type == location::kind::s3 ? s3().exists(where) : web().exists(where);
}
inline void write(const location& where, std::string_view content) {
  if (where.type == location::kind::s3) {
    s3().write(where, content);
  } else {
    web().write(where, content);
  }
}
/// On S3.
inline void write_by(const location& where, std::size_t head, const headed_producer& produce) {
  s3().write_by(where, head, produce);
}
/// On S3. A web server's files have no revisions: each write is the first and the last.
inline revision revision_of(const location& where) {
  return where.type == location::kind::s3 ? s3().revision_of(where) : revision{};
}
inline std::optional<revision> write_if(const location& where, std::string_view content,
                                        const revision& expected) {
  if (where.type == location::kind::s3) return s3().write_if(where, content, expected);
  web().write(where, content);
  return revision{};
}
/// S3 only, as are the following: other servers have no such requests.
inline void remove(const location& where) { s3().remove(where); }
inline std::vector<std::string> list(const location& directory, std::size_t most) {
  return s3().list(directory, most);
}

#else

[[noreturn]] inline void refuse(const location& where) {
  throw configuration_error(where.shown() +
                            ": this build knows no s3:// and https://: install "
                            "libcurl4-openssl-dev and libssl-dev and configure with "
                            "-DSWEEPNET_WITH_S3=ON");
}

inline std::string read(const location& where, const read_limit&) { refuse(where); }
inline void read_pieces(const location& where, const piece_taker&) { refuse(where); }
inline bool exists(const location& where) { refuse(where); }
inline void write(const location& where, std::string_view) { refuse(where); }
inline void write_by(const location& where, std::size_t, const headed_producer&) { refuse(where); }
inline revision revision_of(const location& where) { refuse(where); }
inline std::optional<revision> write_if(const location& where, std::string_view, const revision&) {
  refuse(where);
}
inline void remove(const location& where) { refuse(where); }
inline std::vector<std::string> list(const location& where, std::size_t) { refuse(where); }

#endif

}  // namespace sweepnet::storage::remote
