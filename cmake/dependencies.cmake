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

function(sweepnet_link_dependencies target)
  set(yaml_cpp yaml-cpp)
  if(TARGET yaml-cpp::yaml-cpp)
    set(yaml_cpp yaml-cpp::yaml-cpp)
  endif()
  target_link_libraries(${target} INTERFACE
    Threads::Threads Eigen3::Eigen fmt::fmt nlohmann_json::nlohmann_json ${yaml_cpp} ZLIB::ZLIB)
  target_include_directories(${target} SYSTEM INTERFACE
    ${SWEEPNET_RANDOM123_INCLUDE_DIR} ${SWEEPNET_XXHASH_INCLUDE_DIR})
  # Without errno, std::sqrt in the optimizers' loops vectorises (8 times faster); no result changes.
  # Without contraction, formulas are rounded alike for every instruction set of the CPU kernels.
  target_compile_options(${target} INTERFACE
    $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang,AppleClang>:-fno-math-errno -ffp-contract=off>)
  foreach(name HDF5 LIBZIP S3)
    if(SWEEPNET_HAS_${name})
      target_link_libraries(${target} INTERFACE ${SWEEPNET_${name}_TARGET})
      target_compile_definitions(${target} INTERFACE SWEEPNET_HAS_${name})
    endif()
  endforeach()
endfunction()

function(sweepnet_link_app_dependencies target)
  if(CLI11_FOUND)
    target_link_libraries(${target} INTERFACE CLI11::CLI11)
  endif()
endfunction()
