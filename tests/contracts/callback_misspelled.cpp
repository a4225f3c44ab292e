// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Must not compile: there is no such hook.
#include <sweepnet/train.hpp>

struct stop_at : sweepnet::callback {
  void on_epoch_ended(sweepnet::training_context&, const sweepnet::epoch_record&) override {}
};

int main() { stop_at stop; }
