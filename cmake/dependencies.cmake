# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Finds what the library stands on. Included by the build and by the installed package, so that
# both link the same. Third-party headers are SYSTEM: their warnings are not ours.

include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(Eigen3 3.3)
find_dependency(fmt)
find_dependency(nlohmann_json 3.10)
find_dependency(yaml-cpp)
find_dependency(ZLIB)
find_package(CLI11 QUIET)
foreach(header RANDOM123:Random123/philox.h:librandom123-dev XXHASH:xxhash.h:libxxhash-dev)
  string(REPLACE ":" ";" header ${header})
  list(GET header 0 name)
  list(GET header 1 file)
  list(GET header 2 package)
  find_path(SWEEPNET_${name}_INCLUDE_DIR ${file})
  if(NOT SWEEPNET_${name}_INCLUDE_DIR)
    message(FATAL_ERROR "${file} is missing: install ${package}, or set "
                        "SWEEPNET_${name}_INCLUDE_DIR")
  endif()
  mark_as_advanced(SWEEPNET_${name}_INCLUDE_DIR)
endforeach()

# sweepnet_find_optional(NAME modules packages): sets SWEEPNET_HAS_NAME after SWEEPNET_WITH_NAME,
# and makes SWEEPNET_NAME_TARGET the target to link.
find_package(PkgConfig QUIET)
function(sweepnet_find_optional name modules packages)
  set(SWEEPNET_HAS_${name} OFF PARENT_SCOPE)
  if(SWEEPNET_WITH_${name} STREQUAL "OFF")
    return()
  endif()
  if(PkgConfig_FOUND)
    pkg_check_modules(sweepnet_${name} QUIET IMPORTED_TARGET GLOBAL ${modules})
  endif()
  if(sweepnet_${name}_FOUND)
    set(SWEEPNET_HAS_${name} ON PARENT_SCOPE)
    set(SWEEPNET_${name}_TARGET PkgConfig::sweepnet_${name} PARENT_SCOPE)
  elseif(NOT SWEEPNET_WITH_${name} STREQUAL "AUTO")
    message(FATAL_ERROR "SWEEPNET_WITH_${name} is on, but ${modules} was not found: "
                        "install ${packages}")
  endif()
endfunction()

sweepnet_find_optional(HDF5 hdf5 libhdf5-dev)
sweepnet_find_optional(LIBZIP libzip libzip-dev)
sweepnet_find_optional(S3 "libcurl;libcrypto" "libcurl4-openssl-dev libssl-dev")

# The GPU: headers and nvcc while building; the libraries themselves are opened at run time.
set(SWEEPNET_HAS_CUDA OFF)
if(NOT SWEEPNET_WITH_CUDA STREQUAL "OFF")
  find_package(CUDAToolkit 13 QUIET)
  find_path(SWEEPNET_CUDNN_INCLUDE_DIR cudnn.h HINTS ${CUDAToolkit_INCLUDE_DIRS})
  find_path(SWEEPNET_CUBLAS_INCLUDE_DIR cublasLt.h HINTS ${CUDAToolkit_INCLUDE_DIRS})
  mark_as_advanced(SWEEPNET_CUDNN_INCLUDE_DIR SWEEPNET_CUBLAS_INCLUDE_DIR)
  if(CUDAToolkit_NVCC_EXECUTABLE AND SWEEPNET_CUDNN_INCLUDE_DIR AND SWEEPNET_CUBLAS_INCLUDE_DIR)
    set(SWEEPNET_HAS_CUDA ON)
  elseif(NOT SWEEPNET_WITH_CUDA STREQUAL "AUTO")
    message(FATAL_ERROR "SWEEPNET_WITH_CUDA is on, but there is no nvcc 13 with cublasLt.h and "
                        "cudnn.h: put nvcc on the PATH, or set SWEEPNET_CUBLAS_INCLUDE_DIR "
                        "and SWEEPNET_CUDNN_INCLUDE_DIR")
  endif()
endif()

function(sweepnet_tell_what_was_found)
  set(told)
  foreach(name HDF5 LIBZIP S3 CUDA)
    set(state without)
    if(SWEEPNET_HAS_${name})
      set(state with)
    endif()
    list(APPEND told "${state} ${name}")
  endforeach()
  list(JOIN told ", " told)
  message(STATUS "sweepnet: ${told}")
endfunction()

# For a project that has not enabled CUDA by itself. A macro: a language belongs to the directory.
macro(sweepnet_enable_cuda)
  set(CMAKE_CUDA_COMPILER ${CUDAToolkit_NVCC_EXECUTABLE} CACHE FILEPATH "nvcc")
  if(NOT DEFINED CMAKE_CUDA_HOST_COMPILER AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(CMAKE_CUDA_HOST_COMPILER ${CMAKE_CXX_COMPILER} CACHE FILEPATH "nvcc's host compiler")
  endif()
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)  # Ampere; Hopper with all of its own; PTX for later ones
    set(CMAKE_CUDA_ARCHITECTURES 80-real 90a-real 90-virtual CACHE STRING "GPUs to compile for")
  endif()
  enable_language(CUDA)
endmacro()

function(sweepnet_link_cuda_dependencies target)
  target_include_directories(${target} SYSTEM INTERFACE
    ${SWEEPNET_CUDNN_INCLUDE_DIR} ${SWEEPNET_CUBLAS_INCLUDE_DIR})
  # CMake 3.25 does not know that nvcc has C++20.
  target_compile_options(${target} INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20>)
  target_link_libraries(${target} INTERFACE CUDA::cudart_static ${CMAKE_DL_LIBS})
endfunction()

function(sweepnet_link_dependencies target)
  set(yaml_cpp yaml-cpp)
  if(TARGET yaml-cpp::yaml-cpp)
    set(yaml_cpp yaml-cpp::yaml-cpp)
  endif()
  target_link_libraries(${target} INTERFACE
    Threads::Threads Eigen3::Eigen fmt::fmt nlohmann_json::nlohmann_json ${yaml_cpp} ZLIB::ZLIB)
  target_include_directories(${target} SYSTEM INTERFACE
    ${SWEEPNET_RANDOM123_INCLUDE_DIR} ${SWEEPNET_XXHASH_INCLUDE_DIR})
  # See core/exact_math.hpp.
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
    target_compile_options(${target} INTERFACE
      $<$<COMPILE_LANG_AND_ID:CXX,Clang,AppleClang>:-ffp-contract=off>)
  endif()
  foreach(name HDF5 LIBZIP S3)
    if(SWEEPNET_HAS_${name})
      target_link_libraries(${target} INTERFACE ${SWEEPNET_${name}_TARGET})
      target_compile_definitions(${target} INTERFACE SWEEPNET_HAS_${name})
    endif()
  endforeach()
endfunction()
