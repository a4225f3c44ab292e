// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Kernels and biases as datasets of float32.

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/model/hdf5/handle.hpp"
#include "sweepnet/model/weights.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"

namespace sweepnet::detail::hdf5 {

inline std::vector<hsize_t> extent_of(const weight_array& weights) {
  std::vector<hsize_t> sizes;
  for (const std::int64_t size : weights.shape) sizes.push_back(static_cast<hsize_t>(size));
  return sizes;
}

/// Writes one array of all `parameters` as the dataset `name`.
inline void write_weights(hid_t group, const std::string& name, const weight_array& weights,
                          std::span<const float> parameters) {
  const std::string what = "HDF5: cannot write the weights " + name;
  const std::vector<hsize_t> extent = extent_of(weights);
  const handle properties(H5Pcreate(H5P_DATASET_CREATE), what);
  check(H5Pset_obj_track_times(properties, false), what);
  const handle space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
                     what);
  const handle data(
      H5Dcreate2(group, name.c_str(), H5T_IEEE_F32LE, space, H5P_DEFAULT, properties, H5P_DEFAULT),
      what);
  check(H5Dwrite(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                 weights.in(parameters).data()),
        what);
}

/// Writes one dense layer's kernel and bias under these names.
inline void write_dense(hid_t group, const std::array<const char*, 2>& names,
                        const dense_arrays& layer, std::span<const float> parameters) {
  write_weights(group, names[0], layer.kernel, parameters);
  write_weights(group, names[1], layer.bias, parameters);
}

/// Reads the dataset `name`, of the array's shape, to its place in `parameters`.
inline void read_weights(hid_t group, const std::string& name, const weight_array& weights,
                         std::span<float> parameters, const std::string& source) {
  const std::string what = source + ": the weights '" + name + "'";
  const handle data(H5Dopen2(group, name.c_str(), H5P_DEFAULT), what + " are missing");
  const handle space(H5Dget_space(data), what + " have no shape");
  const handle type(H5Dget_type(data), what + " have no type");
  const std::vector<hsize_t> expected = extent_of(weights);
  std::vector<hsize_t> found(
      static_cast<std::size_t>(std::max(H5Sget_simple_extent_ndims(space), 0)));
  if (!found.empty()) H5Sget_simple_extent_dims(space, found.data(), nullptr);
  if (found != expected) {
    const auto text = [](const std::vector<hsize_t>& sizes) {
      return fmt::format("({})", fmt::join(sizes, " x "));
    };
    throw data_error(what + " must be " + text(expected) + ", found " + text(found));
  }
  if (H5Tget_class(type) != H5T_FLOAT) throw data_error(what + " must be reals");
  check(
      H5Dread(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, weights.in(parameters).data()),
      what + " cannot be read");
}

/// Reads one dense layer's kernel and, if there are two names, its bias.
inline void read_dense(hid_t group, std::span<const std::string> names, const dense_arrays& layer,
                       std::span<float> parameters, const std::string& source) {
  read_weights(group, names[0], layer.kernel, parameters, source);
  if (names.size() > 1) read_weights(group, names[1], layer.bias, parameters, source);
}

/// Zeros for all parameters. Throws data_error if a file of `size` bytes cannot hold them.
inline std::vector<float> room_for(const model_spec& model, std::size_t size,
                                   const std::string& source) {
  const auto count = static_cast<std::size_t>(parameter_layout(model).size);
  if (count > size) throw data_error(source + ": is too short for the weights of its model");
  return std::vector<float>(count);
}

}  // namespace sweepnet::detail::hdf5
