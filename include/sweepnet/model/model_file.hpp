// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Model files, their form chosen by the path's extension.

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "sweepnet/core/link_check.hpp"
#include "sweepnet/describe/named_objects.hpp"
#include "sweepnet/model/onnx/onnx.hpp"
#include "sweepnet/model/safetensors/model.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/network/custom_functions.hpp"
#include "sweepnet/network/loss_function.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/storage/location.hpp"

#if defined(SWEEPNET_HAS_HDF5)
#include "sweepnet/model/keras/h5.hpp"
#if defined(SWEEPNET_HAS_LIBZIP)
#include "sweepnet/model/keras/v3.hpp"
#endif
SWEEPNET_SAME_IN_ALL_UNITS(HDF5, 1);
#else
SWEEPNET_SAME_IN_ALL_UNITS(HDF5, 0);
#endif

namespace sweepnet {

/// A form of model files: bytes <-> trained_model. A function that is not there is null.
struct model_form {
  std::string_view extension;
  std::string_view name;
  /// Throws data_error for what the form cannot hold.
  void (*check)(const model_spec&, const optimizer&, const loss_function&);
  std::string (*write)(const trained_model&);
  trained_model (*read)(const std::string& bytes, const std::string& source,
                        const named_objects& own);
  std::string_view lacking = "";  ///< what this build needs for this form; empty: nothing
};

namespace detail {

#if defined(SWEEPNET_HAS_HDF5)
void check_keras(const model_spec& model, const optimizer& o, const loss_function& loss);
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
    {".safetensors", "safetensors",
     [](const model_spec&, const optimizer&, const loss_function&) {}, write_model_safetensors,
     read_model_safetensors},
    {".onnx", "ONNX",
     [](const model_spec& model, const optimizer&, const loss_function&) { check_onnx(model); },
     write_onnx, nullptr},
}};

/// The form that the path's extension names. Throws usage_error for an unknown one, and
/// configuration_error if this build lacks the libraries for it.
[[nodiscard]] model_form model_form_of(const std::filesystem::path& path);

/// The same of a model that is to be read. Throws usage_error for a form that is only written, too.
[[nodiscard]] model_form readable_form_of(const std::filesystem::path& path);

/// Throws what write_model would for this path, model, optimizer and loss, before any time is spent
/// on training:
/// usage_error for an unknown extension, configuration_error for a form that this build lacks,
/// data_error for what the form cannot hold.
void check_model_path(const std::filesystem::path& path, const model_spec& model,
                      const optimizer& o = {}, const loss_function& loss = {});

/// The bytes of a model file of the form that the path's extension names. Throws data_error for a
/// model that could not be read again.
[[nodiscard]] std::string encode_model_file(const std::filesystem::path& path,
                                            const trained_model& trained);

/// Writes the model atomically, in the form that the extension names. Throws as encode_model_file
/// does.
void write_model(const storage::location& where, const trained_model& trained);

/// Reads a model in the form that the extension names; `own` are the program's own functions that
/// a .safetensors file may name. Throws usage_error for a form that is only written, data_error for
/// a file that holds no model or names a function that is not known.
[[nodiscard]] trained_model read_model(const storage::location& where,
                                       const custom_functions& own = {});

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/model/model_file.inl"
#endif
