# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# find_package(sweepnet) after `cmake --install`. The package finds its dependencies anew where it
# is used, with the same SWEEPNET_WITH_... choices.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

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
