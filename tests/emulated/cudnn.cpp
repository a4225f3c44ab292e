// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// cuDNN over the emulated device: what is asked, in plain loops.

#include <cudnn.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "emulated/device.hpp"

struct cudnnContext {
  int device = 0;
  cudaStream_t stream = nullptr;
};
struct cudnnTensorStruct {
  int n = 0;
  int width = 0;
  [[nodiscard]] std::size_t size() const {
    return static_cast<std::size_t>(n) * static_cast<std::size_t>(width);
  }
  [[nodiscard]] bool operator==(const cudnnTensorStruct& other) const {
    return n == other.n && width == other.width;
  }
};

namespace {

using emulated::call;

bool is_usable(cudnnHandle_t handle) {
  if (handle == nullptr || !emulated::is_usable(handle->stream) ||
      handle->device != emulated::current_device()) {
    emulated::defect("cuDNN: a handle or stream of another device");
  }
  return true;
}

/// y = alpha f + beta y.
float blend(float alpha, float f, float beta, float y) {
  return beta == 0 ? alpha * f : alpha * f + beta * y;
}

void require(const void* values, const cudnnTensorStruct& tensor, const char* whose) {
  emulated::require_extent(values, tensor.size() * sizeof(float), whose);
}

cudnnStatus_t enqueue(cudnnHandle_t handle, emulated::work what) {
  return emulated::enqueue(handle->stream, std::move(what)) == cudaSuccess
             ? CUDNN_STATUS_SUCCESS
             : CUDNN_STATUS_EXECUTION_FAILED;
}

float number(const void* value) { return *static_cast<const float*>(value); }

template <class Object> cudnnStatus_t make(const char* name, Object** object) {
  const call made(name);
  if (made.fails()) return CUDNN_STATUS_NOT_INITIALIZED;
  *object = new Object;
  emulated::count_live(1);
  return CUDNN_STATUS_SUCCESS;
}
template <class Object> cudnnStatus_t destroy(const char* name, Object* object) {
  const call made(name, call::kind::releases);
  delete object;
  emulated::count_live(-1);
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace

extern "C" {

cudnnStatus_t cudnnCreate(cudnnHandle_t* handle) {
  const cudnnStatus_t status = make("cudnnCreate", handle);
  if (status == CUDNN_STATUS_SUCCESS) (*handle)->device = emulated::current_device();
  return status;
}
cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) { return destroy("cudnnDestroy", handle); }
const char* cudnnGetErrorString(cudnnStatus_t status) {
  const call made("cudnnGetErrorString", call::kind::releases);
  switch (status) {
    case CUDNN_STATUS_SUCCESS: return "CUDNN_STATUS_SUCCESS";
    case CUDNN_STATUS_NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
    case CUDNN_STATUS_BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
    case CUDNN_STATUS_NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
    case CUDNN_STATUS_EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
  }
  return "CUDNN_UNKNOWN_STATUS";
}
std::size_t cudnnGetVersion() {
  const call made("cudnnGetVersion", call::kind::releases);
  return 90000;
}
cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
  const call made("cudnnSetStream");
  if (made.fails()) return CUDNN_STATUS_NOT_INITIALIZED;
  handle->stream = stream;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t* tensor) {
  return make("cudnnCreateTensorDescriptor", tensor);
}
cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t tensor) {
  return destroy("cudnnDestroyTensorDescriptor", tensor);
}
cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t tensor, cudnnTensorFormat_t format,
                                         cudnnDataType_t type, int n, int c, int h, int w) {
  const call made("cudnnSetTensor4dDescriptor");
  if (made.fails()) return CUDNN_STATUS_NOT_INITIALIZED;
  if (tensor == nullptr || format != CUDNN_TENSOR_NCHW || type != CUDNN_DATA_FLOAT || n < 1 ||
      c < 1 || h != 1 || w != 1) {
    return CUDNN_STATUS_BAD_PARAM;
  }
  if (std::int64_t{n} * c > std::numeric_limits<std::int32_t>::max()) {
    return CUDNN_STATUS_NOT_SUPPORTED;
  }
  *tensor = {.n = n, .width = c};
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSoftmaxForward(cudnnHandle_t handle, cudnnSoftmaxAlgorithm_t algorithm,
                                  cudnnSoftmaxMode_t mode, const void* alpha,
                                  cudnnTensorDescriptor_t x_tensor, const void* x, const void* beta,
                                  cudnnTensorDescriptor_t y_tensor, void* y) {
  const call made("cudnnSoftmaxForward");
  if (made.fails() || !is_usable(handle)) return CUDNN_STATUS_NOT_INITIALIZED;
  if (!(*x_tensor == *y_tensor) || mode != CUDNN_SOFTMAX_MODE_INSTANCE) {
    return CUDNN_STATUS_BAD_PARAM;
  }
  require(x, *x_tensor, "a softmax's x");
  require(y, *y_tensor, "a softmax's y");
  return enqueue(handle, {.name = "cudnnSoftmaxForward",
                          .run = [tensor = *x_tensor, is_log = algorithm == CUDNN_SOFTMAX_LOG,
                                  a = number(alpha), b = number(beta), x, y] {
                            for (int r = 0; r < tensor.n; ++r) {
                              const float* from =
                                  static_cast<const float*>(x) + std::int64_t{r} * tensor.width;
                              float* to = static_cast<float*>(y) + std::int64_t{r} * tensor.width;
                              float most = from[0];
                              for (int i = 1; i < tensor.width; ++i) most = std::max(most, from[i]);
                              float sum = 0;
                              for (int i = 0; i < tensor.width; ++i)
                                sum += std::exp(from[i] - most);
                              for (int i = 0; i < tensor.width; ++i) {
                                const float value = is_log ? from[i] - most - std::log(sum)
                                                           : std::exp(from[i] - most) / sum;
                                to[i] = blend(a, value, b, to[i]);
                              }
                            }
                          }});
}

cudnnStatus_t cudnnSoftmaxBackward(cudnnHandle_t handle, cudnnSoftmaxAlgorithm_t algorithm,
                                   cudnnSoftmaxMode_t mode, const void* alpha,
                                   cudnnTensorDescriptor_t y_tensor, const void* y,
                                   cudnnTensorDescriptor_t dy_tensor, const void* dy,
                                   const void* beta, cudnnTensorDescriptor_t dx_tensor, void* dx) {
  const call made("cudnnSoftmaxBackward");
  if (made.fails() || !is_usable(handle)) return CUDNN_STATUS_NOT_INITIALIZED;
  if (!(*y_tensor == *dy_tensor && *dy_tensor == *dx_tensor) ||
      mode != CUDNN_SOFTMAX_MODE_INSTANCE) {
    return CUDNN_STATUS_BAD_PARAM;
  }
  require(y, *y_tensor, "a softmax's y");
  require(dy, *dy_tensor, "a softmax's dy");
  require(dx, *dx_tensor, "a softmax's dx");
  return enqueue(handle, {.name = "cudnnSoftmaxBackward",
                          .run = [tensor = *y_tensor, is_log = algorithm == CUDNN_SOFTMAX_LOG,
                                  a = number(alpha), b = number(beta), y, dy, dx] {
                            for (int r = 0; r < tensor.n; ++r) {
                              const std::int64_t first = std::int64_t{r} * tensor.width;
                              const float* out = static_cast<const float*>(y) + first;
                              const float* from = static_cast<const float*>(dy) + first;
                              float* to = static_cast<float*>(dx) + first;
                              float sum = 0;
                              for (int i = 0; i < tensor.width; ++i)
                                sum += is_log ? from[i] : from[i] * out[i];
                              for (int i = 0; i < tensor.width; ++i) {
                                const float value = is_log ? from[i] - std::exp(out[i]) * sum
                                                           : out[i] * (from[i] - sum);
                                to[i] = blend(a, value, b, to[i]);
                              }
                            }
                          }});
}

}  // extern "C"
