# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Fails unless PROGRAM prints what REFERENCE prints, and that is something.

foreach(which REFERENCE PROGRAM)
  execute_process(COMMAND ${${which}} OUTPUT_VARIABLE of_${which} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
if(of_REFERENCE STREQUAL "" OR NOT of_PROGRAM STREQUAL of_REFERENCE)
  message(FATAL_ERROR "expected\n${of_REFERENCE}\ngot\n${of_PROGRAM}")
endif()
