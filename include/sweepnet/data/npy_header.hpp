// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The header of NumPy's .npy arrays: a Python literal of three keys.
// Source: numpy/lib/format.py, format versions 1.0 to 3.0.

#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"

namespace sweepnet::detail {

/// The fields of an .npy header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
struct npy_header {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
};

/// Reads the Python literal that numpy writes, and nothing more of Python.
class npy_header_parser {
 public:
  npy_header_parser(std::string text, std::string name)
      : text_(std::move(text)), name_(std::move(name)) {}

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
    std::string content = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return content;
  }
  bool boolean() {
    for (const auto& [word, value] : {std::pair{"True", true}, std::pair{"False", false}}) {
      peek();
      if (std::string_view(text_).substr(at_).starts_with(word)) {
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

  std::string text_;
  std::string name_;
  std::size_t at_ = 0;
};

}  // namespace sweepnet::detail
