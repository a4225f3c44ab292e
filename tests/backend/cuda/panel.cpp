// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cuda/kernels/panel.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "support.hpp"

using namespace sweepnet;
using cuda::panel_rows;

namespace {

constexpr int depth = 64;
constexpr int width = 32;
constexpr int threads = 32;

/// Fetches and stages the panel from depth k0 on, and compares each of its values.
template <panel_rows Lie, class T, class Values>
void check_panel(const cuda::matrix_rows<T>& rows, const Values& values, int k0, int first) {
  const int ones = Lie == panel_rows::across ? rows.columns : -1;
  const cuda::panel_source<T, Values, Lie, depth, width, threads> source{rows, values, first, ones};
  alignas(16) typename decltype(source)::panel panel;
  for (auto& row : panel) {
    for (float& value : row) value = std::numeric_limits<float>::quiet_NaN();
  }
  for (int t = 0; t < threads; ++t) source.stage(t, source.fetch(t, k0), panel);
  int wrong = 0;
  for (int k = 0; k < depth; ++k) {
    for (int w = 0; w < width; ++w) {
      const int row = Lie == panel_rows::along ? first + w : k0 + k;
      const int column = Lie == panel_rows::along ? k0 + k : first + w;
      float expected = column == ones ? 1 : 0;
      if (row < rows.rows && column < rows.columns) expected = values(rows.row(row)[column]);
      if (!(panel[k][w] == expected)) ++wrong;
    }
  }
  CHECK(wrong == 0);
}

/// Both layouts, in the midst of the rows and at their ends.
template <class T, class Values>
void check_panels(const cuda::matrix_rows<T>& rows, const Values& values) {
  for (const int k0 : {0, depth}) {
    for (const int first : {0, width}) {
      check_panel<panel_rows::along>(rows, values, k0, first);
      check_panel<panel_rows::across>(rows, values, k0, first);
    }
  }
}

constexpr int count = 70;

std::vector<std::uint32_t> backwards() {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(count));
  std::iota(order.rbegin(), order.rend(), 0U);
  return order;
}

}  // namespace

TEST_CASE("panels of bytes hold the rows' values, however the rows are aligned") {
  const int columns = GENERATE(1, 7, 16, 20, 48, 63, 64, 80, 97);
  const std::size_t offset = GENERATE(0U, 1U, 4U);
  INFO(columns << " columns, " << offset << " bytes behind an aligned address");
  const labelled_rows data = testing::random_rows(count, columns, 1, 3);
  const std::span bytes = data.features.as<std::uint8_t>();
  std::vector<std::uint8_t> memory(offset);
  memory.insert(memory.end(), bytes.begin(), bytes.end());
  // Each as feature_rows::at() gives it: multiplied in double precision, rounded once.
  std::array<float, cuda::byte_values::count> table;
  for (int t = 0; t < threads; ++t) cuda::byte_values::fill(table.data(), 1.0 / 255, t, threads);
  for (int b = 0; b < 256; ++b) {
    CHECK(table[static_cast<std::size_t>(b)] == static_cast<float>(b * (1.0 / 255)));
  }
  const auto order = backwards();
  const cuda::byte_values values{table.data()};
  check_panels(cuda::matrix_rows<std::uint8_t>{memory.data() + offset, columns, count, columns,
                                               order.data()},
               values);
}

TEST_CASE("panels of reals hold the rows' values, however the rows are aligned") {
  const int columns = GENERATE(1, 3, 4, 30, 64, 97);
  const int padding = GENERATE(0, 2, 4);
  const std::size_t offset = GENERATE(0U, 1U);
  INFO(columns << " columns, " << padding << " unused behind them, " << offset
               << " floats behind an aligned address");
  const int pitch = columns + padding;
  std::vector<float> memory(offset + static_cast<std::size_t>(count * pitch));
  for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = 0.1F * static_cast<float>(i + 1);
  const float* data = memory.data() + offset;
  const auto order = backwards();
  check_panels(cuda::matrix_rows<float>{data, pitch, count, columns, order.data()},
               cuda::real_values{0.7});
  check_panels(cuda::matrix_rows<float>{data, pitch, count, columns}, cuda::real_values{});
}
