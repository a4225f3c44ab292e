// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/data/npz.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"

using sweepnet::as_bytes;
using sweepnet::data_error;
using sweepnet::tensor;
using testing::message_of;
using testing::npy;

#if defined(SWEEPNET_HAS_LIBZIP)

using sweepnet::npz_archive;

namespace {

std::string refused_array(const std::string& archive, const std::string& member) {
  return message_of<data_error>(
      [&] { (void)npz_archive(as_bytes(archive), "a.npz").array(member); });
}

/// Overwrites 4 bytes, little-endian, at an offset behind the first `signature`.
void patch(std::string& bytes, const std::string& signature, std::size_t offset,
           std::uint32_t value) {
  const std::size_t at = bytes.find(signature);
  REQUIRE(at != bytes.npos);
  bytes.replace(at + offset, 4,
                testing::packed(std::vector<std::uint32_t>{value}, std::endian::little));
}

const std::string local_header = "PK\3\4";
const std::string central_header = "PK\1\2";

}  // namespace

TEST_CASE("arrays are found by name in an archive, stored or deflated, in any order") {
  const bool deflated = GENERATE(false, true);
  const std::string archive = testing::zip({{"y.npy", npy("<i8", "(2,)", std::string(16, '\0'))},
                                            {"x.npy", npy("|u1", "(2, 3)", "abcdef")}},
                                           deflated);
  const npz_archive opened(as_bytes(archive), "a.npz");
  CHECK(opened.array("x").shape == std::vector<std::int64_t>{2, 3});
  CHECK(opened.array("x").source == "a.npz:x");
  CHECK(opened.array("y").shape == std::vector<std::int64_t>{2});
  CHECK(message_of<data_error>([&] { (void)opened.array("z"); }) ==
        "a.npz: has no array 'z' (found: y.npy, x.npy)");
}

TEST_CASE("what is no archive is told") {
  CHECK(refused_array("", "x").starts_with("a.npz: "));  // libzip's versions differ
  CHECK(refused_array("\x93NUMPY and more", "x") ==
        "a.npz: not a readable .npz archive: Not a zip archive");
  const std::string good = testing::zip({{"x.npy", npy("|u1", "(6,)", "abcdef")}}, true);
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK(refused_array(good.substr(0, size), "x").starts_with("a.npz"));
  }
}

TEST_CASE("a damaged member is told") {
  std::string archive = testing::zip({{"x.npy", npy("|u1", "(6,)", "abcdef")}}, false);
  archive[archive.find("abcdef")] = 'z';
  CHECK(refused_array(archive, "x") == "a.npz:x: CRC error");
  CHECK(refused_array(testing::zip({{"x.npy", "text"}}, true), "x") ==
        "a.npz:x: not an .npy array: its magic is not \\x93NUMPY");
}

TEST_CASE("sizes that lie cost no memory and are told") {
  const std::string good =
      testing::zip({{"x.npy", npy("|u1", "(600,)", std::string(600, 'x'))}}, true);
  const auto with_size = [&](std::uint32_t size) {
    std::string archive = good;
    patch(archive, local_header, 22, size);
    patch(archive, central_header, 24, size);
    return archive;
  };
  CHECK(refused_array(with_size(100), "x").starts_with("a.npz:x: "));
  CHECK(refused_array(with_size(0xffffff), "x") ==
        "a.npz:x: expected the 16777215 bytes that the archive tells of, found 728");
  std::string inconsistent = good;
  patch(inconsistent, local_header, 22, 100);
  CHECK(refused_array(inconsistent, "x").starts_with("a.npz"));
}

TEST_CASE("a member that unfolds beyond its limit is refused before it does") {
  const std::string zeros(10'000'000, '\0');
  const std::string archive =
      testing::zip({{"x.npy", npy("|u1", "(10000, 1000)", zeros)},
                    {"i.npy", npy("|i1", "(5000000,)", zeros.substr(0, 5'000'000))}},
                   true);
  CHECK(archive.size() < 20'000);
  const auto refused_beyond = [&](const std::string& member, std::uint64_t bytes) {
    return message_of<data_error>(
        [&] { (void)npz_archive(as_bytes(archive), "a.npz", {.bytes = bytes}).array(member); });
  };
  CHECK(refused_beyond("x", 10'000'000) ==
        "a.npz:x: expected at most 10000000 bytes, found 10000128");
  CHECK(npz_archive(as_bytes(archive), "a.npz", {.bytes = 10'000'128}).array("x").shape ==
        std::vector<std::int64_t>{10000, 1000});
  // Labels and signed bytes become four bytes each.
  CHECK(refused_beyond("i", 10'000'000) ==
        "a.npz:i: expected at most 10000000 bytes, found 20000000");
}

TEST_CASE("members expand as deflate does, once") {
  std::string archive = testing::zip({{"x.npy", npy("|u1", "(6,)", "abcdef")}}, false);
  constexpr std::uint16_t bzip2 = 12;
  archive[archive.find(local_header) + 8] = bzip2;
  archive[archive.find(central_header) + 10] = bzip2;
  CHECK(refused_array(archive, "x") == "a.npz:x: must be stored or deflated");
  const std::string twice = testing::gzip(npy("|u1", "(6,)", "abcdef"));
  CHECK(refused_array(testing::zip({{"x.npy", twice}}, true), "x") ==
        "a.npz:x: not an .npy array: its magic is not \\x93NUMPY");
}

TEST_CASE("no single changed byte of an archive goes unseen or does harm") {
  const std::string content(40, 'x');
  const std::string good = testing::zip({{"x.npy", npy("|u1", "(40,)", content)}}, true);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] ^= 0x04;
    std::string message;
    std::vector<std::int64_t> shape = {40};
    try {
      shape = npz_archive(as_bytes(bad), "a.npz").array("x").shape;
    } catch (const data_error& e) {
      message = e.what();
    }
    CHECK((message.empty() || message.starts_with("a.npz")));
    CHECK(shape == std::vector<std::int64_t>{40});
  }
}

#else

TEST_CASE("archives are skipped") { WARN("skipped .npz archives: built without libzip"); }

#endif
