// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Attributes of text: one string, or a list of names.

#include <hdf5.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/model/hdf5/handle.hpp"

namespace sweepnet::detail::hdf5 {

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
  std::string padded;
  for (const std::string& value : values) {
    padded += value + std::string(longest - value.size(), '\0');
  }
  const hsize_t count = values.size();
  const handle type = string_type(longest);
  const handle space(H5Screate_simple(1, &count, nullptr), what);
  const handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), what);
  if (count > 0) check(H5Awrite(attribute, type, padded.data()), what);
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
  std::string padded(size * static_cast<std::size_t>(count), '\0');
  check(H5Aread(attribute, type, padded.data()), what);
  for (std::size_t at = 0; at < padded.size(); at += size) {
    const std::string value = padded.substr(at, size);
    values.push_back(value.substr(0, value.find('\0')));
  }
  return values;
}

inline std::string read_string(hid_t object, const char* name, const std::string& source) {
  const std::vector<std::string> values = read_strings(object, name, source);
  if (values.size() != 1) throw data_error(source + ": '" + name + "' must be one string");
  return values[0];
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

}  // namespace sweepnet::detail::hdf5
