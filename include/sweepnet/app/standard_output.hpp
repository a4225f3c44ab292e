// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The process's standard output, whose failures are noticed: an empty answer is no answer.

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <iostream>
#include <streambuf>
#include <string>
#include <string_view>

#include "sweepnet/storage/system_calls.hpp"

namespace sweepnet::app {

/// Writes what a stream prints to a descriptor, and remembers why it could not.
class descriptor_buffer : public std::streambuf {
 public:
  explicit descriptor_buffer(int descriptor) : descriptor_(descriptor) { restart(); }
  descriptor_buffer(const descriptor_buffer&) = delete;  // what is printed is written once
  descriptor_buffer& operator=(const descriptor_buffer&) = delete;

  /// Writes what waits and returns the errno of the first failure since the beginning; 0: all that
  /// was printed has been taken, also by file systems that tell only at close().
  [[nodiscard]] int finish() {
    sync();
    const bool printed_well = printed_ && failure_ == 0;
    if (printed_well && !storage::detail::close_would_work(descriptor_)) failure_ = errno;
    return failure_;
  }

 protected:
  int_type overflow(int_type c) override {
    if (sync() != 0) return traits_type::eof();
    if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }
  int sync() override {
    const std::string_view waiting(pbase(), static_cast<std::size_t>(pptr() - pbase()));
    const bool written = storage::detail::write_all(descriptor_, waiting);
    if (!written && failure_ == 0) failure_ = errno;
    printed_ = printed_ || !waiting.empty();
    restart();
    return written ? 0 : -1;
  }

 private:
  void restart() { setp(bytes_.data(), bytes_.data() + bytes_.size()); }

  int descriptor_;
  int failure_ = 0;
  bool printed_ = false;
  std::array<char, std::size_t{1} << 16> bytes_{};
};

/// While it lives, std::cout writes to the standard output by a descriptor_buffer, a standard
/// stream that is closed cannot become a file that is opened later, and a reader who goes away, or
/// a file at its limit (ulimit -f), is a failed write, not the end of the process.
class standard_output {
 public:
  standard_output() {
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
      if (::fcntl(stream, F_GETFD) >= 0) continue;
      // The lowest free descriptor is this one. Its use fails as before: it is for the other way.
      (void)::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
    pipe_before_ = std::signal(SIGPIPE, SIG_IGN);
    file_size_before_ = std::signal(SIGXFSZ, SIG_IGN);
    before_ = std::cout.rdbuf(&buffer_);
  }
  standard_output(const standard_output&) = delete;  // it restores the stream once
  standard_output& operator=(const standard_output&) = delete;
  ~standard_output() {
    std::cout.flush();
    std::cout.rdbuf(before_);
    std::signal(SIGPIPE, pipe_before_);
    std::signal(SIGXFSZ, file_size_before_);
  }

  /// Why something that was printed is lost; empty: nothing is.
  [[nodiscard]] std::string failure() {
    const int number = buffer_.finish();
    return number == 0 ? "" : "standard output: write failed: " + storage::detail::reason(number);
  }

 private:
  descriptor_buffer buffer_{STDOUT_FILENO};
  std::streambuf* before_ = nullptr;
  void (*pipe_before_)(int) = SIG_DFL;
  void (*file_size_before_)(int) = SIG_DFL;
};

}  // namespace sweepnet::app
