// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The real cuBLASLt and cuDNN as far as they go without a GPU: what the backend tells them they
// give back, and what they refuse the stand-ins refuse. Without them each test is skipped by its
// name.

#include <cublasLt.h>
#include <cudnn.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cuda/cublaslt.cuh"
#include "sweepnet/backend/cuda/cudnn.cuh"
#include "sweepnet/backend/cuda/library.hpp"

using namespace sweepnet;

namespace {

/// False, after saying so, where one of them is not there.
bool has_libraries(const std::string& test) {
  try {
    (void)cuda::cublaslt();
    (void)cuda::cudnn();
    return true;
  } catch (const configuration_error& e) {
    std::cout << "skipped: " << test << ": " << e.what() << "\n";
    return false;
  }
}

/// The functions that the backend looks up by names that begin like this.
std::set<std::string> looked_up(const std::string& beginning) {
  const std::regex name("(?:SWEEPNET_CU(?:BLASLT|DNN)\\(|\")(" + beginning + "[A-Z]\\w*)");
  std::set<std::string> names;
  for (const auto& file : std::filesystem::recursive_directory_iterator(
           testing::source_path("include/sweepnet/backend/cuda"))) {
    if (file.path().extension() != ".cuh") continue;
    const std::string text = testing::read_file(file.path());
    for (std::sregex_iterator found(text.begin(), text.end(), name), end; found != end; ++found) {
      names.insert((*found)[1]);
    }
  }
  return names;
}

/// What cuBLASLt's function `getter` tells of a descriptor's attribute, of type T.
template <class T, class Descriptor>
T attribute_of(const char* getter, Descriptor& descriptor, int attribute) {
  using get = cublasStatus_t(Descriptor*, int, void*, std::size_t, std::size_t*);
  T value{};
  std::size_t written = 0;
  REQUIRE(cuda::cublaslt().function<get>(getter)(&descriptor, attribute, &value, sizeof value,
                                                 &written) == CUBLAS_STATUS_SUCCESS);
  REQUIRE(written == sizeof value);
  return value;
}

template <class T> T told(cublasLtMatmulDescOpaque_t& product, int attribute) {
  return attribute_of<T>("cublasLtMatmulDescGetAttribute", product, attribute);
}

/// Rows, columns and pitch of a matrix of floats.
std::array<std::int64_t, 3> extents_of(cublasLtMatrixLayoutOpaque_t& layout) {
  constexpr const char* getter = "cublasLtMatrixLayoutGetAttribute";
  constexpr int type = 0;
  constexpr int rows = 2;
  constexpr int columns = 3;
  constexpr int pitch = 4;
  CHECK(attribute_of<std::int32_t>(getter, layout, type) == CUDA_R_32F);
  return {static_cast<std::int64_t>(attribute_of<std::uint64_t>(getter, layout, rows)),
          static_cast<std::int64_t>(attribute_of<std::uint64_t>(getter, layout, columns)),
          attribute_of<std::int64_t>(getter, layout, pitch)};
}

}  // namespace

TEST_CASE("each function that the backend looks up is in the library") {
  if (!has_libraries("each function that the backend looks up is in the library")) return;
  const std::set<std::string> products = looked_up("cublasLt");
  const std::set<std::string> activations = looked_up("cudnn");
  CHECK(products.size() == 11);
  CHECK(activations.size() == 10);
  for (const std::string& name : products) {
    CHECK_NOTHROW(cuda::cublaslt().function<void()>(name.c_str()));
  }
  for (const std::string& name : activations) {
    CHECK_NOTHROW(cuda::cudnn().function<void()>(name.c_str()));
  }
  CHECK(testing::message_of<configuration_error>([] {
          (void)cuda::cudnn().function<void()>("cudnnFly");
        }) == "libcudnn.so.9 has no cudnnFly");
  CHECK(cuda::cublaslt_handle::version() / 10000 == CUBLAS_VER_MAJOR);
  CHECK(cuda::cudnn_handle::version() / 10000 == CUDNN_MAJOR);
}

TEST_CASE("cuBLASLt has understood a product as it was meant") {
  if (!has_libraries("cuBLASLt has understood a product as it was meant")) return;
  constexpr int compute = 0;
  constexpr int scale = 1;
  const auto* bias = reinterpret_cast<const float*>(std::uintptr_t{0x1004});
  using extents = std::array<std::int64_t, 3>;

  // y = x W + b, (5 x 3) from (5 x 7): column-major y^T = W^T x^T.
  cuda::product_description forward({.rows = 5, .inner = 7, .columns = 3, .bias = bias},
                                    precision::fp32);
  CHECK(told<std::int32_t>(forward.product, compute) == CUBLAS_COMPUTE_32F);
  CHECK(told<std::int32_t>(forward.product, scale) == CUDA_R_32F);
  CHECK(told<std::int32_t>(forward.product, CUBLASLT_MATMUL_DESC_TRANSA) == CUBLAS_OP_N);
  CHECK(told<std::int32_t>(forward.product, CUBLASLT_MATMUL_DESC_TRANSB) == CUBLAS_OP_N);
  CHECK(told<std::int32_t>(forward.product, CUBLASLT_MATMUL_DESC_EPILOGUE) ==
        CUBLASLT_EPILOGUE_BIAS);
  CHECK(told<const float*>(forward.product, CUBLASLT_MATMUL_DESC_BIAS_POINTER) == bias);
  CHECK(extents_of(forward.left) == extents{3, 7, 3});
  CHECK(extents_of(forward.right) == extents{7, 5, 7});
  CHECK(extents_of(forward.result) == extents{3, 5, 3});

  // dW = x^T delta, (7 x 3), where x is stored (5 x 7).
  cuda::product_description weights({.rows = 7, .inner = 5, .columns = 3, .a_transposed = true},
                                    precision::tf32);
  CHECK(told<std::int32_t>(weights.product, compute) == CUBLAS_COMPUTE_32F_FAST_TF32);
  CHECK(told<std::int32_t>(weights.product, CUBLASLT_MATMUL_DESC_TRANSA) == CUBLAS_OP_N);
  CHECK(told<std::int32_t>(weights.product, CUBLASLT_MATMUL_DESC_TRANSB) == CUBLAS_OP_T);
  CHECK(told<std::int32_t>(weights.product, CUBLASLT_MATMUL_DESC_EPILOGUE) ==
        CUBLASLT_EPILOGUE_DEFAULT);
  CHECK(told<const float*>(weights.product, CUBLASLT_MATMUL_DESC_BIAS_POINTER) == nullptr);
  CHECK(extents_of(weights.left) == extents{3, 5, 3});
  CHECK(extents_of(weights.right) == extents{7, 5, 7});
  CHECK(extents_of(weights.result) == extents{3, 7, 3});

  // dx = delta W^T, (5 x 7), where W is stored (7 x 3).
  cuda::product_description inputs({.rows = 5, .inner = 3, .columns = 7, .b_transposed = true},
                                   precision::fp32);
  CHECK(told<std::int32_t>(inputs.product, CUBLASLT_MATMUL_DESC_TRANSA) == CUBLAS_OP_T);
  CHECK(told<std::int32_t>(inputs.product, CUBLASLT_MATMUL_DESC_TRANSB) == CUBLAS_OP_N);
  CHECK(extents_of(inputs.left) == extents{3, 7, 3});
  CHECK(extents_of(inputs.right) == extents{3, 5, 3});
  CHECK(extents_of(inputs.result) == extents{7, 5, 7});

  cublasLtMatmulPreferenceOpaque_t preference = cuda::product_preference();
  const auto preferred = [&]<class T>(T, int attribute) {
    return attribute_of<T>("cublasLtMatmulPreferenceGetAttribute", preference, attribute);
  };
  CHECK(preferred(std::uint64_t{}, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES) == 32 << 20);
  CHECK(preferred(std::uint32_t{}, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK) == 0);
  for (const int operand :
       {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
        CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES}) {
    CHECK(preferred(std::uint32_t{}, operand) == 4);
  }
}

TEST_CASE("cuDNN has understood a matrix as it was meant") {
  if (!has_libraries("cuDNN has understood a matrix as it was meant")) return;
  using get =
      cudnnStatus_t(cudnnTensorDescriptor_t, int*, int*, int*, int*, int*, int*, int*, int*, int*);
  for (int again = 0; again < 100; ++again) {  // each is destroyed
    const cuda::cudnn_matrix matrix(5, 7 + again);
    std::array<int, 9> v{};  // type; n, c, h, w; and the stride of each
    REQUIRE(cuda::cudnn().function<get>("cudnnGetTensor4dDescriptor")(
                matrix.get(), &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], &v[8]) ==
            CUDNN_STATUS_SUCCESS);
    REQUIRE(v == std::array<int, 9>{CUDNN_DATA_FLOAT, 5, 7 + again, 1, 1, 7 + again, 1, 1, 1});
  }
  const std::string message =
      testing::message_of<cuda_error>([] { const cuda::cudnn_matrix none(0, 7); });
  CHECK(message.starts_with("cudnn.cuh:"));
  CHECK(message.ends_with(": cudnnSetTensor4dDescriptor: CUDNN_STATUS_BAD_PARAM"));
  CHECK(testing::message_of<cuda_error>([] {
          const cuda::cudnn_matrix huge(std::int64_t{1} << 20, std::int64_t{1} << 11);
        }).ends_with(": cudnnSetTensor4dDescriptor: CUDNN_STATUS_NOT_SUPPORTED"));
}

TEST_CASE("where the driver is missing the libraries say so, and where it is not they begin") {
  if (!has_libraries("where the driver is missing the libraries say so, and where it is not they "
                     "begin")) {
    return;
  }
  try {
    cublasLtHandle_t handle = nullptr;
    SWEEPNET_CUBLASLT(cublasLtCreate, &handle);
    SWEEPNET_CUBLASLT(cublasLtDestroy, handle);
  } catch (const cuda_error& e) {
    CHECK(std::string(e.what()).ends_with(": cublasLtCreate: the library was not initialized"));
  }
  try {
    cudnnHandle_t handle = nullptr;
    SWEEPNET_CUDNN(cudnnCreate, &handle);
    SWEEPNET_CUDNN(cudnnDestroy, handle);
  } catch (const cuda_error& e) {
    CHECK(std::string(e.what()).ends_with(": cudnnCreate: CUDNN_STATUS_NOT_INITIALIZED"));
  }
}

TEST_CASE("cuBLASLt's stand-in answers as the real one does") {
  if (!has_libraries("cuBLASLt's stand-in answers as the real one does")) return;
  const cuda::shared_library& real = cuda::cublaslt();
  const cuda::shared_library stand_in(SWEEPNET_STAND_IN_CUBLASLT);
  REQUIRE(real.function<void()>("cublasLtGetVersion") !=
          stand_in.function<void()>("cublasLtGetVersion"));
  // Attributes as integers: some of them are none.
  using set_product = cublasStatus_t(cublasLtMatmulDesc_t, int, const void*, std::size_t);
  using set_preference = cublasStatus_t(cublasLtMatmulPreference_t, int, const void*, std::size_t);
  constexpr int unknown = 9;
  const std::uint64_t zeros = 0;

  const auto answers = [&](const cuda::shared_library& library) {
    std::vector<std::string> all;
    const auto words =
        library.function<decltype(cublasLtGetStatusString)>("cublasLtGetStatusString");
    const auto add = [&](cublasStatus_t status) {
      all.push_back(std::to_string(static_cast<int>(status)) + ": " + words(status));
    };
    for (const int status : {0, 1, 2, 3, 7, 15}) add(static_cast<cublasStatus_t>(status));

    const auto begin_product = library.function<decltype(cublasLtMatmulDescInit_internal)>(
        "cublasLtMatmulDescInit_internal");
    cublasLtMatmulDescOpaque_t product{};
    add(begin_product(&product, 8, CUBLAS_COMPUTE_32F, CUDA_R_32F));
    add(begin_product(&product, sizeof product, CUBLAS_COMPUTE_32F, CUDA_R_32F));
    const auto set = library.function<set_product>("cublasLtMatmulDescSetAttribute");
    for (const int attribute :
         {int{CUBLASLT_MATMUL_DESC_TRANSA}, int{CUBLASLT_MATMUL_DESC_TRANSB},
          int{CUBLASLT_MATMUL_DESC_EPILOGUE}, int{CUBLASLT_MATMUL_DESC_BIAS_POINTER}, unknown}) {
      for (const std::size_t size : {1U, 4U, 8U}) add(set(&product, attribute, &zeros, size));
    }

    const auto begin_layout = library.function<decltype(cublasLtMatrixLayoutInit_internal)>(
        "cublasLtMatrixLayoutInit_internal");
    cublasLtMatrixLayoutOpaque_t layout{};
    for (const std::size_t size : {std::size_t{8}, std::size_t{63}, sizeof layout}) {
      add(begin_layout(&layout, size, CUDA_R_32F, 5, 5, 5));
    }

    const auto begin_preference = library.function<decltype(cublasLtMatmulPreferenceInit_internal)>(
        "cublasLtMatmulPreferenceInit_internal");
    cublasLtMatmulPreferenceOpaque_t preference{};
    for (const std::size_t size : {std::size_t{8}, std::size_t{63}, sizeof preference}) {
      add(begin_preference(&preference, size));
    }
    const auto prefer = library.function<set_preference>("cublasLtMatmulPreferenceSetAttribute");
    for (const int attribute : {int{CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES},
                                int{CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK},
                                int{CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES},
                                int{CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES}, 2, 4}) {
      for (const std::size_t size : {1U, 4U, 8U}) add(prefer(&preference, attribute, &zeros, size));
    }

    cublasLtMatmulHeuristicResult_t found{};
    int count = 0;
    add(library.function<decltype(cublasLtMatmulAlgoGetHeuristic)>(
        "cublasLtMatmulAlgoGetHeuristic")(nullptr, &product, &layout, &layout, &layout, &layout,
                                          &preference, 1, &found, &count));
    const float one = 1;
    add(library.function<decltype(cublasLtMatmul)>("cublasLtMatmul")(
        nullptr, &product, &one, nullptr, &layout, nullptr, &layout, &one, nullptr, &layout,
        nullptr, &layout, &found.algo, nullptr, 0, nullptr));
    return all;
  };
  const std::vector<std::string> expected = answers(real);
  CHECK(answers(stand_in) == expected);
  CHECK(std::set<std::string>(expected.begin(), expected.end()).size() == 6);
}

TEST_CASE("cuDNN's stand-in answers as the real one does") {
  if (!has_libraries("cuDNN's stand-in answers as the real one does")) return;
  const cuda::shared_library& real = cuda::cudnn();
  const cuda::shared_library stand_in(SWEEPNET_STAND_IN_CUDNN);
  REQUIRE(real.function<void()>("cudnnGetVersion") != stand_in.function<void()>("cudnnGetVersion"));

  const auto answers = [&](const cuda::shared_library& library) {
    std::vector<std::string> all;
    const auto words = library.function<decltype(cudnnGetErrorString)>("cudnnGetErrorString");
    const auto add = [&](cudnnStatus_t status) {
      all.push_back(std::to_string(static_cast<int>(status)) + ": " + words(status));
    };
    for (const int status : {0, 1001, 2000, 3000, 5000, 1234}) {
      add(static_cast<cudnnStatus_t>(status));
    }
    cudnnTensorDescriptor_t tensor = nullptr;
    add(library.function<decltype(cudnnCreateTensorDescriptor)>("cudnnCreateTensorDescriptor")(
        &tensor));
    const auto set =
        library.function<decltype(cudnnSetTensor4dDescriptor)>("cudnnSetTensor4dDescriptor");
    struct extents {
      int n, c, h, w;
    };
    constexpr int most = 0x7fffffff;
    for (const auto [n, c, h, w] :
         {extents{5, 7, 1, 1}, extents{0, 7, 1, 1}, extents{-1, 7, 1, 1}, extents{5, 0, 1, 1},
          extents{5, -7, 1, 1}, extents{5, 7, 0, 1}, extents{5, 7, 1, 0}, extents{most, 1, 1, 1},
          extents{1, most, 1, 1}, extents{1 << 16, 1 << 15, 1, 1},
          extents{1 << 16, (1 << 15) - 1, 1, 1}, extents{most, most, 1, 1}}) {
      add(set(tensor, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, n, c, h, w));
    }
    add(set(nullptr, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, 5, 7, 1, 1));
    add(library.function<decltype(cudnnDestroyTensorDescriptor)>("cudnnDestroyTensorDescriptor")(
        tensor));
    return all;
  };
  const std::vector<std::string> expected = answers(real);
  CHECK(answers(stand_in) == expected);
  CHECK(std::set<std::string>(expected.begin(), expected.end()).size() == 6);
}
