// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Models as safetensors: the form that holds everything this library knows of a model.

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/untrusted_json.hpp"
#include "sweepnet/model/description.hpp"
#include "sweepnet/model/safetensors/container.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/network/parameters.hpp"

namespace sweepnet {

namespace detail {

inline std::string dense_name(std::size_t index) { return "dense_" + std::to_string(index + 1); }

/// Readers take headers of at most 100 MB, so longer texts than this become tensors of bytes, named
/// after their metadata key.
inline constexpr std::size_t longest_metadata = std::size_t{1} << 20;

inline std::string metadata_tensor(const std::string& key) { return "metadata." + key; }

inline void add_metadata(safetensors_file& file, const std::string& key, std::string text) {
  if (text.size() <= longest_metadata) {
    file.metadata[key] = std::move(text);
  } else {
    const auto size = static_cast<std::int64_t>(text.size());
    file.tensors.push_back(
        {.name = metadata_tensor(key), .dtype = "U8", .shape = {size}, .bytes = std::move(text)});
  }
}

/// What add_metadata() added, or nothing.
inline std::optional<std::string> find_metadata(const safetensors_file& file,
                                                const std::string& key) {
  if (const auto entry = file.metadata.find(key); entry != file.metadata.end()) {
    return entry->second;
  }
  const safetensor* tensor = file.find(metadata_tensor(key));
  return tensor != nullptr && tensor->dtype == "U8" ? std::optional(tensor->bytes) : std::nullopt;
}

/// A metadata entry's JSON.
inline json metadata_json(const std::string& text, const char* key, const std::string& source) {
  json parsed = parse_untrusted_json(text, fmt::format("{}: its metadata '{}'", source, key));
  if (parsed.is_discarded()) {
    throw data_error(fmt::format("{}: its metadata '{}' are not valid JSON", source, key));
  }
  return parsed;
}

}  // namespace detail

/// The bytes of a .safetensors file: a tensor for each kernel and bias, the rest as its metadata.
[[nodiscard]] inline std::string write_model_safetensors(const trained_model& trained) {
  safetensors_file file;
  file.metadata["format"] = "sweepnet";
  detail::add_metadata(file, "model", encode_model(trained.model).dump());
  const json origin = encode_origin(trained);
  for (const auto& item : origin.items()) {
    detail::add_metadata(file, item.key(), dump(item.value()));
  }
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
  for (std::size_t i = 0; i < layout.weights.size(); ++i) {
    const dense_weights& weights = layout.weights[i];
    add(detail::dense_name(i) + ".kernel", {weights.inputs, weights.units}, weights.kernel,
        weights.kernel_size());
    add(detail::dense_name(i) + ".bias", {weights.units}, weights.bias, weights.units);
  }
  return write_safetensors(std::move(file));
}

/// The model in the bytes of a .safetensors file that this library wrote. Throws data_error naming
/// `source` for any other.
[[nodiscard]] inline trained_model read_model_safetensors(const std::string& bytes,
                                                          const std::string& source) {
  const safetensors_file file = read_safetensors(bytes, source);
  const auto model = detail::find_metadata(file, "model");
  if (!model) {
    throw data_error(source + ": its metadata lack 'model': not a model of this program");
  }
  trained_model trained{.model =
                            decode_model(detail::metadata_json(*model, "model", source), source)};
  json origin = json::object();
  for (const char* key : {"loss", "optimizer", "training"}) {
    const auto text = detail::find_metadata(file, key);
    if (text) origin[key] = detail::metadata_json(*text, key, source);
  }
  decode_origin(origin, source, trained);
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
  for (std::size_t i = 0; i < layout.weights.size(); ++i) {
    const dense_weights& weights = layout.weights[i];
    append(detail::dense_name(i) + ".kernel", {weights.inputs, weights.units});
    append(detail::dense_name(i) + ".bias", {weights.units});
  }
  require_finite(trained.parameters, source);
  return trained;
}

}  // namespace sweepnet
