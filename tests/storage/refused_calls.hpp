// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Other kernels and file systems in small: a process of its own in which some system calls fail.

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <vector>

#include "catch.hpp"

namespace testing {

struct refused_call {
  long number;
  int error;  ///< 0: it seems to work and does nothing
};

/// From now on, in this process and its children. False if the kernel knows no such thing.
inline bool refuse(const std::vector<refused_call>& calls) {
  std::vector<sock_filter> filter{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const refused_call& call : calls) {
    filter.push_back(
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call.number), 0, 1));
    filter.push_back(
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(call.error)));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/// A process that runs `body`; it ends with code 0 if that returned true. What it throws goes to
/// standard error.
template <class Body> pid_t fork_to(const Body& body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child > 0) return child;
  bool worked = false;
  try {
    worked = body();
  } catch (const std::exception& e) {
    std::cerr << e.what() << std::endl;
  }
  std::_Exit(worked ? 0 : 1);
}

/// Whether a process that fork_to() made ended with code 0.
inline bool worked(pid_t child) {
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Whether `body` returns true in a process in which `calls` fail.
template <class Body> bool works_without(const std::vector<refused_call>& calls, const Body& body) {
  return worked(fork_to([&] { return refuse(calls) && body(); }));
}

}  // namespace testing
