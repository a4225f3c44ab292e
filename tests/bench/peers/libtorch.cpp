// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// LibTorch, the C++ library of PyTorch: torch_eager.py without Python.

#include <torch/torch.h>
#include <torch/version.h>

#include <cmath>
#include <utility>
#include <vector>

#include "common.hpp"

namespace {

using tensors = std::vector<torch::Tensor>;

/// Kernel (units x inputs) and bias of each layer, initialised as Keras does (Glorot uniform).
tensors make_parameters(const std::vector<bench::layer>& layers) {
  tensors parameters;
  for (const bench::layer& l : layers) {
    const double limit = std::sqrt(6.0 / static_cast<double>(l.inputs + l.units));
    parameters.push_back(torch::empty({l.units, l.inputs}).uniform_(-limit, limit));
    parameters.push_back(torch::zeros(l.units));
  }
  for (torch::Tensor& p : parameters) p.requires_grad_();
  return parameters;
}

/// As torch::dropout, whose bernoulli_ takes three times as long as rand.
torch::Tensor dropout(const torch::Tensor& x, double rate) {
  return x * torch::rand(x.sizes()).ge(rate).to(torch::kFloat).mul_(1 / (1 - rate));
}

torch::Tensor logits(const tensors& parameters, const std::vector<bench::layer>& layers,
                     torch::Tensor x, bool training) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (training && layers[i].dropout > 0) x = dropout(x, layers[i].dropout);
    x = torch::linear(x, parameters[2 * i], parameters[2 * i + 1]);
    if (layers[i].activation == "relu") x = torch::relu(x);
    if (layers[i].activation == "tanh") x = torch::tanh(x);
  }
  return x;
}

/// Keras 3: v = rho v + (1 - rho) g^2, w -= rate g / sqrt(v + epsilon).
void rmsprop(const tensors& parameters, const tensors& gradients, const tensors& squares,
             const bench::job& job) {
  const torch::NoGradGuard no_gradient;
  const double rho = job.optimizer("rho");
  at::_foreach_mul_(squares, rho);
  at::_foreach_addcmul_(squares, gradients, gradients, 1 - rho);
  tensors denominators = at::_foreach_add(squares, job.optimizer("epsilon"));
  at::_foreach_sqrt_(denominators);
  at::_foreach_addcdiv_(parameters, gradients, denominators, -job.optimizer("learning_rate"));
}

/// Over all rows, in blocks that stay in the cache; the loss is computed as the others do.
double accuracy(const tensors& parameters, const std::vector<bench::layer>& layers,
                const torch::Tensor& x, const torch::Tensor& y) {
  const c10::InferenceMode inference;
  const std::int64_t rows = 1000;
  const auto blocks = x.split(rows), labels = y.split(rows);
  double loss = 0;
  std::int64_t hits = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto outputs = logits(parameters, layers, blocks[i], false);
    loss += torch::cross_entropy_loss(outputs, labels[i], {}, at::Reduction::Sum).item<double>();
    hits += outputs.argmax(1).eq(labels[i]).sum().item<std::int64_t>();
  }
  return static_cast<double>(hits) / static_cast<double>(x.size(0));
}

/// A view of features and labels, which must outlive it.
std::pair<torch::Tensor, torch::Tensor> view(bench::examples& examples) {
  return {torch::from_blob(examples.features.data(), {examples.rows(), examples.width}),
          torch::from_blob(examples.labels.data(), {examples.rows()}, torch::kInt64)};
}

}  // namespace

int main(int, char** argv) {
  bench::record record(TORCH_VERSION);
  const bench::job job(argv[1]);
  torch::set_num_threads(job.get<int>("threads"));
  at::globalContext().setFlushDenormal(true);
  torch::manual_seed(job.get<std::uint64_t>("seed"));
  bench::data data = record.read(job);
  const auto [x_train, y_train] = view(data.train);
  const auto [x_test, y_test] = view(data.test);

  const std::vector<bench::layer> layers = job.network();
  const tensors parameters = make_parameters(layers);
  tensors squares, best;
  for (const torch::Tensor& p : parameters) squares.push_back(torch::zeros_like(p));

  for (int epoch = 0; epoch < job.get<int>("epochs"); ++epoch) {
    const auto begin = bench::clock::now();
    torch::Tensor loss = torch::zeros({});
    for (const torch::Tensor& rows :
         torch::randperm(x_train.size(0)).split(job.get<int>("batch"))) {
      const auto outputs = logits(parameters, layers, x_train.index_select(0, rows), true);
      const auto mean = torch::cross_entropy_loss(outputs, y_train.index_select(0, rows));
      rmsprop(parameters, torch::autograd::grad({mean}, parameters), squares, job);
      loss += mean.detach() * rows.size(0);
    }
    loss.item<double>();
    const double trained = bench::seconds_since(begin);
    const double val_accuracy = accuracy(parameters, layers, x_test, y_test);
    if (record.epoch(trained, bench::seconds_since(begin) - trained, val_accuracy)) {
      best.clear();
      for (const torch::Tensor& p : parameters) best.push_back(p.detach().clone());
    }
  }
  torch::save(best, job.get<std::string>("model"));
}
