# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# sweepnet::compiled: sweepnet::sweepnet, whose functions are compiled once, in a static library of
# this build, instead of in each unit; sweepnet::app_compiled: sweepnet::app likewise, where CLI11 is.
# They have a unit for each X.inl beside an X.hpp.

# sweepnet_add_compiled(name include_dir INCLUDE|EXCLUDE REGEX regex): sweepnet::name, of the .inl
# that list(FILTER) leaves.
function(sweepnet_add_compiled name include_dir)
  file(GLOB_RECURSE definitions RELATIVE ${include_dir} CONFIGURE_DEPENDS
    ${include_dir}/sweepnet/*.inl)
  list(FILTER definitions ${ARGN})
  set(units)
  foreach(file ${definitions})
    string(REGEX REPLACE "\\.inl$" ".hpp" header ${file})
    if(NOT EXISTS ${include_dir}/${header})
      continue()
    endif()
    string(MAKE_C_IDENTIFIER ${file} unit)
    set(unit ${CMAKE_CURRENT_BINARY_DIR}/sweepnet_compiled/${unit}.cpp)
    file(CONFIGURE OUTPUT ${unit} CONTENT "#include \"${file}\"\n")
    list(APPEND units ${unit})
  endforeach()
  add_library(sweepnet_${name} STATIC EXCLUDE_FROM_ALL ${units})
  target_compile_definitions(sweepnet_${name} PUBLIC SWEEPNET_COMPILED)
  # Several at once: most of a unit's time goes into what all of them include. Not so the engine's, which
  # are compiled first and alone, as they take longest.
  set_target_properties(sweepnet_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 24)
  set(engine ${units})
  list(FILTER engine INCLUDE REGEX "sweepnet_backend_")
  set_property(SOURCE ${engine} PROPERTY SKIP_UNITY_BUILD_INCLUSION ON)
  add_library(sweepnet::${name} ALIAS sweepnet_${name})
endfunction()

function(sweepnet_add_compiled_libraries include_dir)
  sweepnet_add_compiled(compiled ${include_dir} EXCLUDE REGEX "sweepnet/app/")
  target_link_libraries(sweepnet_compiled PUBLIC sweepnet::sweepnet)
  if(TARGET sweepnet::app)
    sweepnet_add_compiled(app_compiled ${include_dir} INCLUDE REGEX "sweepnet/app/")
    target_link_libraries(sweepnet_app_compiled PUBLIC sweepnet_compiled sweepnet::app)
  endif()
endfunction()
