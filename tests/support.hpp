// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the tests share: temporary directories, expected errors, small data, comparisons.

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/data/dataset.hpp"

namespace testing {

/// How many cases to try: `all`, or `some` where a sanitizer looks on, by which each takes some ten
/// times as long.
template <typename Count>
constexpr Count cases([[maybe_unused]] Count all, [[maybe_unused]] Count some) {
#if defined(SWEEPNET_SANITIZES_ADDRESS)
  return some;
#else
  return all;
#endif
}

/// The project's root and what lies below it.
inline std::filesystem::path source_path(const std::string& relative) {
  return std::filesystem::path(SWEEPNET_SOURCE_DIR) / relative;
}

/// A directory of its own for one test, removed at its end.
class temporary_directory {
 public:
  temporary_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "sweepnet-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  temporary_directory(const temporary_directory&) = delete;  // one owner removes it
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const {
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The text of the Error that `body` throws; fails the test if it throws none.
template <class Error = sweepnet::error, class Body> std::string message_of(const Body& body) {
  try {
    body();
  } catch (const Error& e) {
    return e.what();
  }
  FAIL("no error was thrown");
  return "";
}

/// |a - b| / |b|, both as vectors.
template <class A, class B> double relative_l2(const A& a, const B& b) {
  REQUIRE(std::size(a) == std::size(b));
  double difference = 0;
  double norm = 0;
  for (std::size_t i = 0; i < std::size(a); ++i) {
    const double d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    difference += d * d;
    norm += static_cast<double>(b[i]) * static_cast<double>(b[i]);
  }
  return std::sqrt(difference / (norm > 0 ? norm : 1));
}

/// Rows of random bytes whose class is the brightest of the first `classes` features: something
/// that a network can learn.
inline sweepnet::labelled_rows random_rows(std::int64_t rows, std::int64_t width,
                                           std::int64_t classes, std::uint64_t seed) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(rows * width));
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const auto block = sweepnet::random_at(seed, sweepnet::random_stream::initialisation, 99, 0,
                                           static_cast<std::uint32_t>(i));
    pixels[i] = static_cast<std::uint8_t>(block.word[0] >> 24);
  }
  sweepnet::labelled_rows result{.features = {}, .scale = 1.0 / 255, .width = width, .labels = {}};
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto first = pixels.begin() + r * width;
    result.labels.push_back(
        static_cast<std::int32_t>(std::max_element(first, first + classes) - first));
  }
  result.features = std::move(pixels);
  return result;
}

inline sweepnet::dataset random_dataset(std::int64_t rows, std::int64_t width,
                                        std::int64_t classes) {
  return {.name = "random",
          .train = random_rows(rows, width, classes, 1),
          .validation = random_rows(rows / 2, width, classes, 2),
          .class_count = classes};
}

}  // namespace testing
