# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# `cmake --install`, by components: `development` is the headers with what CMake and pkg-config need to
# find them, `program` the program. Either way of finding the package finds its dependencies anew where
# it is used; CMake's takes the same SWEEPNET_WITH_... choices, pkg-config's has those of this build.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME development)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/sweepnet)
configure_package_config_file(cmake/sweepnetConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/sweepnetConfig.cmake INSTALL_DESTINATION ${package_dir}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/sweepnetConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/sweepnetConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/sweepnetConfigVersion.cmake cmake/dependencies.cmake
  cmake/compiled.cmake DESTINATION ${package_dir})

set(pc_requires eigen3 fmt nlohmann_json yaml-cpp zlib)
set(pc_definitions)
foreach(optional HDF5:hdf5 LIBZIP:libzip "S3:libcurl libcrypto")
  string(REPLACE ":" ";" optional ${optional})
  list(GET optional 0 name)
  list(GET optional 1 modules)
  if(SWEEPNET_HAS_${name})
    list(APPEND pc_requires ${modules})
    list(APPEND pc_definitions -DSWEEPNET_HAS_${name})
  endif()
endforeach()
list(JOIN pc_requires " " pc_requires)
list(JOIN pc_definitions " " pc_definitions)
configure_file(cmake/sweepnet.pc.in ${CMAKE_CURRENT_BINARY_DIR}/sweepnet.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/sweepnet.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)

if(TARGET sweepnet_program)
  install(TARGETS sweepnet_program COMPONENT program)
endif()
