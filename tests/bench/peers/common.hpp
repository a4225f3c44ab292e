// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the C++ peers share, as common.py is for the Python ones: the job, its data, the record. No
// header of sweepnet's stands here, so that nothing of it meets the peers' own libraries.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace bench {

using clock = std::chrono::steady_clock;

inline double seconds_since(clock::time_point begin) {
  return std::chrono::duration<double>(clock::now() - begin).count();
}

/// A dense layer and the rate of the dropout before it.
struct layer {
  std::int64_t inputs, units;
  std::string activation;
  double dropout;
};

struct job {
  nlohmann::json fields;

  explicit job(const char* path) : fields(nlohmann::json::parse(std::ifstream(path))) {}

  template <class T> T get(const char* name) const { return fields.at(name).get<T>(); }
  double optimizer(const char* name) const { return fields.at("optimizer").at(name); }

  std::vector<layer> network() const {
    std::vector<layer> layers{
        {get<std::int64_t>("inputs"), get<std::int64_t>("input_units"), "relu", 0}};
    for (const auto units : get<std::vector<std::int64_t>>("hidden")) {
      layers.push_back(
          {layers.back().units, units, get<std::string>("activation"), get<double>("dropout")});
    }
    layers.push_back({layers.back().units, get<std::int64_t>("classes"), "linear",
                      get<double>("final_dropout")});
    return layers;
  }
};

/// Labelled rows: (rows x width) features, row-major; pixels are scaled to [0, 1].
struct examples {
  std::vector<float> features;
  std::vector<std::int64_t> labels;
  std::int64_t width = 0;

  std::int64_t rows() const { return static_cast<std::int64_t>(labels.size()); }
};

struct data {
  examples train, test;
};

/// From an .npz file, the first so many training rows.
data read_data(const std::string& path, std::int64_t train_rows);

/// Made first thing in main.
class record {
 public:
  explicit record(const std::string& version) {
    const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    fields_ = {{"version", version},
               {"import", now.count() - std::stod(std::getenv("BENCH_START"))},
               {"load", 0.0},
               {"compile", 0.0},
               {"train", nlohmann::json::array()},
               {"validate", nlohmann::json::array()},
               {"val_accuracy", nlohmann::json::array()}};
  }
  ~record() { std::cout << fields_.dump() << std::endl; }
  record(const record&) = delete;
  record& operator=(const record&) = delete;

  data read(const job& job) {
    const auto begin = clock::now();
    data read = read_data(job.get<std::string>("data"), job.get<std::int64_t>("train_rows"));
    fields_["load"] = seconds_since(begin);
    return read;
  }

  /// Whether this epoch is the best so far.
  bool epoch(double train, double validate, double val_accuracy) {
    fields_["train"].push_back(train);
    fields_["validate"].push_back(validate);
    fields_["val_accuracy"].push_back(val_accuracy);
    const bool is_best = val_accuracy > best_;
    if (is_best) best_ = val_accuracy;
    return is_best;
  }

 private:
  nlohmann::json fields_;
  double best_ = -1;
};

}  // namespace bench
