// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Keras' legacy HDF5 model files, written and read in memory (HDF5's core driver).
//
//   / @keras_version @backend @model_config @training_config @sweepnet
//   /model_weights @layer_names @backend @keras_version
//   /model_weights/dense_1 @weight_names = [dense_1/kernel:0, dense_1/bias:0]
//   /model_weights/dense_1/dense_1/kernel:0  float32 (inputs x units)   .../bias:0  (units)
//
// Strings are fixed-length ASCII, so that Keras 2 and Keras 3 both load them; times are not
// recorded, so that equal models are equal files.

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/output/hdf5_structure.hpp"
#include "sweepnet/output/keras_config.hpp"
#include "sweepnet/output/trained_model.hpp"
#include "sweepnet/output/untrusted_json.hpp"

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
  check(H5Tset_strpad(type, H5T_STR_NULLPAD), "HDF5: cannot pad a string type");
  return type;
}

inline void write_attribute(hid_t object, const char* name, const std::string& value) {
  const std::string what = std::string("HDF5: cannot write the attribute ") + name;
  const handle type = string_type(value.size());
  const handle space(H5Screate(H5S_SCALAR), what);
  const handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), what);
  check(H5Awrite(attribute, type, value.c_str()), what);
}

inline void write_attribute(hid_t object, const char* name,
                            const std::vector<std::string>& values) {
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

inline json parse_json(const std::string& text, const std::string& source, const char* what) {
  json parsed = parse_untrusted_json(text, source + ": '" + what + "'");
  if (parsed.is_discarded()) throw data_error(source + ": '" + what + "' is not valid JSON");
  return parsed;
}

}  // namespace detail::h5

/// The bytes of a legacy .h5 file with this model. Throws data_error if Keras has no name for an
/// activation.
[[nodiscard]] inline std::string write_keras_h5(const trained_model& trained) {
  namespace h5 = detail::h5;
  constexpr const char* what = "HDF5: cannot make the file";
  const h5::quiet quiet;
  const h5::handle access = h5::memory_file_access();
  const h5::handle creation(H5Pcreate(H5P_FILE_CREATE), what);
  h5::check(H5Pset_obj_track_times(creation, false), what);
  const h5::handle file(H5Fcreate("model.h5", H5F_ACC_TRUNC, creation, access), what);
  {
    const h5::handle root(H5Gopen2(file, "/", H5P_DEFAULT), what);
    h5::write_attribute(root, "keras_version", std::string("2.1.6"));
    h5::write_attribute(root, "backend", std::string("tensorflow"));
    const auto ascii = [](const json& value) {
      return value.dump(-1, ' ', true, json::error_handler_t::replace);
    };
    h5::write_attribute(root, "model_config", ascii(keras_model_config(trained.model)));
    h5::write_attribute(root, "training_config", ascii(keras_training_config(trained.optimizer)));
    json own = trained.metadata;
    own["loss"] = encode(trained.loss);
    h5::write_attribute(root, "sweepnet", ascii(own));

    const h5::handle weights = h5::make_group(root, "model_weights");
    const std::vector<std::string> names = keras_layer_names(trained.model);
    h5::write_attribute(weights, "layer_names", names);
    h5::write_attribute(weights, "backend", std::string("tensorflow"));
    h5::write_attribute(weights, "keras_version", std::string("2.1.6"));
    const parameter_layout layout(trained.model);
    auto slot = layout.slots.begin();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const h5::handle group = h5::make_group(weights, names[i]);
      std::vector<std::string> weight_names;
      if (slot != layout.slots.end() && slot->layer == i) {
        weight_names = {names[i] + "/kernel:0", names[i] + "/bias:0"};
        const h5::handle inner = h5::make_group(group, names[i]);
        const hsize_t inputs = static_cast<hsize_t>(slot->inputs);
        const hsize_t units = static_cast<hsize_t>(slot->units);
        h5::write_weights(inner, "kernel:0", {inputs, units},
                          &trained.parameters[static_cast<std::size_t>(slot->kernel)]);
        h5::write_weights(inner, "bias:0", {units},
                          &trained.parameters[static_cast<std::size_t>(slot->bias)]);
        ++slot;
      }
      h5::write_attribute(group, "weight_names", weight_names);
    }
  }
  h5::check(H5Fflush(file, H5F_SCOPE_LOCAL), what);
  const ssize_t size = H5Fget_file_image(file, nullptr, 0);
  if (size <= 0) throw data_error(what);
  std::string image(static_cast<std::size_t>(size), '\0');
  if (H5Fget_file_image(file, image.data(), image.size()) != size) throw data_error(what);
  return image;
}

/// The model in the bytes of a legacy .h5 file, from this library or from Keras. Throws data_error
/// naming `source` where the file is damaged, or the model is none that this library can run.
[[nodiscard]] inline trained_model read_keras_h5(const std::string& bytes,
                                                 const std::string& source) {
  namespace h5 = detail::h5;
  check_hdf5_structure(bytes, source);
  const h5::quiet quiet;
  const h5::handle access = h5::memory_file_access();
  std::string image = bytes;  // HDF5 takes a writable pointer
  h5::check(H5Pset_file_image(access, image.data(), image.size()), source + ": not an HDF5 file");
  const h5::handle file(H5Fopen("model.h5", H5F_ACC_RDONLY, access), source + ": not an HDF5 file");
  const h5::handle root(H5Gopen2(file, "/", H5P_DEFAULT), source + ": has no root group");

  trained_model trained;
  const std::string config = h5::read_string(root, "model_config", source);
  trained.model = read_keras_model_config(h5::parse_json(config, source, "model_config"), source);
  if (H5Aexists(root, "sweepnet") > 0) {
    trained.metadata =
        h5::parse_json(h5::read_string(root, "sweepnet", source), source, "sweepnet");
    require_object(trained.metadata, source);
    if (trained.metadata.contains("loss")) {
      trained.loss =
          decode_json<categorical_crossentropy>(trained.metadata["loss"], source, "loss");
      trained.metadata.erase("loss");
    }
  }

  const parameter_layout layout(trained.model);
  const h5::handle weights(H5Gopen2(root, "model_weights", H5P_DEFAULT),
                           source + ": has no group 'model_weights'");
  if (static_cast<std::size_t>(layout.size) > bytes.size()) {
    throw data_error(source + ": is too short for the weights of its model");
  }
  trained.parameters.resize(static_cast<std::size_t>(layout.size));
  auto slot = layout.slots.begin();
  for (const std::string& name : h5::read_strings(weights, "layer_names", source)) {
    const h5::handle group(H5Gopen2(weights, name.c_str(), H5P_DEFAULT),
                           source + ": the layer '" + name + "' is missing");
    const std::vector<std::string> weight_names = h5::read_strings(group, "weight_names", source);
    if (weight_names.empty()) continue;
    if (weight_names.size() != 2 || slot == layout.slots.end()) {
      throw data_error(source + ": the layer '" + name + "' has weights that its model does not");
    }
    const hsize_t inputs = static_cast<hsize_t>(slot->inputs);
    const hsize_t units = static_cast<hsize_t>(slot->units);
    h5::read_weights(group, weight_names[0], {inputs, units},
                     &trained.parameters[static_cast<std::size_t>(slot->kernel)], source);
    h5::read_weights(group, weight_names[1], {units},
                     &trained.parameters[static_cast<std::size_t>(slot->bias)], source);
    ++slot;
  }
  if (slot != layout.slots.end()) throw data_error(source + ": weights of a layer are missing");
  require_finite(trained.parameters, source);
  return trained;
}

}  // namespace sweepnet
