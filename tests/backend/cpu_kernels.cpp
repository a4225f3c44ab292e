// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cpu/kernels.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cpu/panels.hpp"
#include "sweepnet/backend/cpu/sparse_rows.hpp"
#include "sweepnet/backend/cpu/weight_gradients.hpp"

using namespace sweepnet;

namespace {

/// Reals in (-1, 1); a share of them is 0.
std::vector<float> random_reals(std::size_t count, std::uint32_t salt, double zeros = 0) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto block =
        random_at(7, random_stream::initialisation, salt, 0, static_cast<std::uint32_t>(i));
    if (unit_interval(block.word[1]) < zeros) continue;
    values[i] = static_cast<float>(2 * unit_interval(block.word[0]) - 1);
  }
  return values;
}

/// One product (rows x inner) (inner x width), and what each kernel makes of it.
struct product {
  std::int64_t rows, inner, width;
  std::vector<float> x = random_reals(static_cast<std::size_t>(rows * inner), 1, 0.7);
  std::vector<float> b = random_reals(static_cast<std::size_t>(inner * width), 2);

  [[nodiscard]] panel_view panel() const { return {b.data(), inner, width}; }

  template <class Kernels> [[nodiscard]] std::vector<float> dense() const {
    std::vector<float> c(static_cast<std::size_t>(rows * width), NAN);
    Kernels::dense_product({x.data(), inner, 1}, 0, rows, panel(), {c.data(), width});
    return c;
  }
  template <class Kernels> [[nodiscard]] std::vector<float> sparse() const {
    sparse_rows nonzeros(rows, inner);
    for (std::int64_t r = 0; r < rows; ++r) nonzeros.set(r, x.data() + r * inner);
    std::vector<float> c(static_cast<std::size_t>(rows * width), NAN);
    Kernels::sparse_product(nonzeros, 0, rows, panel(), {c.data(), width});
    return c;
  }
  /// Sums over k in ascending order, with one rounding for each product and sum.
  [[nodiscard]] std::vector<float> with_fma() const {
    std::vector<float> c(static_cast<std::size_t>(rows * width));
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t k = 0; k < inner; ++k) {
        for (std::int64_t j = 0; j < width; ++j) {
          float& sum = c[static_cast<std::size_t>(r * width + j)];
          sum = std::fma(x[static_cast<std::size_t>(r * inner + k)],
                         b[static_cast<std::size_t>(k * width + j)], sum);
        }
      }
    }
    return c;
  }
};

#if defined(SWEEPNET_X86_KERNELS)
template <class Kernels> void check_bits_of_fma(const product& p) {
  CHECK(p.dense<Kernels>() == p.with_fma());
  CHECK(p.sparse<Kernels>() == p.with_fma());
}
#endif

}  // namespace

TEST_CASE("products have the bits of fused multiply-adds in ascending order") {
  const std::int64_t width = GENERATE(16, 32, 64);
  const std::int64_t rows = GENERATE(1, 2, 5, 7, 23, 64);
  const std::int64_t inner = GENERATE(1, 10, 96, 700);
  const product p{.rows = rows, .inner = inner, .width = width};
  INFO(rows << " x " << inner << " x " << width);
  // The portable kernels may round twice, but skip zeros all the same.
  CHECK(p.dense<portable_kernels>() == p.sparse<portable_kernels>());
  CHECK(testing::relative_l2(p.dense<portable_kernels>(), p.with_fma()) < 1e-6);
#if defined(SWEEPNET_X86_KERNELS)
  if (best_instructions() >= instruction_set::avx2) check_bits_of_fma<avx2_kernels>(p);
  if (best_instructions() >= instruction_set::avx512) check_bits_of_fma<avx512_kernels>(p);
#endif
}

TEST_CASE("what this processor cannot test is said") {
  if (best_instructions() < instruction_set::avx512) WARN("skipped: no AVX-512 here");
  if (best_instructions() < instruction_set::avx2) WARN("skipped: no AVX2 here");
  SUCCEED();
}

TEST_CASE("masks keep the elements that is_kept() keeps") {
  const std::int64_t width = GENERATE(1, 10, 30, 64, 100, 512);
  const mask_draw draw{.seed = 3, .layer = 2, .step = 9, .threshold = keep_threshold(0.3)};
  const std::int64_t stride = width / 8 + 40;
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(9 * stride), 0xff);
  const keep_mask keep{.bytes = bytes.data(), .stride = stride, .width = width, .scale = 2};
  for (std::int64_t r = 0; r < 9; ++r) {
    portable_kernels::narrow(keep, draw, r);
    std::vector<float> values(static_cast<std::size_t>(width), 1.5F);
    portable_kernels::drop(keep, r, 0, width, values.data());
    for (std::int64_t j = 0; j < width; ++j) {
      const auto element = static_cast<std::uint32_t>(r * width + j);
      const auto block = random_at(3, random_stream::dropout, 2, 9, element / dropout_lanes);
      const bool kept = is_kept(block, element % dropout_lanes, draw.threshold);
      REQUIRE(values[static_cast<std::size_t>(j)] == (kept ? 3.0F : 0.0F));
    }
  }
}

TEST_CASE("a panel is finished by bias, activation and mask, whatever its width") {
  const std::int64_t columns = GENERATE(1, 10, 32, 33, 64);
  const std::vector<float> bias = random_reals(64, 5);
  std::vector<float> output = random_reals(64, 6);
  const std::vector<float> before = output;
  std::vector<float> gate(64, NAN);
  std::vector<std::uint8_t> bytes = {0xa5, 0x3c, 0x0f, 0xf0, 0x99, 0x12, 0x34, 0x56, 0, 0, 0, 0, 0};
  const finish_view view{.bias = bias.data(),
                         .output = {output.data(), 64},
                         .gate = {gate.data(), 64},
                         .keep = {.bytes = bytes.data(), .stride = 13, .width = 64, .scale = 4},
                         .first_column = 0,
                         .columns = columns};
  portable_kernels::finish(activations::leaky_relu{}, view, 0, 1);
  for (std::size_t j = 0; j < 64; ++j) {
    INFO(j);
    if (j >= static_cast<std::size_t>(columns)) {
      if (j < static_cast<std::size_t>((columns + 15) / 16 * 16)) continue;  // padding
      CHECK(output[j] == before[j]);
      CHECK(std::isnan(gate[j]));
      continue;
    }
    const float kept = (bytes[j / 8] >> j % 8 & 1) != 0 ? 4.0F : 0.0F;
    const float z = before[j] + bias[j];
    CHECK(output[j] == (z > 0 ? z : 0.2F * z) * kept);
    CHECK(gate[j] == (z > 0 ? 1.0F : 0.2F) * kept);
  }
}

TEST_CASE("nonzeros by rows and by columns are those of the matrix") {
  constexpr std::int64_t rows = 13;
  constexpr std::int64_t width = 403;
  const std::vector<float> reals = random_reals(rows * width, 8, 0.6);
  std::vector<std::uint8_t> bytes(rows * width);
  std::vector<float> value_of(256);
  for (std::size_t b = 0; b < 256; ++b) value_of[b] = static_cast<float>(b) / 255;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(std::abs(reals[i]) * 255);
  }
  const bool from_bytes = GENERATE(false, true);
  sparse_rows by_rows(rows, width);
  std::vector<float> expected(rows * width);
  for (std::int64_t r = 0; r < rows; ++r) {
    if (from_bytes) {
      by_rows.set(r, bytes.data() + r * width, value_of.data());
    } else {
      by_rows.set(r, reals.data() + r * width);
    }
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    expected[i] = from_bytes ? value_of[bytes[i]] : reals[i];
  }
  std::vector<float> found(rows * width);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < by_rows.chunks(); ++c) {
      for (const nonzero& x : by_rows.at(r, c)) {
        CHECK(static_cast<std::int64_t>(x.index) / by_rows.chunk() == c);
        found[static_cast<std::size_t>(r * width) + x.index] = x.value;
      }
    }
  }
  CHECK(found == expected);

  sparse_columns by_columns(rows, width);
  by_columns.set(by_rows, rows, 96, width);  // in any order, in parts
  by_columns.set(by_rows, rows, 0, 96);
  found.assign(rows * width, 0);
  for (std::int64_t k = 0; k < width; ++k) {
    std::int64_t last = -1;
    for (const nonzero& x : by_columns.at(k)) {
      CHECK(x.index > last);
      last = x.index;
      found[x.index * width + static_cast<std::size_t>(k)] = x.value;
    }
  }
  CHECK(found == expected);
}

TEST_CASE("packing loses nothing and pads with the value asked for") {
  model_spec model{.inputs = 7};
  for (const std::int64_t units : {3, 100, 20}) model.layers.emplace_back(dense{.units = units});
  const packed_layout layout(model);
  const std::vector<float> flat = initial_parameters(model, 4);
  const aligned_floats packed = layout.pack(flat, 9);
  CHECK(layout.unpack(packed) == flat);
  CHECK(std::ranges::count(packed, 9.0F) == layout.size - layout.flat.size);
  CHECK(panel_shape(1, 10).width == 16);
  CHECK(panel_shape(1, 20).width == 32);
  CHECK(panel_shape(1, 70).width == 16);
  CHECK(panel_shape(1, 512).width == 64);
}

TEST_CASE("rows of weights are shared out by cost, on cache lines") {
  const std::vector<double> even(784, 1.0);
  CHECK(balanced_parts(even, 2) == std::vector<std::int64_t>{0, 400, 784});
  CHECK(balanced_parts(even, 1) == std::vector<std::int64_t>{0, 784});
  std::vector<double> late(64, 0.0);
  late[63] = 1;
  CHECK(balanced_parts(late, 3) == std::vector<std::int64_t>{0, 64, 64, 64});
  CHECK(balanced_parts(std::vector<double>(5, 1.0), 4) == std::vector<std::int64_t>{0, 5, 5, 5, 5});
}

TEST_CASE("instructions that the processor lacks are refused") {
  CHECK(available(instruction_set::portable) == instruction_set::portable);
  if (best_instructions() == instruction_set::avx512) {
    WARN("skipped: this processor lacks nothing");
    return;
  }
  CHECK(testing::message_of<std::invalid_argument>([] {
          (void)available(instruction_set::avx512);
        }).starts_with("this processor has no AVX-512, at most "));
}
