// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// HDF5 files in memory (libhdf5's core driver): groups, attributes of text, arrays of reals.
//
// Written files have the oldest layout, text of fixed length and no times, so that every reader
// knows them and equal contents are equal files. Files to be read are checked whole beforehand.

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/model/hdf5/structure.hpp"
#include "sweepnet/network/parameters.hpp"

namespace sweepnet {

namespace detail::h5 {

/// Owns an HDF5 identifier of any kind.
class handle {
 public:
  handle(hid_t id, const std::string& what) : id_(id) {
    if (id < 0) throw data_error(what);
  }
  handle(handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  handle(const handle&) = delete;  // one owner gives the reference back
  handle& operator=(const handle&) = delete;
  handle& operator=(handle&&) = delete;
  ~handle() {
    if (id_ >= 0) H5Idec_ref(id_);
  }
  operator hid_t() const { return id_; }  // NOLINT: HDF5's functions take the bare identifier

 private:
  hid_t id_;
};

/// Keeps HDF5 from printing its own error stack; every failure becomes an exception here.
class quiet {
 public:
  quiet() {
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  quiet(const quiet&) = delete;  // restores the handler once
  quiet& operator=(const quiet&) = delete;
  ~quiet() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

inline void check(herr_t status, const std::string& what) {
  if (status < 0) throw data_error(what);
}

inline handle string_type(std::size_t size) {
  handle type(H5Tcopy(H5T_C_S1), "HDF5: cannot make a string type");
  check(H5Tset_size(type, std::max<std::size_t>(size, 1)), "HDF5: cannot size a string type");
  const auto padding = size == H5T_VARIABLE ? H5T_STR_NULLTERM : H5T_STR_NULLPAD;
  check(H5Tset_strpad(type, padding), "HDF5: cannot pad a string type");
  return type;
}

/// What an attribute may hold within its object's header, whose parts end at 64 KiB.
inline constexpr std::size_t longest_in_header = 64'000;

/// Text of any length: of fixed size within the header where it fits there, else as h5py writes all
/// text, a string of variable length in a heap of its own.
inline void write_attribute(hid_t object, const char* name, const std::string& value) {
  const std::string what = std::string("HDF5: cannot write the attribute ") + name;
  const bool fits = value.size() <= longest_in_header;
  const handle type = string_type(fits ? value.size() : H5T_VARIABLE);
  const handle space(H5Screate(H5S_SCALAR), what);
  const handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), what);
  const char* text = value.c_str();
  check(H5Awrite(attribute, type, fits ? static_cast<const void*>(text) : &text), what);
}

inline void write_attribute(hid_t object, const char* name, std::span<const std::string> values) {
  const std::string what = std::string("HDF5: cannot write the attribute ") + name;
  std::size_t longest = 1;
  for (const std::string& value : values) longest = std::max(longest, value.size());
  std::string packed;
  for (const std::string& value : values)
    packed += value + std::string(longest - value.size(), '\0');
  const hsize_t count = values.size();
  const handle type = string_type(longest);
  const handle space(H5Screate_simple(1, &count, nullptr), what);
  const handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), what);
  if (count > 0) check(H5Awrite(attribute, type, packed.data()), what);
}

/// Names as Keras lists them: in `name`, or where they are many spread over `name`0, `name`1, ...
/// Source: save_attributes_to_hdf5_group in keras/src/legacy/saving/legacy_h5_format.py (3.15).
inline void write_names(hid_t object, const std::string& name,
                        const std::vector<std::string>& names) {
  std::size_t longest = 1;
  for (const std::string& each : names) longest = std::max(longest, each.size());
  const std::size_t most = std::max<std::size_t>(longest_in_header / longest, 1);
  if (names.size() <= most) return write_attribute(object, name.c_str(), names);
  for (std::size_t first = 0, part = 0; first < names.size(); first += most, ++part) {
    write_attribute(object, (name + std::to_string(part)).c_str(),
                    std::span(names).subspan(first, std::min(most, names.size() - first)));
  }
}

inline handle make_group(hid_t parent, const std::string& name) {
  const handle properties(H5Pcreate(H5P_GROUP_CREATE), "HDF5: cannot make group properties");
  check(H5Pset_obj_track_times(properties, false), "HDF5: cannot leave out times");
  return {H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, properties, H5P_DEFAULT),
          "HDF5: cannot make the group " + name};
}

inline void write_weights(hid_t group, const std::string& name, const std::vector<hsize_t>& shape,
                          const float* values) {
  const std::string what = "HDF5: cannot write the weights " + name;
  const handle properties(H5Pcreate(H5P_DATASET_CREATE), what);
  check(H5Pset_obj_track_times(properties, false), what);
  const handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), what);
  const handle data(
      H5Dcreate2(group, name.c_str(), H5T_IEEE_F32LE, space, H5P_DEFAULT, properties, H5P_DEFAULT),
      what);
  check(H5Dwrite(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), what);
}

inline handle memory_file_access() {
  handle access(H5Pcreate(H5P_FILE_ACCESS), "HDF5: cannot make access properties");
  constexpr std::size_t grow_by = std::size_t{1} << 20;
  check(H5Pset_fapl_core(access, grow_by, false), "HDF5: cannot choose memory files");
  // The oldest layout, as h5py writes it: what every reader knows and check_hdf5_structure expects.
  check(H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST),
        "HDF5: cannot choose the file's layout");
  return access;
}

inline bool has_attribute(hid_t object, const char* name) { return H5Aexists(object, name) > 0; }

/// The strings of an attribute, whatever their type: fixed or variable length, one or many.
inline std::vector<std::string> read_strings(hid_t object, const char* name,
                                             const std::string& source) {
  const std::string what = source + ": cannot read the attribute '" + name + "'";
  const handle attribute(H5Aopen(object, name, H5P_DEFAULT), what);
  const handle type(H5Aget_type(attribute), what);
  const handle space(H5Aget_space(attribute), what);
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  constexpr hssize_t most = 10'000;
  if (count < 0 || count > most) throw data_error(what + ": too many values");
  if (count == 0) return {};
  if (H5Tget_class(type) != H5T_STRING) throw data_error(what + ": not text");

  std::vector<std::string> values;
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char*> pointers(static_cast<std::size_t>(count), nullptr);
    check(H5Aread(attribute, type, pointers.data()), what);
    for (const char* value : pointers) values.emplace_back(value == nullptr ? "" : value);
    check(H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data()), what);
    return values;
  }
  const std::size_t size = H5Tget_size(type);
  std::string packed(size * static_cast<std::size_t>(count), '\0');
  check(H5Aread(attribute, type, packed.data()), what);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const std::string padded = packed.substr(i * size, size);
    values.push_back(padded.substr(0, padded.find('\0')));
  }
  return values;
}

inline std::string read_string(hid_t object, const char* name, const std::string& source) {
  const std::vector<std::string> values = read_strings(object, name, source);
  if (values.size() != 1) throw data_error(source + ": '" + name + "' must be one string");
  return values[0];
}

/// Reads a dataset that must have `shape` into `to`.
inline void read_weights(hid_t group, const std::string& name, const std::vector<hsize_t>& shape,
                         float* to, const std::string& source) {
  const std::string what = source + ": the weights '" + name + "'";
  const handle data(H5Dopen2(group, name.c_str(), H5P_DEFAULT), what + " are missing");
  const handle space(H5Dget_space(data), what + " have no shape");
  const handle type(H5Dget_type(data), what + " have no type");
  std::vector<hsize_t> found(
      static_cast<std::size_t>(std::max(H5Sget_simple_extent_ndims(space), 0)));
  if (!found.empty()) H5Sget_simple_extent_dims(space, found.data(), nullptr);
  if (found != shape) {
    const auto text = [](const std::vector<hsize_t>& sizes) {
      std::vector<std::string> words;
      for (const hsize_t size : sizes) words.push_back(std::to_string(size));
      return "(" + join(words, " x ") + ")";
    };
    throw data_error(what + " must be " + text(shape) + ", found " + text(found));
  }
  if (H5Tget_class(type) != H5T_FLOAT) throw data_error(what + " must be reals");
  check(H5Dread(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, to),
        what + " cannot be read");
}

/// What write_names() wrote.
inline std::vector<std::string> read_names(hid_t object, const char* name,
                                           const std::string& source) {
  if (has_attribute(object, name)) return read_strings(object, name, source);
  std::vector<std::string> all;
  for (int part = 0; part == 0 || has_attribute(object, (name + std::to_string(part)).c_str());
       ++part) {
    const std::vector<std::string> some =
        read_strings(object, (name + std::to_string(part)).c_str(), source);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

/// Writes one dense layer's kernel and bias under these names.
inline void write_dense(hid_t group, const std::array<const char*, 2>& names,
                        const dense_weights& weights, const std::vector<float>& parameters) {
  const auto inputs = static_cast<hsize_t>(weights.inputs);
  const auto units = static_cast<hsize_t>(weights.units);
  write_weights(group, names[0], {inputs, units},
                &parameters[static_cast<std::size_t>(weights.kernel)]);
  write_weights(group, names[1], {units}, &parameters[static_cast<std::size_t>(weights.bias)]);
}

/// Reads one dense layer's kernel and, if there are two names, its bias.
inline void read_dense(hid_t group, const std::vector<std::string>& names,
                       const dense_weights& weights, std::vector<float>& parameters,
                       const std::string& source) {
  const auto inputs = static_cast<hsize_t>(weights.inputs);
  const auto units = static_cast<hsize_t>(weights.units);
  read_weights(group, names[0], {inputs, units},
               &parameters[static_cast<std::size_t>(weights.kernel)], source);
  if (names.size() < 2) return;
  read_weights(group, names[1], {units}, &parameters[static_cast<std::size_t>(weights.bias)],
               source);
}

/// Zeros for all parameters. Throws data_error if a file of `size` bytes cannot hold them.
inline std::vector<float> room_for(const parameter_layout& layout, std::size_t size,
                                   const std::string& source) {
  if (static_cast<std::size_t>(layout.size) > size) {
    throw data_error(source + ": is too short for the weights of its model");
  }
  return std::vector<float>(static_cast<std::size_t>(layout.size));
}

/// The bytes of a file whose root group `fill(root)` fills.
template <class Fill> [[nodiscard]] std::string make_file(const Fill& fill) {
  constexpr const char* what = "HDF5: cannot make the file";
  const quiet quiet;
  const handle access = memory_file_access();
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
  std::string image(static_cast<std::size_t>(size), '\0');
  if (H5Fget_file_image(file, image.data(), image.size()) != size) throw data_error(what);
  return image;
}

/// What `read(root)` makes of the root group of the file in `bytes`. Throws data_error naming
/// `source` for a damaged file.
template <class Read>
[[nodiscard]] auto read_file(const std::string& bytes, const std::string& source,
                             const Read& read) {
  check_hdf5_structure(bytes, source);
  const quiet quiet;
  const handle access = memory_file_access();
  std::string image = bytes;  // libhdf5 takes a writable pointer
  check(H5Pset_file_image(access, image.data(), image.size()), source + ": not an HDF5 file");
  const handle file(H5Fopen("memory", H5F_ACC_RDONLY, access), source + ": not an HDF5 file");
  const handle root(H5Gopen2(file, "/", H5P_DEFAULT), source + ": has no root group");
  return read(root);
}

inline bool has_member(hid_t group, const std::string& name) {
  return H5Lexists(group, name.c_str(), H5P_DEFAULT) > 0;
}

/// The group of that name. Throws data_error saying `complaint` if there is none.
inline handle open_group(hid_t parent, const std::string& name, const std::string& complaint) {
  return {H5Gopen2(parent, name.c_str(), H5P_DEFAULT), complaint};
}

}  // namespace detail::h5

}  // namespace sweepnet
