// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// How damaged archives are refused is shown where they are read: tests/data/npz.cpp.

#include "catch.hpp"

#if defined(SWEEPNET_HAS_LIBZIP)

#include <string>

#include "support.hpp"
#include "sweepnet/storage/zip.hpp"

using sweepnet::storage::write_zip;
using sweepnet::storage::zip_archive;

TEST_CASE("a written archive gives its members back, and equal members are equal archives") {
  const std::string content("a\0b", 3);
  const std::string bytes = write_zip({{"x/y.txt", content}, {"empty", ""}});
  CHECK(bytes == write_zip({{"x/y.txt", content}, {"empty", ""}}));
  const zip_archive archive(bytes, "a.zip", "archive");
  CHECK(archive.find("x/y.txt", "y", {.bytes = 3}) == content);
  CHECK(archive.find("empty", "empty", {.bytes = 0}) == "");
  CHECK_FALSE(archive.find("z", "z", {}).has_value());
  CHECK(archive.listing() == " (found: x/y.txt, empty)");
  CHECK(testing::message_of<sweepnet::data_error>([&] {
          (void)archive.find("x/y.txt", "y", {.bytes = 2});
        }) == "a.zip:y: expected at most 2 bytes, found 3");
}

#else

TEST_CASE("zip archives are skipped") { WARN("skipped zip archives: built without libzip"); }

#endif
