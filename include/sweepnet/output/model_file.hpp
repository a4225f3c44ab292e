// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Model files, their form chosen by the path's extension: .h5 (Keras' legacy HDF5) or .safetensors.

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/output/safetensors.hpp"
#include "sweepnet/output/trained_model.hpp"
#include "sweepnet/output/untrusted_json.hpp"
#include "sweepnet/storage/store.hpp"

#if defined(SWEEPNET_HAS_HDF5)
#include "sweepnet/output/keras_h5.hpp"
#endif

namespace sweepnet {

template <>
inline constexpr auto fields<dense> =
    std::tuple(field("units", &dense::units, closed_range(1, 1 << 20), "outputs"),
               field("activation", &dense::activate, "function of the weighted inputs"),
               field("kernel_initializer", &dense::kernel_initializer, "start of the kernel"),
               field("l1", &dense::l1, at_least(0), "penalty l1 sum |W|"),
               field("l2", &dense::l2, at_least(0), "penalty l2 sum W^2"));
template <>
inline constexpr auto fields<dropout> = std::tuple(field("rate", &dropout::rate, in_range(0, 1),
                                                         "share dropped"));

/// A model's structure in this library's own words: {"inputs": 784, "layers": [{"dense": {...}},
/// {"dropout": {...}}]}.
[[nodiscard]] inline json encode_model(const model_spec& model) {
  json layers = json::array();
  for (const layer& each : model.layers) {
    if (const auto* d = std::get_if<dense>(&each)) {
      layers.push_back({{"dense", encode(*d)}});
    } else {
      layers.push_back({{"dropout", encode(std::get<dropout>(each))}});
    }
  }
  return {{"inputs", model.inputs}, {"layers", layers}};
}

/// The inverse of encode_model. Throws data_error naming `source`.
[[nodiscard]] inline model_spec decode_model(const json& value, const std::string& source) {
  const auto require = [&](bool holds, const char* what) {
    if (!holds) throw data_error(source + ": the model's description " + what);
  };
  require(value.is_object() && value.contains("inputs") && value["inputs"].is_number_integer() &&
              value.contains("layers") && value["layers"].is_array(),
          "must have inputs and layers");
  model_spec model{.inputs = value["inputs"].get<std::int64_t>()};
  require(model.inputs <= std::numeric_limits<std::int32_t>::max(), "has too many inputs");
  for (const json& entry : value["layers"]) {
    require(entry.is_object() && entry.size() == 1, "has a malformed layer");
    const std::string kind = entry.begin().key();
    require(kind == "dense" || kind == "dropout", "has a layer that is neither dense nor dropout");
    if (kind == "dense") {
      model.layers.emplace_back(decode_json<dense>(entry.front(), source, kind));
    } else {
      model.layers.emplace_back(decode_json<dropout>(entry.front(), source, kind));
    }
  }
  try {
    model.validate();
  } catch (const std::invalid_argument& e) {
    throw data_error(source + ": " + e.what());
  }
  return model;
}

namespace detail {

inline std::string dense_name(std::size_t index) { return "dense_" + std::to_string(index + 1); }

inline std::string write_model_safetensors(const trained_model& trained) {
  safetensors_file file;
  file.metadata["format"] = "sweepnet";
  file.metadata["model"] = encode_model(trained.model).dump();
  file.metadata["loss"] = encode(trained.loss).dump();
  file.metadata["training"] = dump(trained.metadata);
  const parameter_layout layout(trained.model);
  const auto add = [&](std::string name, std::vector<std::int64_t> shape, std::int64_t offset,
                       std::int64_t count) {
    const auto* first = reinterpret_cast<const char*>(trained.parameters.data() + offset);
    file.tensors.push_back(
        {.name = std::move(name),
         .dtype = "F32",
         .shape = std::move(shape),
         .bytes = std::string(first, static_cast<std::size_t>(count) * sizeof(float))});
  };
  for (std::size_t i = 0; i < layout.slots.size(); ++i) {
    const dense_slot& slot = layout.slots[i];
    add(dense_name(i) + ".kernel", {slot.inputs, slot.units}, slot.kernel, slot.kernel_size());
    add(dense_name(i) + ".bias", {slot.units}, slot.bias, slot.units);
  }
  return write_safetensors(std::move(file));
}

inline json metadata_json(const safetensors_file& file, const char* key,
                          const std::string& source) {
  const auto entry = file.metadata.find(key);
  if (entry == file.metadata.end()) {
    throw data_error(
        fmt::format("{}: its metadata lack '{}': not a model of this program", source, key));
  }
  json parsed =
      parse_untrusted_json(entry->second, fmt::format("{}: its metadata '{}'", source, key));
  if (parsed.is_discarded()) {
    throw data_error(fmt::format("{}: its metadata '{}' are not valid JSON", source, key));
  }
  return parsed;
}

inline trained_model read_model_safetensors(const std::string& bytes, const std::string& source) {
  const safetensors_file file = read_safetensors(bytes, source);
  trained_model trained;
  trained.model = decode_model(metadata_json(file, "model", source), source);
  trained.loss =
      decode_json<categorical_crossentropy>(metadata_json(file, "loss", source), source, "loss");
  trained.metadata = metadata_json(file, "training", source);
  require_object(trained.metadata, source);
  std::map<std::string_view, const safetensor*> by_name;
  for (const safetensor& tensor : file.tensors) by_name.emplace(tensor.name, &tensor);
  // The parameters grow with what is there: a false width costs no memory.
  const auto append = [&](const std::string& name, const std::vector<std::int64_t>& shape) {
    const auto found = by_name.find(name);
    if (found == by_name.end()) throw data_error(source + ": the tensor '" + name + "' is missing");
    const safetensor* tensor = found->second;
    if (tensor->dtype != "F32" || tensor->shape != shape) {
      throw data_error(fmt::format("{}: the tensor '{}' must be F32 ({}), found {} ({})", source,
                                   name, fmt::join(shape, " x "), tensor->dtype,
                                   fmt::join(tensor->shape, " x ")));
    }
    const std::vector<float> values = tensor->values<float>();
    trained.parameters.insert(trained.parameters.end(), values.begin(), values.end());
  };
  const parameter_layout layout(trained.model);
  for (std::size_t i = 0; i < layout.slots.size(); ++i) {
    const dense_slot& slot = layout.slots[i];
    append(dense_name(i) + ".kernel", {slot.inputs, slot.units});
    append(dense_name(i) + ".bias", {slot.units});
  }
  require_finite(trained.parameters, source);
  return trained;
}

[[noreturn]] inline void refuse_extension(const std::filesystem::path& path) {
  throw usage_error(path.string() + ": a model's path must end in .h5 or .safetensors");
}

[[noreturn]] inline void refuse_h5(const std::filesystem::path& path) {
  throw configuration_error(path.string() +
                            ": this build has no HDF5: install libhdf5-dev and configure with "
                            "-DSWEEPNET_WITH_HDF5=ON, or use a path ending in .safetensors");
}

}  // namespace detail

/// Throws what write_model would for this path and model, before any time is spent on training:
/// usage_error for an unknown extension, configuration_error without HDF5, data_error for an
/// activation that the form cannot hold.
inline void check_model_path(const std::filesystem::path& path, const model_spec& model) {
  if (path.extension() == ".safetensors") return;
  if (path.extension() != ".h5") detail::refuse_extension(path);
#if defined(SWEEPNET_HAS_HDF5)
  check_keras_model(model);
#else
  (void)model;
  detail::refuse_h5(path);
#endif
}

/// The bytes of a model file of the form that the path's extension names.
[[nodiscard]] inline std::string encode_model_file(const std::filesystem::path& path,
                                                   const trained_model& trained) {
  check_model_path(path, trained.model);
#if defined(SWEEPNET_HAS_HDF5)
  if (path.extension() == ".h5") return write_keras_h5(trained);
#endif
  return detail::write_model_safetensors(trained);
}

/// Writes the model atomically, in the form that the extension names.
inline void write_model(const std::string& path, const trained_model& trained) {
  storage::write(path, encode_model_file(storage::without_query(path), trained));
}

/// Reads a model in the form that the extension names.
[[nodiscard]] inline trained_model read_model(const std::string& path) {
  const std::string source = storage::without_query(path);
  const std::filesystem::path form = std::filesystem::path(source).extension();
  if (form != ".h5" && form != ".safetensors") detail::refuse_extension(source);
#if defined(SWEEPNET_HAS_HDF5)
  if (form == ".h5") return read_keras_h5(storage::read(path), source);
#else
  if (form == ".h5") detail::refuse_h5(source);
#endif
  return detail::read_model_safetensors(storage::read(path), source);
}

}  // namespace sweepnet
