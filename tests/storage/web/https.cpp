// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// https: whom it trusts, how it passes a proxy, and where a redirect may lead.

#if defined(SWEEPNET_HAS_S3)

#include <poll.h>

#include <cstdlib>
#include <string>

#include "storage/tls.hpp"
#include "support.hpp"
#include "sweepnet/storage/aws/s3.hpp"
#include "sweepnet/storage/web/web_client.hpp"

using namespace sweepnet;
using namespace sweepnet::storage;
using testing::answer;
using testing::asked;
using testing::certificate;
using testing::https_server;
using testing::loopback_server;
using testing::message_of;

namespace {

const location https_object = location("s3://bucket/key");

/// A certificate authority, and the file that says whom to trust.
struct authority {
  certificate root{};
  certificate server{&root};
  testing::temporary_directory place{};

  authority() { testing::write_file(file(), root.pem()); }
  [[nodiscard]] std::string file() const { return place / "ca.pem"; }
};

environment_map environment_of(const std::string& endpoint, const authority& trusted) {
  return {{"AWS_ENDPOINT_URL", endpoint},
          {"AWS_ACCESS_KEY_ID", "AKID"},
          {"AWS_SECRET_ACCESS_KEY", "secret"},
          {"AWS_SESSION_TOKEN", "session"},
          {"AWS_CA_BUNDLE", trusted.file()}};
}

/// Passes connections on to where CONNECT asks for.
class connect_proxy {
 public:
  connect_proxy() : thread_([this] { serve(); }) {}
  connect_proxy(const connect_proxy&) = delete;  // its thread holds its address
  connect_proxy& operator=(const connect_proxy&) = delete;
  ~connect_proxy() {
    listener_.stop();
    thread_.join();
  }

  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(listener_.port());
  }
  /// All that was sent to the proxy itself, and not through it.
  [[nodiscard]] const std::string& seen() const { return seen_; }

 private:
  void serve() {
    for (int client = 0; (client = listener_.accept()) >= 0;) {
      std::string head;
      for (char c = 0; !head.ends_with("\r\n\r\n") && ::recv(client, &c, 1, 0) == 1;) head += c;
      seen_ += head;
      const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      address.sin_port =
          htons(static_cast<std::uint16_t>(std::stoi(head.substr(head.find(':') + 1))));
      if (::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        const std::string_view yes = "HTTP/1.1 200 Connected\r\n\r\n";
        (void)::send(client, yes.data(), yes.size(), MSG_NOSIGNAL);
        while (passed_on(client, server)) continue;
      }
      ::close(server);
      ::close(client);
    }
  }

  /// What one of both has to say to the other; false at the end.
  static bool passed_on(int client, int server) {
    pollfd both[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(both, 2, 10'000) <= 0) return false;
    char block[4096];
    const int from = both[0].revents != 0 ? client : server;
    const ssize_t n = ::recv(from, block, sizeof block, 0);
    return n > 0 && ::send(from == client ? server : client, block, static_cast<std::size_t>(n),
                           MSG_NOSIGNAL) == n;
  }

  testing::listener listener_{};
  std::string seen_{};
  std::thread thread_;  // last: it uses all of the above
};

/// Sets a variable of this process, which libcurl reads by itself.
class variable_set {
 public:
  variable_set(const char* name, const std::string& value) : name_(name) {
    ::setenv(name, value.c_str(), 1);
  }
  variable_set(const variable_set&) = delete;  // it unsets the variable once
  variable_set& operator=(const variable_set&) = delete;
  ~variable_set() { ::unsetenv(name_); }

 private:
  const char* name_;
};

}  // namespace

TEST_CASE(
    "https trusts AWS_CA_BUNDLE's authority, and a server that another vouches for gets nothing") {
  const authority ours;
  const authority other;
  const https_server server(ours.server, [](const asked&) { return answer(200, "content"); });
  CHECK(s3_client(environment_of(server->url(), ours)).read(https_object) == "content");
  CHECK(web_client(environment_of("", ours)).read(server->url() + "/x") == "content");
  CHECK(server->requests() == 2);

  const std::string untrusted = message_of<configuration_error>(
      [&] { (void)s3_client(environment_of(server->url(), other)).read(https_object); });
  CHECK(untrusted.starts_with("s3://bucket/key: cannot read: SSL certificate problem: "));
  CHECK_THROWS_AS(web_client(environment_of("", other)).read(server->url() + "/x"),
                  configuration_error);
  CHECK(server->requests() == 2);
  CHECK(server->connections() == 4);  // not tried again: that cures nothing
}

TEST_CASE("a proxy carries https without seeing what is in it") {
  const authority ours;
  std::string signature;
  const https_server server(ours.server, [&](const asked& request) {
    signature = request.header("authorization");
    return answer(200, "content");
  });
  const connect_proxy proxy;
  {
    const variable_set chosen("https_proxy", proxy.url());
    CHECK(s3_client(environment_of(server->url(), ours)).read(https_object) == "content");
  }
  CHECK(signature.starts_with("AWS4-HMAC-SHA256 Credential=AKID/"));
  CHECK(proxy.seen().starts_with("CONNECT 127.0.0.1:" + std::to_string(server->port()) + " "));
  CHECK(sweepnet::lowercase(proxy.seen()).find("authorization") == std::string::npos);
  CHECK(proxy.seen().find("session") == std::string::npos);
}

TEST_CASE("plain http to this machine goes past every proxy") {
  const loopback_server server([](const asked&) { return answer(200, "content"); });
  const loopback_server proxy([](const asked&) { return answer(200, "proxy"); });
  const variable_set chosen("http_proxy", proxy.url());
  CHECK(s3_client(environment_of(server.url(), authority())).read(https_object) == "content");
  CHECK(proxy.requests() == 0);
}

TEST_CASE("a redirect from https to http is refused, unless the environment allows it") {
  const authority ours;
  const loopback_server plain([](const asked&) { return answer(200, "read by all"); });
  const https_server server(ours.server, [&](const asked&) {
    return answer(302, "", {"Location: " + plain.url() + "/file?X-Amz-Signature=planted"});
  });
  environment_map environment = environment_of("", ours);
  CHECK(message_of<configuration_error>(
            [&] { (void)web_client(environment).read(server->url() + "/file"); }) ==
        server->url() + "/file: cannot read: redirected from https:// to where others can read it");
  CHECK_THROWS_AS(web_client(environment).exists(server->url() + "/file"), configuration_error);
  CHECK(plain.requests() == 0);
  environment["SWEEPNET_ALLOW_PLAIN_HTTP"] = "1";
  CHECK(web_client(environment).read(server->url() + "/file") == "read by all");
  // From plain http both ways are open, as before.
  const loopback_server from([&](const asked& request) {
    return answer(302, "",
                  {"Location: " + (request.target == "/up" ? server->url() : plain.url())});
  });
  environment.erase("SWEEPNET_ALLOW_PLAIN_HTTP");
  CHECK(web_client(environment).read(from.url() + "/other") == "read by all");
}

TEST_CASE("a redirect to another host carries no credentials there") {
  const authority ours;
  std::vector<asked> seen;
  const https_server other(ours.server, [&](const asked& request) {
    seen.push_back(request);
    return answer(200, "elsewhere");
  });
  std::string password;
  const std::string elsewhere = "https://localhost:" + std::to_string(other->port()) + "/file";
  const https_server server(ours.server, [&](const asked& request) {
    password = request.header("authorization");
    return answer(307, "", {"Location: " + elsewhere});
  });
  const environment_map environment = environment_of(server->url(), ours);

  const std::string with_user = "https://bob:pa55word@127.0.0.1:" + std::to_string(server->port());
  CHECK(web_client(environment).read(with_user + "/file") == "elsewhere");
  CHECK(password == "Basic Ym9iOnBhNTV3b3Jk");
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].header("authorization").empty());

  // A signed request is never sent anywhere else than to the endpoint.
  s3_client client(environment, {}, {.attempts = 2, .first_pause = 0.001});
  CHECK(message_of<io_error>([&] {
          (void)client.read(https_object);
        }).starts_with("s3://bucket/key: cannot read: 307"));
  CHECK_THROWS_AS(client.write(https_object, "x"), cannot_create);
  CHECK(seen.size() == 1);
}

#endif
