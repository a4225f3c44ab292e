// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/model/safetensors/model.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/untrusted_json.hpp"
#include "sweepnet/model/description.hpp"
#include "sweepnet/model/origin.hpp"
#include "sweepnet/model/safetensors/container.hpp"
#include "sweepnet/model/weights.hpp"

namespace sweepnet {

namespace detail {

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
inline ordered_json metadata_json(const std::string& text, const char* key,
                                  const std::string& source) {
  ordered_json parsed =
      parse_untrusted_json(text, fmt::format("{}: its metadata '{}'", source, key));
  if (parsed.is_discarded()) {
    throw data_error(fmt::format("{}: its metadata '{}' are not valid JSON", source, key));
  }
  return parsed;
}

}  // namespace detail

SWEEPNET_INLINE std::string write_model_safetensors(const trained_model& trained) {
  safetensors_file file;
  file.metadata["format"] = "sweepnet";
  detail::add_metadata(file, "model", encode_model(trained.model).dump());
  const ordered_json origin = encode_origin(trained);
  for (const auto& item : origin.items()) {
    detail::add_metadata(file, item.key(), dump(item.value()));
  }
  std::vector<safetensor_view> tensors = views_of(file);
  const auto add = [&](const weight_array& weights) {
    tensors.push_back(
        view_of_reals(weights.name, weights.shape, weights.in(std::span(trained.parameters))));
  };
  for (const dense_arrays& each : arrays_of(trained.model)) {
    add(each.kernel);
    add(each.bias);
  }
  return write_safetensors(std::move(tensors), file.metadata);
}

namespace detail {

/// All weights of the model, its tensors found by their names. Throws data_error where one is
/// missing or of another shape.
inline std::vector<float> read_weights(const safetensors_file& file, const model_spec& model,
                                       const std::string& source) {
  std::map<std::string_view, const safetensor*> by_name;
  for (const safetensor& tensor : file.tensors) by_name.emplace(tensor.name, &tensor);
  std::vector<float> parameters;  // grows with what is there: a false width costs no memory
  const auto append = [&](const weight_array& weights) {
    const auto found = by_name.find(weights.name);
    if (found == by_name.end()) {
      throw data_error(source + ": the tensor '" + weights.name + "' is missing");
    }
    const safetensor& tensor = *found->second;
    if (tensor.dtype != "F32" || tensor.shape != weights.shape) {
      throw data_error(fmt::format("{}: the tensor '{}' must be F32 ({}), found {} ({})", source,
                                   weights.name, fmt::join(weights.shape, " x "), tensor.dtype,
                                   fmt::join(tensor.shape, " x ")));
    }
    const std::vector<float> values = tensor.values<float>();
    parameters.insert(parameters.end(), values.begin(), values.end());
  };
  for (const dense_arrays& each : arrays_of(model)) {
    append(each.kernel);
    append(each.bias);
  }
  require_finite(parameters, source);
  return parameters;
}

}  // namespace detail

SWEEPNET_INLINE trained_model read_model_safetensors(const std::string& bytes,
                                                     const std::string& source,
                                                     const named_objects& own) {
  const safetensors_file file = read_safetensors(bytes, source);
  const auto model = detail::find_metadata(file, "model");
  if (!model) {
    throw data_error(source + ": its metadata lack 'model': not a model of this program");
  }
  trained_model trained{
      .model = decode_model(detail::metadata_json(*model, "model", source), source, own)};
  ordered_json origin = ordered_json::object();
  for (const char* key : {"loss", "optimizer", "training"}) {
    const auto text = detail::find_metadata(file, key);
    if (text) origin[key] = detail::metadata_json(*text, key, source);
  }
  decode_origin(origin, source, trained, own);
  trained.parameters = detail::read_weights(file, trained.model, source);
  return trained;
}

}  // namespace sweepnet
