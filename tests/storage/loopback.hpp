// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A web server on this machine that answers as a test tells it, whole or broken or never.

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
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

  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

/// A response's bytes; the connection closes behind them.
inline std::string answer(int status, const std::string& body,
                          const std::vector<std::string>& headers = {}) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " X\r\nConnection: close\r\n" +
                     "Content-Length: " + std::to_string(body.size()) + "\r\n";
  for (const std::string& header : headers) text += header + "\r\n";
  return text + "\r\n" + body;
}

/// Both ways of a connection; owns its socket.
class stream {
 public:
  explicit stream(int socket) : socket_(socket) {}
  stream(const stream&) = delete;  // one owner closes the socket
  stream& operator=(const stream&) = delete;
  virtual ~stream() {
    ::shutdown(socket_, SHUT_RDWR);
    ::close(socket_);
  }

  /// Bytes received; 0 or less at the end.
  virtual long receive(char* to, std::size_t size) { return ::recv(socket_, to, size, 0); }
  virtual long send(std::string_view bytes) {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

 protected:
  [[nodiscard]] int socket() const { return socket_; }

 private:
  int socket_;
};

/// False in a network namespace that nobody has set up.
inline bool loopback_is_up() {
  ifaddrs* all = nullptr;
  REQUIRE(::getifaddrs(&all) == 0);
  bool up = false;
  for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
    up |= (each->ifa_flags & IFF_LOOPBACK) != 0 && (each->ifa_flags & IFF_UP) != 0;
  }
  ::freeifaddrs(all);
  return up;
}

/// A socket that listens on a port of 127.0.0.1.
class listener {
 public:
  listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof(address);
    const bool up = loopback_is_up();
    if (!up) {  // CTest takes this line for a skipped test
      std::cout << "skipped: this machine's loopback interface is down" << std::endl;
    }
    REQUIRE(up);
    REQUIRE(::bind(socket_, generic, size) == 0);
    REQUIRE(::listen(socket_, 64) == 0);
    REQUIRE(::getsockname(socket_, generic, &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  listener(const listener&) = delete;  // one owner closes the socket
  listener& operator=(const listener&) = delete;
  ~listener() { ::close(socket_); }

  [[nodiscard]] int port() const { return port_; }
  /// The next connection; -1 after stop().
  [[nodiscard]] int accept() const { return ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC); }
  void stop() const { ::shutdown(socket_, SHUT_RDWR); }

 private:
  int socket_;
  int port_ = 0;
};

class loopback_server {
 public:
  using handler = std::function<std::string(const asked&)>;
  /// Makes a connection's stream, null if that fails.
  using wrapper = std::function<std::unique_ptr<stream>(int)>;

  explicit loopback_server(handler handle) : loopback_server(std::move(handle), "http", plain) {}
  loopback_server(handler handle, const std::string& scheme, wrapper wrap)
      : handle_(std::move(handle)),
        wrap_(std::move(wrap)),
        url_(scheme + "://127.0.0.1:" + std::to_string(listener_.port())),
        thread_([this] { serve(); }) {}
  loopback_server(const loopback_server&) = delete;  // its thread holds its address
  loopback_server& operator=(const loopback_server&) = delete;
  ~loopback_server() {
    listener_.stop();
    thread_.join();
  }

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] int port() const { return listener_.port(); }
  [[nodiscard]] int requests() const { return requests_; }
  [[nodiscard]] int connections() const { return connections_; }

  /// From now on connections are taken, and nothing is read or answered until resume().
  void stall() { stalled_ = true; }
  void resume() { stalled_ = false; }

 private:
  static std::unique_ptr<stream> plain(int socket) { return std::make_unique<stream>(socket); }

  void serve() {
    std::vector<std::unique_ptr<stream>> left_waiting;
    for (int socket = 0; (socket = listener_.accept()) >= 0;) {
      ++connections_;
      if (stalled_) {
        left_waiting.push_back(plain(socket));
        continue;
      }
      const std::unique_ptr<stream> peer = wrap_(socket);
      if (!peer) continue;
      const asked request = receive(*peer);
      if (request.method.empty()) continue;
      ++requests_;
      const std::string response = handle_(request);
      for (std::string_view rest = response; !rest.empty();) {
        const long n = peer->send(rest);
        if (n <= 0) break;
        rest.remove_prefix(static_cast<std::size_t>(n));
      }
    }
  }

  static asked receive(stream& peer) {
    std::string text;
    const auto more = [&] {
      char block[4096];
      const long n = peer.receive(block, sizeof block);
      if (n > 0) text.append(block, static_cast<std::size_t>(n));
      return n > 0;
    };
    while (text.find("\r\n\r\n") == text.npos && more()) continue;
    const std::size_t end = text.find("\r\n\r\n");
    asked request;
    if (end == text.npos) return request;
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
    const std::string length = request.header("content-length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (text.size() < end + 4 + size && more()) continue;
    request.body = text.substr(std::min(end + 4, text.size()));
    return request;
  }

  handler handle_;
  wrapper wrap_;
  listener listener_;
  std::string url_;
  std::atomic<int> requests_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> stalled_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace testing
