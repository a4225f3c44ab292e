// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Model files, their form chosen by the path's extension.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/named_objects.hpp"
#include "sweepnet/model/description.hpp"
#include "sweepnet/model/onnx/onnx.hpp"
#include "sweepnet/model/origin.hpp"
#include "sweepnet/model/safetensors/model.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/network/custom_functions.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/store.hpp"

#if defined(SWEEPNET_HAS_HDF5)
#include "sweepnet/model/keras/h5.hpp"
#if defined(SWEEPNET_HAS_LIBZIP)
#include "sweepnet/model/keras/v3.hpp"
#endif
#endif

namespace sweepnet {

/// A form of model files: bytes <-> trained_model. A function that is not there is null.
struct model_form {
  std::string_view extension;
  std::string_view name;
  /// Throws data_error for what the form cannot hold.
  void (*check)(const model_spec&, const optimizer&);
  std::string (*write)(const trained_model&);
  trained_model (*read)(const std::string& bytes, const std::string& source,
                        const named_objects& own);
  std::string_view lacking = "";  ///< what this build needs for this form; empty: nothing
};

namespace detail {

#if defined(SWEEPNET_HAS_HDF5)
inline void check_keras(const model_spec& model, const optimizer& o) {
  check_keras_model(model);
  check_keras_optimizer(o);
}
#endif

/// Reads a form whose files name no program's own functions.
template <auto Read>
trained_model read_built_in(const std::string& bytes, const std::string& source,
                            const named_objects&) {
  return Read(bytes, source);
}

}  // namespace detail

inline constexpr std::array<model_form, 4> model_forms{{
#if defined(SWEEPNET_HAS_HDF5)
    {".h5", "Keras' legacy HDF5", detail::check_keras, write_keras_h5,
     detail::read_built_in<read_keras_h5>},
#else
    {".h5", "Keras' legacy HDF5", nullptr, nullptr, nullptr, "libhdf5-dev"},
#endif
#if defined(SWEEPNET_HAS_HDF5) && defined(SWEEPNET_HAS_LIBZIP)
    {".keras", "Keras 3", detail::check_keras, write_keras_v3,
     detail::read_built_in<read_keras_v3>},
#else
    {".keras", "Keras 3", nullptr, nullptr, nullptr, "libhdf5-dev and libzip-dev"},
#endif
    {".safetensors", "safetensors", [](const model_spec&, const optimizer&) {},
     write_model_safetensors, read_model_safetensors},
    {".onnx", "ONNX", [](const model_spec& model, const optimizer&) { check_onnx(model); },
     write_onnx, nullptr},
}};

/// The form that the path's extension names. Throws usage_error for an unknown one, and
/// configuration_error if this build lacks the libraries for it.
[[nodiscard]] inline model_form model_form_of(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  const auto* form = std::ranges::find(model_forms, extension, &model_form::extension);
  if (form == model_forms.end()) {
    throw usage_error(path.string() +
                      ": a model's path must end in .h5, .keras, .safetensors or .onnx");
  }
  if (!form->lacking.empty()) {
    throw configuration_error(
        fmt::format("{}: this build cannot handle {} files: install {} and configure anew, or use "
                    "a path ending in .safetensors",
                    path.string(), extension, form->lacking));
  }
  return *form;
}

/// Throws what write_model would for this path, model and optimizer, before any time is spent on
/// training:
/// usage_error for an unknown extension, configuration_error for a form that this build lacks,
/// data_error for what the form cannot hold.
inline void check_model_path(const std::filesystem::path& path, const model_spec& model,
                             const optimizer& o = {}) {
  model_form_of(path).check(model, o);
}

namespace detail {

/// Throws data_error, beginning with `source`, for what read_model would not take: a malformed
/// network, weights that are not its own or not finite, values outside their domains.
inline void require_readable(const trained_model& trained, const std::string& source) {
  try {
    trained.model.validate();
  } catch (const argument_error& e) {
    throw data_error(source + ": " + e.what());
  }
  custom_functions own = custom_functions_of(trained.model);
  (void)decode_model(encode_model(trained.model), source, own);
  const parameter_layout layout(trained.model);
  if (std::ssize(trained.parameters) != layout.size) {
    throw data_error(fmt::format("{}: the model has {} parameters, got {}", source, layout.size,
                                 trained.parameters.size()));
  }
  require_finite(trained.parameters, source);
  (void)decode_json<categorical_crossentropy>(encode(trained.loss), source, "loss");
  if (trained.optimizer) {
    const auto& rule = trained.optimizer->rule.own_object();
    if (rule != nullptr) own.add(rule);
    (void)decode_json<optimizer>(encode(*trained.optimizer), source, "optimizer", own);
  }
  (void)metadata_of(trained, source);
}

}  // namespace detail

/// The bytes of a model file of the form that the path's extension names. Throws data_error for a
/// model that could not be read again.
[[nodiscard]] inline std::string encode_model_file(const std::filesystem::path& path,
                                                   const trained_model& trained) {
  detail::require_readable(trained, path.string());
  return model_form_of(path).write(trained);
}

/// Writes the model atomically, in the form that the extension names. Throws as encode_model_file
/// does.
inline void write_model(const storage::location& where, const trained_model& trained) {
  storage::write(where, encode_model_file(where.shown(), trained));
}

/// Reads a model in the form that the extension names; `own` are the program's own functions that
/// a .safetensors file may name. Throws usage_error for a form that is only written, data_error for
/// a file that holds no model or names a function that is not known.
[[nodiscard]] inline trained_model read_model(const storage::location& where,
                                              const custom_functions& own = {}) {
  const std::string source = where.shown();
  const model_form form = model_form_of(source);
  if (form.read == nullptr) {
    throw usage_error(fmt::format(
        "{}: {} files are written, not read: give the model as .h5, .keras or .safetensors", source,
        form.name));
  }
  return form.read(storage::read(where), source, own);
}

}  // namespace sweepnet
