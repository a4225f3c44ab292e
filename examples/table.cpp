// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A network for a CSV file: its columns by name, and predictions for rows that have no outcome yet.
//   table PATIENTS.csv NEW_PATIENTS.csv

#include <cstddef>
#include <iostream>
#include <sweepnet/sweepnet.hpp>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  using namespace sweepnet;
  const dataset data = load_dataset({.source = argv[1],
                                     .target = "outcome",
                                     .drop = {"patient"},
                                     .missing = missing_values::median},
                                    {});
  for (const std::string& note : data.notes) std::cout << note << "\n";
  const model_spec model{
      .inputs = data.inputs(),
      .layers = {dense{.units = 32, .activate = activations::relu{}},
                 dense{.units = data.classes(), .activate = activations::softmax{}}}};
  const fit_result trained = fit(model, data, {.batch_size = 32, .epochs = 30, .seed = 1});

  // What with_schema() gives takes raw numbers, as its file does.
  const trained_model for_files = with_schema(trained.best, *data.schema);
  write_model("patients.safetensors", for_files);

  const table_predictor predict(for_files);
  const std::vector<std::string>& classes = predict.schema().classes;
  const std::vector<float> outputs = predict(read_table(argv[2]));
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    std::cout << classes[i % classes.size()] << " " << outputs[i]
              << ((i + 1) % classes.size() == 0 ? "\n" : ", ");
  }
}
