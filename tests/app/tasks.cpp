// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Two classes and real values through the commands: from a CSV file to predictions and reports.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "app/table_place.hpp"
#include "catch.hpp"
#include "data_files.hpp"
#include "program.hpp"
#include "support.hpp"
#include "sweepnet/app/device.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/describe/json.hpp"

using sweepnet::ordered_json;
using testing::outcome;
using testing::run_program;

namespace {

/// Houses: their price follows from size, age and town; dear ones are so above 300,000.
std::string made_up_houses(int rows, const std::string& head = "size,age,town,price,dear\n") {
  std::string text = head;
  for (int i = 0; i < rows; ++i) {
    const auto block = sweepnet::random_at(5, static_cast<std::uint64_t>(i), 0);
    const double size = 40 + 160 * sweepnet::unit_interval(block.word[0]);
    const double age = 80 * sweepnet::unit_interval(block.word[1]);
    const bool is_city = block.word[2] % 2 == 0;
    const double price = 2000 * size - 500 * age + (is_city ? 150'000 : 20'000);
    text += fmt::format("{:.1f},{:.0f},{},{:.2f},{}\n", size, age, is_city ? "city" : "village",
                        price, price > 300'000 ? "yes" : "no");
  }
  return text;
}

struct estate : testing::table_place {
  explicit estate(const std::string& keys = "", const std::string& table = made_up_houses(400)) {
    testing::write_file(directory / "houses.csv", table);
    testing::write_file(directory / "sweep.yml",
                        "- {batch_size: 16, epochs: 30, input_units: 16, hidden_nodes: [], "
                        "dropout_rate: 0, final_dropout: 0, learning_rate: 0.01, optimizer: adam, "
                        "model_path: m.safetensors" +
                            (keys.empty() ? "" : ", " + keys) + "}\n");
  }
  [[nodiscard]] outcome train(const std::string& target, const std::string& drop,
                              const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"train",    "@sweep.yml", "--data",    "@houses.csv",
                                   "--target", target,       "--drop",    drop,
                                   "--output", "@out",       "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  [[nodiscard]] ordered_json result() const {
    return ordered_json::parse(testing::read_file(directory / "out/result_0.json"));
  }
};

/// The value behind "name: " in what evaluate prints.
double told_metric(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\n" + name + ": ");
  CAPTURE(text, name);
  REQUIRE(at != std::string::npos);
  return std::stod(text.substr(at + name.size() + 3));
}

}  // namespace

TEST_CASE("real values of a table are learned, told in their own units and predicted") {
  for (const std::string extension : {"safetensors", "h5", "keras"}) {
    CAPTURE(extension);
    const estate place;
    const outcome trained =
        place.train("price", "dear", {"--set", "model_path=m." + extension, "--csv-log"});
    CAPTURE(trained.out);
    CHECK(trained.err == "");
    REQUIRE(trained.code == 0);
    CHECK(trained.out.find("300 rows to train on, 100 to validate on (drawn)") !=
          std::string::npos);
    CHECK(trained.out.find(" - val_mae: ") != std::string::npos);
    const ordered_json result = place.result();
    CHECK(result["task"] == "regression");
    CHECK(result["paramset"]["loss"] == "mean_squared_error");
    CHECK(result["paramset"]["output_activation"] == "linear");
    CHECK(result["paramset"]["monitor"] == "val_mae");
    CHECK(result["best"]["val_r2"] > 0.98);
    CHECK(result["best"]["val_mae"] < 15'000);
    CHECK(result["best"]["val_mae"] > 10);
    CHECK(result["best"]["val_loss"] < 0.02);  // of standardised values
    CHECK(result["history"].contains("mse"));
    CHECK_FALSE(result["history"].contains("accuracy"));
    CHECK(result["folding_difference"] < 1);

    const std::string model = "@out/m." + extension;
    const outcome scored = place.run({"evaluate", model, "--data", "@houses.csv"});
    CHECK(scored.err == "");
    CHECK(told_metric(scored.out, "r2") > 0.98);
    CHECK(told_metric(scored.out, "mae") < 15'000);
    CHECK(scored.out.find("accuracy") == std::string::npos);

    const outcome predicted = place.run({"predict", model, "@houses.csv"});
    CHECK(predicted.err == "");
    CHECK(predicted.out.starts_with("price\n"));
    CHECK(std::ranges::count(predicted.out, '\n') == 401);
    const std::string first = made_up_houses(1, "");
    const double price = std::stod(first.substr(first.rfind(',', first.rfind(',') - 1) + 1));
    CHECK(std::abs(std::stod(predicted.out.substr(6)) - price) < 60'000);
    CHECK(place.run({"predict", model, "@houses.csv", "--output", "@p.npy"}).out ==
          (place.directory / "p.npy") + ": 400 rows\n");
  }
}

TEST_CASE("two classes of a table are told apart by one output") {
  const estate place("monitor: val_auc");
  const outcome trained = place.train("dear", "price");
  CHECK(trained.err == "");
  REQUIRE(trained.code == 0);
  const ordered_json result = place.result();
  CHECK(result["task"] == "binary");
  CHECK(result["paramset"]["loss"] == "binary_crossentropy");
  CHECK(result["paramset"]["output_activation"] == "sigmoid");
  CHECK(result["best"]["val_auc"] > 0.99);
  CHECK(result["history"]["val_auc"].size() == 30);
  const outcome scored = place.run({"evaluate", "@out/m.safetensors", "--data", "@houses.csv"});
  CHECK(told_metric(scored.out, "auc") > 0.99);
  CHECK(told_metric(scored.out, "accuracy") > 0.95);
  const outcome predicted = place.run({"predict", "@out/m.safetensors", "@houses.csv"});
  CHECK(predicted.out.starts_with("dear,dear_no,dear_yes\n"));

  const estate several;
  REQUIRE(several.train("dear", "price", {"--task", "multiclass"}).code == 0);
  CHECK(several.result()["task"] == "multiclass");
  CHECK(several.result()["paramset"]["loss"] == "fused");
  CHECK(several.run({"predict", "@out/m.safetensors", "@houses.csv"})
            .out.starts_with("dear,dear_no,dear_yes\n"));
}

TEST_CASE("a sweep of losses of real values is ranked by what is monitored") {
  const estate place;
  testing::write_file(
      place.directory / "space.yml",
      "method: grid\nmetric: {name: val_r2}\ndata: {source: " + (place.directory / "houses.csv") +
          ", target: price, drop: [dear]}\nparameters:\n"
          "  loss: {values: [mse, mae, huber, log_cosh]}\n"
          "  epochs: {value: 12}\n  hidden_nodes: {value: [8]}\n"
          "  dropout_rate: {value: 0}\n  final_dropout: {value: 0}\n"
          "  optimizer: {value: adam}\n  learning_rate: {value: 0.01}\n");
  const outcome swept =
      place.run({"sweep", "@space.yml", "--output", "@all", "--threads", "1", "--verbose", "0"});
  CAPTURE(swept.out);
  CHECK(swept.err == "");
  REQUIRE(swept.code == 0);
  const ordered_json best =
      ordered_json::parse(testing::read_file(place.directory / "all/best.json"));
  CHECK(best["monitor"] == "val_r2");
  CHECK(best["value"] > 0.9);
  const outcome table = place.run({"report", "@all", "--csv", "@runs.csv"});
  const std::string csv = testing::read_file(place.directory / "runs.csv");
  CAPTURE(table.err);
  CHECK(csv.find("val_r2") != std::string::npos);
  CHECK(csv.find("best.val_mae") != std::string::npos);
}

TEST_CASE("what is asked of a task and cannot be had is said before anything is trained") {
  struct bad {
    std::string keys;
    std::vector<std::string> words;
    std::string message;
    int code = 65;
  };
  const std::string more = "size,age,town,price,dear\n";
  const std::vector<bad> all{
      {"loss: mse",
       {"--target", "dear", "--drop", "price"},
       "paramset 0: the loss 'mean_squared_error' takes real values, the targets are classes"},
      {"loss: mae",
       {"--target", "town"},
       "paramset 0: the loss 'mean_absolute_error' takes real values, the targets are classes"},
      {"loss: fused",
       {"--target", "price"},
       "paramset 0: the loss 'categorical_crossentropy' takes classes, the targets are real "
       "values"},
      {"loss: binary_crossentropy",
       {"--target", "price"},
       "paramset 0: the loss 'binary_crossentropy' is of a multilabel task, the data's is "
       "regression"},
      {"loss: binary_crossentropy",
       {"--target", "age"},
       "paramset 0: the loss 'binary_crossentropy' is of a binary task, the data's is multiclass"},
      {"loss: msee", {"--target", "price"}, "unknown loss 'msee'"},
      {"loss: {name: huber, delta: 0}", {"--target", "price"}, "loss.delta must be above 0, got 0"},
      {"loss: {name: huber, deltas: 2}",
       {"--target", "price"},
       "unknown key 'deltas' in loss (did you mean 'delta'?)"},
      {"loss: huber, label_smoothing: 0.1",
       {"--target", "price"},
       "label_smoothing is cross-entropy's, the loss is 'huber'"},
      {"output_activation: softmax",
       {"--target", "dear"},
       "paramset 0: softmax of one output is always 1: expected sigmoid, or a unit a class"},
      {"output_activation: relu",
       {"--target", "price"},
       "paramset 0: real values that are standardised need a linear output, got relu"},
      {"monitor: val_accuracy",
       {"--target", "price"},
       "val_accuracy is monitored, but a regression task has loss, mae, mse, val_loss, val_mae, "
       "val_mse, val_r2"},
      {"monitor: val_auc",
       {"--target", "price"},
       "val_auc is monitored, but a regression task has"},
      {"monitor: val_mae", {"--target", "dear"}, "val_mae is monitored, but a binary task has"},
      {"monitor: val_auk",
       {"--target", "dear"},
       "unknown monitor 'val_auk' (did you mean 'val_auc'?)"},
      {"",
       {"--target", "dear", "--task", "regression"},
       "houses.csv: the target 'dear' has texts (such as 'no'): a regression expects numbers"},
      {"",
       {"--target", "age", "--task", "binary"},
       "the target 'age' has 81 classes: a binary task has two"},
      {"",
       {"--target", "price", "--task", "multiclass"},
       "expected classes (words or integers); the task may be regression"},
      {"",
       {"--target", "price", "--task", "multilabel"},
       "houses.csv: a table has one target, a multilabel task several"},
      {"",
       {"--target", "price", "--task", "regresion"},
       "--task: unknown value 'regresion' (did you mean 'regression'?)",
       64},
      {"",
       {"--target", "price", "--stratify"},
       "real values have no classes within which rows can be drawn, as stratify asks",
       64},
      {"", {"--data", "mnist", "--task", "regression"}, "mnist: task is for tables", 64},
  };
  for (const bad& each : all) {
    std::vector<std::string> words = each.words;
    if (std::ranges::find(words, "--data") == words.end()) {
      words.insert(words.end(), {"--data", "@houses.csv"});
    }
    estate(each.keys).check_refused_training(words, each.message, each.code);
  }
}

TEST_CASE("targets of a table that cannot be learned are said by their place") {
  const auto refused = [](const std::string& table, const std::string& message,
                          const std::vector<std::string>& more = {}) {
    const estate place("", table);
    const outcome o = place.train("price", "dear", more);
    CAPTURE(table, o.err);
    CHECK(o.err.find(message) != std::string::npos);
    CHECK(o.code == 65);
  };
  const std::string head = "size,price,dear\n";
  refused(
      head + "1,0.5,a\n2,0.5,a\n3,0.5,a\n4,0.5,a\n",
      "houses.csv: the target 'price' is 0.5 in each training row: expected values that differ");
  refused(head + "1,0.5,a\n2,,a\n3,0.25,a\n4,2,a\n",
          "houses.csv:3:2: column 'price' has no value here");
  refused(head + "1,0.5,a\n2,inf,a\n3,0.25,a\n4,2,a\n", "houses.csv");
  refused(head + "1,0.5,a\n2,1.5e308,a\n3,-1.5e308,a\n4,1.6e308,a\n",
          "the target 'price' has numbers that are too large to be standardised");
  refused(head + "1,1e300,a\n2,2,a\n3,3.5,a\n4,1,a\n", "must be finite", {"--no-standardize"});
  refused(head + "1,3,a\n2,3,a\n3,3,a\n4,3,a\n",
          "the target 'price' is '3' in each row: expected two classes");
}

TEST_CASE("rows of a table count as much as a column says, in training alone") {
  std::string table = "size,age,town,price,dear,trust\n";
  std::string ones = table;
  int row = 0;
  const std::string rows = made_up_houses(400, "");
  for (std::size_t first = 0; first < rows.size(); ++row) {
    const std::size_t end = rows.find('\n', first);
    const std::string line = rows.substr(first, end - first);
    table += line + (row % 2 == 0 ? ",2\n" : ",0\n");
    ones += line + ",1\n";
    first = end + 1;
  }
  const auto history = [](const std::string& text, const std::vector<std::string>& more) {
    const estate place("", text);
    std::vector<std::string> words = {"--drop", "trust"};
    if (!more.empty()) words = more;
    const outcome trained = place.train("price", "dear", words);
    CAPTURE(trained.out);
    CHECK(trained.err == "");
    return place.result();
  };
  const ordered_json plain = history(ones, {});
  const ordered_json by_ones = history(ones, {"--weight", "trust"});
  CHECK(by_ones["history"] == plain["history"]);
  CHECK(by_ones["data_digest"] != plain["data_digest"]);
  const ordered_json weighted = history(table, {"--weight", "trust"});
  CHECK(weighted["history"] != plain["history"]);
  CHECK(weighted["paramset"] == plain["paramset"]);

  const auto refused = [](const std::string& text, const std::string& weight,
                          const std::string& message) {
    const estate place("", text);
    const outcome o =
        place.train("price", "dear", {"--weight", weight, "--validation-split", "0.25"});
    CAPTURE(o.err);
    CHECK(o.err.find(message) != std::string::npos);
    CHECK(o.code == 65);
  };
  const std::string head = "size,price,dear,w\n";
  refused(head + "1,0.5,a,1\n2,0.25,a,-1\n3,0.5,a,1\n4,2,a,1\n", "w",
          "houses.csv:3:4: the weight 'w' must be at least 0 and fit a float, got -1");
  refused(head + "1,0.5,a,1\n2,0.25,a,\n3,0.5,a,1\n4,2,a,1\n", "w",
          "houses.csv:3:4: column 'w' has no value here");
  refused(head + "1,0.5,a,1\n2,0.25,a,nan\n3,0.5,a,1\n4,2,a,1\n", "w",
          "houses.csv:3:4: column 'w' has no value here");
  refused(head + "1,0.5,a,x\n2,0.25,a,y\n3,0.5,a,x\n4,2,a,x\n", "w",
          "houses.csv: the weights 'w' must be numbers, got texts");
  refused(head + "1,0.5,a,0\n2,0.25,a,0\n3,0.5,a,0\n4,2,a,0\n", "w",
          "houses.csv: the weights 'w' are 0 in each training row");
  refused(head + "1,0.5,a,1\n2,0.25,a,1\n3,0.5,a,1\n4,2,a,1\n", "v",
          "houses.csv: has no column 'v', which weight names");
  refused(head + "1,0.5,a,1\n2,0.25,a,1\n3,0.5,a,1\n4,2,a,1\n", "price",
          "the target 'price' is also named among weight");
}

TEST_CASE("a GPU is left to tasks that it can learn, and refused where it was asked for") {
  using sweepnet::task;
  namespace app = sweepnet::app;
  const auto of = [](task t) { return sweepnet::dataset{.task = t}; };
  app::chosen_device chosen{.gpu = sweepnet::cuda_options{}};
  app::settle_device(chosen, {.device = "auto"}, of(task::multiclass));
  CHECK(chosen.gpu);
  CHECK(testing::message_of<sweepnet::configuration_error>(
            [&] { app::settle_device(chosen, {.device = "cuda"}, of(task::binary)); }) ==
        "--device cuda: a GPU learns multiclass tasks alone, the data's is binary (--task "
        "multiclass gives each of the two an output)");
  CHECK(testing::message_of<sweepnet::configuration_error>([&] {
          app::settle_device(chosen, {.device = "cuda:1"}, of(task::regression));
        }) == "--device cuda:1: a GPU learns multiclass tasks alone, the data's is regression");
  sweepnet::dataset weighted = of(task::multiclass);
  weighted.train.weights = {1, 2};
  CHECK(testing::message_of<sweepnet::configuration_error>([&] {
          app::settle_device(chosen, {.device = "cuda"}, weighted);
        }) == "--device cuda: a GPU knows no weights of rows");
  app::settle_device(chosen, {.device = "auto"}, of(task::regression));
  CHECK_FALSE(chosen.gpu);
  CHECK(chosen.reason == "a GPU learns multiclass tasks alone, the data's is regression");
  chosen.gpu = sweepnet::cuda_options{};
  CHECK(testing::message_of<sweepnet::usage_error>([&] {
          app::settle_device(chosen, {.device = "auto", .precision = "tf32"}, of(task::regression));
        }) ==
        "--precision tf32 needs a GPU; the CPU trains in fp32, and a GPU learns multiclass tasks "
        "alone, the data's is regression");
}
