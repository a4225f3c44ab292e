// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Softmax by cuDNN, and those elementwise activations that it has with our formulas.

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
struct destroy_activation {
  static constexpr const char* text = "cudnnDestroyActivationDescriptor";
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

/// An activation of (rows x width) that cuDNN computes.
class cudnn_activation {
 public:
  /// Nothing where cuDNN lacks the activation or defines it otherwise.
  static std::optional<cudnn_activation> find(const cudnn_handle& library, const activation& a,
                                              std::int64_t rows, std::int64_t width) {
    using mode = std::optional<cudnnActivationMode_t>;
    if (a.is<activations::softmax>()) {
      return cudnn_activation(library, CUDNN_SOFTMAX_ACCURATE, rows, width);
    }
    if (a.is<activations::log_softmax>()) {
      return cudnn_activation(library, CUDNN_SOFTMAX_LOG, rows, width);
    }
    const mode found = a.is<activations::relu>()      ? mode(CUDNN_ACTIVATION_RELU)
                       : a.is<activations::tanh>()    ? mode(CUDNN_ACTIVATION_TANH)
                       : a.is<activations::sigmoid>() ? mode(CUDNN_ACTIVATION_SIGMOID)
                                                      : std::nullopt;
    if (!found) return std::nullopt;
    return cudnn_activation(library, *found, rows, width);
  }

  /// y = f(z)
  void forward(const float* z, float* y) const {
    const float one = 1;
    const float zero = 0;
    if (elementwise_) {
      SWEEPNET_CUDNN(cudnnActivationForward, library_->get(), elementwise_.get(), &one,
                     tensor_.get(), z, &zero, tensor_.get(), y);
    } else {
      SWEEPNET_CUDNN(cudnnSoftmaxForward, library_->get(), softmax_, CUDNN_SOFTMAX_MODE_INSTANCE,
                     &one, tensor_.get(), z, &zero, tensor_.get(), y);
    }
  }
  /// dL/dz from dL/dy, in place of it.
  void backward(const float* z, const float* y, float* delta) const {
    const float one = 1;
    const float zero = 0;
    if (elementwise_) {
      SWEEPNET_CUDNN(cudnnActivationBackward, library_->get(), elementwise_.get(), &one,
                     tensor_.get(), y, tensor_.get(), delta, tensor_.get(), z, &zero, tensor_.get(),
                     delta);
    } else {
      SWEEPNET_CUDNN(cudnnSoftmaxBackward, library_->get(), softmax_, CUDNN_SOFTMAX_MODE_INSTANCE,
                     &one, tensor_.get(), y, tensor_.get(), delta, &zero, tensor_.get(), delta);
    }
  }

 private:
  cudnn_activation(const cudnn_handle& library, std::int64_t rows, std::int64_t width)
      : library_(&library) {
    cudnnTensorDescriptor_t tensor = nullptr;
    SWEEPNET_CUDNN(cudnnCreateTensorDescriptor, &tensor);
    tensor_.reset(tensor);
    SWEEPNET_CUDNN(cudnnSetTensor4dDescriptor, tensor, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT,
                   static_cast<int>(rows), static_cast<int>(width), 1, 1);
  }
  cudnn_activation(const cudnn_handle& library, cudnnSoftmaxAlgorithm_t algorithm,
                   std::int64_t rows, std::int64_t width)
      : cudnn_activation(library, rows, width) {
    softmax_ = algorithm;
  }
  cudnn_activation(const cudnn_handle& library, cudnnActivationMode_t mode, std::int64_t rows,
                   std::int64_t width)
      : cudnn_activation(library, rows, width) {
    cudnnActivationDescriptor_t elementwise = nullptr;
    SWEEPNET_CUDNN(cudnnCreateActivationDescriptor, &elementwise);
    elementwise_.reset(elementwise);
    SWEEPNET_CUDNN(cudnnSetActivationDescriptor, elementwise, mode, CUDNN_PROPAGATE_NAN, 0.0);
  }

  const cudnn_handle* library_;
  detail::cudnn_owner<cudnnTensorDescriptor_t, detail::destroy_tensor>::type tensor_;
  detail::cudnn_owner<cudnnActivationDescriptor_t, detail::destroy_activation>::type elementwise_;
  cudnnSoftmaxAlgorithm_t softmax_ = CUDNN_SOFTMAX_ACCURATE;
};

}  // namespace sweepnet::cuda
