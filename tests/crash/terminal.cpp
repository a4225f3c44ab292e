// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The line of an epoch in a terminal whose window is resized meanwhile.

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "support.hpp"

namespace {

constexpr const char* redrawn = "\x1b[J\r";

/// The program in a pseudo-terminal of its own.
class terminal {
 public:
  terminal(const std::vector<std::string>& arguments, unsigned short columns) {
    master_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(master_ >= 0);
    REQUIRE(::grantpt(master_) == 0);
    REQUIRE(::unlockpt(master_) == 0);
    resize(columns);
    const std::string slave = ::ptsname(master_);
    std::vector<std::string> words = arguments;
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    id_ = ::fork();
    if (id_ != 0) return;
    ::setsid();
    ::setenv("TERM", "xterm", 1);
    const int descriptor = ::open(slave.c_str(), O_RDWR);
    ::dup2(descriptor, STDOUT_FILENO);
    ::execv(pointers[0], pointers.data());
    std::_Exit(127);
  }
  terminal(const terminal&) = delete;  // one owner ends the process
  terminal& operator=(const terminal&) = delete;
  ~terminal() {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
    ::close(master_);
  }

  void resize(unsigned short columns) const {
    winsize window{};
    window.ws_row = 24;
    window.ws_col = columns;
    REQUIRE(::ioctl(master_, TIOCSWINSZ, &window) == 0);
  }

  /// What is drawn next in the place of the epoch's line.
  std::string next_line() {
    for (std::size_t end = 0;;) {
      end = text_.find(redrawn);
      if (end != text_.npos) {
        std::string line = text_.substr(0, end);
        text_.erase(0, end + std::string(redrawn).size());
        return line.substr(line.find_last_of("\r\n") + 1);
      }
      std::array<char, 4096> bytes{};
      const ssize_t got = ::read(master_, bytes.data(), bytes.size());
      REQUIRE(got > 0);
      text_.append(bytes.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  int master_ = -1;
  pid_t id_ = -1;
  std::string text_{};
};

}  // namespace

TEST_CASE("the line of an epoch fits its window, also when that is resized") {
  const testing::temporary_directory directory;
  testing::write_file(directory / "sweep.yml",
                      "- {batch_size: 16, epochs: 100, input_units: 1024, hidden_nodes: [1024]}\n");
  terminal window({SWEEPNET_PROGRAM, "train", directory / "sweep.yml", "--output",
                   directory / "out", "--threads", "1"},
                  80);
  for (const unsigned short columns : std::vector<unsigned short>{80, 40, 20, 200, 60}) {
    window.resize(columns);
    (void)window.next_line();  // drawn before, perhaps
    for (int i = 0; i < 3; ++i) {
      const std::string line = window.next_line();
      INFO(columns << ": " << line);
      CHECK(line.size() < columns);
      CHECK(line.find("/10000") != line.npos);
      CHECK((line.find("acc: ") != line.npos) == columns > 30);
      CHECK((line.find("ETA: ") != line.npos) == columns > 30);
      CHECK((line.find("loss: ") != line.npos) == columns > 50);
      CHECK((line.find("[") != line.npos) == columns > 60);
    }
  }
}
