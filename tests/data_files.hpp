// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Data files as bytes, made here so that tests can also make them wrong.

#include <zlib.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support.hpp"
#include "sweepnet/data/dataset.hpp"

#if defined(SWEEPNET_HAS_LIBZIP)
#include <zip.h>
#endif

namespace testing {

/// The bytes of numbers of type T, one after the other.
template <class T> std::string packed(const std::vector<T>& numbers, std::endian order) {
  std::string bytes;
  for (const T number : numbers) {
    std::string one(sizeof(T), '\0');
    std::memcpy(one.data(), &number, sizeof(T));
    if (order != std::endian::native) one = std::string(one.rbegin(), one.rend());
    bytes += one;
  }
  return bytes;
}

/// An IDX file: magic, sizes, elements.
inline std::string idx(char type, const std::vector<std::uint32_t>& sizes,
                       const std::string& elements) {
  return std::string{'\0', '\0', type, static_cast<char>(sizes.size())} +
         packed(sizes, std::endian::big) + elements;
}

inline std::string gzip(const std::string& content) {
  z_stream stream{};
  constexpr int gzip_window = 16 + MAX_WBITS;
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string compressed(deflateBound(&stream, content.size()) + 32, '\0');
  std::string input = content;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  return compressed;
}

/// An .npy file with that header, padded as NumPy pads it.
inline std::string npy_with_header(std::string header, const std::string& elements,
                                   char version = 1) {
  const std::size_t length_size = version == 1 ? 2 : 4;
  while ((8 + length_size + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  const std::string length =
      packed(std::vector<std::uint64_t>{header.size()}, std::endian::little).substr(0, length_size);
  return "\x93NUMPY" + std::string{version, '\0'} + length + header + elements;
}

/// An .npy file of a C-ordered array: npy("<f4", "(2, 3)", bytes).
inline std::string npy(const std::string& descr, const std::string& shape,
                       const std::string& elements, char version = 1) {
  return npy_with_header(
      "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }", elements,
      version);
}

#if defined(SWEEPNET_HAS_LIBZIP)

using zip_members = std::vector<std::pair<std::string, std::string>>;

/// A zip archive of those members, stored or deflated.
inline std::string zip(const zip_members& members, bool deflated) {
  const temporary_directory directory;
  const std::string path = directory / "archive.zip";
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE, nullptr);
  REQUIRE(archive != nullptr);
  for (const auto& [name, content] : members) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    const zip_int64_t added = zip_file_add(archive, name.c_str(), source, 0);
    REQUIRE(added >= 0);
    REQUIRE(zip_set_file_compression(archive, static_cast<zip_uint64_t>(added),
                                     deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) == 0);
  }
  REQUIRE(zip_close(archive) == 0);
  return read_file(path);
}

#endif

/// Writes the four IDX files of a data set of bytes.
inline void write_idx_directory(const std::filesystem::path& directory,
                                const sweepnet::dataset& data) {
  const auto write = [&](const std::string& images, const std::string& labels,
                         const sweepnet::labelled_rows& rows) {
    const auto pixels = rows.features.as<std::uint8_t>();
    const auto count = static_cast<std::uint32_t>(rows.rows());
    write_file(directory / images, idx(8, {count, static_cast<std::uint32_t>(rows.width)},
                                       std::string(pixels.begin(), pixels.end())));
    write_file(directory / labels,
               idx(8, {count}, std::string(rows.labels.begin(), rows.labels.end())));
  };
  write("train-images-idx3-ubyte", "train-labels-idx1-ubyte", data.train);
  write("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", data.validation);
}

}  // namespace testing
