// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/model/onnx/onnx.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <variant>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/model/description.hpp"
#include "sweepnet/model/onnx/activations.hpp"
#include "sweepnet/model/onnx/graph.hpp"
#include "sweepnet/model/onnx/protobuf.hpp"
#include "sweepnet/model/onnx/schema.hpp"
#include "sweepnet/model/origin.hpp"
#include "sweepnet/model/weights.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/version.hpp"

namespace sweepnet {

SWEEPNET_INLINE void check_onnx(const model_spec& model) {
  for (const layer& each : model.layers) {
    const auto* d = std::get_if<dense>(&each);
    const auto* own =
        d != nullptr ? std::get_if<activations::custom>(&d->activate.function) : nullptr;
    if (own != nullptr) detail::onnx::activation_writer::refuse(*own);
  }
  constexpr std::int64_t largest = std::numeric_limits<std::int32_t>::max();
  constexpr std::int64_t description = 1 << 24;  // more than names, nodes and metadata take
  const std::int64_t weights = parameter_layout(model).size;
  if (weights > (largest - description) / static_cast<std::int64_t>(sizeof(float))) {
    throw data_error(fmt::format(
        "an .onnx file cannot hold {} weights: choose a path ending in .safetensors", weights));
  }
}

namespace detail::onnx {

/// The network from rows to outputs.
inline protobuf_message graph_of(const trained_model& trained) {
  const std::string input = "input";
  const std::span parameters(trained.parameters);
  graph network;
  std::string x = input;
  for (const dense_arrays& each : arrays_of(trained.model)) {
    const auto add = [&](const weight_array& weights) {
      return network.constant(weights.name, weights.shape, weights.in(parameters));
    };
    const std::string kernel = add(each.kernel);
    const std::string bias = add(each.bias);
    x = visit_alternative(activation_writer(network, network.apply("Gemm", {x, kernel, bias})),
                          std::get<dense>(trained.model.layers[each.layer]).activate.function);
  }
  return std::move(network).finish(input, trained.model.inputs, x, trained.model.outputs());
}

inline void add_metadata(protobuf_message& file, const std::string& key, const std::string& value) {
  protobuf_message entry;
  entry.add_bytes(string_entry_proto::key, key);
  entry.add_bytes(string_entry_proto::value, value);
  file.add_message(model_proto::metadata_props, entry);
}

}  // namespace detail::onnx

SWEEPNET_INLINE std::string write_onnx(const trained_model& trained) {
  namespace onnx = detail::onnx;
  check_onnx(trained.model);
  protobuf_message operators;
  operators.add_bytes(onnx::operator_set_proto::domain, "");
  operators.add_integer(onnx::operator_set_proto::version, onnx::opset_version);
  protobuf_message file;
  file.add_integer(onnx::model_proto::ir_version, onnx::ir_version);
  file.add_bytes(onnx::model_proto::producer_name, "sweepnet");
  file.add_bytes(onnx::model_proto::producer_version, version);
  file.add_message(onnx::model_proto::graph, onnx::graph_of(trained));
  file.add_message(onnx::model_proto::opset_import, operators);
  onnx::add_metadata(file, "model", dump(encode_model(trained.model)));
  const ordered_json origin = encode_origin(trained);
  for (const auto& item : origin.items()) {
    onnx::add_metadata(file, item.key(), dump(item.value()));
  }
  return file.bytes();
}

}  // namespace sweepnet
