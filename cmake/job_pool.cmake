# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# A unit takes up to 2 GB to compile: where there are many processors to little memory, fewer at once.
if(NOT DEFINED CMAKE_JOB_POOL_COMPILE)
  cmake_host_system_information(RESULT memory QUERY TOTAL_PHYSICAL_MEMORY)  # MiB
  math(EXPR units "${memory} / 2000 + 1")
  set_property(GLOBAL APPEND PROPERTY JOB_POOLS sweepnet_units=${units})
  set(CMAKE_JOB_POOL_COMPILE sweepnet_units)
endif()
