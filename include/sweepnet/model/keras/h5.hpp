// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Keras' legacy HDF5 model files.
//
//   / @keras_version @backend @model_config @training_config @sweepnet
//   /model_weights @layer_names @backend @keras_version
//   /model_weights/dense_1 @weight_names = [dense_1/kernel:0, dense_1/bias:0]
//   /model_weights/dense_1/dense_1/kernel:0  float32 (inputs x units)   .../bias:0  (units)
//
// Source: keras/src/legacy/saving/legacy_h5_format.py (3.15), keras/engine/saving.py (2.2).

#include <fmt/format.h>

#include <string>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/untrusted_json.hpp"
#include "sweepnet/model/hdf5/file.hpp"
#include "sweepnet/model/keras/config.hpp"
#include "sweepnet/model/keras/config_reader.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/network/parameters.hpp"

namespace sweepnet {

/// The bytes of a legacy .h5 file with this model. Throws data_error for an activation
/// that Keras does not have.
[[nodiscard]] inline std::string write_keras_h5(const trained_model& trained) {
  namespace h5 = detail::h5;
  check_keras_model(trained.model);
  return h5::make_file([&](hid_t root) {
    const auto ascii = [](const json& value) {
      return value.dump(-1, ' ', true, json::error_handler_t::replace);
    };
    constexpr auto form = keras_form::legacy;
    h5::write_attribute(root, "keras_version", detail::written_keras_version);
    h5::write_attribute(root, "backend", std::string("tensorflow"));
    h5::write_attribute(root, "model_config", ascii(keras_model_config(trained.model, form)));
    if (trained.optimizer) {
      h5::write_attribute(root, "training_config",
                          ascii(keras_compilation(*trained.optimizer, trained.loss, form)));
    }
    h5::write_attribute(root, "sweepnet", ascii(encode_origin(trained)));

    const h5::handle weights = h5::make_group(root, "model_weights");
    const std::vector<std::string> names = keras_layer_names(trained.model);
    h5::write_names(weights, "layer_names", names);
    h5::write_attribute(weights, "backend", std::string("tensorflow"));
    h5::write_attribute(weights, "keras_version", detail::written_keras_version);
    const parameter_layout layout(trained.model);
    auto next = layout.weights.begin();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const h5::handle group = h5::make_group(weights, names[i]);
      std::vector<std::string> weight_names;
      if (next != layout.weights.end() && next->layer == i) {
        weight_names = {names[i] + "/kernel:0", names[i] + "/bias:0"};
        h5::write_dense(h5::make_group(group, names[i]), {"kernel:0", "bias:0"}, *next,
                        trained.parameters);
        ++next;
      }
      h5::write_names(group, "weight_names", weight_names);
    }
  });
}

/// The model in the bytes of a legacy .h5 file, from this library or from Keras. Throws data_error
/// naming `source` where the file is damaged, or the model is none that this library can run.
[[nodiscard]] inline trained_model read_keras_h5(const std::string& bytes,
                                                 const std::string& source) {
  namespace h5 = detail::h5;
  return h5::read_file(bytes, source, [&](hid_t root) {
    const auto json_of = [&](const char* name) {
      const std::string what = source + ": '" + name + "'";
      json parsed = parse_untrusted_json(h5::read_string(root, name, source), what);
      if (parsed.is_discarded()) throw data_error(what + " is not valid JSON");
      return parsed;
    };
    const bool tells_version = h5::has_attribute(root, "keras_version");
    const std::string written_by =
        tells_version ? h5::read_string(root, "keras_version", source) : "2";
    const keras_network network = read_keras_model_config(json_of("model_config"), source,
                                                          detail::keras_generation(written_by));
    trained_model trained{.model = network.model};
    if (h5::has_attribute(root, "sweepnet")) decode_origin(json_of("sweepnet"), source, trained);

    const parameter_layout layout(trained.model);
    const h5::handle weights =
        h5::open_group(root, "model_weights", source + ": has no group 'model_weights'");
    trained.parameters = h5::room_for(layout, bytes.size(), source);
    auto next = layout.weights.begin();
    std::size_t index = 0;  // of the dense layer
    for (const std::string& name : h5::read_names(weights, "layer_names", source)) {
      const h5::handle group =
          h5::open_group(weights, name, source + ": the layer '" + name + "' is missing");
      const std::vector<std::string> weight_names = h5::read_names(group, "weight_names", source);
      if (weight_names.empty()) continue;
      if (next == layout.weights.end() || weight_names.size() != (network.biased[index] ? 2 : 1)) {
        throw data_error(source + ": the layer '" + name + "' has weights that its model does not");
      }
      h5::read_dense(group, weight_names, *next, trained.parameters, source);
      ++next;
      ++index;
    }
    if (next != layout.weights.end()) throw data_error(source + ": weights of a layer are missing");
    require_finite(trained.parameters, source);
    return trained;
  });
}

}  // namespace sweepnet
