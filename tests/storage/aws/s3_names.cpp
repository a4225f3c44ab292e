// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/storage/aws/s3_names.hpp"

#include <string>

#include "catch.hpp"
#include "support.hpp"

using namespace sweepnet::storage;

TEST_CASE("buckets' names are those that S3 allows") {
  for (const std::string name : {"abc", "my-bucket", "my.bucket.1", "1st", "a--b", "1.2.3",
                                 "point-abcdef0123456789-s3alias"}) {
    CAPTURE(name);
    CHECK(bucket_fault(name).empty());
  }
  CHECK(bucket_fault(std::string(63, 'a')).empty());
  for (const std::string name : {"",
                                 "ab",
                                 "2130706433:18443#",
                                 "127.0.0.1",
                                 "h@evil",
                                 "a/b",
                                 "a?b",
                                 "a b",
                                 "a%2eb",
                                 "Abc",
                                 "a_b",
                                 "-abc",
                                 "abc-",
                                 ".abc",
                                 "abc.",
                                 "a..b",
                                 "a.-b",
                                 "a-.b",
                                 "xn--abc",
                                 "\xC3\xA4"
                                 "bc",
                                 "one--use1-az4--x-s3",
                                 "m0.mrap",
                                 "arn:aws:s3:eu-west-1:123456789012:accesspoint"}) {
    CAPTURE(name);
    CHECK_FALSE(bucket_fault(name).empty());
  }
  CHECK_FALSE(bucket_fault(std::string(64, 'a')).empty());
  CHECK_FALSE(bucket_fault(std::string("ab\0c", 4)).empty());
}

TEST_CASE("a region is a label of a host's name") {
  for (const char* name : {"us-east-1", "cn-north-1", "auto", "us-gov-west-1", "r"}) {
    CAPTURE(name);
    CHECK(is_region(name));
  }
  for (const char* name :
       {"", "localhost:9/", "a.b", "a/b", "a@b", "a#", "-a", "a-", "EU", "a b"}) {
    CAPTURE(name);
    CHECK_FALSE(is_region(name));
  }
  CHECK(
      testing::message_of<sweepnet::configuration_error>([] { require_region("localhost:9/"); }) ==
      "the AWS region must be lower-case letters, digits and hyphens, such as eu-west-1, got "
      "'localhost:9/'");
}
