// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/run/interruption.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "support.hpp"

using namespace sweepnet;

namespace {

/// What waitpid() says of a process that runs body() and then exits 0.
int status_of(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status;
}

/// Longer than signals that count as one are apart.
void wait_between_signals() { std::this_thread::sleep_for(std::chrono::milliseconds(300)); }

void raise_two(int first, int second) {
  const interruption stop;
  ::raise(first);
  wait_between_signals();
  ::raise(second);
}

}  // namespace

TEST_CASE("a signal to stop is noted by its name, once, and only while somebody listens") {
  const auto [number, name] = GENERATE(
      std::pair(SIGTERM, "SIGTERM"), std::pair(SIGINT, "SIGINT"), std::pair(SIGHUP, "SIGHUP"),
      std::pair(SIGUSR1, "SIGUSR1"), std::pair(SIGUSR2, "SIGUSR2"), std::pair(SIGXCPU, "SIGXCPU"));
  INFO(name);
  const auto listen = [number = number, name = std::string(name)] {
    const interruption stop(5);
    if (!stop.signal().empty()) ::_exit(1);
    ::raise(number);
    ::raise(number);  // as timeout(1) does: to the process, and to its group
    if (stop.signal() != name) ::_exit(2);
    if (stop.seconds_left() > 5) ::_exit(3);
    const std::string told =
        testing::message_of<interrupted_error>([&] { stop.throw_if_asked("early"); });
    if (told != name + " came early") ::_exit(4);
  };
  const int status = status_of(listen);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  const int later = status_of([&, number = number] {
    { const interruption stop; }
    ::raise(number);
  });
  CHECK(WIFSIGNALED(later));
  CHECK(WTERMSIG(later) == number);
}

TEST_CASE("a second signal ends the process, of whatever kind it is") {
  const auto [first, second] =
      GENERATE(std::pair(SIGTERM, SIGTERM), std::pair(SIGTERM, SIGINT), std::pair(SIGHUP, SIGTERM),
               std::pair(SIGUSR1, SIGHUP), std::pair(SIGXCPU, SIGUSR2));
  INFO(first << " " << second);
  const int status = status_of([first = first, second = second] { raise_two(first, second); });
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == second);
}

TEST_CASE("one event that sends several signals does not end the process") {
  const int number = GENERATE(SIGHUP, SIGXCPU);
  const int status = status_of([number] { raise_two(number, number); });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a second signal ends process 1 of a container, which the kernel spares") {
  constexpr int not_allowed = 99;
  const int status = status_of([] {
    if (::unshare(CLONE_NEWPID) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0) {
      ::_exit(not_allowed);
    }
    const int first_process = status_of([] {
      if (::getpid() == 1) raise_two(SIGTERM, SIGINT);
    });
    ::_exit(WIFEXITED(first_process) ? WEXITSTATUS(first_process) : 98);
  });
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == not_allowed) {
    WARN("skipped: no namespaces of processes may be made here");
    return;
  }
  CHECK(WEXITSTATUS(status) == 128 + SIGINT);
}

TEST_CASE("a signal that was ignored stays ignored") {
  const int number = GENERATE(SIGHUP, SIGINT);
  const int status = status_of([number] {
    ::signal(number, SIG_IGN);
    {
      const interruption stop;
      ::raise(number);
      if (!stop.signal().empty()) ::_exit(1);
      ::raise(SIGTERM);
      if (stop.signal() != "SIGTERM") ::_exit(2);
    }
    ::raise(number);
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
