// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What an embedder does wrong is never silent. What can be told before the program runs does not
// compile: see tests/contracts.

#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "embed/small.hpp"
#include "own_loss.hpp"
#include "sweepnet/network/custom_functions.hpp"

using namespace sweepnet;

namespace {

struct mistake {
  std::string what;
  std::function<void()> act;
  std::string message;
};

void check_all(const std::vector<mistake>& table) {
  for (const mistake& each : table) {
    std::string message = "nothing was thrown";
    try {
      each.act();
    } catch (const sweepnet::error& e) {
      message = e.what();
    }
    INFO(each.what);
    CHECK(message == each.message);
  }
}

const Eigen::MatrixXf x = (Eigen::MatrixXf(4, 2) << 1, 2, 3, 4, 5, 6, 7, 8).finished();
const Eigen::VectorXi y = (Eigen::VectorXi(4) << 0, 1, 2, 1).finished();
const std::vector<float> values{1, 2, 3, 4};
const std::vector<int> labels{0, 1};
const float not_a_number = std::numeric_limits<float>::quiet_NaN();
const dataset four_rows = make_dataset(x, y, x, y);
const dataset no_validation = make_dataset(x, y);
const model_spec two_layers{.inputs = 2, .layers = {dense{.units = 4}, dense{.units = 3}}};

template <class Change> auto changed(auto value, const Change& change) {
  change(value);
  return value;
}

void fit_model(const model_spec& m) { (void)fit(m, four_rows); }
void fit_by(const training_options& options) { (void)fit(two_layers, four_rows, options); }
void fit_with(optimizer_rule rule) { fit_by({.optimizer = {.rule = rule}}); }

template <class Schedule> void fit_with_rate(const Schedule& schedule) {
  fit_by({.optimizer = {.learning_rate = schedule}});
}

const run_state& a_state() {
  static const run_state state = fit(two_layers, four_rows, {.epochs = 2}).state;
  return state;
}

template <class... C>
void go_on(const model_spec& m, const dataset& d, const training_options& o, C&&... callbacks) {
  (void)resume(m, d, o, a_state(), callbacks...);
}

trained_model untrained() {
  return {.model = two_layers, .parameters = initial_parameters(two_layers, 1)};
}

}  // namespace

TEST_CASE("an embedder's mistakes in data") {
  Eigen::MatrixXf holes = x;
  holes(2, 1) = not_a_number;
  check_all({
      {"fewer labels than rows", [] { (void)make_dataset(x, y.head(3)); },
       "training rows: expected a target for each of 4 rows, got 3"},
      {"no rows", [] { (void)make_dataset(x.topRows(0), y.head(0)); },
       "training rows: expected rows of features, got (0 x 2)"},
      {"no features", [] { (void)make_dataset(x.leftCols(0), y); },
       "training rows: expected rows of features, got (4 x 0)"},
      {"a negative label", [] { (void)make_dataset(x, -y); },
       "training rows: the label of row 1 must be an integer from 0, got -1"},
      {"labels in two columns", [] { (void)make_dataset(x, x.cast<int>()); },
       "training rows: labels must be one column, got (4 x 2)"},
      {"a feature that is no number", [&] { (void)make_dataset(holes, y); },
       "data: training rows: feature 1 of row 2 must be finite, got nan"},
      {"a feature of validation rows that is no number",
       [&] { (void)make_dataset(x, y, holes, y); },
       "data: validation rows: feature 1 of row 2 must be finite, got nan"},
      {"validation rows of another width", [] { (void)make_dataset(x, y, x.leftCols(1), y); },
       "data: training rows have 2 features, validation rows 1"},
      {"a width that does not divide the elements",
       [] { (void)make_dataset(values, labels, {.width = 3}); },
       "training rows: expected a multiple of the width 3, got 4 features"},
      {"no width", [] { (void)make_dataset(values, labels, {}); },
       "training rows: 4 features in rows of width 0"},
      {"a scale that is no number",
       [] { (void)make_dataset(values, labels, {.width = 2, .scale = not_a_number}); },
       "training rows: the scale must be finite, got nan"},
      {"borrowed validation rows that lack a label",
       [] { (void)borrow_dataset(values, labels, values, std::vector<int>{0}, {.width = 2}); },
       "validation rows: expected a target for each of 2 rows, got 1"},
      {"labels as real numbers", [] { (void)fit(two_layers, make_dataset(x, y.cast<float>())); },
       "the loss 'categorical_crossentropy' takes classes, the targets are real values"},
      {"fewer classes than labels",
       [] { (void)fit(two_layers, changed(four_rows, [](dataset& d) { d.class_count = 2; })); },
       "data: training rows: the label of row 2 must be in [0, 2), got 2"},
      {"a data set of nothing", [] { (void)fit(two_layers, dataset{}); }, "data: no training rows"},
  });
}

TEST_CASE("an embedder's mistakes in a model") {
  check_all({
      {"a model of nothing", [] { fit_model({}); }, "model: inputs must be positive, got 0"},
      {"no layers", [] { fit_model({.inputs = 2}); },
       "model: the last layer must be dense, got no layers"},
      {"dropout last",
       [] {
         fit_model({.inputs = 2, .layers = {dense{.units = 3}, dropout{}}});
       },
       "model: the last layer must be dense"},
      {"a layer without units",
       [] {
         fit_model({.inputs = 2, .layers = {dense{.units = 0}, dense{.units = 3}}});
       },
       "model: layer 0: units must be positive, got 0"},
      {"a layer of all units there are",
       [] {
         fit_model({.inputs = 2, .layers = {dense{.units = INT64_MAX}, dense{.units = 3}}});
       },
       "model: layer 0: units must be in [1, 1048576], got 9223372036854775807"},
      {"all dropped",
       [] {
         fit_model({.inputs = 2, .layers = {dropout{1}, dense{.units = 3}}});
       },
       "model: layer 0: rate must be in [0, 1), got 1"},
      {"a rate that is no number",
       [] {
         fit_model({.inputs = 2, .layers = {dropout{not_a_number}, dense{.units = 3}}});
       },
       "model: layer 0: rate must be in [0, 1), got nan"},
      {"a negative penalty",
       [] { fit_model({.inputs = 2, .layers = {dense{.units = 3, .l2 = -0.1}}}); },
       "model: layer 0: l2 must be at least 0, got -0.1"},
      {"an activation's option out of range",
       [] {
         fit_model({.inputs = 2,
                    .layers = {dense{.units = 3, .activate = activations::celu{.alpha = 0}}}});
       },
       "model: layer 0: activation.alpha must be above 0, got 0"},
      {"a model of another width", [] { fit_model({.inputs = 5, .layers = {dense{.units = 3}}}); },
       "the model is 5 -> 3, the data have 2 features and 3 classes"},
      {"a model of other classes", [] { fit_model({.inputs = 2, .layers = {dense{.units = 10}}}); },
       "the model is 2 -> 10, the data have 2 features and 3 classes"},
  });
}

TEST_CASE("an embedder's mistakes in options") {
  check_all({
      {"no rows in a batch", [] { fit_by({.batch_size = 0}); },
       "training: batch_size must be at least 1, got 0"},
      {"no epochs", [] { fit_by({.epochs = 0}); }, "training: epochs must be at least 1, got 0"},
      {"a label smoothed away",
       [] { fit_by({.loss = categorical_crossentropy{.label_smoothing = 2}}); },
       "training: loss.label_smoothing must be in [0, 1], got 2"},
      {"a negative rate", [] { fit_with_rate(schedules::constant{-0.01}); },
       "training: optimizer.learning_rate must be at least 0, got -0.01"},
      {"a rate that is no number", [] { fit_with_rate(schedules::constant{not_a_number}); },
       "training: optimizer.learning_rate must be at least 0, got nan"},
      {"a rate without end",
       [] { fit_with_rate(schedules::constant{std::numeric_limits<double>::infinity()}); },
       "training: optimizer.learning_rate must be finite, got inf"},
      {"a schedule that divides by 0",
       [] { fit_with_rate(schedules::exponential_decay{.decay_steps = 0}); },
       "training: optimizer.learning_rate.decay_steps must be above 0, got 0"},
      {"a schedule without values", [] { fit_with_rate(schedules::piecewise_constant_decay{}); },
       "training: optimizer.learning_rate: piecewise_constant_decay needs one value more than "
       "boundaries"},
      {"a momentum of 1", [] { fit_with(rules::sgd{.momentum = 1}); },
       "training: optimizer.momentum must be in [0, 1), got 1"},
      {"a decay above 1", [] { fit_with(rules::adam{.beta_2 = 1.5}); },
       "training: optimizer.beta_2 must be in [0, 1), got 1.5"},
      {"gradients clipped in two ways",
       [] { fit_by({.optimizer = {.clipnorm = 1.0, .clipvalue = 1.0}}); },
       "training: optimizer: only one of clipnorm, clipvalue and global_clipnorm may be given"},
      {"gradients clipped to nothing", [] { fit_by({.optimizer = {.clipnorm = 0.0}}); },
       "training: optimizer.clipnorm must be above 0, got 0"},
      {"fewer threads than none", [] { (void)fit(two_layers, four_rows, {}, {.threads = -2}); },
       "threads must be in [0, 4096], got -2"},
      {"a factory that makes nothing",
       [] {
         (void)fit(two_layers, four_rows, {}, {.executor = [](auto&&...) { return nullptr; }});
       },
       "the factory of executors made none"},
  });
}

TEST_CASE("an embedder's mistakes in a loss of its own") {
  const auto fit_to = [](const std::string& name) {
    return [name] { fit_by({.loss = std::make_shared<testing::brier_score>(name)}); };
  };
  const auto fit_to_constant = [](double value) {
    return [value] { fit_by({.loss = std::make_shared<testing::constant_loss>(value)}); };
  };
  const double endless = std::numeric_limits<double>::infinity();
  check_all({
      {"one that is not there", [] { fit_by({.loss = std::shared_ptr<testing::brier_score>()}); },
       "training: loss: loss must be an object, got a null pointer"},
      {"one without a name", fit_to(""),
       "training: loss: an own loss must have a name of its own, got ''"},
      {"one with a built-in one's name", fit_to("CATEGORICAL_CROSSENTROPY"),
       "training: loss: an own loss must have a name of its own, got 'CATEGORICAL_CROSSENTROPY', "
       "which is a built-in one's"},
      {"one with a name that a sweep calls a built-in one by", fit_to("clipped"),
       "training: loss: an own loss must have a name of its own, got 'clipped', which is a "
       "built-in "
       "one's"},
      {"one that is no number", fit_to_constant(std::nan("")),
       "no epoch gave a finite loss, so there is no best model"},
      {"one without end", fit_to_constant(endless),
       "no epoch gave a finite loss, so there is no best model"},
      {"two of one name",
       [] {
         custom_functions own;
         own.add(std::make_shared<testing::brier_score>());
         own.add(std::make_shared<testing::brier_score>());
       },
       "two own losses have the name 'brier_score'"},
  });
}

TEST_CASE("an embedder's mistakes with callbacks") {
  const auto watching = [](metric monitor) {
    return [monitor] {
      (void)fit(two_layers, no_validation, {}, early_stopping({.monitor = monitor}));
    };
  };
  check_all({
      {"a callback that watches the accuracy of rows that are not there",
       watching(metric::val_accuracy),
       "val_accuracy is monitored, but there are no validation rows"},
      {"one that watches their loss", watching(metric::val_loss),
       "val_loss is monitored, but there are no validation rows"},
      {"a best epoch by rows that are not there",
       [] { (void)fit(two_layers, no_validation, {}, {.monitor = metric::val_loss}); },
       "val_loss is monitored, but there are no validation rows"},
      {"two of one name",
       [] { (void)fit(two_layers, four_rows, {}, early_stopping{}, early_stopping{}); },
       "two callbacks are named early_stopping, by which a run's state tells them apart"},
      {"a second judge of the best epoch",
       [] { (void)fit(two_layers, four_rows, {}, model_checkpoint{}); },
       "two callbacks are named model_checkpoint, by which a run's state tells them apart"},
      {"one that is not there",
       [] {
         cpu_executor executor(two_layers, {}, four_rows);
         callback* const none = nullptr;
         (void)train(executor, std::span(&none, 1));
       },
       "callback 0 of 1 is null"},
      {"negative patience", [] { (void)early_stopping({.patience = -1}); },
       "early_stopping.patience must be at least 0, got -1"},
      {"a factor that raises the rate", [] { (void)reduce_lr_on_plateau({.factor = 2}); },
       "reduce_lr_on_plateau.factor must be in [0, 1), got 2"},
      {"saving after each 0 epochs",
       [] { (void)model_checkpoint({.save_best_only = false, .save_freq = 0}); },
       "model_checkpoint: save_freq must be at least 1, got 0"},
      {"a budget that is no number", [] { (void)time_budget(std::nan("")); },
       "time_budget: seconds must be at least 0, got nan"},
      {"a log that goes nowhere", [] { (void)csv_logger({}); },
       "csv_logger: expected a function that writes, got none"},
      {"a rate scaled by what is no number",
       [] { cpu_executor(two_layers, {}, four_rows).scale_learning_rate(not_a_number); },
       "the learning rate's factor must be finite and at least 0, got nan"},
  });
}

TEST_CASE("an embedder's mistakes in predicting") {
  check_all({
      {"rows of another width", [] { (void)predictor(untrained())(x.leftCols(1)); },
       "the model takes 2 features a row, got rows of 1"},
      {"a row as a column", [] { (void)predictor(untrained())(x.row(0).transpose()); },
       "the model takes 2 features a row, got rows of 1"},
      {"rows without features", [] { (void)predictor(untrained())(x.leftCols(0)); },
       "the model takes 2 features a row, got rows of 0"},
      {"half a row", [] { (void)predictor(untrained())(std::span(values).first(3)); },
       "rows: expected a multiple of the width 2, got 3 features"},
      {"rows of another data set",
       [] {
         (void)predictor(untrained())(
             make_dataset(values, std::vector<int>{0}, {.width = 4}).train);
       },
       "the model takes 2 features a row, the data have 4"},
      {"a feature that is no number",
       [] { (void)predictor(untrained())(changed(x, [](auto& m) { m(0, 1) = not_a_number; })); },
       "rows: feature 1 of row 0 must be finite, got nan"},
      {"a model without its parameters", [] { (void)predictor({.model = two_layers}); },
       "the model has 27 parameters, got 0"},
      {"parameters of another model",
       [] { (void)predictor(changed(untrained(), [](auto& m) { m.model.inputs = 3; })); },
       "the model has 31 parameters, got 27"},
      {"a parameter that is no number",
       [] {
         (void)predictor(changed(untrained(), [](auto& m) { m.parameters[5] = not_a_number; }));
       },
       "parameter 5 of 27 must be finite, got nan"},
      {"no model at all", [] { (void)predictor(trained_model{}); },
       "model: inputs must be positive, got 0"},
      {"more threads than a machine has",
       [] { (void)predictor(untrained(), {.threads = 1'000'000}); },
       "threads must be in [0, 4096], got 1000000"},
  });
}

TEST_CASE("an embedder's mistakes in resuming") {
  const training_options more{.epochs = 4};
  check_all({
      {"another model's state",
       [&] { go_on({.inputs = 2, .layers = {dense{.units = 3}}}, four_rows, more); },
       "the state belongs to another model or optimizer: expected 9 parameters, got 27"},
      {"another optimizer's state",
       [&] { go_on(two_layers, four_rows, {.epochs = 4, .optimizer = {.rule = rules::sgd{}}}); },
       "the state belongs to another model or optimizer: expected 0 optimizer slots, got 1"},
      {"a state of other data", [&] { go_on(two_layers, no_validation, more); },
       "the saved history has metrics of validation rows"},
      {"a state of other batches",
       [&] { go_on(two_layers, four_rows, {.batch_size = 2, .epochs = 4}); },
       "the saved run has taken 2 steps, where batches of 2 of 4 rows take 4"},
      {"a state of a longer run", [&] { go_on(two_layers, four_rows, {.epochs = 1}); },
       "the saved run has trained 2 epochs, of 1 in all"},
      {"a state of nothing", [&] { (void)resume(two_layers, four_rows, more, run_state{}); },
       "the state belongs to another model or optimizer: expected 27 parameters, got 0"},
      {"a state whose best epoch is none of its own",
       [&] {
         run_state state = a_state();
         state.callbacks.at("model_checkpoint").at(1) = 7;
         (void)resume(two_layers, four_rows, more, state);
       },
       "the saved best epoch is 7 of 2"},
      {"a callback's state that is cut off",
       [&] {
         run_state state = a_state();
         state.callbacks.at("model_checkpoint").pop_back();
         (void)resume(two_layers, four_rows, more, state);
       },
       "the saved state is too short"},
  });
}
