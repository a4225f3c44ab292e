// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// NumPy's .npy arrays and the .npz archives of them (libzip).
// Source: numpy/lib/format.py, format versions 1.0 to 3.0.

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/gzip.hpp"
#include "sweepnet/data/tensor.hpp"

#if defined(SWEEPNET_HAS_LIBZIP)
#include "sweepnet/storage/zip.hpp"
#endif

namespace sweepnet {

namespace detail {

/// The fields of an .npy header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
struct npy_header {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
};

/// Reads the Python literal that numpy writes, and nothing more of Python.
class npy_header_parser {
 public:
  npy_header_parser(std::string_view text, std::string name)
      : text_(text), name_(std::move(name)) {}

  npy_header parse() {
    npy_header header;
    bool descr = false, order = false, shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr" && !descr) {
        descr = true;
        if (peek() != '\'' && peek() != '"') fail("structured arrays are not supported");
        header.descr = quoted();
      } else if (key == "fortran_order" && !order) {
        order = true;
        header.fortran_order = boolean();
      } else if (key == "shape" && !shape) {
        shape = true;
        header.shape = tuple();
      } else {
        fail("unexpected key '" + key + "'");
      }
      if (!accept(',') && peek() != '}') fail("expected ',' or '}'");
    }
    if (!descr || !order || !shape) fail("descr, fortran_order and shape must be there");
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw data_error(name_ + ": bad .npy header: " + what);
  }
  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(std::string("expected '") + c + "'");
  }
  std::string quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("expected a string");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) fail("a string has no end");
    const std::string content(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return content;
  }
  bool boolean() {
    for (const auto& [word, value] : {std::pair{"True", true}, std::pair{"False", false}}) {
      peek();
      if (text_.substr(at_).starts_with(word)) {
        at_ += std::string_view(word).size();
        return value;
      }
    }
    fail("fortran_order must be True or False");
  }
  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> sizes;
    expect('(');
    while (!accept(')')) {
      peek();
      std::size_t end = at_;
      while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') ++end;
      const auto size = parse_number<std::uint64_t>(text_.substr(at_, end - at_));
      if (!size || sizes.size() == 32) fail("shape must be a tuple of sizes");
      sizes.push_back(*size);
      at_ = end;
      if (!accept(',') && peek() != ')') fail("expected ',' or ')'");
    }
    return sizes;
  }

  std::string_view text_;
  std::string name_;
  std::size_t at_ = 0;
};

/// IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction.
inline float float_from_half(std::uint16_t half) {
  const int exponent = half >> 10 & 0x1f;
  const int fraction = half & 0x3ff;
  const float sign = half >> 15 != 0 ? -1.0F : 1.0F;
  if (exponent == 0x1f) {
    return fraction != 0 ? std::numeric_limits<float>::quiet_NaN()
                         : sign * std::numeric_limits<float>::infinity();
  }
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  return sign * std::ldexp(static_cast<float>(0x400 + fraction), exponent - 25);
}

inline std::vector<float> halves_from(std::span<const unsigned char> raw, std::endian order) {
  const std::vector<std::uint16_t> halves = elements_from<std::uint16_t>(raw, order);
  std::vector<float> reals(halves.size());
  std::ranges::transform(halves, reals.begin(), float_from_half);
  return reals;
}

[[noreturn]] inline void refuse_npy_type(const std::string& name, const std::string& descr) {
  throw data_error(fmt::format(
      "{}: the .npy type must be b1, u1 to u8, i1 to i8 or f2 to f8, found '{}'", name, descr));
}

inline decltype(tensor::elements) npy_elements(const npy_header& header, const std::string& name,
                                               std::vector<unsigned char> raw) {
  const char mark = header.descr.front();
  const std::endian order = mark == '>' ? std::endian::big : std::endian::little;
  const std::string_view type = std::string_view(header.descr).substr(1);
  if (type == "u1") return raw;
  if (type == "i1" || type == "b1") return elements_from<std::int8_t>(raw, order);
  if (type == "u2") return elements_from<std::uint16_t>(raw, order);
  if (type == "i2") return elements_from<std::int16_t>(raw, order);
  if (type == "u4") return elements_from<std::uint32_t>(raw, order);
  if (type == "i4") return elements_from<std::int32_t>(raw, order);
  if (type == "u8") return elements_from<std::uint64_t>(raw, order);
  if (type == "i8") return elements_from<std::int64_t>(raw, order);
  if (type == "f2") return halves_from(raw, order);
  if (type == "f4") return elements_from<float>(raw, order);
  if (type == "f8") return elements_from<double>(raw, order);
  refuse_npy_type(name, header.descr);
}

}  // namespace detail

/// The array in `content`. Throws data_error for anything but a plain C-ordered array of integers
/// or reals whose bytes are all there.
[[nodiscard]] inline tensor read_npy(bytes_view content, const std::string& name) {
  constexpr std::string_view expected = "\x93NUMPY";
  const std::size_t known = std::min(content.size(), expected.size());
  if (!std::ranges::equal(content.first(known), as_bytes(expected).first(known))) {
    throw data_error(name + ": not an .npy array: its magic is not \\x93NUMPY");
  }
  byte_source source(content, name);
  const std::vector<unsigned char> magic = source.read_exactly(8, "magic");
  if (magic[6] < 1 || magic[6] > 3) {
    throw data_error(fmt::format("{}: the .npy version must be 1 to 3, found {}", name, magic[6]));
  }
  const std::vector<unsigned char> size =
      source.read_exactly(magic[6] == 1 ? 2 : 4, "header length");
  std::uint64_t length = 0;
  for (std::size_t i = size.size(); i-- > 0;) length = length << 8 | size[i];
  constexpr std::uint64_t longest_header = 1 << 16;
  if (length > longest_header) {
    throw data_error(fmt::format("{}: bad .npy header: expected at most {} bytes, found {}", name,
                                 longest_header, length));
  }
  const std::vector<unsigned char> header_bytes = source.read_exactly(length, "header");
  const std::string header_text(header_bytes.begin(), header_bytes.end());
  const detail::npy_header header = detail::npy_header_parser(header_text, name).parse();

  if (header.fortran_order && header.shape.size() > 1) {
    throw data_error(name + ": Fortran order is not supported; save np.ascontiguousarray(a)");
  }
  const std::string& descr = header.descr;
  const bool plain = descr.size() == 3 && std::string_view("<>|=").find(descr[0]) != descr.npos &&
                     std::string_view("uifb").find(descr[1]) != descr.npos &&
                     std::string_view("1248").find(descr[2]) != descr.npos;
  if (!plain) detail::refuse_npy_type(name, descr);
  const auto bytes = detail::byte_count(header.shape, static_cast<std::uint64_t>(descr[2] - '0'));
  if (!bytes) throw data_error(name + ": .npy sizes overflow");
  tensor result{
      .source = name,
      .shape = {header.shape.begin(), header.shape.end()},
      .elements = detail::npy_elements(header, name, source.read_exactly(*bytes, "elements"))};
  unsigned char extra[1];
  if (source.read(extra) > 0) {
    throw data_error(fmt::format("{}: has bytes beyond the {} that its shape {} calls for", name,
                                 *bytes, text_of_shape(result.shape)));
  }
  return result;
}

#if defined(SWEEPNET_HAS_LIBZIP)

/// The members of an .npz archive, by name without ".npy". `content` must outlive it.
class npz_archive {
 public:
  npz_archive(bytes_view content, std::string name)
      : name_(std::move(name)), archive_(as_text(content), name_, ".npz archive") {}

  /// The array `member`. Throws data_error if it is missing, damaged or larger than it says.
  [[nodiscard]] tensor array(const std::string& member) const {
    constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();
    const auto content = archive_.find(member + ".npy", member, unlimited);
    if (!content) {
      throw data_error(name_ + ": has no array '" + member + "'" + archive_.listing());
    }
    return read_npy(as_bytes(*content), name_ + ":" + member);
  }

 private:
  static std::string_view as_text(bytes_view content) {
    return {reinterpret_cast<const char*>(content.data()), content.size()};
  }

  std::string name_;
  storage::zip_archive archive_;
};

#endif  // SWEEPNET_HAS_LIBZIP

}  // namespace sweepnet
