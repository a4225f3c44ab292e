// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(SWEEPNET_HAS_HDF5)  // else a unit of nothing

#include "sweepnet/model/keras/h5.hpp"

#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/describe/untrusted_json.hpp"
#include "sweepnet/model/hdf5/attributes.hpp"
#include "sweepnet/model/hdf5/file.hpp"
#include "sweepnet/model/hdf5/weights.hpp"
#include "sweepnet/model/keras/compilation.hpp"
#include "sweepnet/model/keras/config_reader.hpp"
#include "sweepnet/model/keras/config_writer.hpp"
#include "sweepnet/model/origin.hpp"
#include "sweepnet/model/weights.hpp"

namespace sweepnet {

namespace detail {

inline void write_h5_weights(hid_t root, const trained_model& trained) {
  const hdf5::handle weights = hdf5::make_group(root, "model_weights");
  const std::vector<std::string> names = keras_layer_names(trained.model);
  hdf5::write_names(weights, "layer_names", names);
  hdf5::write_attribute(weights, "backend", std::string("tensorflow"));
  hdf5::write_attribute(weights, "keras_version", written_keras_version);
  const std::vector<dense_arrays> arrays = arrays_of(trained.model);
  auto next = arrays.begin();  // dense layer
  for (std::size_t i = 0; i < names.size(); ++i) {
    const hdf5::handle group = hdf5::make_group(weights, names[i]);
    std::vector<std::string> weight_names;
    if (next != arrays.end() && next->layer == i) {
      weight_names = {names[i] + "/kernel:0", names[i] + "/bias:0"};
      hdf5::write_dense(hdf5::make_group(group, names[i]), {"kernel:0", "bias:0"}, *next,
                        trained.parameters);
      ++next;
    }
    hdf5::write_names(group, "weight_names", weight_names);
  }
}

/// The parameters of the network out of a file of `size` bytes.
inline std::vector<float> read_h5_weights(hid_t root, const keras_network& network,
                                          std::size_t size, const std::string& source) {
  const hdf5::handle weights =
      hdf5::open_group(root, "model_weights", source + ": has no group 'model_weights'");
  std::vector<float> parameters = hdf5::room_for(network.model, size, source);
  const std::vector<dense_arrays> arrays = arrays_of(network.model);
  std::size_t index = 0;  // of the dense layer
  for (const std::string& name : hdf5::read_names(weights, "layer_names", source)) {
    const hdf5::handle group =
        hdf5::open_group(weights, name, source + ": the layer '" + name + "' is missing");
    const std::vector<std::string> weight_names = hdf5::read_names(group, "weight_names", source);
    if (weight_names.empty()) continue;
    if (index == arrays.size() || weight_names.size() != (network.biased[index] ? 2 : 1)) {
      throw data_error(source + ": the layer '" + name + "' has weights that its model does not");
    }
    hdf5::read_dense(group, weight_names, arrays[index], parameters, source);
    ++index;
  }
  if (index != arrays.size()) throw data_error(source + ": weights of a layer are missing");
  require_finite(parameters, source);
  return parameters;
}

}  // namespace detail

SWEEPNET_INLINE std::string write_keras_h5(const trained_model& trained) {
  namespace hdf5 = detail::hdf5;
  check_keras_model(trained.model);
  check_keras_loss(trained.loss);
  const std::size_t weights = trained.parameters.size() * sizeof(float);
  return hdf5::make_file(weights, [&](hid_t root) {
    const auto ascii = [](const ordered_json& value) {
      return value.dump(-1, ' ', true, ordered_json::error_handler_t::replace);
    };
    constexpr auto form = keras_form::legacy;
    hdf5::write_attribute(root, "keras_version", detail::written_keras_version);
    hdf5::write_attribute(root, "backend", std::string("tensorflow"));
    hdf5::write_attribute(root, "model_config", ascii(keras_model_config(trained.model, form)));
    if (trained.optimizer) {
      hdf5::write_attribute(root, "training_config",
                            ascii(keras_compilation(*trained.optimizer, trained.loss, form)));
    }
    hdf5::write_attribute(root, "sweepnet", ascii(encode_origin(trained)));
    detail::write_h5_weights(root, trained);
  });
}

SWEEPNET_INLINE trained_model read_keras_h5(const std::string& bytes, const std::string& source) {
  namespace hdf5 = detail::hdf5;
  return hdf5::read_file(bytes, source, [&](hid_t root) {
    const auto json_of = [&](const char* name) {
      const std::string what = source + ": '" + name + "'";
      ordered_json parsed = parse_untrusted_json(hdf5::read_string(root, name, source), what);
      if (parsed.is_discarded()) throw data_error(what + " is not valid JSON");
      return parsed;
    };
    const bool tells_version = hdf5::has_attribute(root, "keras_version");
    const std::string written_by =
        tells_version ? hdf5::read_string(root, "keras_version", source) : "2";
    const keras_network network = read_keras_model_config(json_of("model_config"), source,
                                                          detail::keras_generation(written_by));
    trained_model trained{.model = network.model};
    if (hdf5::has_attribute(root, "sweepnet")) decode_origin(json_of("sweepnet"), source, trained);
    trained.parameters = detail::read_h5_weights(root, network, bytes.size(), source);
    return trained;
  });
}

}  // namespace sweepnet

#endif
