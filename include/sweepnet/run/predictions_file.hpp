// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a run's best model makes of the validation rows, kept beside its result for those who look
// at it later without data and model: predictions_<index>.safetensors.
//
//   outputs  F32 (rows x classes)      labels  I32 (rows)
//
// The metadata tell of which model file and data they are; their `digest` is of all the rest.
//
// They are written behind the result and decide nothing: a run without them is as done as one that
// has them, and whoever asks for them again has them made from its model.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/run/spec.hpp"

namespace sweepnet {

inline constexpr std::string_view predictions_format = "sweepnet predictions 1";

struct kept_predictions {
  std::string model_digest{};  ///< of the model file, as its result has it
  std::string data_digest{};
  std::int64_t classes = 0;
  std::vector<float> outputs{};        ///< (rows x classes), as the model gives them
  std::vector<std::int32_t> labels{};  ///< of the rows

  [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(labels.size()); }
};

/// The bytes of such a file. Equal predictions have equal bytes.
[[nodiscard]] std::string encode_predictions(const kept_predictions& kept);

/// The predictions in `bytes`: at least two classes, finite outputs, a label of each row that is
/// one of the classes. Throws data_error naming `source` for anything else.
[[nodiscard]] kept_predictions decode_predictions(std::string_view bytes,
                                                  const std::string& source);

/// Bytes that it takes to predict the validation rows and write what comes of them.
[[nodiscard]] double memory_to_predict(const dataset& data);

/// Predicts the validation rows by the model as its file has it, which has that digest, and writes
/// the run's predictions; nothing where there are no such rows. Throws configuration_error for want
/// of memory, and an error of storage.
void write_predictions(const run_spec& spec, const dataset& data, const trained_model& trained,
                       const std::string& model_digest, int threads);

/// Sees to it that a run that has ended with a model has its predictions: where they are missing,
/// damaged or another model's, they are made anew. Throws as write_predictions() does; `tell` hears
/// of a model that this program cannot read, a sentence and its newline.
void complete_predictions(const run_spec& spec, const dataset& data,
                          const std::function<void(const std::string&)>& tell);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/predictions_file.inl"
#endif
