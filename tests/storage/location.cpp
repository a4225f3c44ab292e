// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/storage/location.hpp"

#include <string>

#include "catch.hpp"
#include "support.hpp"

using namespace sweepnet::storage;
using testing::message_of;

TEST_CASE("a location is told by its scheme") {
  using kind = location::kind;
  CHECK(location("a/b.yml").type == kind::local);
  CHECK(location("/a/s3://bucket").type == kind::local);
  CHECK(location("").type == kind::local);
  CHECK(location("-").type == kind::standard_stream);
  CHECK(location("https://host/a?b").type == kind::http);
  CHECK(location("HTTP://host/a").type == kind::http);
  const location object = location("s3://bucket/a key/with+=?#&/\xE1\x88\xB4");
  CHECK(object.type == kind::s3);
  CHECK(object.bucket == "bucket");
  CHECK(object.key == "a key/with+=?#&/\xE1\x88\xB4");
  CHECK(location("s3://bucket").key.empty());
  CHECK(location("s3://bucket//a/../b").key == "/a/../b");
}

TEST_CASE("a location of no known scheme is a usage error") {
  using sweepnet::usage_error;
  CHECK(message_of<usage_error>([] { (void)location("gs://bucket/key"); }) ==
        "gs://bucket/key: expected a path, s3://, https://, http:// or -, found the scheme 'gs'");
  CHECK(message_of<usage_error>([] { (void)location("s3:///key"); }) ==
        "s3:///key: expected s3://BUCKET/KEY, found no bucket");
  CHECK(message_of<usage_error>([] { (void)location("https:/bob:secret@h/x"); }) ==
        "a path that begins with https: is none: expected https://, or ./https:");
}

TEST_CASE("a bucket that could be a host is a usage error") {
  using sweepnet::usage_error;
  const std::string expected = "expected s3://BUCKET/KEY, found ";
  const auto refused = [](const char* text) {
    return message_of<usage_error>([&] { (void)location(text); });
  };
  CHECK(refused("s3://2130706433:18443#/m.h5") ==
        "s3://2130706433:18443#/m.h5: " + expected +
            "a bucket with other than lower-case letters, digits, dots and hyphens");
  CHECK(refused("s3://127.0.0.1/m.h5") ==
        "s3://127.0.0.1/m.h5: " + expected + "an address in place of a bucket");
  CHECK(refused("s3://arn:aws:s3:eu-west-1:1:accesspoint/p/m.h5")
            .find("found an ARN, which is not taken: an access point has an alias") !=
        std::string::npos);
  CHECK(refused("s3://id:secret@bucket/m.h5").starts_with("s3://bucket/m.h5: "));
}

TEST_CASE("a URL needs a host that everybody reads alike") {
  using sweepnet::usage_error;
  for (const char* url :
       {"http://h", "https://h:8443/a", "http://[::1]:80/", "http://b\u00fccher.example/",
        "https://bob:pass%20word@a.b-c.example/x?y", "http://127.0.0.1:9/ a"}) {
    CAPTURE(url);
    CHECK(location(url).type == location::kind::http);
  }
  for (const char* url :
       {"http://", "http:///a", "http://:80/", "http://h:8x/", "http://h:123456/", "http://h\\@g/",
        "http://h g/", "http://[::1/", "http://[::1]x/", "http://h%00g/", "http://bob:pa/ss@h/",
        "http://bob:p ss@h/", "https://h\n.g/"}) {
    CAPTURE(url);
    const std::string message = message_of<usage_error>([&] { (void)location(url); });
    CHECK(message.find(": expected http") != std::string::npos);
    CHECK(message.find("ss@") == std::string::npos);
  }
}

TEST_CASE("names are joined to directories of each kind") {
  CHECK(join_location("out", "m.h5").request_text() == "out/m.h5");
  CHECK(join_location("", "m.h5").request_text() == "m.h5");
  CHECK(join_location("out", "/m.h5").request_text() == "/m.h5");
  CHECK(join_location("s3://bucket/out", "m.h5").request_text() == "s3://bucket/out/m.h5");
  CHECK(join_location("s3://bucket/out/", "./x/../m.h5").request_text() == "s3://bucket/out/m.h5");
  CHECK(join_location("s3://bucket", "/m.h5").request_text() == "s3://bucket/m.h5");
  CHECK(join_location("out", "s3://bucket/m.h5").request_text() == "s3://bucket/m.h5");
}

TEST_CASE("what a location shows holds no secret, what requests get is as it was written") {
  const std::string url = "https://bob:secret@h/m.h5?X-Amz-Signature=secret#x";
  CHECK(location(url).request_text() == url);
  CHECK(location(url).shown() == "https://h/m.h5");
  CHECK(location("s3://bucket/m?.h5").shown() == "s3://bucket/m?.h5");
  CHECK(location("a?b").shown() == "a?b");
}

TEST_CASE("all but unreserved bytes are percent-encoded") {
  CHECK(percent_encode("aZ0-._~") == "aZ0-._~");
  CHECK(percent_encode("a b/+=%\xE1\x88\xB4") == "a%20b%2F%2B%3D%25%E1%88%B4");
  CHECK(percent_encode("a b/c", "/") == "a%20b/c");
}
