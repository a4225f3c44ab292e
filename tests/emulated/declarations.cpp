// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The stand-in headers declare what the real ones do: this file compiles with either, and is
// compiled with both where both are there.

#include <cublasLt.h>
#include <cuda_runtime.h>
#include <cudnn.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace {

/// Compiles only where `name`, which may be overloaded, has just this type.
#define SWEEPNET_DECLARED(name, type) \
  static_assert(sizeof(decltype(static_cast<std::add_pointer_t<type>>(&::name))) > 0)

using stream = cudaStream_t;
using tensor = cudnnTensorDescriptor_t;
using voids = const void*;

SWEEPNET_DECLARED(cudaGetLastError, cudaError_t());
SWEEPNET_DECLARED(cudaGetErrorName, const char*(cudaError_t));
SWEEPNET_DECLARED(cudaGetErrorString, const char*(cudaError_t));
SWEEPNET_DECLARED(cudaDriverGetVersion, cudaError_t(int*));
SWEEPNET_DECLARED(cudaRuntimeGetVersion, cudaError_t(int*));
SWEEPNET_DECLARED(cudaGetDeviceCount, cudaError_t(int*));
SWEEPNET_DECLARED(cudaSetDevice, cudaError_t(int));
SWEEPNET_DECLARED(cudaDeviceGetAttribute, cudaError_t(int*, cudaDeviceAttr, int));
SWEEPNET_DECLARED(cudaGetDeviceProperties, cudaError_t(cudaDeviceProp*, int));
SWEEPNET_DECLARED(cudaMalloc, cudaError_t(void**, std::size_t));
SWEEPNET_DECLARED(cudaFree, cudaError_t(void*));
SWEEPNET_DECLARED(cudaMemGetInfo, cudaError_t(std::size_t*, std::size_t*));
SWEEPNET_DECLARED(cudaMemcpy, cudaError_t(void*, voids, std::size_t, cudaMemcpyKind));
SWEEPNET_DECLARED(cudaMemcpyAsync, cudaError_t(void*, voids, std::size_t, cudaMemcpyKind, stream));
SWEEPNET_DECLARED(cudaStreamCreateWithFlags, cudaError_t(stream*, unsigned));
SWEEPNET_DECLARED(cudaStreamDestroy, cudaError_t(stream));
SWEEPNET_DECLARED(cudaStreamSynchronize, cudaError_t(stream));
SWEEPNET_DECLARED(cudaStreamBeginCapture, cudaError_t(stream, cudaStreamCaptureMode));
SWEEPNET_DECLARED(cudaStreamEndCapture, cudaError_t(stream, cudaGraph_t*));
SWEEPNET_DECLARED(cudaEventCreate, cudaError_t(cudaEvent_t*));
SWEEPNET_DECLARED(cudaEventDestroy, cudaError_t(cudaEvent_t));
SWEEPNET_DECLARED(cudaEventRecord, cudaError_t(cudaEvent_t, stream));
SWEEPNET_DECLARED(cudaEventSynchronize, cudaError_t(cudaEvent_t));
SWEEPNET_DECLARED(cudaEventElapsedTime, cudaError_t(float*, cudaEvent_t, cudaEvent_t));
SWEEPNET_DECLARED(cudaGraphGetNodes, cudaError_t(cudaGraph_t, cudaGraphNode_t*, std::size_t*));
SWEEPNET_DECLARED(cudaGraphInstantiate,
                  cudaError_t(cudaGraphExec_t*, cudaGraph_t, unsigned long long));
SWEEPNET_DECLARED(cudaGraphLaunch, cudaError_t(cudaGraphExec_t, stream));
SWEEPNET_DECLARED(cudaGraphDestroy, cudaError_t(cudaGraph_t));
SWEEPNET_DECLARED(cudaGraphExecDestroy, cudaError_t(cudaGraphExec_t));
SWEEPNET_DECLARED(cudaFuncSetAttribute, cudaError_t(voids, cudaFuncAttribute, int));
SWEEPNET_DECLARED(cudaLaunchKernel, cudaError_t(voids, dim3, dim3, void**, std::size_t, stream));

SWEEPNET_DECLARED(cublasLtCreate, cublasStatus_t(cublasLtHandle_t*));
SWEEPNET_DECLARED(cublasLtDestroy, cublasStatus_t(cublasLtHandle_t));
SWEEPNET_DECLARED(cublasLtGetStatusString, const char*(cublasStatus_t));
SWEEPNET_DECLARED(cublasLtGetVersion, std::size_t());
SWEEPNET_DECLARED(cublasLtMatmulDescInit_internal,
                  cublasStatus_t(cublasLtMatmulDesc_t, std::size_t, cublasComputeType_t,
                                 cudaDataType_t));
SWEEPNET_DECLARED(cublasLtMatmulDescSetAttribute,
                  cublasStatus_t(cublasLtMatmulDesc_t, cublasLtMatmulDescAttributes_t, voids,
                                 std::size_t));
SWEEPNET_DECLARED(cublasLtMatrixLayoutInit_internal,
                  cublasStatus_t(cublasLtMatrixLayout_t, std::size_t, cudaDataType, std::uint64_t,
                                 std::uint64_t, std::int64_t));
SWEEPNET_DECLARED(cublasLtMatmulPreferenceInit_internal,
                  cublasStatus_t(cublasLtMatmulPreference_t, std::size_t));
SWEEPNET_DECLARED(cublasLtMatmulPreferenceSetAttribute,
                  cublasStatus_t(cublasLtMatmulPreference_t, cublasLtMatmulPreferenceAttributes_t,
                                 voids, std::size_t));
SWEEPNET_DECLARED(cublasLtMatmulAlgoGetHeuristic,
                  cublasStatus_t(cublasLtHandle_t, cublasLtMatmulDesc_t, cublasLtMatrixLayout_t,
                                 cublasLtMatrixLayout_t, cublasLtMatrixLayout_t,
                                 cublasLtMatrixLayout_t, cublasLtMatmulPreference_t, int,
                                 cublasLtMatmulHeuristicResult_t*, int*));
SWEEPNET_DECLARED(cublasLtMatmul,
                  cublasStatus_t(cublasLtHandle_t, cublasLtMatmulDesc_t, voids, voids,
                                 cublasLtMatrixLayout_t, voids, cublasLtMatrixLayout_t, voids,
                                 voids, cublasLtMatrixLayout_t, void*, cublasLtMatrixLayout_t,
                                 const cublasLtMatmulAlgo_t*, void*, std::size_t, stream));

SWEEPNET_DECLARED(cudnnCreate, cudnnStatus_t(cudnnHandle_t*));
SWEEPNET_DECLARED(cudnnDestroy, cudnnStatus_t(cudnnHandle_t));
SWEEPNET_DECLARED(cudnnGetErrorString, const char*(cudnnStatus_t));
SWEEPNET_DECLARED(cudnnGetVersion, std::size_t());
SWEEPNET_DECLARED(cudnnSetStream, cudnnStatus_t(cudnnHandle_t, stream));
SWEEPNET_DECLARED(cudnnCreateTensorDescriptor, cudnnStatus_t(tensor*));
SWEEPNET_DECLARED(cudnnDestroyTensorDescriptor, cudnnStatus_t(tensor));
SWEEPNET_DECLARED(cudnnSetTensor4dDescriptor,
                  cudnnStatus_t(tensor, cudnnTensorFormat_t, cudnnDataType_t, int, int, int, int));
SWEEPNET_DECLARED(cudnnSoftmaxForward,
                  cudnnStatus_t(cudnnHandle_t, cudnnSoftmaxAlgorithm_t, cudnnSoftmaxMode_t, voids,
                                tensor, voids, voids, tensor, void*));
SWEEPNET_DECLARED(cudnnSoftmaxBackward,
                  cudnnStatus_t(cudnnHandle_t, cudnnSoftmaxAlgorithm_t, cudnnSoftmaxMode_t, voids,
                                tensor, voids, tensor, voids, voids, tensor, void*));

#define SWEEPNET_CONSTANT(name, value) static_assert(static_cast<long long>(name) == (value))

SWEEPNET_CONSTANT(cudaSuccess, 0);
SWEEPNET_CONSTANT(cudaErrorInvalidValue, 1);
SWEEPNET_CONSTANT(cudaErrorMemoryAllocation, 2);
SWEEPNET_CONSTANT(cudaErrorInvalidConfiguration, 9);
SWEEPNET_CONSTANT(cudaErrorInvalidMemcpyDirection, 21);
SWEEPNET_CONSTANT(cudaErrorInvalidDeviceFunction, 98);
SWEEPNET_CONSTANT(cudaErrorInvalidDevice, 101);
SWEEPNET_CONSTANT(cudaErrorInvalidResourceHandle, 400);
SWEEPNET_CONSTANT(cudaErrorStreamCaptureUnsupported, 900);
SWEEPNET_CONSTANT(cudaErrorStreamCaptureInvalidated, 901);
SWEEPNET_CONSTANT(cudaErrorUnknown, 999);
SWEEPNET_CONSTANT(cudaMemcpyHostToDevice, 1);
SWEEPNET_CONSTANT(cudaMemcpyDeviceToHost, 2);
SWEEPNET_CONSTANT(cudaMemcpyDeviceToDevice, 3);
SWEEPNET_CONSTANT(cudaStreamCaptureModeThreadLocal, 1);
SWEEPNET_CONSTANT(cudaFuncAttributeMaxDynamicSharedMemorySize, 8);
SWEEPNET_CONSTANT(cudaDevAttrComputeCapabilityMajor, 75);
SWEEPNET_CONSTANT(cudaDevAttrComputeCapabilityMinor, 76);
SWEEPNET_CONSTANT(cudaDevAttrMaxSharedMemoryPerBlockOptin, 97);
SWEEPNET_CONSTANT(cudaStreamNonBlocking, 1);

SWEEPNET_CONSTANT(CUBLAS_VER_MAJOR, 13);
SWEEPNET_CONSTANT(CUBLAS_STATUS_SUCCESS, 0);
SWEEPNET_CONSTANT(CUBLAS_STATUS_NOT_INITIALIZED, 1);
SWEEPNET_CONSTANT(CUBLAS_STATUS_ALLOC_FAILED, 3);
SWEEPNET_CONSTANT(CUBLAS_STATUS_INVALID_VALUE, 7);
SWEEPNET_CONSTANT(CUBLAS_STATUS_NOT_SUPPORTED, 15);
SWEEPNET_CONSTANT(CUBLAS_OP_N, 0);
SWEEPNET_CONSTANT(CUBLAS_OP_T, 1);
SWEEPNET_CONSTANT(CUBLAS_COMPUTE_32F, 68);
SWEEPNET_CONSTANT(CUBLAS_COMPUTE_32F_FAST_TF32, 77);
SWEEPNET_CONSTANT(CUDA_R_32F, 0);
SWEEPNET_CONSTANT(CUBLASLT_MATMUL_DESC_TRANSA, 3);
SWEEPNET_CONSTANT(CUBLASLT_MATMUL_DESC_TRANSB, 4);
SWEEPNET_CONSTANT(CUBLASLT_MATMUL_DESC_EPILOGUE, 7);
SWEEPNET_CONSTANT(CUBLASLT_MATMUL_DESC_BIAS_POINTER, 8);
SWEEPNET_CONSTANT(CUBLASLT_EPILOGUE_DEFAULT, 1);
SWEEPNET_CONSTANT(CUBLASLT_EPILOGUE_BIAS, 4);
SWEEPNET_CONSTANT(CUBLASLT_REDUCTION_SCHEME_NONE, 0);
SWEEPNET_CONSTANT(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, 1);
SWEEPNET_CONSTANT(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, 3);
SWEEPNET_CONSTANT(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, 5);
SWEEPNET_CONSTANT(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, 6);
SWEEPNET_CONSTANT(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, 7);
SWEEPNET_CONSTANT(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, 8);

SWEEPNET_CONSTANT(CUDNN_MAJOR, 9);
SWEEPNET_CONSTANT(CUDNN_STATUS_SUCCESS, 0);
SWEEPNET_CONSTANT(CUDNN_STATUS_NOT_INITIALIZED, 1001);
SWEEPNET_CONSTANT(CUDNN_STATUS_BAD_PARAM, 2000);
SWEEPNET_CONSTANT(CUDNN_STATUS_NOT_SUPPORTED, 3000);
SWEEPNET_CONSTANT(CUDNN_STATUS_EXECUTION_FAILED, 5000);
SWEEPNET_CONSTANT(CUDNN_TENSOR_NCHW, 0);
SWEEPNET_CONSTANT(CUDNN_DATA_FLOAT, 0);
SWEEPNET_CONSTANT(CUDNN_SOFTMAX_ACCURATE, 1);
SWEEPNET_CONSTANT(CUDNN_SOFTMAX_LOG, 2);
SWEEPNET_CONSTANT(CUDNN_SOFTMAX_MODE_INSTANCE, 0);

static_assert(sizeof(cublasLtMatmulDescOpaque_t) == 256);
static_assert(sizeof(cublasLtMatrixLayoutOpaque_t) == 64);
static_assert(sizeof(cublasLtMatmulPreferenceOpaque_t) == 64);
static_assert(sizeof(cublasLtMatmulAlgo_t) == 64);
static_assert(sizeof(cublasLtMatmulHeuristicResult_t) == 96);
static_assert(offsetof(cublasLtMatmulHeuristicResult_t, workspaceSize) == 64);
static_assert(offsetof(cublasLtMatmulHeuristicResult_t, state) == 72);
static_assert(std::is_same_v<decltype(cudaDeviceProp::name), char[256]>);
static_assert(sizeof(dim3) == 12);

}  // namespace
