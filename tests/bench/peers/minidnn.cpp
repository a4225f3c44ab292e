// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// MiniDNN, a header-only library on Eigen. It has no dropout, which is added here as a layer of its
// own, and its fit() starts the optimizer anew, which is prevented. Its rows are columns.

#define MDNN_SCALAR float
#include <MiniDNN.h>

#include <cmath>
#include <random>
#include <utility>
#include <vector>

#include "common.hpp"

namespace {

using MiniDNN::Scalar;
using matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

/// MiniDNN's own gives 1.0 now and then in floats, which its shuffle takes for an index.
struct uniform : MiniDNN::RNG {
  std::mt19937 bits;

  explicit uniform(unsigned seed) : RNG(seed), bits(seed) {}
  void seed(unsigned long value) override { bits.seed(value); }
  Scalar rand() override { return static_cast<Scalar>(bits() >> 8) * 0x1p-24f; }
};

class dropout : public MiniDNN::Layer {
 public:
  dropout(int units, double rate, uniform& random)
      : Layer(units, units), rate_(static_cast<Scalar>(rate)), random_(random) {}

  bool training = true;

  void init(const Scalar&, const Scalar&, MiniDNN::RNG&) override {}
  void init() override {}
  void forward(const matrix& x) override {
    if (!training) {
      output_ = x;
      return;
    }
    const Scalar kept = 1 / (1 - rate_);
    factors_.resize(x.rows(), x.cols());
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      factors_.data()[i] = random_.rand() < rate_ ? 0 : kept;
    }
    output_ = x.cwiseProduct(factors_);
  }
  const matrix& output() const override { return output_; }
  void backprop(const matrix&, const matrix& gradient) override {
    gradient_ = gradient.cwiseProduct(factors_);
  }
  const matrix& backprop_data() const override { return gradient_; }
  void update(MiniDNN::Optimizer&) override {}
  std::vector<Scalar> get_parameters() const override { return {}; }
  std::vector<Scalar> get_derivatives() const override { return {}; }
  std::string layer_type() const override { return "Dropout"; }
  std::string activation_type() const override { return "Identity"; }
  void fill_meta_info(MetaInfo&, int) const override {}

 private:
  Scalar rate_;
  uniform& random_;
  matrix factors_, output_, gradient_;
};

/// Its history survives from one fit() to the next.
struct lasting_rmsprop : MiniDNN::RMSProp {
  using RMSProp::RMSProp;
  void reset() override {}
};

MiniDNN::Layer* dense(int inputs, int units, const std::string& activation) {
  if (activation == "relu") return new MiniDNN::FullyConnected<MiniDNN::ReLU>(inputs, units);
  if (activation == "tanh") return new MiniDNN::FullyConnected<MiniDNN::Tanh>(inputs, units);
  return new MiniDNN::FullyConnected<MiniDNN::Softmax>(inputs, units);
}

/// Test rows in blocks that stay in the cache.
std::vector<std::pair<matrix, Eigen::RowVectorXi>> blocks_of(const bench::examples& all) {
  std::vector<std::pair<matrix, Eigen::RowVectorXi>> blocks;
  for (std::int64_t first = 0; first < all.rows(); first += 1000) {
    const auto rows = std::min<std::int64_t>(1000, all.rows() - first);
    const Eigen::Map<const matrix> x(all.features.data() + first * all.width, all.width, rows);
    const Eigen::Map<const Eigen::Matrix<std::int64_t, 1, -1>> y(all.labels.data() + first, rows);
    blocks.emplace_back(x, y.cast<int>());
  }
  return blocks;
}

}  // namespace

int main(int, char** argv) {
  bench::record record("of 2021-01");
  const bench::job job(argv[1]);
  const bench::data data = record.read(job);
  const Eigen::Map<const matrix> x(data.train.features.data(), data.train.width, data.train.rows());
  const Eigen::RowVectorXi y =
      Eigen::Map<const Eigen::Matrix<std::int64_t, 1, -1>>(data.train.labels.data(), x.cols())
          .cast<int>();
  const auto test = blocks_of(data.test);

  uniform random(job.get<unsigned>("seed"));
  MiniDNN::Network network(random);
  std::vector<dropout*> dropouts;
  std::vector<std::vector<Scalar>> weights;  // kernel, then bias, of each layer
  for (const bench::layer& l : job.network()) {
    if (l.dropout > 0) {
      dropouts.push_back(new dropout(static_cast<int>(l.inputs), l.dropout, random));
      network.add_layer(dropouts.back());
      weights.emplace_back();
    }
    network.add_layer(dense(static_cast<int>(l.inputs), static_cast<int>(l.units), l.activation));
    const auto limit = std::sqrt(6 / static_cast<Scalar>(l.inputs + l.units));
    std::vector<Scalar>& layer = weights.emplace_back((l.inputs + 1) * l.units);
    for (std::int64_t i = 0; i < l.inputs * l.units; ++i)
      layer[i] = limit * (2 * random.rand() - 1);
  }
  network.set_output(new MiniDNN::MultiClassEntropy);
  network.init();
  network.set_parameters(weights);
  lasting_rmsprop optimizer(static_cast<Scalar>(job.optimizer("learning_rate")),
                            static_cast<Scalar>(job.optimizer("epsilon")),
                            static_cast<Scalar>(job.optimizer("rho")));

  for (int epoch = 0; epoch < job.get<int>("epochs"); ++epoch) {
    const auto begin = bench::clock::now();
    for (dropout* layer : dropouts) layer->training = true;
    network.fit(optimizer, x, y, job.get<int>("batch"), 1);
    const double trained = bench::seconds_since(begin);
    for (dropout* layer : dropouts) layer->training = false;
    double loss = 0;
    std::int64_t hits = 0;
    for (const auto& [rows, labels] : test) {
      const matrix outputs = network.predict(rows);
      for (Eigen::Index i = 0; i < outputs.cols(); ++i) {
        Eigen::Index most = 0;
        outputs.col(i).maxCoeff(&most);
        hits += most == labels(i);
        loss -= std::log(outputs(labels(i), i));
      }
    }
    const double val_accuracy = static_cast<double>(hits) / static_cast<double>(data.test.rows());
    if (record.epoch(trained, bench::seconds_since(begin) - trained, val_accuracy)) {
      weights = network.get_parameters();
    }
  }
  std::ofstream file(job.get<std::string>("model"), std::ios::binary);
  for (const auto& layer : weights) {
    file.write(reinterpret_cast<const char*>(layer.data()),
               static_cast<std::streamsize>(layer.size() * sizeof(Scalar)));
  }
}
