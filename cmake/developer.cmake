# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# What matters only when this project itself is built: warnings and sanitizers. Warnings are errors
# where CMAKE_COMPILE_WARNING_AS_ERROR says so, as .ci/run does: another compiler's new warnings
# should not stop a user.

set(SWEEPNET_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize takes them")

if(NOT CLI11_FOUND)
  message(FATAL_ERROR "The program and the tests need CLI11: install libcli11-dev, or build the headers "
                      "alone, with SWEEPNET_BUILD_EXAMPLES and SWEEPNET_BUILD_TESTS off")
endif()

add_library(sweepnet_developer INTERFACE)
target_compile_options(sweepnet_developer INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wnon-virtual-dtor -Wold-style-cast>)
# nvcc rewrites what the host compiler sees, with parentheses of its own.
target_compile_options(sweepnet_developer INTERFACE
  $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra,-Wno-parentheses>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC bugs 105651 and 105562: false alarms in std::string's operator+ and in std::optional.
  target_compile_options(sweepnet_developer INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict -Wno-maybe-uninitialized>)
endif()
if(SWEEPNET_SANITIZE)
  target_compile_options(sweepnet_developer INTERFACE "$<$<NOT:$<COMPILE_LANGUAGE:CUDA>>:\
-fsanitize=${SWEEPNET_SANITIZE};-fno-sanitize-recover=all;-fno-omit-frame-pointer>")
  target_link_options(sweepnet_developer INTERFACE -fsanitize=${SWEEPNET_SANITIZE})
  if(SWEEPNET_SANITIZE MATCHES "address")
    target_compile_definitions(sweepnet_developer INTERFACE SWEEPNET_SANITIZES_ADDRESS)
  endif()
  # With checks, what is optimised takes twice as long to compile: only what training spends its time
  # in is. The kernels are large functions: over regions, GCC takes twice as long to allocate registers.
  get_target_property(units sweepnet_compiled SOURCES)
  list(FILTER units INCLUDE REGEX "sweepnet_backend_")
  set_property(SOURCE ${units} APPEND PROPERTY COMPILE_OPTIONS
    -O1 $<$<CXX_COMPILER_ID:GNU>:-fira-region=one>)
  # Programs with checks are large.
  find_program(SWEEPNET_LLD NAMES ld.lld)
  mark_as_advanced(SWEEPNET_LLD)
  if(SWEEPNET_LLD AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_link_options(sweepnet_developer INTERFACE -fuse-ld=lld)
  endif()
endif()
