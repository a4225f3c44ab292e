# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Every header, and what an .inl beside it defines, compiles as the first of a unit; inclusion_order.cpp
# tells what that shows of headers without the compiled library.
#
# A unit for each would compile the lower rooms some hundred times. A header that includes another one,
# however indirectly, sees all of it when alone, too: the other may go before it in the same unit. So may
# an .inl, all of whose includes are seen: it declares nothing but what is its own, and names that another
# .inl took of it would be missing where the compiled library has the two in different units. So the
# files are divided into chains, each of whose links sees all that the one before it sees, and a unit
# includes one chain from its lowest file up.

# Lists the headers that `header` includes, however indirectly, itself among them, in `result`; those of
# other libraries by name alone.
function(find_headers_of header include_dir result)
  get_property(known GLOBAL PROPERTY "headers of ${header}")
  if(NOT known)
    file(READ ${include_dir}/${header} text)
    # The units of C++ see the library as compiled.
    string(REGEX REPLACE "#if !defined\\(SWEEPNET_COMPILED\\)\n#include[^#]*#endif" "" text "${text}")
    string(REGEX MATCHALL "\n *# *include *[\"<][^\">]+" lines "${text}")
    list(TRANSFORM lines REPLACE "^.*[\"<]" "")
    set_property(GLOBAL PROPERTY "includes of ${header}" ${lines})
    set(known ${header})
    foreach(other ${lines})
      set(found ${other})
      if(other MATCHES "^sweepnet/")
        find_headers_of(${other} ${include_dir} found)
      endif()
      list(APPEND known ${found})
    endforeach()
    list(REMOVE_DUPLICATES known)
    set_property(GLOBAL PROPERTY "headers of ${header}" ${known})
  endif()
  set(${result} ${known} PARENT_SCOPE)
endfunction()

# Whether a unit that includes `file` sees no more than `seen`.
function(sees_no_more_than file seen result)
  set(needed ${file})
  if(file MATCHES "\\.inl$")
    get_property(needed GLOBAL PROPERTY "includes of ${file}")
  endif()
  list(REMOVE_ITEM needed ${seen})
  set(${result} ON PARENT_SCOPE)
  if(needed)
    set(${result} OFF PARENT_SCOPE)
  endif()
endfunction()

# write_chains(units include_dir ending headers...): writes the chains of the headers as units of that
# ending, and lists them in `units`.
function(write_chains units include_dir ending)
  set(by_size)
  foreach(header ${ARGN})
    find_headers_of(${header} ${include_dir} all)
    list(LENGTH all size)
    list(APPEND by_size "${size} ${header}")
  endforeach()
  list(SORT by_size COMPARE NATURAL)
  set(tops)  # of the chains, those that include most first
  foreach(each ${by_size})
    string(REGEX REPLACE "^[0-9]+ " "" header ${each})
    find_headers_of(${header} ${include_dir} all)
    set(chain ${header})
    foreach(top ${tops})
      sees_no_more_than(${top} "${all}" is_below)
      if(is_below)
        set(chain ${chain_to_${top}} ${header})
        list(REMOVE_ITEM tops ${top})
        break()
      endif()
    endforeach()
    set("chain_to_${header}" ${chain})
    list(INSERT tops 0 ${header})
  endforeach()
  set(written)
  foreach(top ${tops})
    list(TRANSFORM chain_to_${top} REPLACE "(.+)" "#include \"\\1\"\n" OUTPUT_VARIABLE content)
    list(JOIN content "" content)
    string(MAKE_C_IDENTIFIER ${top} name)
    set(unit ${CMAKE_CURRENT_BINARY_DIR}/alone/${name}.${ending})
    file(CONFIGURE OUTPUT ${unit} CONTENT "${content}")
    list(APPEND written ${unit})
  endforeach()
  set(${units} ${written} PARENT_SCOPE)
endfunction()

set(include_dir ${PROJECT_SOURCE_DIR}/include)
file(GLOB_RECURSE headers RELATIVE ${include_dir} CONFIGURE_DEPENDS
  ${include_dir}/*.hpp ${include_dir}/*.inl)
foreach(definitions ${headers})  # an .inl of no header's is a part of others
  string(REGEX REPLACE "\\.inl$" ".hpp" header ${definitions})
  if(NOT EXISTS ${include_dir}/${header})
    list(REMOVE_ITEM headers ${definitions})
  endif()
endforeach()
write_chains(units ${include_dir} cpp ${headers})
set(cuda_units)
if(SWEEPNET_HAS_CUDA)  # headers alone, which no other .cu file sees
  file(GLOB_RECURSE headers RELATIVE ${include_dir} CONFIGURE_DEPENDS ${include_dir}/*.cuh)
  write_chains(cuda_units ${include_dir} cu ${headers})
endif()
# The unit that takes longest is built beside all others, not after them.
add_library(headers_alone OBJECT EXCLUDE_FROM_ALL ${cuda_units} ${units})
target_link_libraries(headers_alone PRIVATE sweepnet::app sweepnet_developer)
target_compile_definitions(headers_alone PRIVATE $<$<COMPILE_LANGUAGE:CXX>:SWEEPNET_COMPILED>)
target_compile_options(headers_alone PRIVATE
  $<$<COMPILE_LANGUAGE:CXX>:-fsyntax-only> $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-fsyntax-only>)
if(SWEEPNET_HAS_CUDA)
  target_link_libraries(headers_alone PRIVATE sweepnet::cuda)
  set_target_properties(headers_alone PROPERTIES CUDA_ARCHITECTURES 90-virtual)
endif()
