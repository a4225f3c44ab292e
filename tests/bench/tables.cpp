// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Times what tables.py compares with other libraries, and writes it as JSON:
//   bench_tables read TABLE THREADS OUTPUT                 a table, as read_table() has it
//   bench_tables predict MODEL ROWS THREADS TIMES OUTPUT   drawn rows through a model file, the
//   median time

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "sweepnet/data/table/read_table.hpp"
#include "sweepnet/sweepnet.hpp"

namespace {

struct reading {
  double clock = 0;      ///< seconds
  double processor = 0;  ///< seconds of all threads
};

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

reading now() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto clock = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration<double>(clock).count(),
          seconds_of(used.ru_utime) + seconds_of(used.ru_stime)};
}

template <class F> reading timed(const F& work) {
  const reading began = now();
  work();
  const reading ended = now();
  return {ended.clock - began.clock, ended.processor - began.processor};
}

nlohmann::json read(const std::string& file, int threads) {
  sweepnet::raw_table table;
  const reading took = timed([&] { table = sweepnet::read_table(file, {.threads = threads}); });
  return {{"read", took.clock},
          {"read_processor", took.processor},
          {"rows", table.rows},
          {"columns", table.columns.size()}};
}

nlohmann::json predict(const std::string& file, std::int64_t rows, int threads, int times) {
  const sweepnet::predictor model(sweepnet::read_model(file), {.threads = threads});
  std::vector<float> x(static_cast<std::size_t>(rows * model.inputs()));
  std::mt19937 draw(3);
  std::ranges::generate(x, [&] { return std::normal_distribution<float>()(draw); });
  std::vector<reading> took;
  for (int i = 0; i < times; ++i) took.push_back(timed([&] { (void)model(x); }));
  const auto median = [&](double reading::*part) {
    std::ranges::nth_element(took, took.begin() + times / 2, {}, part);
    return took[static_cast<std::size_t>(times / 2)].*part;
  };
  return {{"predict", median(&reading::clock)},
          {"predict_processor", median(&reading::processor)},
          {"rows", rows}};
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> word(words, words + count);
  nlohmann::json told;
  if (count == 5 && word[1] == "read") {
    told = read(word[2], std::stoi(word[3]));
  } else if (count == 7 && word[1] == "predict") {
    told = predict(word[2], std::stoll(word[3]), std::stoi(word[4]), std::stoi(word[5]));
  } else {
    std::cerr
        << "bench_tables read TABLE THREADS OUTPUT | predict MODEL ROWS THREADS TIMES OUTPUT\n";
    return 64;
  }
  return (std::ofstream(word.back()) << told).good() ? 0 : 74;
}
