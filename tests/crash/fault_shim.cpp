// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Preloaded into the program, makes one file operation fail:
//
//   SWEEPNET_FAULT=OPERATION:N:HOW   the Nth create, write, fsync or rename
//     HOW = an errno's number, or "kill": SIGKILL in the midst of it
//
// A write that fails has written half of its bytes before, as on a disk that fills up.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

struct fault {
  char operation[16] = "";
  int at = 0;
  int error = 0;  // 0: kill

  fault() {
    const char* text = std::getenv("SWEEPNET_FAULT");
    char how[16] = "";
    if (text != nullptr && std::sscanf(text, "%15[a-z]:%d:%15s", operation, &at, how) == 3) {
      error = std::atoi(how);
    }
  }
};

/// Whether this call of `operation` is the one to fail; kills the process if it is to be killed.
bool fails(const char* operation) {
  static const fault chosen;
  static std::atomic<int> calls{0};
  if (std::strcmp(operation, chosen.operation) != 0 || ++calls != chosen.at) return false;
  if (chosen.error == 0) ::kill(::getpid(), SIGKILL);
  errno = chosen.error;
  return true;
}

template <class Function> Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t write(int descriptor, const void* bytes, size_t count) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  if (descriptor <= 2) return real(descriptor, bytes, count);
  static thread_local bool half_written = false;
  if (half_written) {
    half_written = false;
    if (fails("write")) return -1;
    return real(descriptor, bytes, count);
  }
  half_written = count > 1;
  return real(descriptor, bytes, count > 1 ? count / 2 : count);
}

int fsync(int descriptor) {
  static const auto real = next<int (*)(int)>("fsync");
  return fails("fsync") ? -1 : real(descriptor);
}

int rename(const char* from, const char* to) {
  static const auto real = next<int (*)(const char*, const char*)>("rename");
  return fails("rename") ? -1 : real(from, to);
}

int open(const char* path, int flags, ...) {
  static const auto real = next<int (*)(const char*, int, ...)>("open");
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
    if (fails("create")) return -1;
  }
  return real(path, flags, mode);
}

}  // extern "C"
