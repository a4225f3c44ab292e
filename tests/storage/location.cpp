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
  CHECK(location("/a/s3://b").type == kind::local);
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
}

TEST_CASE("names are joined to directories of each kind") {
  CHECK(join_location("out", "m.h5") == "out/m.h5");
  CHECK(join_location("", "m.h5") == "m.h5");
  CHECK(join_location("out", "/m.h5") == "/m.h5");
  CHECK(join_location("s3://b/out", "m.h5") == "s3://b/out/m.h5");
  CHECK(join_location("s3://b/out/", "./x/../m.h5") == "s3://b/out/m.h5");
  CHECK(join_location("s3://b", "/m.h5") == "s3://b/m.h5");
  CHECK(join_location("out", "s3://b/m.h5") == "s3://b/m.h5");
}

TEST_CASE("a URL's query is left out, a key's question mark is not") {
  CHECK(without_query("https://h/m.h5?X-Amz-Signature=secret#x") == "https://h/m.h5");
  CHECK(without_query("s3://b/m?.h5") == "s3://b/m?.h5");
  CHECK(without_query("a?b") == "a?b");
}

TEST_CASE("all but unreserved bytes are percent-encoded") {
  CHECK(percent_encode("aZ0-._~") == "aZ0-._~");
  CHECK(percent_encode("a b/+=%\xE1\x88\xB4") == "a%20b%2F%2B%3D%25%E1%88%B4");
  CHECK(percent_encode("a b/c", "/") == "a%20b/c");
}
