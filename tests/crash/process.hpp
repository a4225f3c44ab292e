// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The example program as a process of its own, to be killed and watched.

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support.hpp"

namespace testing {

/// How a process ended: its exit code, or the signal that killed it.
struct ending {
  int code = -1;
  int signal = 0;
  std::string err{};
  std::int64_t peak = 0;  ///< bytes of memory that it had at most
};

class process {
 public:
  /// Starts `arguments` with `variables` ("NAME=value") added to the environment; what it writes to
  /// its standard error goes to the file `err`.
  process(std::vector<std::string> arguments, std::vector<std::string> variables, std::string err)
      : err_(std::move(err)) {
    std::vector<char*> words;
    for (std::string& word : arguments) words.push_back(word.data());
    words.push_back(nullptr);
    id_ = ::fork();
    if (id_ != 0) return;
    for (std::string& variable : variables) ::putenv(variable.data());
    const int descriptor = ::open(err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(descriptor, STDERR_FILENO);
    ::execv(words[0], words.data());
    std::_Exit(127);
  }
  process(const process&) = delete;  // one owner waits for it
  process& operator=(const process&) = delete;
  ~process() {
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      ::waitpid(id_, nullptr, 0);
    }
  }

  void send(int signal) const { ::kill(id_, signal); }

  [[nodiscard]] ending wait() {
    int status = 0;
    struct rusage used {};
    ::wait4(std::exchange(id_, -1), &status, 0, &used);
    return {.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
            .err = read_file(err_),
            .peak = std::int64_t{used.ru_maxrss} * 1024};
  }

 private:
  std::string err_;
  pid_t id_ = -1;
};

inline void sleep_for(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

}  // namespace testing
