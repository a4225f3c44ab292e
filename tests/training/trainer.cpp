// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/training/trainer.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "fake_executor.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/training/callbacks.hpp"

using namespace sweepnet;

namespace {

/// A user's own callback with every hook.
struct recorder final : callback {
  explicit recorder(std::vector<std::string>& to) : calls(&to) {}
  std::vector<std::string>* calls;

  void on_train_begin(training_context& context) override {
    calls->push_back("begin " + std::to_string(context.training_rows));
  }
  void on_epoch_begin(training_context&, std::int64_t epoch) override {
    calls->push_back("epoch " + std::to_string(epoch));
  }
  void on_step(training_context&, const pass_progress& progress) override {
    calls->push_back("rows " + std::to_string(progress.rows));
  }
  void on_validation_step(training_context&, const pass_progress& progress) override {
    calls->push_back("validated " + std::to_string(progress.rows));
  }
  void on_epoch_end(training_context& context, const epoch_record& record) override {
    calls->push_back("end " + std::to_string(record.epoch) + " of " +
                     std::to_string(context.history.size()));
  }
  void on_train_end(training_context&) override { calls->push_back("done"); }
};

struct stop_after final : callback {
  explicit stop_after(std::int64_t last) : epoch(last) {}
  std::int64_t epoch;
  void on_epoch_end(training_context& context, const epoch_record& record) override {
    context.stop = record.epoch == epoch;
  }
};

/// Hands every call on to another callback, as a wrapper of one's own would.
struct forwarding final : callback {
  explicit forwarding(callback& to) : inner(&to) {}
  callback* inner;
  void on_epoch_end(training_context& context, const epoch_record& record) override {
    inner->on_epoch_end(context, record);
  }
  [[nodiscard]] std::optional<metric> watched() const override { return inner->watched(); }
  [[nodiscard]] std::string_view name() const override { return inner->name(); }
  void state(archive& a) override { inner->state(a); }
  void check_state(const training_history& history) const override { inner->check_state(history); }
};

}  // namespace

TEST_CASE("callbacks are told of training, epochs and steps, in order") {
  const dataset data = testing::random_dataset(6, 3, 3);
  testing::fake_executor executor({.val_losses = {1, 1}}, {.epochs = 2}, data);
  std::vector<std::string> calls;
  train(executor, recorder(calls));
  CHECK(calls == std::vector<std::string>{"begin 6", "epoch 1", "rows 6", "validated 1",
                                          "end 1 of 1", "epoch 2", "rows 6", "validated 1",
                                          "end 2 of 2", "done"});
}

TEST_CASE("each epoch visits all rows in its own order") {
  const dataset data = testing::random_dataset(50, 3, 3);
  testing::fake_executor executor({.val_losses = {1, 1}}, {.epochs = 2, .seed = 9}, data);
  train(executor);
  REQUIRE(executor.orders.size() == 2);
  CHECK(executor.orders[0] == shuffled_order(9, 1, 50));
  CHECK(executor.orders[1] == shuffled_order(9, 2, 50));
}

TEST_CASE("a callback can stop training") {
  testing::fake_executor executor({.val_losses = {1, 1, 1}});
  CHECK(train(executor, stop_after(2)).history.size() == 2);
}

TEST_CASE("a monitored metric that will be missing fails before epoch 1") {
  dataset data = testing::random_dataset(4, 3, 3);
  data.validation = {};
  testing::fake_executor executor({}, {.epochs = 2}, data);
  const auto refused = [&](callback&& watcher) {
    return testing::message_of<argument_error>([&] { train(executor, watcher); });
  };
  const std::string accuracy = "val_accuracy is monitored, but there are no validation rows";
  const std::string loss = "val_loss is monitored, but there are no validation rows";
  CHECK(refused(model_checkpoint()) == accuracy);
  CHECK(refused(early_stopping()) == loss);
  CHECK(refused(reduce_lr_on_plateau()) == loss);
  model_checkpoint checkpoint;
  CHECK(refused(forwarding(checkpoint)) == accuracy);
  CHECK(executor.orders.empty());
  CHECK(train(executor, model_checkpoint({.monitor = metric::loss})).history.size() == 2);
}

TEST_CASE("train() takes callbacks only, and no other data than the executor's") {
  using executor = testing::fake_executor;
  const auto takes = []<class... A>(std::type_identity<A>...) {
    return requires(executor & e, A & ... arguments) { train(e, arguments...); };
  };
  static_assert(takes());
  static_assert(takes(std::type_identity<stop_after>{}, std::type_identity<model_checkpoint>{}));
  static_assert(takes(std::type_identity<recorder>{}));
  static_assert(takes(std::type_identity<std::vector<callback*>>{}));
  static_assert(!takes(std::type_identity<const stop_after>{}));
  static_assert(!takes(std::type_identity<int>{}));
  static_assert(!takes(std::type_identity<stop_after>{}, std::type_identity<int>{}));
  static_assert(!takes(std::type_identity<training_options>{}, std::type_identity<dataset>{}));
}
