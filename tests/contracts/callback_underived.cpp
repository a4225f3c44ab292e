// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Must not compile: a class with the right hook, but not derived from callback.
#include <sweepnet/train.hpp>

struct my_progress {
  void on_epoch_end(sweepnet::training_context&, const sweepnet::epoch_record&) {}
};

void train_by(sweepnet::executor& executor) { sweepnet::train(executor, my_progress{}); }

int main() {}
