// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Pictures and base64, by bytes that other programs made.

#include "sweepnet/report/png.hpp"

#include <zlib.h>

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "support.hpp"

using namespace sweepnet;

TEST_CASE("check sums are those of the standards") {
  CHECK(report::crc32<report::crc_polynomial::ieee>("123456789") == 0xCBF43926);
  CHECK(report::crc32<report::crc_polynomial::castagnoli>("123456789") == 0xE3069283);
  CHECK(report::crc32<report::crc_polynomial::ieee>("") == 0);
  CHECK(report::detail::adler32("Wikipedia") == 0x11E60398);
}

TEST_CASE("base64 is RFC 4648's") {
  CHECK(report::base64("").empty());
  CHECK(report::base64("f") == "Zg==");
  CHECK(report::base64("fo") == "Zm8=");
  CHECK(report::base64("foo") == "Zm9v");
  CHECK(report::base64("foobar") == "Zm9vYmFy");
  CHECK(report::base64(std::string("\xff\x00\xfe", 3)) == "/wD+");
}

TEST_CASE("a picture's rows come back as zlib unfolds them") {
  std::vector<std::uint8_t> pixels(300 * 300);
  std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
  const std::string png = report::grey_png(pixels, 300);
  CHECK(png.starts_with(
      std::string("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x2c\0\0\x01\x2c\x08\0\0\0\0", 29)));
  CHECK(png.ends_with(std::string("\0\0\0\0IEND\xae\x42\x60\x82", 12)));
  const std::size_t data = png.find("IDAT") + 4;
  std::string rows(300 * 301, '\0');
  auto size = static_cast<uLongf>(rows.size());
  REQUIRE(uncompress(reinterpret_cast<Bytef*>(rows.data()), &size,
                     reinterpret_cast<const Bytef*>(png.data() + data),
                     static_cast<uLong>(png.size() - data - 16)) == Z_OK);
  CHECK(size == rows.size());
  CHECK(rows[0] == 0);
  CHECK(static_cast<std::uint8_t>(rows[301 + 1]) == 300 % 256);
}
