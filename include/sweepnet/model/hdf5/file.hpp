// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// HDF5 files in memory (libhdf5's core driver), and their groups.
//
// Written files have the oldest layout, text of fixed length and no times, so that every reader
// knows them and equal contents are equal files. Files to be read are checked whole beforehand.

#include <hdf5.h>

#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/model/hdf5/handle.hpp"
#include "sweepnet/model/hdf5/structure.hpp"

namespace sweepnet::detail::hdf5 {

/// By how much a file of about so many bytes grows at once: what is not used is cleared all the
/// same.
inline std::size_t growth_of(std::size_t bytes) {
  return std::clamp(bytes / 4, std::size_t{1} << 15, std::size_t{1} << 20);
}

/// For a file of about so many bytes in memory.
inline handle memory_file_access(std::size_t bytes) {
  handle access(H5Pcreate(H5P_FILE_ACCESS), "HDF5: cannot make access properties");
  const std::size_t grow_by = growth_of(bytes);
  check(H5Pset_fapl_core(access, grow_by, false), "HDF5: cannot choose memory files");
  // The oldest layout, as h5py writes it: what every reader knows and check_hdf5_structure expects.
  check(H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST),
        "HDF5: cannot choose the file's layout");
  return access;
}

/// The string's memory, once it has `size` bytes; null if there are not so many. C code calls it.
inline void* resized(std::string& bytes, std::size_t size) noexcept {
  try {
    bytes.resize(size);
    return bytes.data();
  } catch (...) {
    return nullptr;
  }
}

/// Has the file of these access properties grow in `image`, which outlives it, so that its bytes
/// need not be copied from there.
inline void keep_image_in(std::string& image, hid_t access) {
  H5FD_file_image_callbacks_t callbacks{};
  callbacks.image_malloc = [](size_t size, H5FD_file_image_op_t, void* to) {
    return resized(*static_cast<std::string*>(to), size);
  };
  callbacks.image_realloc = [](void*, size_t size, H5FD_file_image_op_t, void* to) {
    return resized(*static_cast<std::string*>(to), size);
  };
  callbacks.image_free = [](void*, H5FD_file_image_op_t, void*) -> herr_t { return 0; };
  callbacks.udata_copy = [](void* to) { return to; };
  callbacks.udata_free = [](void*) -> herr_t { return 0; };
  callbacks.udata = &image;
  check(H5Pset_file_image_callbacks(access, &callbacks), "HDF5: cannot choose the file's memory");
}

/// Makes a file whose root group `fill(root)` fills, and closes it. Its size.
template <class Fill> hsize_t fill_file(hid_t access, const Fill& fill) {
  constexpr const char* what = "HDF5: cannot make the file";
  const handle creation(H5Pcreate(H5P_FILE_CREATE), what);
  check(H5Pset_obj_track_times(creation, false), what);
  const handle file(H5Fcreate("memory", H5F_ACC_TRUNC, creation, access), what);
  {
    const handle root(H5Gopen2(file, "/", H5P_DEFAULT), what);
    fill(root);
  }
  check(H5Fflush(file, H5F_SCOPE_LOCAL), what);
  const ssize_t size = H5Fget_file_image(file, nullptr, 0);
  if (size <= 0) throw data_error(what);
  return static_cast<hsize_t>(size);
}

/// The bytes of a file whose root group `fill(root)` fills: `expected` for the weights, and a few.
template <class Fill> [[nodiscard]] std::string make_file(std::size_t expected, const Fill& fill) {
  const quiet quiet;
  std::string image;
  image.reserve(expected + 2 * growth_of(expected));  // memory that is not used costs nothing
  const handle access = memory_file_access(expected);
  keep_image_in(image, access);
  image.resize(fill_file(access, fill));
  return image;
}

/// What `read(root)` makes of the root group of the file in `bytes`. Throws data_error naming
/// `source` for a damaged file.
template <class Read>
[[nodiscard]] auto read_file(const std::string& bytes, const std::string& source,
                             const Read& read) {
  check_hdf5_structure(bytes, source);
  const quiet quiet;
  const handle access = memory_file_access(bytes.size());
  std::string image = bytes;  // libhdf5 takes a writable pointer
  check(H5Pset_file_image(access, image.data(), image.size()), source + ": not an HDF5 file");
  const handle file(H5Fopen("memory", H5F_ACC_RDONLY, access), source + ": not an HDF5 file");
  const handle root(H5Gopen2(file, "/", H5P_DEFAULT), source + ": has no root group");
  return read(root);
}

inline handle make_group(hid_t parent, const std::string& name) {
  const handle properties(H5Pcreate(H5P_GROUP_CREATE), "HDF5: cannot make group properties");
  check(H5Pset_obj_track_times(properties, false), "HDF5: cannot leave out times");
  return {H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, properties, H5P_DEFAULT),
          "HDF5: cannot make the group " + name};
}

inline bool has_member(hid_t group, const std::string& name) {
  return H5Lexists(group, name.c_str(), H5P_DEFAULT) > 0;
}

/// The group of that name. Throws data_error saying `complaint` if there is none.
inline handle open_group(hid_t parent, const std::string& name, const std::string& complaint) {
  return {H5Gopen2(parent, name.c_str(), H5P_DEFAULT), complaint};
}

}  // namespace sweepnet::detail::hdf5
