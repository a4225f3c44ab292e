// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What is secret goes by https, or stays on this machine.

#if defined(SWEEPNET_HAS_S3)

#include <string>

#include "catch.hpp"
#include "support.hpp"
#include "sweepnet/storage/aws/credentials.hpp"
#include "sweepnet/storage/aws/s3.hpp"
#include "sweepnet/storage/web/web_client.hpp"

using namespace sweepnet;
using namespace sweepnet::storage;
using testing::message_of;

TEST_CASE("this machine is known by libcurl's own reading of a URL") {
  const auto loopback = [](const char* url) { return parse_url(url)->is_loopback(); };
  for (const char* url : {"http://localhost:9/", "http://127.0.0.1", "http://127.1.2.3:9/x",
                          "http://[::1]:9/", "http://LOCALHOST", "http://a:b@127.0.0.1/"}) {
    INFO(url);
    CHECK(loopback(url));
  }
  for (const char* url : {"http://example.com", "http://localhost:x@example.com/",
                          "http://127.0.0.1@example.com/", "http://127.0.0.1.example.com/",
                          "http://example.com/localhost", "http://example.com?127.0.0.1",
                          "http://localhost.example.com", "http://[::2]/", "http://128.0.0.1"}) {
    INFO(url);
    CHECK_FALSE(loopback(url));
  }
  CHECK_FALSE(parse_url("no url"));
  CHECK_FALSE(parse_url(std::string("http://localhost\0.example.com/", 30)));
}

TEST_CASE("an endpoint that takes credentials is https, on this machine, or allowed by name") {
  const std::string plain = "http://10.0.0.7:9000";
  for (const char* name : {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"}) {
    CHECK(message_of<configuration_error>([&] {
            (void)make_s3_settings({{name, plain}});
          }) ==
          "a request to the S3 endpoint would go over plain http to the host '10.0.0.7', where "
          "others can read it: expected https:// or a loopback host (SWEEPNET_ALLOW_PLAIN_HTTP=1 "
          "allows it)");
    CHECK(make_s3_settings({{name, plain}, {"SWEEPNET_ALLOW_PLAIN_HTTP", "1"}}).endpoint == plain);
    CHECK_THROWS_AS(make_s3_settings({{name, plain}, {"SWEEPNET_ALLOW_PLAIN_HTTP", "0"}}),
                    configuration_error);
  }
  CHECK(make_s3_settings({{"AWS_ENDPOINT_URL", "http://localhost:9000"}}).endpoint ==
        "http://localhost:9000");
  CHECK_THROWS_AS(sts_endpoint({{"AWS_ENDPOINT_URL_STS", plain}}), configuration_error);
  CHECK(sts_endpoint({{"AWS_ENDPOINT_URL_STS", plain}, {"SWEEPNET_ALLOW_PLAIN_HTTP", "1"}}) ==
        plain);
  credential_chain from_instance({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", plain}});
  CHECK_THROWS_AS(from_instance.get(), configuration_error);
  CHECK(
      message_of<configuration_error>([&] {
        (void)make_s3_settings({{"SWEEPNET_ALLOW_PLAIN_HTTP", "yes"}, {"AWS_ENDPOINT_URL", plain}});
      }) == "SWEEPNET_ALLOW_PLAIN_HTTP must be 0 or 1, got 'yes'");
}

TEST_CASE("an endpoint with a password or a query is refused, and neither is shown") {
  for (const char* url : {"https://bob:pa55word@h", "https://h?pa55word", "bob:pa55word@h:9",
                          "https://h/#pa55word", "ftp://bob:pa55word@h"}) {
    const std::string message = message_of<configuration_error>([&] {
      (void)make_s3_settings({{"AWS_ENDPOINT_URL", url}});
    });
    INFO(message);
    CHECK(message.find("pa55word") == std::string::npos);
  }
}

TEST_CASE("a URL without secrets is read over plain http, others are not sent") {
  const std::string nobody = "http://192.0.2.1:9/";  // a host for documentation: nothing is asked
  const web_client client(environment_map{{"AWS_MAX_ATTEMPTS", "1"}});
  for (const char* secret : {"x?X-Amz-Signature=planted", "x?a=b&sig=planted", "x?sig=planted",
                             "x?x-goog-signature=planted"}) {
    const std::string message =
        message_of<configuration_error>([&] { (void)client.read(nobody + secret); });
    CHECK(message.starts_with("http://192.0.2.1:9/x: what is secret of it would go over plain "));
    CHECK(message.find("planted") == std::string::npos);
  }
  CHECK_THROWS_AS(client.read("http://bob:pa55word@192.0.2.1:9/x"), configuration_error);
  CHECK_THROWS_AS(client.write(nobody + "x", "weights"), configuration_error);
  // What may be sent is, which shows by its end.
  patience none;
  none.end_in({});
  const patience_scope scope(none);
  CHECK_THROWS_AS(client.read(nobody + "x?version=2&design=3"), service_unavailable);
  const web_client allowed(environment_map{{"SWEEPNET_ALLOW_PLAIN_HTTP", "1"}});
  CHECK_THROWS_AS(allowed.write(nobody + "x", "weights"), service_unavailable);
}

#endif
