// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Softmax and its logarithm by cuDNN. Elementwise activations are our own formulas everywhere:
// cuDNN's relu keeps NaN, which the CPU's makes 0.

#include <cudnn.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include "sweepnet/backend/cuda/library.hpp"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/backend/cuda/status.cuh"
#include "sweepnet/network/activation.hpp"

namespace sweepnet::cuda {

/// The open library.
inline const shared_library& cudnn() {
  static const shared_library library(("libcudnn.so." + std::to_string(CUDNN_MAJOR)).c_str());
  return library;
}

inline void check_cudnn(cudnnStatus_t status, const char* call, const char* file, int line) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  fail(file, line, call,
       cudnn().function<decltype(cudnnGetErrorString)>("cudnnGetErrorString")(status));
}

}  // namespace sweepnet::cuda

/// SWEEPNET_CUDNN(cudnnCreate, &handle) calls the function in the open library.
#define SWEEPNET_CUDNN(name, ...)                                                              \
  ::sweepnet::cuda::check_cudnn(                                                               \
      ::sweepnet::cuda::cudnn().function<decltype(name)>(#name)(__VA_ARGS__), #name, __FILE__, \
      __LINE__)

namespace sweepnet::cuda {

namespace detail {

/// Destroys a cuDNN object by the library's function of that name.
template <class Handle, class Name> struct cudnn_owner {
  struct destroy {
    void operator()(Handle handle) const {
      (void)cudnn().function<cudnnStatus_t(Handle)>(Name::text)(handle);
    }
  };
  using type = std::unique_ptr<std::remove_pointer_t<Handle>, destroy>;
};
struct destroy_handle {
  static constexpr const char* text = "cudnnDestroy";
};
struct destroy_tensor {
  static constexpr const char* text = "cudnnDestroyTensorDescriptor";
};

}  // namespace detail

/// A cuDNN handle bound to a stream.
class cudnn_handle {
 public:
  explicit cudnn_handle(const stream& on) {
    cudnnHandle_t handle = nullptr;
    SWEEPNET_CUDNN(cudnnCreate, &handle);
    handle_.reset(handle);
    SWEEPNET_CUDNN(cudnnSetStream, handle, on.get());
  }
  [[nodiscard]] cudnnHandle_t get() const { return handle_.get(); }

  /// The library's version, such as 91200.
  [[nodiscard]] static std::size_t version() {
    return cudnn().function<decltype(cudnnGetVersion)>("cudnnGetVersion")();
  }

 private:
  detail::cudnn_owner<cudnnHandle_t, detail::destroy_handle>::type handle_;
};

/// The descriptor of a row-major (rows x width) matrix, which takes no GPU.
class cudnn_matrix {
 public:
  cudnn_matrix(std::int64_t rows, std::int64_t width) {
    cudnnTensorDescriptor_t tensor = nullptr;
    SWEEPNET_CUDNN(cudnnCreateTensorDescriptor, &tensor);
    tensor_.reset(tensor);
    SWEEPNET_CUDNN(cudnnSetTensor4dDescriptor, tensor, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT,
                   static_cast<int>(rows), static_cast<int>(width), 1, 1);
  }
  [[nodiscard]] cudnnTensorDescriptor_t get() const { return tensor_.get(); }

 private:
  detail::cudnn_owner<cudnnTensorDescriptor_t, detail::destroy_tensor>::type tensor_;
};

/// Softmax over each row of (rows x width).
class cudnn_softmax {
 public:
  /// Nothing for any other activation.
  static std::optional<cudnn_softmax> find(const cudnn_handle& library, const activation& a,
                                           std::int64_t rows, std::int64_t width) {
    if (a.is<activations::softmax>()) {
      return cudnn_softmax(library, CUDNN_SOFTMAX_ACCURATE, rows, width);
    }
    if (a.is<activations::log_softmax>()) {
      return cudnn_softmax(library, CUDNN_SOFTMAX_LOG, rows, width);
    }
    return std::nullopt;
  }

  /// y = f(z)
  void forward(const float* z, float* y) const {
    const float one = 1;
    const float zero = 0;
    SWEEPNET_CUDNN(cudnnSoftmaxForward, library_->get(), algorithm_, CUDNN_SOFTMAX_MODE_INSTANCE,
                   &one, tensor_.get(), z, &zero, tensor_.get(), y);
  }
  /// dL/dz from dL/dy, in place of it.
  void backward(const float* y, float* delta) const {
    const float one = 1;
    const float zero = 0;
    SWEEPNET_CUDNN(cudnnSoftmaxBackward, library_->get(), algorithm_, CUDNN_SOFTMAX_MODE_INSTANCE,
                   &one, tensor_.get(), y, tensor_.get(), delta, &zero, tensor_.get(), delta);
  }

 private:
  cudnn_softmax(const cudnn_handle& library, cudnnSoftmaxAlgorithm_t algorithm, std::int64_t rows,
                std::int64_t width)
      : library_(&library), tensor_(rows, width), algorithm_(algorithm) {}

  const cudnn_handle* library_;
  cudnn_matrix tensor_;
  cudnnSoftmaxAlgorithm_t algorithm_;
};

}  // namespace sweepnet::cuda
