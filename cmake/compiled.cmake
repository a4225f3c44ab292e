# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# sweepnet::compiled: sweepnet::sweepnet, whose functions are compiled once, in a static library of
# this build, instead of in each unit. It has a unit for each X.inl beside an X.hpp.

# sweepnet_add_compiled(target headers include_dir INCLUDE|EXCLUDE REGEX regex): those of the files
# that list(FILTER) leaves.
function(sweepnet_add_compiled target headers include_dir)
  file(GLOB_RECURSE definitions RELATIVE ${include_dir} CONFIGURE_DEPENDS
    ${include_dir}/sweepnet/*.inl)
  list(FILTER definitions ${ARGN})
  set(units)
  foreach(file ${definitions})
    string(REGEX REPLACE "\\.inl$" ".hpp" header ${file})
    if(NOT EXISTS ${include_dir}/${header})
      continue()
    endif()
    string(MAKE_C_IDENTIFIER ${file} name)
    set(unit ${CMAKE_CURRENT_BINARY_DIR}/sweepnet_compiled/${name}.cpp)
    file(CONFIGURE OUTPUT ${unit} CONTENT "#include \"${file}\"\n")
    list(APPEND units ${unit})
  endforeach()
  add_library(${target} STATIC EXCLUDE_FROM_ALL ${units})
  target_link_libraries(${target} PUBLIC ${headers})
  target_compile_definitions(${target} PUBLIC SWEEPNET_COMPILED)
endfunction()
