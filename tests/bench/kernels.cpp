// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Each kernel alone, on one thread, at the shapes of the reference job: 128 rows, 784 -> 512.
// Prints useful GFLOP/s, those of nonzero features only, and their share of this processor's peak,
// which is measured first. `--benchmark_filter=avx2/` and the like select.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/factors/sparse_rows.hpp"
#include "sweepnet/backend/cpu/kernels/kernels.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/network/optimizer_step.hpp"

using namespace sweepnet;
using namespace sweepnet::cpu;

namespace {

constexpr std::int64_t rows = 128;
constexpr std::int64_t inputs = 784;
constexpr std::int64_t units = 512;
constexpr std::int64_t width = 64;  // of a panel
constexpr std::int64_t stride = padded_stride(units);

aligned_floats random_reals(std::int64_t count, double density = 1) {
  aligned_floats values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto block =
        random_at(1, random_stream::initialisation, 1, 0, static_cast<std::uint32_t>(i));
    if (unit_interval(block.word[1]) < density) {
      values[i] = static_cast<float>(unit_interval(block.word[0]) - 0.5);
    }
  }
  return values;
}

/// GFLOP/s of products that stay in the first-level cache: what the processor can do at most.
double measured_peak(const kernel_table& kernels) {
  constexpr std::int64_t inner = 64;
  const aligned_floats x = random_reals(24 * inner);
  const aligned_floats b = random_reals(inner * width);
  aligned_floats c(24 * width);
  double best = 0;
  for (int round = 0; round < 200; ++round) {
    constexpr int calls = 50;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) {
      kernels.dense_product({x.data(), inner, 1}, 24, {b.data(), inner, width}, {c.data(), width});
      benchmark::ClobberMemory();
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    best = std::max(best, calls * 2.0 * 24 * inner * width / time.count() * 1e-9);
  }
  return best;
}

/// `peak` is that of the kernels, see measured_peak().
void report(benchmark::State& state, double peak, double flop) {
  const double done = flop * static_cast<double>(state.iterations()) * 1e-9;
  state.counters["GFLOP/s"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
  state.counters["of_peak"] = benchmark::Counter(done / peak, benchmark::Counter::kIsRate);
}

double density_of(const benchmark::State& state) {
  return static_cast<double>(state.range(0)) / 100;
}

/// The kernels of a set, and the peak of its arithmetic.
struct measured_kernels {
  const kernel_table& kernels;
  double peak;
};

void dense_forward(benchmark::State& state, const measured_kernels& k) {
  const aligned_floats x = random_reals(rows * inputs);
  const aligned_floats w = random_reals(inputs * units);
  aligned_floats z(rows * stride);
  for (auto _ : state) {
    for (std::int64_t p = 0; p < units / width; ++p) {
      k.kernels.dense_product({x.data(), inputs, 1}, rows,
                              {w.data() + p * inputs * width, inputs, width},
                              {z.data() + p * width, stride});
    }
    benchmark::ClobberMemory();
  }
  report(state, k.peak, 2.0 * rows * inputs * units);
}

void sparse_forward(benchmark::State& state, const measured_kernels& k) {
  const aligned_floats x = random_reals(rows * inputs, density_of(state));
  const aligned_floats w = random_reals(inputs * units);
  aligned_floats z(rows * stride);
  sparse_rows nonzeros(rows, inputs, 1);
  nonzeros.set(k.kernels, {0, rows}, 0, inputs, {x.data(), inputs});
  for (auto _ : state) {
    for (std::int64_t p = 0; p < units / width; ++p) {
      const panel_view panel{w.data() + p * inputs * width, inputs, width};
      for (std::int64_t chunk = 0; chunk < nonzeros.chunks(); ++chunk) {
        k.kernels.sparse_product(nonzeros.view(0, chunk), rows, panel,
                                 {z.data() + p * width, stride}, chunk > 0);
      }
    }
    benchmark::ClobberMemory();
  }
  report(state, k.peak, 2.0 * rows * inputs * units * density_of(state));
}

enum class skipped { none, by_inputs, by_deltas };

/// dL/dW with RMSprop where it stands, by tiles of weights as the engine does it.
template <skipped Zeros> void gradient(benchmark::State& state, const measured_kernels& k) {
  const double density = density_of(state);
  const aligned_floats x = random_reals(rows * inputs, Zeros == skipped::by_inputs ? density : 1);
  const aligned_floats delta =
      random_reals(rows * units, Zeros == skipped::by_deltas ? density : 1);
  aligned_floats w = random_reals(inputs * units);
  aligned_floats slot(w.size());
  sparse_columns lists(rows, std::max(inputs, units));
  if (Zeros == skipped::by_inputs) {
    k.kernels.list_columns({x.data(), inputs}, rows, {0, inputs}, lists.start({0, inputs}));
    lists.finish({0, inputs}, 24);
  } else if (Zeros == skipped::by_deltas) {
    k.kernels.list_columns({delta.data(), units}, rows, {0, units}, lists.start({0, units}));
    lists.finish({0, units}, width);
  }
  const optimizer rule;
  step_cache cache;
  const update_view update{.step = step_of(rule, 1, 0.001, cache),
                           .weights = w.data(),
                           .slots = {slot.data(), nullptr, nullptr}};
  const update_function take = k.kernels.updating(rule.rule);
  constexpr std::int64_t tile = Zeros == skipped::by_deltas ? width : 24;
  alignas(64) float g[width * width];
  alignas(64) float transposed[width * width];
  for (auto _ : state) {
    for (std::int64_t p = 0; p < units / width; ++p) {
      const panel_view panel{delta.data() + p * rows * width, rows, width};
      for (std::int64_t i = 0; i < inputs; i += tile) {
        const std::int64_t count = std::min(tile, inputs - i);
        if constexpr (Zeros == skipped::by_inputs) {
          k.kernels.sparse_product(lists.view(i), count, panel, {g, width}, false);
        } else if constexpr (Zeros == skipped::by_deltas) {
          const std::int64_t columns = count == tile ? width : 16;
          k.kernels.sparse_product(lists.view(p * width), width,
                                   {x.data() + i * rows, rows, columns}, {transposed, columns},
                                   false);
          k.kernels.transpose({transposed, columns}, width, columns, {g, width});
        } else {
          k.kernels.dense_product({x.data() + i, 1, inputs}, count, panel, {g, width});
        }
        take(update, (p * inputs + i) * width, g, count * width, {});
      }
    }
    benchmark::ClobberMemory();
  }
  report(state, k.peak, 2.0 * rows * inputs * units * density);
}

void dropout_mask(benchmark::State& state, const measured_kernels& k) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(keep_mask::size(rows, units)), 0xff);
  const keep_mask keep{.bytes = bytes.data(), .width = units, .scale = 2};
  for (auto _ : state) {
    k.kernels.narrow(keep, {1, 2, 3, 32768}, {0, rows * units});
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * rows * units);
}

void finish_relu(benchmark::State& state, const measured_kernels& k) {
  aligned_floats z = random_reals(rows * stride);
  aligned_floats gate(z.size());
  const aligned_floats bias(units);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(keep_mask::size(rows, units)), 0xa5);
  const finish_view view{.bias = bias.data(),
                         .output = {z.data(), stride},
                         .gate = {gate.data(), stride},
                         .keep = {.bytes = bytes.data(), .width = units, .scale = 1},
                         .first_column = 0,
                         .columns = units};
  for (auto _ : state) {
    k.kernels.finish({activations::relu{}}, view, {0, rows});
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * rows * units);
}

void add(instruction_set set) {
  const kernel_table& kernels = kernels_for(set);
  const measured_kernels k{kernels, measured_peak(kernels)};
  const auto named = [&](const char* kernel,
                         void (*run)(benchmark::State&, const measured_kernels&)) {
    const std::string name = lowercase(name_of(set)) + "/" + kernel;
    return benchmark::RegisterBenchmark(name.c_str(),
                                        [=](benchmark::State& state) { run(state, k); })
        ->Unit(benchmark::kMicrosecond);
  };
  named("dense_forward", dense_forward);
  named("sparse_forward", sparse_forward)->Arg(19)->Arg(50);  // MNIST, Fashion-MNIST
  named("gradient_rmsprop", gradient<skipped::none>)->Arg(100);
  named("gradient_by_inputs_rmsprop", gradient<skipped::by_inputs>)->Arg(19)->Arg(50);
  named("gradient_by_deltas_rmsprop", gradient<skipped::by_deltas>)->Arg(5)->Arg(15);
  named("dropout_mask", dropout_mask);
  named("finish_relu", finish_relu);
}

}  // namespace

int main(int argc, char** argv) {
  for (const instruction_set set :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (set <= best_instructions()) add(set);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;
  benchmark::RunSpecifiedBenchmarks();
}
