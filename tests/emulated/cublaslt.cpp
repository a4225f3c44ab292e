// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// cuBLASLt over the emulated device: it does what is asked, in plain loops, and holds each product
// to what its heuristic was told.

#include <cublasLt.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "emulated/device.hpp"

struct cublasLtContext {
  int device;
};

namespace {

using emulated::call;

/// What an initialised descriptor begins with; what was not initialised begins with something else.
constexpr std::uint32_t product_mark = 0x70726f64;
constexpr std::uint32_t layout_mark = 0x6c61796f;
constexpr std::uint32_t preference_mark = 0x70726566;
constexpr std::uint32_t algorithm_mark = 0x616c676f;

struct product {
  std::uint32_t mark = product_mark;
  cublasComputeType_t compute{};
  cublasOperation_t a = CUBLAS_OP_N;
  cublasOperation_t b = CUBLAS_OP_N;
  cublasLtEpilogue_t epilogue = CUBLASLT_EPILOGUE_DEFAULT;
  const float* bias = nullptr;
};

struct layout {
  std::uint32_t mark = layout_mark;
  std::uint32_t unused = 0;
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::int64_t pitch = 0;
  [[nodiscard]] std::size_t bytes() const {
    return (static_cast<std::size_t>(pitch) * (columns - 1) + rows) * sizeof(float);
  }
};

struct preference {
  std::uint32_t mark = preference_mark;
  std::uint32_t reductions = 0xffffffff;
  std::uint64_t workspace = 0;
  std::uint32_t alignments[4] = {256, 256, 256, 256};
};

/// What the heuristic was told, and the product must keep to.
struct algorithm {
  std::uint32_t mark = algorithm_mark;
  std::uint32_t told = 0;  ///< a digest of everything else
  std::uint32_t workspace = 0;
  std::uint16_t alignments[4]{};
  std::uint16_t bias_alignment = 256;
};

template <class Inner, class Opaque> Inner read(const Opaque* opaque) {
  static_assert(sizeof(Inner) <= sizeof(Opaque));
  Inner inner;
  std::memcpy(static_cast<void*>(&inner), opaque, sizeof inner);
  return inner;
}
template <class Inner, class Opaque> void write(Opaque* opaque, const Inner& inner) {
  static_assert(sizeof(Inner) <= sizeof(Opaque));
  std::memcpy(opaque, &inner, sizeof inner);
}

std::uint32_t alignment_of(const void* memory) {
  const auto at = reinterpret_cast<std::uintptr_t>(memory);
  return at == 0 ? 256 : std::uint32_t{1} << std::min(std::countr_zero(at), 8);
}

struct extents {
  std::uint64_t m = 0;
  std::uint64_t n = 0;
  std::uint64_t k = 0;
};

/// False unless d (m x n) = op(a) (m x k) op(b) (k x n), c as d.
bool fit(const product& p, const layout& a, const layout& b, const layout& c, const layout& d,
         extents& e) {
  const auto is_sound = [](const layout& l) {
    return l.mark == layout_mark && l.rows > 0 && l.columns > 0 &&
           l.pitch >= static_cast<std::int64_t>(l.rows);
  };
  if (p.mark != product_mark || !is_sound(a) || !is_sound(b) || !is_sound(c) || !is_sound(d)) {
    return false;
  }
  const std::uint64_t b_k = p.b == CUBLAS_OP_N ? b.rows : b.columns;
  e = {.m = p.a == CUBLAS_OP_N ? a.rows : a.columns,
       .n = p.b == CUBLAS_OP_N ? b.columns : b.rows,
       .k = p.a == CUBLAS_OP_N ? a.columns : a.rows};
  return e.k == b_k && d.rows == e.m && d.columns == e.n && c.rows == d.rows &&
         c.columns == d.columns;
}

std::uint32_t digest(const product& p, const layout& a, const layout& b, const layout& d) {
  std::uint64_t sum = 0;
  for (const std::uint64_t each :
       {static_cast<std::uint64_t>(p.compute), static_cast<std::uint64_t>(p.a),
        static_cast<std::uint64_t>(p.b), static_cast<std::uint64_t>(p.epilogue), a.rows, a.columns,
        static_cast<std::uint64_t>(a.pitch), b.rows, b.columns, static_cast<std::uint64_t>(b.pitch),
        d.rows, d.columns, static_cast<std::uint64_t>(d.pitch)}) {
    sum = (sum ^ each) * 0x9e3779b97f4a7c15U;
  }
  return static_cast<std::uint32_t>(sum >> 32);
}

/// To ten bits behind the point, as tensor cores read their operands.
float to_tf32(float value) {
  if (!std::isfinite(value)) return value;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return std::bit_cast<float>((bits + 0x1000U) & 0xffffe000U);
}

struct operands {
  product p;
  extents e;
  layout a_layout, b_layout, c_layout, d_layout;
  const float* a;
  const float* b;
  const float* c;
  float* d;
  float alpha;
  float beta;
  std::byte* workspace;
  std::size_t workspace_bytes;

  void run() const {
    if (workspace_bytes > 0) std::memset(workspace, 0xff, workspace_bytes);
    const bool tf32 = p.compute == CUBLAS_COMPUTE_32F_FAST_TF32;
    // Both operands with k running fastest.
    const auto panel = [&](const float* from, const layout& l, std::uint64_t outer, bool k_down) {
      std::vector<float> to(outer * e.k);
      for (std::uint64_t o = 0; o < outer; ++o) {
        for (std::uint64_t k = 0; k < e.k; ++k) {
          const float value = k_down ? from[k + o * static_cast<std::uint64_t>(l.pitch)]
                                     : from[o + k * static_cast<std::uint64_t>(l.pitch)];
          to[o * e.k + k] = tf32 ? to_tf32(value) : value;
        }
      }
      return to;
    };
    const std::vector<float> left = panel(a, a_layout, e.m, p.a == CUBLAS_OP_T);
    const std::vector<float> right = panel(b, b_layout, e.n, p.b == CUBLAS_OP_N);
    std::vector<float> sums(e.m * e.n);
    constexpr std::uint64_t lanes = 8;
    for (std::uint64_t j = 0; j < e.n; ++j) {
      for (std::uint64_t i = 0; i < e.m; ++i) {
        const float* x = left.data() + i * e.k;
        const float* y = right.data() + j * e.k;
        float partial[lanes] = {};
        for (std::uint64_t k = 0; k < e.k; ++k) partial[k % lanes] += x[k] * y[k];
        float sum = 0;
        for (const float each : partial) sum += each;
        sums[i + j * e.m] = sum;
      }
    }
    for (std::uint64_t j = 0; j < e.n; ++j) {
      for (std::uint64_t i = 0; i < e.m; ++i) {
        float value = alpha * sums[i + j * e.m];
        if (beta != 0) value += beta * c[i + j * static_cast<std::uint64_t>(c_layout.pitch)];
        if (p.epilogue == CUBLASLT_EPILOGUE_BIAS) value += p.bias[i];
        d[i + j * static_cast<std::uint64_t>(d_layout.pitch)] = value;
      }
    }
  }
};

template <class T> bool take(T& to, const void* from, std::size_t size) {
  if (size != sizeof(T)) return false;
  std::memcpy(&to, from, size);
  return true;
}

cublasStatus_t valid(bool is_valid) {
  return is_valid ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}

}  // namespace

extern "C" {

cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) {
  const call made("cublasLtCreate");
  if (made.fails()) return CUBLAS_STATUS_NOT_INITIALIZED;
  *handle = new cublasLtContext{emulated::current_device()};
  emulated::count_live(1);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle) {
  const call made("cublasLtDestroy", call::kind::releases);
  delete handle;
  emulated::count_live(-1);
  return CUBLAS_STATUS_SUCCESS;
}
const char* cublasLtGetStatusString(cublasStatus_t status) {
  const call made("cublasLtGetStatusString", call::kind::releases);
  switch (status) {
    case CUBLAS_STATUS_SUCCESS: return "success";
    case CUBLAS_STATUS_NOT_INITIALIZED: return "the library was not initialized";
    case CUBLAS_STATUS_ALLOC_FAILED: return "the resource allocation failed";
    case CUBLAS_STATUS_INVALID_VALUE:
      return "an unsupported value or parameter was passed to the function";
    case CUBLAS_STATUS_NOT_SUPPORTED: return "the requested functionality is not supported";
  }
  return "unrecognized status";
}
std::size_t cublasLtGetVersion() {
  const call made("cublasLtGetVersion", call::kind::releases);
  return 130000;
}

cublasStatus_t cublasLtMatmulDescInit_internal(cublasLtMatmulDesc_t to, std::size_t size,
                                               cublasComputeType_t compute, cudaDataType_t scale) {
  const call made("cublasLtMatmulDescInit_internal");
  if (made.fails()) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (size < sizeof *to) return CUBLAS_STATUS_ALLOC_FAILED;
  if (size != sizeof *to || scale != CUDA_R_32F) return CUBLAS_STATUS_INVALID_VALUE;
  write(to, product{.compute = compute});
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t to,
                                              cublasLtMatmulDescAttributes_t attribute,
                                              const void* value, std::size_t size) {
  const call made("cublasLtMatmulDescSetAttribute");
  if (made.fails()) return CUBLAS_STATUS_NOT_INITIALIZED;
  auto p = read<product>(to);
  bool ok = p.mark == product_mark;
  switch (attribute) {
    case CUBLASLT_MATMUL_DESC_TRANSA: ok = ok && take(p.a, value, size); break;
    case CUBLASLT_MATMUL_DESC_TRANSB: ok = ok && take(p.b, value, size); break;
    case CUBLASLT_MATMUL_DESC_EPILOGUE: ok = ok && take(p.epilogue, value, size); break;
    case CUBLASLT_MATMUL_DESC_BIAS_POINTER: ok = ok && take(p.bias, value, size); break;
    default: ok = false;
  }
  if (ok) write(to, p);
  return valid(ok);
}
cublasStatus_t cublasLtMatrixLayoutInit_internal(cublasLtMatrixLayout_t to, std::size_t size,
                                                 cudaDataType type, std::uint64_t rows,
                                                 std::uint64_t columns, std::int64_t pitch) {
  const call made("cublasLtMatrixLayoutInit_internal");
  if (made.fails()) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (size < sizeof *to) return CUBLAS_STATUS_ALLOC_FAILED;
  if (size != sizeof *to || type != CUDA_R_32F) return CUBLAS_STATUS_INVALID_VALUE;
  write(to, layout{.rows = rows, .columns = columns, .pitch = pitch});
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceInit_internal(cublasLtMatmulPreference_t to,
                                                     std::size_t size) {
  const call made("cublasLtMatmulPreferenceInit_internal");
  if (made.fails()) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (size < sizeof *to) return CUBLAS_STATUS_ALLOC_FAILED;
  if (size != sizeof *to) return CUBLAS_STATUS_INVALID_VALUE;
  write(to, preference{});
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t to,
                                                    cublasLtMatmulPreferenceAttributes_t attribute,
                                                    const void* value, std::size_t size) {
  const call made("cublasLtMatmulPreferenceSetAttribute");
  if (made.fails()) return CUBLAS_STATUS_NOT_INITIALIZED;
  auto p = read<preference>(to);
  bool ok = p.mark == preference_mark;
  switch (attribute) {
    case CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES: ok = ok && take(p.workspace, value, size); break;
    case CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK:
      ok = ok && take(p.reductions, value, size);
      break;
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES:
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES:
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES:
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES:
      ok = ok &&
           take(p.alignments[attribute - CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES], value, size);
      break;
    default: ok = false;
  }
  if (ok) write(to, p);
  return valid(ok);
}

cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t handle, cublasLtMatmulDesc_t what,
                                              cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
                                              cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
                                              cublasLtMatmulPreference_t preferences, int wanted,
                                              cublasLtMatmulHeuristicResult_t* found, int* count) {
  const call made("cublasLtMatmulAlgoGetHeuristic");
  *count = 0;
  if (made.fails() || handle == nullptr) return CUBLAS_STATUS_NOT_INITIALIZED;
  const auto p = read<product>(what);
  const auto prefers = read<preference>(preferences);
  extents e;
  if (wanted < 1 || prefers.mark != preference_mark ||
      !fit(p, read<layout>(a), read<layout>(b), read<layout>(c), read<layout>(d), e)) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  if (prefers.reductions != CUBLASLT_REDUCTION_SCHEME_NONE) {
    emulated::defect("a product may be split, and its sum depend on the order of its parts");
  }
  algorithm chosen{.told = digest(p, read<layout>(a), read<layout>(b), read<layout>(d)),
                   .workspace = static_cast<std::uint32_t>(
                       std::min<std::uint64_t>(prefers.workspace, e.m % 3 * 4096)),
                   .bias_alignment = static_cast<std::uint16_t>(alignment_of(p.bias))};
  for (int i = 0; i < 4; ++i) {
    chosen.alignments[i] = static_cast<std::uint16_t>(prefers.alignments[i]);
  }
  *found = {.algo = {},
            .workspaceSize = chosen.workspace,
            .state = CUBLAS_STATUS_SUCCESS,
            .wavesCount = 1,
            .reserved = {}};
  write(&found->algo, chosen);
  *count = 1;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t handle, cublasLtMatmulDesc_t what, const void* alpha,
                              const void* a, cublasLtMatrixLayout_t a_layout, const void* b,
                              cublasLtMatrixLayout_t b_layout, const void* beta, const void* c,
                              cublasLtMatrixLayout_t c_layout, void* d,
                              cublasLtMatrixLayout_t d_layout, const cublasLtMatmulAlgo_t* algo,
                              void* workspace, std::size_t workspace_bytes, cudaStream_t stream) {
  const call made("cublasLtMatmul");
  if (made.fails() || handle == nullptr) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (!emulated::is_usable(stream) || handle->device != emulated::current_device()) {
    emulated::defect("cublasLtMatmul: a handle or stream of another device");
  }
  operands o{.p = read<product>(what),
             .e = {},
             .a_layout = read<layout>(a_layout),
             .b_layout = read<layout>(b_layout),
             .c_layout = read<layout>(c_layout),
             .d_layout = read<layout>(d_layout),
             .a = static_cast<const float*>(a),
             .b = static_cast<const float*>(b),
             .c = static_cast<const float*>(c),
             .d = static_cast<float*>(d),
             .alpha = *static_cast<const float*>(alpha),
             .beta = *static_cast<const float*>(beta),
             .workspace = static_cast<std::byte*>(workspace),
             .workspace_bytes = 0};
  const auto chosen = read<algorithm>(algo);
  if (!fit(o.p, o.a_layout, o.b_layout, o.c_layout, o.d_layout, o.e) ||
      chosen.mark != algorithm_mark || chosen.workspace > workspace_bytes) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  const bool has_bias = o.p.epilogue == CUBLASLT_EPILOGUE_BIAS;
  if (chosen.told != digest(o.p, o.a_layout, o.b_layout, o.d_layout) ||
      alignment_of(a) < chosen.alignments[0] || alignment_of(b) < chosen.alignments[1] ||
      alignment_of(c) < chosen.alignments[2] || alignment_of(d) < chosen.alignments[3] ||
      (has_bias && alignment_of(o.p.bias) < chosen.bias_alignment)) {
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  emulated::require_extent(a, o.a_layout.bytes(), "a product's A");
  emulated::require_extent(b, o.b_layout.bytes(), "a product's B");
  emulated::require_extent(c, o.c_layout.bytes(), "a product's C");
  emulated::require_extent(d, o.d_layout.bytes(), "a product's D");
  if (has_bias) emulated::require_extent(o.p.bias, o.e.m * sizeof(float), "a product's bias");
  emulated::require_extent(workspace, workspace_bytes, "a product's workspace");
  if (alignment_of(workspace) < 256) return CUBLAS_STATUS_INVALID_VALUE;
  o.workspace_bytes = chosen.workspace;
  const cudaError_t error =
      emulated::enqueue(stream, {.name = "cublasLtMatmul", .run = [o] { o.run(); }});
  return error == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}

}  // extern "C"
