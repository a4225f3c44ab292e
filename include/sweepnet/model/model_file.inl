// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/model/model_file.hpp"

#include <algorithm>
#include <iterator>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/model/description.hpp"
#include "sweepnet/model/origin.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/storage/store.hpp"

#if defined(SWEEPNET_HAS_HDF5)
#include "sweepnet/model/keras/compilation.hpp"
#include "sweepnet/model/keras/config_writer.hpp"
#endif

namespace sweepnet {

#if defined(SWEEPNET_HAS_HDF5)
SWEEPNET_INLINE void detail::check_keras(const model_spec& model, const optimizer& o,
                                         const loss_function& loss) {
  check_keras_model(model);
  check_keras_optimizer(o);
  check_keras_loss(loss);
}
#endif

namespace detail {

inline model_form form_among(std::string_view endings, const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  const auto* form = std::ranges::find(model_forms, extension, &model_form::extension);
  if (form == model_forms.end()) {
    throw usage_error(fmt::format("{}: a model's path must end in {}", path.string(), endings));
  }
  if (!form->lacking.empty()) {
    throw configuration_error(
        fmt::format("{}: this build cannot handle {} files: install {} and configure anew, or use "
                    "a path ending in .safetensors",
                    path.string(), extension, form->lacking));
  }
  return *form;
}

}  // namespace detail

SWEEPNET_INLINE model_form model_form_of(const std::filesystem::path& path) {
  return detail::form_among(".h5, .keras, .safetensors or .onnx", path);
}

SWEEPNET_INLINE model_form readable_form_of(const std::filesystem::path& path) {
  const model_form form = detail::form_among(".h5, .keras or .safetensors", path);
  if (form.read != nullptr) return form;
  throw usage_error(fmt::format(
      "{}: {} files are written, not read: give the model as .h5, .keras or .safetensors",
      path.string(), form.name));
}

SWEEPNET_INLINE void check_model_path(const std::filesystem::path& path, const model_spec& model,
                                      const optimizer& o, const loss_function& loss) {
  model_form_of(path).check(model, o, loss);
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
  if (const auto& loss = trained.loss.function.own_object()) own.add(loss);
  (void)decode_json<loss_function>(encode(trained.loss), source, "loss", own);
  if (trained.optimizer) {
    if (const auto& rule = trained.optimizer->rule.own_object()) own.add(rule);
    (void)decode_json<optimizer>(encode(*trained.optimizer), source, "optimizer", own);
  }
  (void)metadata_of(trained, source);
}

}  // namespace detail

SWEEPNET_INLINE std::string encode_model_file(const std::filesystem::path& path,
                                              const trained_model& trained) {
  detail::require_readable(trained, path.string());
  return model_form_of(path).write(trained);
}

SWEEPNET_INLINE void write_model(const storage::location& where, const trained_model& trained) {
  storage::write(where, encode_model_file(where.shown(), trained));
}

SWEEPNET_INLINE trained_model read_model(const storage::location& where,
                                         const custom_functions& own) {
  const std::string source = where.shown();
  const model_form form = readable_form_of(source);
  return form.read(storage::read(where), source, own);
}

}  // namespace sweepnet
