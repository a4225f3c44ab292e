// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Must not compile: the executor would hold the address of data that are gone.
#include <sweepnet/train.hpp>

sweepnet::dataset my_data();

void train_on(const sweepnet::model_spec& model) {
  sweepnet::cpu_executor executor(model, {}, my_data());
}

int main() {}
