// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/core/url_text.hpp"

#include <string>

#include "catch.hpp"

using sweepnet::public_url;
using sweepnet::without_secrets;

TEST_CASE("a URL is shown without user, password, query and fragment") {
  CHECK(public_url("https://h/m.h5?X-Amz-Signature=secret#x") == "https://h/m.h5");
  CHECK(public_url("http://bob:secret@h:8/a@b.npz") == "http://h:8/a@b.npz");
  CHECK(public_url("https://token@h") == "https://h");
  CHECK(public_url("https://h?secret") == "https://h");
  CHECK(public_url("https://[::1]:80/a") == "https://[::1]:80/a");
  CHECK(public_url("https://") == "https://");
  CHECK(public_url("no URL") == "no URL");
}

TEST_CASE("a password that ought to be encoded is left out all the same") {
  for (const std::string password :
       {"p@ss", "p/ss", "p?ss", "p#ss", "p:ss", "p ss", "p/s@s", "'p'"}) {
    CAPTURE(password);
    CHECK(public_url("http://bob:" + password + "@h/a") == "http://h/a");
    CHECK(without_secrets("'http://bob:" + password + "@h/a' is off") == "'http://h/a' is off");
  }
}

TEST_CASE("each URL in a message loses its secrets, the rest of the message stays") {
  CHECK(without_secrets("a: 'https://u:p@h/x?sig=1': and http://k@i?q, too") ==
        "a: 'https://h/x': and http://i, too");
  CHECK(without_secrets("https://h: cannot read: 404") == "https://h: cannot read: 404");
  CHECK(without_secrets("http://h:8: cannot read") == "http://h:8: cannot read");
  CHECK(without_secrets("proxy=ftp://u:p@h") == "proxy=ftp://h");
  CHECK(without_secrets("s3://id:secret@bucket/k?.h5") == "s3://bucket/k?.h5");
  CHECK(without_secrets("what? at me@h #1") == "what? at me@h #1");
  CHECK(without_secrets("://@?") == "://");
  CHECK(without_secrets("").empty());
}

TEST_CASE("a long hostile text takes no longer than its length") {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += "://a";
  CHECK(without_secrets(text) == text);
}
