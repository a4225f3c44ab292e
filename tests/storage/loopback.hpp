// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A web server on this machine that answers as a test tells it, whole or broken.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "sweepnet/core/text.hpp"

namespace testing {

struct asked {
  std::string method;
  std::string target;  ///< path and query as they were sent
  std::map<std::string, std::string> headers{};
  std::string body{};
};

/// A response's bytes; the connection closes behind them.
inline std::string answer(int status, const std::string& body,
                          const std::vector<std::string>& headers = {}) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " X\r\nConnection: close\r\n" +
                     "Content-Length: " + std::to_string(body.size()) + "\r\n";
  for (const std::string& header : headers) text += header + "\r\n";
  return text + "\r\n" + body;
}

class loopback_server {
 public:
  using handler = std::function<std::string(const asked&)>;

  explicit loopback_server(handler handle) : handle_(std::move(handle)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof(address);
    const bool bound = ::bind(listener_, generic, size) == 0;
    if (!bound && errno == EADDRNOTAVAIL) {  // CTest takes this line for a skipped test
      std::cout << "skipped: this machine's loopback interface is down" << std::endl;
    }
    REQUIRE(bound);
    REQUIRE(::listen(listener_, 16) == 0);
    REQUIRE(::getsockname(listener_, generic, &size) == 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  loopback_server(const loopback_server&) = delete;  // its thread holds its address
  loopback_server& operator=(const loopback_server&) = delete;
  ~loopback_server() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] int requests() const { return requests_; }

 private:
  void serve() {
    for (int peer = 0; (peer = ::accept(listener_, nullptr, nullptr)) >= 0;) {
      const asked request = receive(peer);
      ++requests_;
      const std::string response = handle_(request);
      for (std::size_t sent = 0; sent < response.size();) {
        const ssize_t n =
            ::send(peer, response.data() + sent, response.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) break;
        sent += static_cast<std::size_t>(n);
      }
      ::shutdown(peer, SHUT_RDWR);
      ::close(peer);
    }
  }

  static asked receive(int peer) {
    std::string text;
    const auto more = [&] {
      char block[4096];
      const ssize_t n = ::recv(peer, block, sizeof block, 0);
      if (n > 0) text.append(block, static_cast<std::size_t>(n));
      return n > 0;
    };
    while (text.find("\r\n\r\n") == text.npos && more()) continue;
    const std::size_t end = text.find("\r\n\r\n");
    asked request;
    for (std::size_t at = 0; at < end;) {
      const std::string line = text.substr(at, text.find("\r\n", at) - at);
      if (at == 0) {
        request.method = line.substr(0, line.find(' '));
        request.target = line.substr(line.find(' ') + 1, line.rfind(' ') - line.find(' ') - 1);
      } else {
        const std::size_t colon = line.find(": ");
        request.headers[sweepnet::lowercase(line.substr(0, colon))] = line.substr(colon + 2);
      }
      at += line.size() + 2;
    }
    const auto length = request.headers.find("content-length");
    const std::size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
    while (text.size() < end + 4 + size && more()) continue;
    request.body = text.substr(std::min(end + 4, text.size()));
    return request;
  }

  handler handle_;
  int listener_ = -1;
  std::string url_;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

}  // namespace testing
