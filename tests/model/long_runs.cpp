// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Whatever its length, names and layers, what a run made can be written, and comes back.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/model/description.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/run/result.hpp"

using namespace sweepnet;

namespace {

/// A chain of `layers` dense layers of one unit each.
trained_model chain(std::size_t layers) {
  trained_model trained{.model = {.inputs = 1}};
  for (std::size_t i = 0; i < layers; ++i) {
    trained.model.layers.emplace_back(
        dense{.units = 1, .activate = {activations::tanh{}}, .l1 = 0.25});
  }
  trained.parameters = initial_parameters(trained.model, 1);
  return trained;
}

training_history history_of(std::int64_t epochs) {
  training_history history;
  for (std::int64_t e = 1; e <= epochs; ++e) {
    const double x = 1.0 / static_cast<double>(e + 2);
    history.push_back({.epoch = e,
                       .train = {.loss = x, .accuracy = 1 - x},
                       .validation = metrics{.loss = x / 3, .accuracy = 1 - x / 3},
                       .learning_rate = x / 7});
  }
  return history;
}

/// Writes and reads the model in a form, if this build can.
void check_form(const model_form& form, const trained_model& trained) {
  INFO(form.extension);
  if (!form.lacking.empty()) {
    WARN("skipped " << form.extension << ": this build lacks " << form.lacking);
    return;
  }
  const testing::temporary_directory directory;
  const std::string path = directory / fmt::format("m{}", form.extension);
  check_model_path(path, trained.model);
  write_model(path, trained);
  CHECK(form.write(trained) == testing::read_file(path));
  if (form.read == nullptr) return;
  const trained_model back = read_model(path);
  CHECK(encode_model(back.model) == encode_model(trained.model));
  CHECK(back.parameters == trained.parameters);
  CHECK(back.metadata == trained.metadata);
}

void check_all_forms(const trained_model& trained) {
  for (const model_form& form : model_forms) check_form(form, trained);
}

}  // namespace

TEST_CASE("a model of 20,000 epochs is written and read in every form") {
  trained_model trained = chain(2);
  trained.metadata = dump({{"history", encode_history(history_of(testing::cases(20'000, 2'000)))}});
  CHECK(trained.metadata.size() > testing::cases<std::size_t>(1 << 20, 1 << 16));
  check_all_forms(trained);
}

TEST_CASE("a paramset of any size is written and read in every form") {
  trained_model trained = chain(2);
  std::string path(200'000, 'n');
  path += ".h5";
  const std::vector<int> nodes(testing::cases<std::size_t>(100'000, 20'000), 128);
  const ordered_json paramset = {{"model_path", path}, {"hidden_nodes", nodes}};
  trained.metadata = dump({{"paramset", paramset}});
  check_all_forms(trained);
}

TEST_CASE("layers whose names and description exceed 64 KiB are written and read in every form") {
  for (const model_form& form : model_forms) {
    // HDF5 bounds the list of names, which the other forms do not have, at 64 KiB.
    check_form(form, chain(form.extension == ".h5" ? 6'500 : 1'000));
  }
}
