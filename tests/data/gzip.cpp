// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/data/gzip.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"

using sweepnet::as_bytes;
using sweepnet::byte_source;
using sweepnet::data_error;
using testing::gzip;
using testing::message_of;

namespace {

std::string text_of(const std::vector<unsigned char>& bytes) {
  return {bytes.begin(), bytes.end()};
}

/// The same of content that comes in pieces.
std::string expanded(const std::string& content, std::size_t piece) {
  std::string all;
  const auto take = [&](std::string_view some) { all += some; };
  sweepnet::piece_expander expander("file");
  for (std::size_t at = 0; at < content.size(); at += piece) {
    expander.add(std::string_view(content).substr(at, piece), take);
  }
  expander.finish(take);
  return all;
}

/// Reads everything, a few bytes at a time.
std::string drained(const std::string& content) {
  byte_source source(as_bytes(content), "file");
  std::string all;
  unsigned char some[7];
  while (const std::size_t got = source.read(some)) all.append(some, some + got);
  return all;
}

std::string refused(const std::string& content) {
  return message_of<data_error>([&] { (void)drained(content); });
}

std::string sample() {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += static_cast<char>(i * i % 251);
  return text;
}

}  // namespace

TEST_CASE("plain bytes come as they are") {
  CHECK(drained("") == "");
  CHECK(drained("a") == "a");
  CHECK(drained(sample()) == sample());
}

TEST_CASE("gzip is known by its magic and expanded") {
  CHECK(drained(gzip("")) == "");
  CHECK(drained(gzip(sample())) == sample());
}

TEST_CASE("joined gzip files are read as one") {
  CHECK(drained(gzip("first ") + gzip("second")) == "first second");
}

TEST_CASE("exactly the bytes asked for are read, or the lack is told") {
  const auto packed = GENERATE(false, true);
  const std::string content = packed ? gzip("0123456789") : "0123456789";
  byte_source source(as_bytes(content), "file");
  CHECK(text_of(source.read_exactly(4, "head")) == "0123");
  CHECK(source.read_exactly(0, "nothing").empty());
  CHECK(message_of<data_error>([&] { (void)source.read_exactly(7, "tail"); }) ==
        "file: truncated: expected 7 bytes of tail, found 6");
}

TEST_CASE("a false count costs no memory") {
  byte_source source(as_bytes("abc"), "file");
  CHECK(message_of<data_error>([&] { (void)source.read_exactly(std::uint64_t{1} << 62, "it"); }) ==
        "file: truncated: expected 4611686018427387904 bytes of it, found 3");
}

TEST_CASE("gzip data that end too early are told, wherever they are cut") {
  const std::string whole = gzip(sample());
  for (std::size_t size = 2; size < whole.size(); size += 13) {
    CHECK(refused(whole.substr(0, size)) == "file: truncated: the gzip stream has no end");
  }
}

TEST_CASE("damaged gzip data are told") {
  std::string header = gzip(sample());
  header[2] = 9;
  CHECK(refused(header) == "file: damaged gzip data: unknown compression method");
  std::string checksum = gzip(sample());
  checksum[checksum.size() - 6] ^= 1;
  CHECK(refused(checksum) == "file: damaged gzip data: incorrect data check");
  std::string length = gzip(sample());
  length[length.size() - 1] ^= 1;
  CHECK(refused(length) == "file: damaged gzip data: incorrect length check");
  CHECK(refused(gzip(sample()) + "junk") == "file: damaged gzip data: incorrect header check");
}

TEST_CASE("no single flipped bit goes unseen in what gzip checks") {
  const std::string good = gzip(sample());
  for (std::size_t at = 10; at < good.size(); at += 7) {
    std::string bad = good;
    bad[at] ^= 0x10;
    CHECK(refused(bad).starts_with("file: "));
  }
}

TEST_CASE("content in pieces of any size is expanded if it is compressed") {
  const std::string large = sample() + std::string(300'000, 'x') + sample();
  for (const std::size_t piece :
       {std::size_t{1}, std::size_t{2}, std::size_t{1000}, SIZE_MAX / 2}) {
    for (const std::string& content :
         {std::string(), std::string("\x1f"), std::string("ab"), large}) {
      CHECK(expanded(content, piece) == content);
      CHECK(expanded(gzip(content), piece) == content);
      CHECK(expanded(gzip(content) + gzip("and more"), piece) == content + "and more");
    }
    const std::string cut = gzip(large).substr(0, 500);
    CHECK(message_of<data_error>([&] { (void)expanded(cut, piece); }) ==
          "file: truncated: the gzip stream has no end");
    CHECK(message_of<data_error>([&] { (void)expanded(gzip("a") + "no gzip", piece); }) ==
          "file: damaged gzip data: incorrect header check");
  }
}
