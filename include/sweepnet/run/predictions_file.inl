// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/predictions_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

#include "sweepnet/core/available_memory.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/embed/predict_in_pieces.hpp"
#include "sweepnet/embed/table_model.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/model/safetensors/container.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/contents_digest.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/training/output_scores.hpp"

namespace sweepnet {

SWEEPNET_INLINE std::string encode_predictions(const kept_predictions& kept) {
  const std::vector<safetensor_view> tensors{
      view_of_reals<float>("outputs", {kept.rows(), kept.classes}, kept.outputs),
      {.name = "labels",
       .dtype = "I32",
       .shape = {kept.rows()},
       .bytes = {reinterpret_cast<const char*>(kept.labels.data()),
                 kept.labels.size() * sizeof(std::int32_t)}}};
  safetensors_metadata metadata{{"format", std::string(predictions_format)},
                                {"model_digest", kept.model_digest},
                                {"data_digest", kept.data_digest}};
  metadata["digest"] = detail::digest_of_contents(tensors, metadata);
  return write_safetensors(tensors, metadata);
}

SWEEPNET_INLINE kept_predictions decode_predictions(std::string_view bytes,
                                                    const std::string& source) {
  const auto require = [&](bool holds, const std::string& what) {
    if (!holds) throw data_error(source + ": " + what);
  };
  const safetensors_view file = view_safetensors(bytes, source);
  const auto text = [&](const char* key) {
    const auto found = file.metadata.find(key);
    return found == file.metadata.end() ? "" : found->second;
  };
  require(text("format") == predictions_format,
          fmt::format("the format of the predictions is '{}', expected '{}'", text("format"),
                      predictions_format));
  require(file.tensors.size() == 2,
          fmt::format("predictions have 2 tensors, found {}", file.tensors.size()));
  require(text("digest") == detail::digest_of_contents(file.tensors, file.metadata),
          "is damaged: its contents are not those of its digest");
  const auto tensor = [&](std::string_view name, std::string_view dtype, std::size_t dimensions) {
    const auto found = std::ranges::find(file.tensors, name, &safetensor_view::name);
    require(
        found != file.tensors.end() && found->dtype == dtype && found->shape.size() == dimensions,
        fmt::format("the predictions lack the {} tensor '{}' of {} dimension{}", dtype, name,
                    dimensions, dimensions == 1 ? "" : "s"));
    return *found;
  };
  const safetensor_view outputs = tensor("outputs", "F32", 2);
  const safetensor_view labels = tensor("labels", "I32", 1);
  require(outputs.shape[0] == labels.shape[0] && outputs.shape[1] >= 2,
          fmt::format("{} labels do not fit outputs of shape ({}, {})", labels.shape[0],
                      outputs.shape[0], outputs.shape[1]));
  kept_predictions kept{.model_digest = text("model_digest"),
                        .data_digest = text("data_digest"),
                        .classes = outputs.shape[1],
                        .outputs = outputs.values<float>(),
                        .labels = labels.values<std::int32_t>()};
  require(std::ranges::all_of(kept.outputs, [](float x) { return std::isfinite(x); }),
          "an output is not finite");
  require(
      std::ranges::all_of(kept.labels, [&](std::int32_t x) { return x >= 0 && x < kept.classes; }),
      fmt::format("a label is none of {} classes", kept.classes));
  return kept;
}

SWEEPNET_INLINE double memory_to_predict(const dataset& data) {
  const auto rows = static_cast<double>(data.validation.rows());
  const auto classes = static_cast<double>(data.classes());
  return rows * (2 * classes + 1) * sizeof(float);  // and the bytes of the file
}

SWEEPNET_INLINE void write_predictions(const run_spec& spec, const dataset& data,
                                       const trained_model& trained,
                                       const std::string& model_digest, int threads) {
  if (data.validation.rows() == 0 || has_values(data.task)) return;
  labelled_rows raw;
  const labelled_rows& rows = rows_for_files(data, raw);
  require_memory(memory_to_predict(data),
                 fmt::format("to keep the outputs for {} rows", rows.rows()));
  kept_predictions kept{.model_digest = model_digest,
                        .data_digest = spec.identity.data_digest,
                        .classes = data.classes(),
                        .labels = rows.labels};
  const task of = spec.model.outputs() == 1 ? task::binary : task::multiclass;
  kept.outputs.reserve(static_cast<std::size_t>(rows.rows() * kept.classes));
  predict_in_pieces(predictor(trained, {.threads = threads}), rows,
                    [&](std::int64_t, std::span<const float> outputs) {
                      const auto told = class_probabilities(of, outputs);
                      kept.outputs.insert(kept.outputs.end(), told.begin(), told.end());
                    });
  storage::write(spec.files.predictions, encode_predictions(kept));
}

namespace detail {

/// Whether a run has predictions of this model and data.
inline bool has_predictions(const run_spec& spec, const std::string& model_digest) {
  try {
    const kept_predictions kept =
        decode_predictions(storage::read(spec.files.predictions), spec.files.predictions.shown());
    return kept.model_digest == model_digest && kept.data_digest == spec.identity.data_digest;
  } catch (const input_missing&) {
    return false;
  } catch (const data_error&) {
    return false;
  } catch (const storage::beyond_memory&) {
    return false;
  }
}

}  // namespace detail

SWEEPNET_INLINE void complete_predictions(const run_spec& spec, const dataset& data,
                                          const std::function<void(const std::string&)>& tell) {
  const found_result result = read_result(spec.files.result);
  if (!result.damage.empty() || !result.has_model() || data.validation.rows() == 0 ||
      has_values(data.task)) {
    return;
  }
  const ordered_json told = result.content.value("model_digest", ordered_json());
  const std::string digest = told.is_string() ? told.get<std::string>() : "";
  if (detail::has_predictions(spec, digest)) return;
  const auto give_up = [&](const std::string& why) {
    tell(fmt::format("note: {} is not written: {}\n", spec.files.predictions.shown(), why));
  };
  if (spec.files.model.type == storage::location::kind::http) {
    return give_up(spec.files.model.shown() + " can be written only");
  }
  trained_model trained{.model = spec.model};
  try {
    trained.parameters = read_model(spec.files.model).parameters;
  } catch (const data_error& e) {
    return give_up(e.what());
  } catch (const usage_error& e) {  // of a form that is only written
    return give_up(e.what());
  }
  write_predictions(spec, data, trained, digest, 1);
}

}  // namespace sweepnet
