// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Row-major matrix products by cuBLASLt, reproducible: no split reductions, a workspace of our own,
// and an algorithm chosen once per shape.

#include <cublasLt.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "sweepnet/backend/cuda/library.hpp"
#include "sweepnet/backend/cuda/options.hpp"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/backend/cuda/status.cuh"

namespace sweepnet::cuda {

/// The open library.
inline const shared_library& cublaslt() {
  static const shared_library library(
      ("libcublasLt.so." + std::to_string(CUBLAS_VER_MAJOR)).c_str());
  return library;
}

inline void check_cublaslt(cublasStatus_t status, const char* call, const char* file, int line) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  auto* words = cublaslt().function<decltype(cublasLtGetStatusString)>("cublasLtGetStatusString");
  fail(file, line, call, words(status));
}

}  // namespace sweepnet::cuda

/// SWEEPNET_CUBLASLT(cublasLtCreate, &handle) calls the function in the open library.
#define SWEEPNET_CUBLASLT(name, ...)                                                              \
  ::sweepnet::cuda::check_cublaslt(                                                               \
      ::sweepnet::cuda::cublaslt().function<decltype(name)>(#name)(__VA_ARGS__), #name, __FILE__, \
      __LINE__)

namespace sweepnet::cuda {

/// A cuBLASLt handle with its workspace; one stream uses it at a time.
class cublaslt_handle {
 public:
  static constexpr std::size_t workspace_bytes = std::size_t{32} << 20;

  cublaslt_handle() : workspace_(workspace_bytes) {
    cublasLtHandle_t handle = nullptr;
    SWEEPNET_CUBLASLT(cublasLtCreate, &handle);
    handle_.reset(handle);
  }
  [[nodiscard]] cublasLtHandle_t get() const { return handle_.get(); }
  [[nodiscard]] void* workspace() const { return workspace_.get(); }

  /// The library's version, such as 130001.
  [[nodiscard]] static std::size_t version() {
    return cublaslt().function<decltype(cublasLtGetVersion)>("cublasLtGetVersion")();
  }

 private:
  struct destroy {
    void operator()(cublasLtHandle_t handle) const {
      cublaslt().function<decltype(cublasLtDestroy)>("cublasLtDestroy")(handle);
    }
  };
  device_memory<std::byte> workspace_;
  std::unique_ptr<std::remove_pointer_t<cublasLtHandle_t>, destroy> handle_;
};

/// A product of row-major matrices, c = op(a) op(b): op(a) (rows x inner), op(b) (inner x columns).
/// With `bias`, in device memory, each row of c gets the `columns` values of it.
struct product_shape {
  std::int64_t rows;
  std::int64_t inner;
  std::int64_t columns;
  bool a_transposed = false;  ///< a is stored (inner x rows)
  bool b_transposed = false;  ///< b is stored (columns x inner)
  const float* bias = nullptr;
};

/// A product as cuBLASLt is told of it, which takes no GPU. Row-major c = a b is column-major
/// c^T = b^T a^T: the operands change places.
struct product_description {
  product_description(const product_shape& s, precision p) {
    SWEEPNET_CUBLASLT(cublasLtMatmulDescInit_internal, &product, sizeof product,
                      p == precision::tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F,
                      CUDA_R_32F);
    set(CUBLASLT_MATMUL_DESC_TRANSA, s.b_transposed ? CUBLAS_OP_T : CUBLAS_OP_N);
    set(CUBLASLT_MATMUL_DESC_TRANSB, s.a_transposed ? CUBLAS_OP_T : CUBLAS_OP_N);
    if (s.bias != nullptr) {  // the heuristic looks at the pointer's alignment
      set(CUBLASLT_MATMUL_DESC_EPILOGUE, CUBLASLT_EPILOGUE_BIAS);
      set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, s.bias);
    }
    initialize(left, s.b_transposed ? s.inner : s.columns, s.b_transposed ? s.columns : s.inner);
    initialize(right, s.a_transposed ? s.rows : s.inner, s.a_transposed ? s.inner : s.rows);
    initialize(result, s.columns, s.rows);
  }

  cublasLtMatmulDescOpaque_t product{};
  cublasLtMatrixLayoutOpaque_t left{};
  cublasLtMatrixLayoutOpaque_t right{};
  cublasLtMatrixLayoutOpaque_t result{};

 private:
  template <class T> void set(cublasLtMatmulDescAttributes_t attribute, T value) {
    SWEEPNET_CUBLASLT(cublasLtMatmulDescSetAttribute, &product, attribute, &value, sizeof value);
  }

  /// A column-major (rows x columns) matrix.
  static void initialize(cublasLtMatrixLayoutOpaque_t& layout, std::int64_t rows,
                         std::int64_t columns) {
    SWEEPNET_CUBLASLT(cublasLtMatrixLayoutInit_internal, &layout, sizeof layout, CUDA_R_32F,
                      static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(columns), rows);
  }
};

/// What an algorithm must keep to: sums in one piece, our workspace, operands that begin anywhere.
[[nodiscard]] inline cublasLtMatmulPreferenceOpaque_t product_preference() {
  cublasLtMatmulPreferenceOpaque_t preference{};
  SWEEPNET_CUBLASLT(cublasLtMatmulPreferenceInit_internal, &preference, sizeof preference);
  const auto set = [&](cublasLtMatmulPreferenceAttributes_t attribute, auto value) {
    SWEEPNET_CUBLASLT(cublasLtMatmulPreferenceSetAttribute, &preference, attribute, &value,
                      sizeof value);
  };
  const std::uint32_t reductions = CUBLASLT_REDUCTION_SCHEME_NONE;
  set(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, reductions);
  set(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, cublaslt_handle::workspace_bytes);
  // A layer's slice of the flat parameters begins anywhere.
  const std::uint32_t alignment = sizeof(float);
  for (const auto which :
       {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
        CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES}) {
    set(which, alignment);
  }
  return preference;
}

/// Computes one product.
class matrix_product {
 public:
  matrix_product(const cublaslt_handle& library, const product_shape& s, precision p)
      : library_(&library), told_(s, p) {
    cublasLtMatmulPreferenceOpaque_t preference = product_preference();
    cublasLtMatmulHeuristicResult_t found{};
    int count = 0;
    SWEEPNET_CUBLASLT(cublasLtMatmulAlgoGetHeuristic, library_->get(), &told_.product, &told_.left,
                      &told_.right, &told_.result, &told_.result, &preference, 1, &found, &count);
    if (count == 0) throw cuda_error("cuBLASLt has no algorithm for one of the network's products");
    algorithm_ = found.algo;
  }

  void operator()(const float* a, const float* b, float* c, const stream& on) const {
    const float one = 1;
    const float zero = 0;
    product_description told = told_;  // cuBLASLt takes no pointers to const
    SWEEPNET_CUBLASLT(cublasLtMatmul, library_->get(), &told.product, &one, b, &told.left, a,
                      &told.right, &zero, c, &told.result, c, &told.result, &algorithm_,
                      library_->workspace(), cublaslt_handle::workspace_bytes, on.get());
  }

  /// The chosen algorithm with all that decides its bits: tile, stages, cluster.
  [[nodiscard]] std::span<const std::uint64_t> algorithm() const { return algorithm_.data; }

 private:
  const cublaslt_handle* library_;
  product_description told_;
  cublasLtMatmulAlgo_t algorithm_{};
};

}  // namespace sweepnet::cuda
