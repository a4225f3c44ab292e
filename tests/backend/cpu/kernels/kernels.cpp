// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cpu/kernels/kernels.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/factors/sparse_features.hpp"
#include "sweepnet/backend/cpu/factors/sparse_rows.hpp"
#include "sweepnet/backend/cpu/step/shares.hpp"
#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/network/optimizer_step.hpp"

using namespace sweepnet;
using namespace sweepnet::cpu;

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

/// The rows of a matrix at padded_stride(), with values in the padding that nobody may use.
aligned_floats padded(const std::vector<float>& values, std::int64_t rows, std::int64_t width) {
  const std::int64_t stride = padded_stride(width);
  aligned_floats result(static_cast<std::size_t>(rows * stride), NAN);
  for (std::int64_t r = 0; r < rows; ++r) {
    std::copy_n(values.begin() + r * width, width, result.begin() + r * stride);
  }
  return result;
}

/// One product (rows x inner) (inner x width), and what each kernel makes of it.
struct product {
  std::int64_t rows, inner, width;
  std::vector<float> x = random_reals(static_cast<std::size_t>(rows * inner), 1, 0.7);
  std::vector<float> b = random_reals(static_cast<std::size_t>(inner * width), 2);

  [[nodiscard]] panel_view panel() const { return {b.data(), inner, width}; }

  [[nodiscard]] std::vector<float> dense(const kernel_table& kernels) const {
    std::vector<float> c(static_cast<std::size_t>(rows * width), NAN);
    kernels.dense_product({x.data(), inner, 1}, rows, panel(), {c.data(), width});
    return c;
  }
  [[nodiscard]] std::vector<float> sparse(const kernel_table& kernels) const {
    const aligned_floats readable = padded(x, rows, inner);
    const std::int64_t stride = padded_stride(inner);
    sparse_rows nonzeros(rows, inner, 1);
    nonzeros.set(kernels, {0, rows}, 0, inner, {readable.data(), stride});
    std::vector<float> c(static_cast<std::size_t>(rows * width), NAN);
    for (std::int64_t chunk = 0; chunk < nonzeros.chunks(); ++chunk) {
      kernels.sparse_product(nonzeros.view(0, chunk), rows, panel(), {c.data(), width}, chunk > 0);
    }
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

/// Calls f with the kernels of each instruction set that is here.
template <class F> void for_each_kernels(const F& f) {
  for (const instruction_set set :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (set <= best_instructions()) f(kernels_for(set));
  }
}

}  // namespace

TEST_CASE("products have the bits of fused multiply-adds in ascending order") {
  const std::int64_t width = GENERATE(16, 32, 64);
  const std::int64_t rows = GENERATE(1, 2, 5, 7, 23, 64);
  const std::int64_t inner = GENERATE(1, 10, 96, 700);
  const product p{.rows = rows, .inner = inner, .width = width};
  INFO(rows << " x " << inner << " x " << width);
  // The portable kernels may round twice, but skip zeros all the same.
  const kernel_table& portable = kernels_for(instruction_set::portable);
  CHECK(p.dense(portable) == p.sparse(portable));
  CHECK(testing::relative_l2(p.dense(portable), p.with_fma()) < 1e-6);
  for (const instruction_set set : {instruction_set::avx2, instruction_set::avx512}) {
    if (set > best_instructions()) continue;
    CHECK(p.dense(kernels_for(set)) == p.with_fma());
    CHECK(p.sparse(kernels_for(set)) == p.with_fma());
  }
}

TEST_CASE("what this processor cannot test is said") {
  if (best_instructions() < instruction_set::avx512) WARN("skipped: no AVX-512 here");
  if (best_instructions() < instruction_set::avx2) WARN("skipped: no AVX2 here");
  SUCCEED();
}

TEST_CASE("masks keep the elements that is_kept() keeps") {
  const std::int64_t width = GENERATE(1, 10, 30, 64, 100, 512);
  constexpr std::int64_t rows = 9;
  const mask_draw draw{
      .seed = 0x123456789abcdef, .layer = 2, .step = 9, .threshold = keep_threshold(0.3)};
  for_each_kernels([&](const kernel_table& kernels) {
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(keep_mask::size(rows, width)), 0xff);
    const keep_mask keep{.bytes = bytes.data(), .width = width, .scale = 2};
    kernels.narrow(keep, draw, {0, 3 * width});  // in parts, which may share a byte
    kernels.narrow(keep, draw, {3 * width, rows * width});
    for (std::int64_t r = 0; r < rows; ++r) {
      std::vector<float> values(static_cast<std::size_t>(width), 1.5F);
      kernels.drop(keep, r, 0, width, values.data());
      for (std::int64_t j = 0; j < width; ++j) {
        const auto element = static_cast<std::uint32_t>(r * width + j);
        const auto block =
            random_at(draw.seed, random_stream::dropout, 2, 9, element / dropout_lanes);
        const bool kept = is_kept(block, element % dropout_lanes, draw.threshold);
        REQUIRE(values[static_cast<std::size_t>(j)] == (kept ? 3.0F : 0.0F));
      }
    }
  });
}

TEST_CASE("a panel is finished by bias, activation and mask, whatever its width") {
  const std::int64_t columns = GENERATE(1, 10, 32, 33, 64);
  const std::vector<float> bias = random_reals(64, 5);
  std::vector<float> output = random_reals(64, 6);
  const std::vector<float> before = output;
  std::vector<float> gate(64, NAN);
  std::vector<std::uint8_t> bytes = {0xa5, 0x3c, 0x0f, 0xf0, 0x99, 0x12, 0x34, 0x56,
                                     0,    0,    0,    0,    0,    0,    0,    0};
  const finish_view view{.bias = bias.data(),
                         .output = {output.data(), 64},
                         .gate = {gate.data(), 64},
                         .keep = {.bytes = bytes.data(), .width = 64, .scale = 4},
                         .first_column = 0,
                         .columns = columns};
  kernels_for(instruction_set::portable).finish({activations::leaky_relu{}}, view, {0, 1});
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

namespace {

/// The i-th list of a view, and the row of a product that it makes.
struct row_list {
  std::int64_t row;
  nonzero_list list;
};
row_list list_at(const list_view& view, std::int64_t i) {
  const std::int64_t k = view.order[i];
  const list_place& place = view.place(k);
  return {k - view.first,
          {view.indices + place.begin, view.values + place.begin,
           static_cast<std::size_t>(place.count)}};
}

/// Calls f(index, value) for each entry of a list that is not padding, and checks the order, in
/// which `last` comes before the list and is then its last index.
template <class F> void for_each_entry(const nonzero_list& list, std::int64_t& last, const F& f) {
  REQUIRE(list.count % 4 == 0);
  std::size_t padding = 0;
  for (std::size_t i = 0; i < list.count; ++i) {
    if (list.values[i] == 0) {
      REQUIRE(i > 0);
      ++padding;
      CHECK(list.indices[i] == list.indices[i - 1]);
      continue;
    }
    CHECK(padding == 0);
    CHECK(list.indices[i] > last);
    last = list.indices[i];
    f(list.indices[i], list.values[i]);
  }
  CHECK(padding < 4);
}

/// The matrix (rows x width) whose columns are listed, `block` of them at a time.
std::vector<float> matrix_of(sparse_columns& lists, std::int64_t rows, std::int64_t width,
                             std::int64_t block) {
  std::vector<float> found(static_cast<std::size_t>(rows * width));
  std::vector<int> seen(static_cast<std::size_t>(width));
  lists.finish({0, width}, block);
  for (std::int64_t first = 0; first < width; first += block) {
    std::size_t longest = 0;
    for (std::int64_t i = 0; i < std::min(block, width - first); ++i) {
      const auto [column, list] = list_at(lists.view(first), i);
      CHECK(list.count >= longest);
      longest = list.count;
      const auto k = static_cast<std::size_t>(first + column);
      ++seen[k];
      std::int64_t last = -1;
      for_each_entry(list, last, [&](std::size_t row, float value) {
        found[row * static_cast<std::size_t>(width) + k] = value;
      });
    }
  }
  CHECK(seen == std::vector<int>(static_cast<std::size_t>(width), 1));
  return found;
}

}  // namespace

TEST_CASE("nonzeros by rows and by columns are those of the matrix") {
  constexpr std::int64_t rows = 13;
  constexpr std::int64_t width = 835;  // four chunks; the last word of bits is partial
  const std::vector<float> expected = random_reals(rows * width, 8, 0.6);
  const aligned_floats x = padded(expected, rows, width);
  const std::int64_t stride = padded_stride(width);
  const std::int64_t parts = GENERATE(1, 2);
  const std::int64_t part_width = parts == 1 ? width : 448;
  for_each_kernels([&](const kernel_table& kernels) {
    CHECK(kernels.count_nonzeros(x.data(), width) ==
          width - std::count(expected.begin(), expected.begin() + width, 0.0F));
    sparse_rows by_rows(rows, part_width, parts);
    std::vector<float> found(rows * width);
    for (const index_range some : {index_range{5, rows}, index_range{0, 5}}) {  // as threads do
      for (std::int64_t p = parts; p-- > 0;) {
        by_rows.set(kernels, some, p, width, {x.data(), stride});
      }
    }
    for (std::int64_t r = 0; r < rows; ++r) {
      std::int64_t last = -1;
      for (std::int64_t c = 0; c < by_rows.chunks(); ++c) {
        for_each_entry(list_at(by_rows.view(r, c), 0).list, last, [&](std::size_t k, float value) {
          found[static_cast<std::size_t>(r * width) + k] = value;
        });
      }
    }
    CHECK(found == expected);

    sparse_columns by_columns(rows, width);
    for (const index_range columns : {index_range{96, width}, index_range{0, 96}}) {
      kernels.list_columns({x.data(), stride}, rows, columns, by_columns.start(columns));
    }
    CHECK(matrix_of(by_columns, rows, width, 24) == expected);
  });
}

TEST_CASE("listed features are those of the data") {
  constexpr std::int64_t rows = 21;
  const std::int64_t width = GENERATE(1, 64, 100, 700);
  const bool reals = GENERATE(false, true);
  labelled_rows data{.scale = 1 / 255.0, .width = width, .labels = std::vector<std::int32_t>(rows)};
  const std::vector<float> values = random_reals(static_cast<std::size_t>(rows * width), 9, 0.7);
  if (reals) {
    data.features = values;
  } else {
    std::vector<std::uint8_t> bytes;
    for (const float x : values) bytes.push_back(static_cast<std::uint8_t>(std::abs(x) * 255));
    data.features = bytes;
  }
  const std::vector<std::uint32_t> order = {3, 20, 0, 7, 7, 19, 1};  // a batch
  const auto count = std::ssize(order);
  std::vector<float> x(static_cast<std::size_t>(count * width));
  for (std::int64_t r = 0; r < count; ++r) {
    data.copy_row(order[static_cast<std::size_t>(r)], x.data() + r * width);
  }
  const sparse_features features(data);
  const std::vector<float> b = random_reals(static_cast<std::size_t>(width * 32), 10);
  for_each_kernels([&](const kernel_table& kernels) {
    listed_features batch(kernels, features, count);
    batch.load(order, {4, count}, [](index_range) {});  // in parts, as threads do
    batch.load(order, {0, 4}, [](index_range) {});
    CHECK(batch.nonzeros(count) == std::ssize(x) - std::count(x.begin(), x.end(), 0.0F));

    std::vector<float> product(static_cast<std::size_t>(count * 32), NAN);
    std::vector<float> expected = product;
    batch.multiply({0, count}, {b.data(), width, 32}, {product.data(), 32});
    kernels.dense_product({x.data(), width, 1}, count, {b.data(), width, 32},
                          {expected.data(), 32});
    CHECK(product == expected);

    column_set used(width);
    batch.find_used(count, used);
    const index_range all = used.within({0, width});
    std::vector<std::int64_t> nonzero_columns;
    for (std::int64_t k = 0; k < width; ++k) {
      for (std::int64_t r = 0; r < count; ++r) {
        if (x[static_cast<std::size_t>(r * width + k)] != 0) {
          nonzero_columns.push_back(k);
          break;
        }
      }
    }
    REQUIRE(all.count() == std::ssize(nonzero_columns));
    for (std::int64_t first = 0; first < all.last; first += 16) {
      for (const std::int64_t columns : {16, 32, 64}) {
        std::vector<float> gathered(static_cast<std::size_t>(count * columns), NAN);
        const index_range places{first, std::min(first + columns, all.last)};
        batch.gather(used, places, columns, count, gathered.data());
        for (std::int64_t r = 0; r < count; ++r) {
          for (std::int64_t i = 0; i < columns; ++i) {
            const std::int64_t place = first + i;
            const std::int64_t k = place < all.last ? used.column(place) : -1;
            REQUIRE(gathered[static_cast<std::size_t>(r * columns + i)] ==
                    (k >= 0 ? x[static_cast<std::size_t>(r * width + k)] : 0.0F));
            if (k >= 0) REQUIRE(k == nonzero_columns[static_cast<std::size_t>(place)]);
          }
        }
      }
    }

    sparse_columns lists(count, width);
    for (const index_range columns : {index_range{width / 3, width}, index_range{0, width / 3}}) {
      batch.list_columns(count, columns, lists);
    }
    CHECK(matrix_of(lists, count, width, 64) == x);
  });
}

TEST_CASE("to rest takes the steps of gradients that are 0") {
  for_each_alternative<optimizer_rule>([&](const auto& rule) {
    const optimizer o{.rule = rule};
    INFO(o.name());
    for_each_kernels([&](const kernel_table& kernels) {
      const rest_function rest = kernels.resting(o.rule);
      if (rest == nullptr) return;
      for (const std::int64_t width : {16, 32, 64}) {
        for (const std::uint64_t steps : {1U, 2U, 15U, 16U, 17U, 40U, 900U}) {
          const auto size = static_cast<std::size_t>(2 * width);
          std::vector<float> weights = random_reals(size, 11);
          const std::vector<float> kept = weights;
          std::vector<std::vector<float>> slots = initial_slots(o, 2 * width);
          for (std::vector<float>& slot : slots) {
            slot = random_reals(size, 12, 0.2);
            for (float& x : slot) x = x * x * (x > 0.5F ? 1e-28F : 1.0F);  // below 2^-100 soon, too
          }
          std::vector<std::vector<float>> rested = slots;
          step_cache cache;
          update_view view{.step = step_of(o, 3, 0.1, cache), .weights = weights.data()};
          const auto use = [&](std::vector<std::vector<float>>& values) {
            for (std::size_t k = 0; k < values.size(); ++k) view.slots[k] = values[k].data();
          };
          use(slots);
          std::vector<float> zeros(static_cast<std::size_t>(width));
          for (std::uint64_t s = 0; s < steps; ++s) {
            kernels.updating(o.rule)(view, width, zeros.data(), width, {});
          }
          REQUIRE(weights == kept);
          use(rested);
          rest(view, width, width, steps);  // not the weights before
          REQUIRE(rested == slots);
        }
      }
    });
  });
}

TEST_CASE("rules rest where no weight moves without a gradient") {
  std::vector<std::string> resting;
  const auto rests = [](const optimizer_rule& rule) {
    return kernels_for(instruction_set::portable).resting(rule) != nullptr;
  };
  for_each_alternative<optimizer_rule>([&](const auto& rule) {
    if (rests(rule)) resting.emplace_back(rule.name);
  });
  CHECK(resting == std::vector<std::string>{"rmsprop", "rmsprop_keras2", "sgd", "adagrad",
                                            "adagrad_keras2", "adadelta", "adadelta_keras2"});
  CHECK_FALSE(rests(rules::sgd{.momentum = 0.5}));
  CHECK_FALSE(rests(rules::rmsprop{.momentum = 0.5}));
  CHECK_FALSE(rests(rules::rmsprop{.centered = true}));
  CHECK_FALSE(rests(rules::rmsprop{.epsilon = 0}));
  CHECK_FALSE(rests(rules::adagrad{.epsilon = 1e-60}));  // 0 as a float
}

TEST_CASE("a transpose has rows for columns") {
  const std::vector<float> from = random_reals(32 * 80, 11);
  for_each_kernels([&](const kernel_table& kernels) {
    std::vector<float> to(64 * 40, NAN);
    kernels.transpose({from.data(), 80}, 32, 64, {to.data(), 40});
    for (std::size_t r = 0; r < 32; ++r) {
      for (std::size_t c = 0; c < 64; ++c) REQUIRE(to[c * 40 + r] == from[r * 80 + c]);
    }
  });
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
  CHECK(testing::message_of<argument_error>([] {
          (void)available(instruction_set::avx512);
        }).starts_with("this processor has no AVX-512, at most "));
}
