// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Archives of NumPy's arrays (libzip).

#include "sweepnet/core/link_check.hpp"
#include "sweepnet/data/npy.hpp"

#if !defined(SWEEPNET_HAS_LIBZIP)
SWEEPNET_SAME_IN_ALL_UNITS(LIBZIP, 0);
#else
SWEEPNET_SAME_IN_ALL_UNITS(LIBZIP, 1);

#include <string>
#include <string_view>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/data/gzip.hpp"
#include "sweepnet/data/tensor.hpp"
#include "sweepnet/storage/read_limit.hpp"
#include "sweepnet/storage/zip.hpp"

namespace sweepnet {

/// The members of an .npz archive, by name without ".npy"; `limit` is of each of them, unfolded.
/// `content` must outlive it.
class npz_archive {
 public:
  npz_archive(bytes_view content, std::string name, const storage::read_limit& limit = {})
      : name_(std::move(name)), limit_(limit), archive_(as_text(content), name_, ".npz archive") {}

  /// The array `member`. Throws data_error if it is missing, damaged or larger than it says, and as
  /// read_bound does before more is unfolded.
  [[nodiscard]] tensor array(const std::string& member) const {
    const auto content = archive_.find(member + ".npy", member, limit_);
    if (!content) {
      throw data_error(name_ + ": has no array '" + member + "'" + archive_.listing());
    }
    return read_npy(as_bytes(*content), name_ + ":" + member, limit_);
  }

 private:
  static std::string_view as_text(bytes_view content) {
    return {reinterpret_cast<const char*>(content.data()), content.size()};
  }

  std::string name_;
  storage::read_limit limit_;
  storage::zip_archive archive_;
};

}  // namespace sweepnet

#endif  // SWEEPNET_HAS_LIBZIP
