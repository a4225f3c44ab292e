// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/training/trainer.hpp"

#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "fake_executor.hpp"
#include "sweepnet/core/random.hpp"

using namespace sweepnet;

namespace {

/// A user's own callback: every member is optional, this one has them all.
struct recorder {
  std::vector<std::string>* calls;

  template <class E> void on_train_begin(training_context<E>& context) {
    calls->push_back("begin " + std::to_string(context.training_rows));
  }
  template <class E> void on_epoch_begin(training_context<E>&, std::int64_t epoch) {
    calls->push_back("epoch " + std::to_string(epoch));
  }
  template <class E> void on_step(training_context<E>&, const pass_progress& progress) {
    calls->push_back("rows " + std::to_string(progress.rows));
  }
  template <class E> void on_validation_step(training_context<E>&, const pass_progress& progress) {
    calls->push_back("validated " + std::to_string(progress.rows));
  }
  template <class E> void on_epoch_end(training_context<E>& context, const epoch_record& record) {
    calls->push_back("end " + std::to_string(record.epoch) + " of " +
                     std::to_string(context.history.size()));
  }
  template <class E> void on_train_end(training_context<E>&) { calls->push_back("done"); }
};

struct misspelled {
  template <class E> void on_epoch_ends(training_context<E>&, const epoch_record&) {}
};

struct stop_after {
  std::int64_t epoch;
  template <class E> void on_epoch_end(training_context<E>& context, const epoch_record& record) {
    context.stop = record.epoch == epoch;
  }
};

}  // namespace

TEST_CASE("callbacks are told of training, epochs and steps, in order") {
  testing::fake_executor executor{.trained_by = {.epochs = 2},
                                  .trained_on = testing::random_dataset(6, 3, 3),
                                  .val_losses = {1, 1}};
  std::vector<std::string> calls;
  train(executor, recorder{&calls});
  CHECK(calls == std::vector<std::string>{"begin 6", "epoch 1", "rows 6", "validated 1",
                                          "end 1 of 1", "epoch 2", "rows 6", "validated 1",
                                          "end 2 of 2", "done"});
}

TEST_CASE("each epoch visits all rows in its own order") {
  testing::fake_executor executor{.trained_by = {.epochs = 2, .seed = 9},
                                  .trained_on = testing::random_dataset(50, 3, 3),
                                  .val_losses = {1, 1}};
  train(executor);
  REQUIRE(executor.orders.size() == 2);
  CHECK(executor.orders[0] == shuffled_order(9, 1, 50));
  CHECK(executor.orders[1] == shuffled_order(9, 2, 50));
}

TEST_CASE("a callback can stop training") {
  testing::fake_executor executor{.trained_by = {.epochs = 3}, .val_losses = {1, 1, 1}};
  CHECK(train(executor, stop_after{2}).history.size() == 2);
}

TEST_CASE("a monitored metric that will be missing fails before epoch 1") {
  testing::fake_executor executor{.trained_by = {.epochs = 2}};
  executor.trained_on.validation = {};
  model_checkpoint checkpoint;
  CHECK(testing::message_of<std::invalid_argument>([&] { train(executor, checkpoint); }) ==
        "val_accuracy is monitored, but there are no validation rows");
  CHECK(executor.orders.empty());
  checkpoint.monitor = metric::loss;
  CHECK(train(executor, checkpoint).history.size() == 2);
}

TEST_CASE("train() takes callbacks only, and no other data than the executor's") {
  using executor = testing::fake_executor;
  const auto takes = []<class... A>(std::type_identity<A>...) {
    return requires(executor & e, A & ... arguments) { train(e, arguments...); };
  };
  static_assert(takes());
  static_assert(takes(std::type_identity<stop_after>{}, std::type_identity<model_checkpoint>{}));
  static_assert(takes(std::type_identity<recorder>{}));
  static_assert(!takes(std::type_identity<int>{}));
  static_assert(!takes(std::type_identity<stop_after>{}, std::type_identity<int>{}));
  static_assert(!takes(std::type_identity<misspelled>{}));
  static_assert(!takes(std::type_identity<training_options>{}, std::type_identity<dataset>{}));
}
