// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(SWEEPNET_HAS_HDF5) && defined(SWEEPNET_HAS_LIBZIP)  // else a unit of nothing

#include "sweepnet/model/keras/v3.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/describe/untrusted_json.hpp"
#include "sweepnet/model/hdf5/file.hpp"
#include "sweepnet/model/hdf5/weights.hpp"
#include "sweepnet/model/keras/compilation.hpp"
#include "sweepnet/model/keras/config_reader.hpp"
#include "sweepnet/model/keras/config_writer.hpp"
#include "sweepnet/model/origin.hpp"
#include "sweepnet/model/weights.hpp"
#include "sweepnet/storage/zip.hpp"

namespace sweepnet {

namespace detail {

/// "dense", "dense_1", "dense_2", ...
inline std::string keras_v3_name(std::size_t index) {
  return index == 0 ? "dense" : fmt::format("dense_{}", index);
}

SWEEPNET_INLINE std::string write_keras_v3_weights(const trained_model& trained) {
  const std::size_t weights = trained.parameters.size() * sizeof(float);
  return hdf5::make_file(weights, [&](hid_t root) {
    const hdf5::handle layers = hdf5::make_group(root, "layers");
    const std::vector<dense_arrays> arrays = arrays_of(trained.model);
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      const hdf5::handle layer = hdf5::make_group(layers, keras_v3_name(i));
      hdf5::write_dense(hdf5::make_group(layer, "vars"), {"0", "1"}, arrays[i], trained.parameters);
    }
  });
}

inline std::vector<float> read_keras_v3_weights(const std::string& bytes,
                                                const keras_network& network,
                                                const std::string& source) {
  return hdf5::read_file(bytes, source, [&](hid_t root) {
    std::vector<float> parameters = hdf5::room_for(network.model, bytes.size(), source);
    const bool keras2 = hdf5::has_member(root, "_layer_checkpoint_dependencies");
    const hdf5::handle layers = hdf5::open_group(
        root, keras2 ? "_layer_checkpoint_dependencies" : "layers", source + ": has no layers");
    const std::vector<dense_arrays> arrays = arrays_of(network.model);
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      const std::string name = keras_v3_name(i);
      const std::string missing = source + ": the weights of the layer '" + name + "' are missing";
      const hdf5::handle layer = hdf5::open_group(layers, name, missing);
      const hdf5::handle vars = hdf5::open_group(layer, "vars", missing);
      const std::vector<std::string> names =
          network.biased[i] ? std::vector<std::string>{"0", "1"} : std::vector<std::string>{"0"};
      hdf5::read_dense(vars, names, arrays[i], parameters, source + ": '" + name + "'");
    }
    require_finite(parameters, source);
    return parameters;
  });
}

}  // namespace detail

SWEEPNET_INLINE std::string write_keras_v3(const trained_model& trained) {
  constexpr auto form = keras_form::v3;
  check_keras_loss(trained.loss);
  ordered_json config = keras_model_config(trained.model, form);
  config["build_config"] = {{"input_shape", {nullptr, trained.model.inputs}}};
  if (trained.optimizer) {
    config["compile_config"] = keras_compilation(*trained.optimizer, trained.loss, form);
  }
  const ordered_json metadata = {{"keras_version", detail::written_keras_version},
                                 {"sweepnet", encode_origin(trained)}};
  return storage::write_zip({{"metadata.json", dump(metadata)},
                             {"config.json", dump(config)},
                             {"model.weights.h5", detail::write_keras_v3_weights(trained)}});
}

SWEEPNET_INLINE trained_model read_keras_v3(const std::string& bytes, const std::string& source) {
  const storage::zip_archive archive(bytes, source, ".keras archive");
  const auto member = [&](const char* name, std::uint64_t limit) {
    auto content = archive.find(name, name, {.bytes = limit});
    if (!content) {
      throw data_error(fmt::format("{}: has no '{}'{}", source, name, archive.listing()));
    }
    return std::move(*content);
  };
  const auto json_of = [&](const char* name) {
    // Keras deflates; what is stored as it is, of whatever length, is no longer than its archive.
    constexpr std::uint64_t deflated = 1 << 24;
    const std::string where = fmt::format("{}:{}", source, name);
    ordered_json parsed =
        parse_untrusted_json(member(name, std::max(deflated, bytes.size())), where);
    if (!parsed.is_object()) throw data_error(where + " is not a JSON object");
    return parsed;
  };
  const ordered_json metadata = json_of("metadata.json");
  const auto written_by = metadata.find("keras_version");
  if (written_by == metadata.end() || !written_by->is_string()) {
    throw data_error(source + ":metadata.json does not tell the version of Keras");
  }
  const keras_network network = read_keras_model_config(
      json_of("config.json"), source, detail::keras_generation(written_by->get<std::string>()));
  trained_model trained{.model = network.model};
  if (metadata.contains("sweepnet")) decode_origin(metadata["sweepnet"], source, trained);

  // Weights hardly compress: what unfolds further than this is a bomb.
  constexpr std::uint64_t expansion = 64;
  constexpr std::uint64_t structure = 1 << 20;
  const std::uint64_t limit = structure + expansion * bytes.size();
  trained.parameters =
      detail::read_keras_v3_weights(member("model.weights.h5", limit), network, source);
  return trained;
}

}  // namespace sweepnet

#endif
