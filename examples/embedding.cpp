// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The README's example: train one paramset of a sweep inside another program.
// Usage: embedding SWEEP INDEX DATA

#include <iostream>
#include <sweepnet/sweepnet.hpp>

int main(int, char** argv) {
  using namespace sweepnet;
  const auto sweep = load_sweep<paramset>(argv[1]);
  const paramset p = sweep.at(std::stoul(argv[2]));
  const dataset data = load_dataset({.source = argv[3]}, make_catalog({}));

  const training_options options = training_options_of(p);
  const model_spec model = build_model(p, data.inputs(), data.classes());
  cpu_executor executor(model, options, data);

  model_checkpoint checkpoint({.monitor = metric::val_accuracy});
  progress_printer progress(std::cout, progress_style::lines, "");
  train(executor, progress, checkpoint);
  const trained_model best{.model = model, .parameters = executor.best_parameters().value()};
  write_model("best.safetensors", best);
}
