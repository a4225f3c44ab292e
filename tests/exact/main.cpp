// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Trains a small network with each activation, each optimizer and each other formula, by each
// instruction set that this processor has, and prints a digest of what came of each. Programs made
// of this file print the same, whatever options they are compiled with.

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <sweepnet/backend/cpu/machine/thread_pool.hpp>
#include <sweepnet/train.hpp>
#include <variant>
#include <vector>

using namespace sweepnet;

namespace {

constexpr std::int64_t inputs = 40;
constexpr std::int64_t classes = 3;

/// FNV-1a of the bytes of values.
class digest {
 public:
  template <class T> void add(std::span<const T> values) {
    for (const T& value : values) {
      unsigned char bytes[sizeof(T)];
      std::memcpy(bytes, &value, sizeof value);
      for (const unsigned char byte : bytes) hash_ = (hash_ ^ byte) * 1099511628211U;
    }
  }
  void add(double value) { add(std::span<const double>(&value, 1)); }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 14695981039346656037U;
};

/// Rows of bytes of which about half are 0, and labels that show in them.
labelled_rows some_rows(std::int64_t rows, std::uint32_t seed) {
  std::uint32_t state = seed;
  const auto draw = [&](std::uint32_t below) {
    state = state * 1664525U + 1013904223U;
    return (state >> 16) % below;
  };
  std::vector<std::uint8_t> bytes;
  labelled_rows made{.scale = 1.0 / 255, .width = inputs};
  for (std::int64_t r = 0; r < rows; ++r) {
    const std::uint32_t label = draw(classes);
    made.labels.push_back(static_cast<std::int32_t>(label));
    for (std::uint32_t k = 0; k < inputs; ++k) {
      const std::uint32_t brightest = k % classes == label ? 256 : 100;
      bytes.push_back(static_cast<std::uint8_t>(draw(2) == 0 ? 0 : draw(brightest)));
    }
  }
  made.features = feature_matrix(std::move(bytes));
  return made;
}

const dataset& data() {
  static const dataset made{.name = "drawn",
                            .train = some_rows(300, 1),
                            .validation = some_rows(100, 2),
                            .class_count = classes};
  return made;
}

struct job {
  std::string name{};
  activation hidden = activations::tanh{};
  activation output = activations::softmax{};
  dense further{};  ///< what else there is of the first layer
  double dropped = 0.2;
  training_options training{.batch_size = 32, .epochs = 2, .seed = 7};
};

void run(const job& j) {
  dense first = j.further;
  first.units = 24;
  first.activate = j.hidden;
  const model_spec model{
      .inputs = inputs,
      .layers = {first, dropout{.rate = j.dropped}, dense{.units = 37, .activate = j.hidden},
                 dense{.units = classes, .activate = j.output}}};
  for (const instruction_set set :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (set > best_instructions()) continue;
    cpu_executor executor(model, j.training, data(), {.threads = 1, .instructions = set});
    const training_result result = train(executor);
    digest of;
    for (const epoch_record& epoch : result.history) {
      of.add(epoch.train.loss);
      of.add(epoch.validation->loss);
    }
    const std::vector<float> parameters = executor.parameters();
    of.add(std::span<const float>(parameters));
    for (const std::vector<float>& slot : executor.export_state().optimizer_slots) {
      of.add(std::span<const float>(slot));
    }
    thread_pool pool(1);
    const std::vector<float> outputs = predict_on_cpu(model, parameters, data().validation, pool);
    of.add(std::span<const float>(outputs));
    std::printf("%s, %s: %016llx\n", j.name.c_str(), std::string(name_of(set)).c_str(),
                static_cast<unsigned long long>(of.value()));
  }
}

/// A job's name and what it changes.
template <class Change> void run(std::string_view name, const Change& change) {
  job j{.name = std::string(name)};
  change(j);
  run(j);
}

}  // namespace

int main() {
  for_each_alternative<alternatives_of<activation>>(
      [](const auto& f) { run(f.name, [&](job& j) { j.hidden = f; }); });
  run("elementwise output", [](job& j) { j.output = activations::sigmoid{}; });
  for_each_alternative<alternatives_of<optimizer>>(
      [](const auto& rule) { run(rule.name, [&](job& j) { j.training.optimizer.rule = rule; }); });
  run("rmsprop, momentum",
      [](job& j) { j.training.optimizer.rule = rules::rmsprop{.momentum = 0.9}; });
  run("rmsprop, centered", [](job& j) {
    j.training.optimizer.rule = rules::rmsprop{.momentum = 0.9, .centered = true};
  });
  for (const bool nesterov : {false, true}) {
    run(nesterov ? "sgd, nesterov" : "sgd, momentum", [&](job& j) {
      j.training.optimizer.rule = rules::sgd{.momentum = 0.9, .nesterov = nesterov};
    });
  }
  run("adam, amsgrad", [](job& j) { j.training.optimizer.rule = rules::adam{.amsgrad = true}; });
  run("weight decay", [](job& j) { j.training.optimizer.weight_decay = 0.01; });
  run("clipnorm", [](job& j) { j.training.optimizer.clipnorm = 0.1; });
  run("clipvalue", [](job& j) { j.training.optimizer.clipvalue = 0.001; });
  run("decay", [](job& j) { j.training.optimizer.decay = 0.1; });
  run("exponential decay", [](job& j) {
    j.training.optimizer.learning_rate = {
        schedules::exponential_decay{.initial_learning_rate = 0.01, .decay_steps = 7}};
  });
  run("cosine decay", [](job& j) {
    j.training.optimizer.learning_rate = {schedules::cosine_decay{.initial_learning_rate = 0.001,
                                                                  .decay_steps = 17,
                                                                  .alpha = 0.1,
                                                                  .warmup_target = 0.01,
                                                                  .warmup_steps = 3}};
  });
  run("penalties", [](job& j) { j.further = {.l1 = 0.001, .l2 = 0.01}; });
  run("smoothed labels",
      [](job& j) { j.training.loss = categorical_crossentropy{.label_smoothing = 0.1}; });
  run("loss by probabilities", [](job& j) {
    j.training.loss =
        categorical_crossentropy{.path = loss_path::probabilities, .label_smoothing = 0.1};
  });
  for (const auto& [name, rule] : enum_names<initializer>) {
    run(name, [&, rule = rule](job& j) { j.further.kernel_initializer = rule; });
  }
}
