// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Zip archives in memory (libzip): read with bounds on what they may unfold to, and written so that
// equal members are equal archives.

#include <zip.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/read_limit.hpp"

namespace sweepnet::storage {

/// The members of an archive, by name. Damage is a data_error that begins with the archive's name.
class zip_archive {
 public:
  /// `bytes` must outlive the archive. `kind` says in messages what it should be: ".npz archive".
  zip_archive(std::string_view bytes, std::string name, const std::string& kind)
      : name_(std::move(name)), size_(bytes.size()) {
    zip_error_t status;
    zip_error_init(&status);
    const auto fail = [&] {
      const std::string reason = zip_error_strerror(&status);
      zip_error_fini(&status);
      throw data_error(fmt::format("{}: not a readable {}: {}", name_, kind, reason));
    };
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &status);
    if (source == nullptr) fail();
    archive_.reset(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &status));
    if (!archive_) {
      zip_source_free(source);
      fail();
    }
  }

  /// The content of a member; nothing if there is no such member. Throws data_error naming the
  /// archive and `what` if it is damaged or larger than it says, and as read_bound does.
  [[nodiscard]] std::optional<std::string> find(const std::string& member, const std::string& what,
                                                const read_limit& limit) const {
    const std::string where = name_ + ":" + what;
    zip_stat_t status;
    zip_stat_init(&status);
    if (zip_stat(archive_.get(), member.c_str(), 0, &status) != 0) return std::nullopt;
    if ((status.valid & ZIP_STAT_SIZE) == 0) throw data_error(where + ": does not tell its size");
    read_bound(where, limit).check_whole(status.size);
    // Deflate expands at most 1032 times; other methods without bound.
    const bool bounded =
        (status.valid & ZIP_STAT_COMP_METHOD) != 0 &&
        (status.comp_method == ZIP_CM_STORE || status.comp_method == ZIP_CM_DEFLATE);
    if (!bounded) throw data_error(where + ": must be stored or deflated");
    const std::unique_ptr<zip_file_t, file_closer> file(
        zip_fopen_index(archive_.get(), status.index, 0));
    if (!file) throw data_error(where + ": " + zip_strerror(archive_.get()));
    // Grows with what arrives: a false size costs no memory. libzip verifies the CRC at the end.
    std::string content;
    constexpr std::uint64_t expansion = 1032;
    content.reserve(static_cast<std::size_t>(std::min(status.size, size_ * expansion)));
    constexpr std::size_t block = std::size_t{1} << 16;
    for (;;) {
      const std::size_t before = content.size();
      content.resize(before + block);
      const zip_int64_t got = zip_fread(file.get(), content.data() + before, block);
      if (got < 0) throw data_error(where + ": " + zip_file_strerror(file.get()));
      content.resize(before + static_cast<std::size_t>(got));
      if (got == 0 || content.size() > status.size) break;
    }
    if (content.size() != status.size) {
      throw data_error(fmt::format(
          "{}: expected the {} bytes that the archive tells of, found {}", where, status.size,
          content.size() > status.size ? "more" : std::to_string(content.size())));
    }
    return content;
  }

  /// Its first members, for messages: " (found: a, b)".
  [[nodiscard]] std::string listing() const {
    std::vector<std::string> names;
    constexpr zip_int64_t most = 20;
    const zip_int64_t entries = std::min(zip_get_num_entries(archive_.get(), 0), most);
    for (zip_int64_t i = 0; i < entries; ++i) {
      const char* entry = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), 0);
      if (entry != nullptr) names.emplace_back(entry);
    }
    return " (found: " + (names.empty() ? "nothing" : join_text(names, ", ")) + ")";
  }

 private:
  struct archive_closer {
    void operator()(zip_t* archive) const { zip_discard(archive); }
  };
  struct file_closer {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
  };

  std::string name_;
  std::uint64_t size_;
  std::unique_ptr<zip_t, archive_closer> archive_;
};

struct zip_member {
  std::string name;
  std::string content;
};

/// The bytes of an archive that stores these members as they are, in their order, dated 1980.
/// Throws std::runtime_error if libzip fails, as it does without memory.
[[nodiscard]] inline std::string write_zip(const std::vector<zip_member>& members) {
  zip_error_t status;
  zip_error_init(&status);
  const auto require = [](bool holds, const char* what) {
    if (!holds) throw std::runtime_error(std::string("libzip: cannot ") + what);
  };
  const auto give_back = [](zip_source_t* source) { zip_source_free(source); };
  const std::unique_ptr<zip_source_t, decltype(give_back)> target(
      zip_source_buffer_create(nullptr, 0, 0, &status), give_back);
  require(target != nullptr, "make an archive");
  zip_source_keep(target.get());  // once for the archive, which frees it, once for us
  zip_t* archive = zip_open_from_source(target.get(), ZIP_TRUNCATE, &status);
  if (archive == nullptr) zip_source_free(target.get());
  require(archive != nullptr, "open an archive");
  try {
    for (const zip_member& member : members) {
      zip_source_t* content =
          zip_source_buffer(archive, member.content.data(), member.content.size(), 0);
      const zip_int64_t index = content == nullptr ? -1
                                                   : zip_file_add(archive, member.name.c_str(),
                                                                  content, ZIP_FL_ENC_UTF_8);
      if (index < 0 && content != nullptr) zip_source_free(content);
      require(index >= 0, "add a member");
      const auto at = static_cast<zip_uint64_t>(index);
      constexpr zip_uint16_t first_day = 1 << 5 | 1;  // 1980-01-01 as MS-DOS writes it
      require(zip_set_file_compression(archive, at, ZIP_CM_STORE, 0) == 0 &&
                  zip_file_set_dostime(archive, at, 0, first_day, 0) == 0,
              "describe a member");
    }
  } catch (...) {
    zip_discard(archive);
    throw;
  }
  if (zip_close(archive) != 0) {
    zip_discard(archive);
    require(false, "close an archive");
  }
  zip_stat_t written;
  zip_stat_init(&written);
  require(zip_source_stat(target.get(), &written) == 0 && (written.valid & ZIP_STAT_SIZE) != 0 &&
              zip_source_open(target.get()) == 0,
          "read an archive back");
  std::string bytes(written.size, '\0');
  const zip_int64_t got = zip_source_read(target.get(), bytes.data(), bytes.size());
  zip_source_close(target.get());
  require(got == static_cast<zip_int64_t>(bytes.size()), "read an archive back");
  return bytes;
}

}  // namespace sweepnet::storage
