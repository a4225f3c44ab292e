// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Models as ONNX (opset 13), for inference: input (batch x features) -> output (batch x classes).
//
// A dense layer is Gemm and its activation; dropout, which does nothing at inference, is left out.
// Source: onnx/onnx.proto3 (1.8), onnx/docs/Operators.md.

#include <string>

#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/network/model_spec.hpp"

namespace sweepnet {

/// Throws data_error for an activation that is a program's own, and if the model's weights do not
/// fit into a protobuf message, which has at most 2 GiB.
void check_onnx(const model_spec& model);

/// The bytes of an .onnx file with this model. Throws what check_onnx throws.
[[nodiscard]] std::string write_onnx(const trained_model& trained);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/model/onnx/onnx.inl"
#endif
