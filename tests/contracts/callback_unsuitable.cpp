// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Must not compile: 42 is no callback.
#include <sweepnet/train.hpp>

sweepnet::fit_result fit_with_42(const sweepnet::model_spec& model, const sweepnet::dataset& data) {
  return sweepnet::fit(model, data, {.epochs = 1}, 42);
}

int main() {}
