// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What a report reads from an output directory, whoever wrote into it.

#include "sweepnet/report/sweep_report.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "small_reports.hpp"
#include "support.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/report/csv.hpp"
#include "sweepnet/report/page.hpp"
#include "sweepnet/report/page_data.hpp"
#include "sweepnet/report/parameter.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/run/sweep_status.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

using namespace sweepnet;
using testing::small_outputs;
using testing::small_result;

namespace {

std::size_t count_of(const report::sweep_report& told, run_phase phase) {
  return told.count[static_cast<std::size_t>(phase)];
}

}  // namespace

TEST_CASE("a finished sweep is read with its parameters, values and times") {
  const small_outputs outputs;
  outputs.fill(4);
  const report::sweep_report told = outputs.read();
  CHECK(told.size == 4);
  CHECK(count_of(told, run_phase::done) == 4);
  CHECK(told.notes_in_all == 0);
  CHECK(told.data == "rows");
  CHECK(told.data_digest == "d1");
  CHECK(told.method.empty());
  CHECK(told.monitor == metric::val_accuracy);
  REQUIRE(told.runs.size() == 4);
  CHECK(told.value_of(told.runs[3]) == 0.53);
  CHECK(told.runs[3].best()->epoch == 2);
  CHECK(told.runs[3].history[1].train_seconds == 0.5);
  CHECK(told.runs[3].seconds == 2.5);
  CHECK(told.runs[3].began == 1700000000.25);
  CHECK(told.runs[3].worker == 1);
  CHECK(told.runs[3].model->request_text() == outputs.directory / "model_3.h5");
  REQUIRE(told.parameters.size() == 3);
  CHECK(told.parameters[0].name == "learning_rate");
  CHECK(told.parameters[0].type == report::parameter_type::number);
  CHECK(told.parameters[0].low == 0.001);
  CHECK(told.parameters[0].high == 0.004);
  CHECK_FALSE(told.parameters[0].is_log);
  CHECK(told.parameters[1].name == "optimizer");
  CHECK(told.parameters[1].choices == std::vector<std::string>{"adam", "sgd"});
  CHECK(told.parameters[1].values[3] == 1);
  CHECK(told.parameters[2].type == report::parameter_type::integer);
  CHECK(told.parameters[2].told(3) == 32);
  CHECK(report::ranked(told) == std::vector<std::size_t>{3, 2, 1, 0});
}

TEST_CASE("what no run of the sweep wrote is named, counted and left out") {
  const small_outputs outputs;
  outputs.fill(8);
  testing::write_file(outputs.place(1), "{\"index\": 1, \"si");
  outputs.write(2, small_result(2, 9));
  outputs.write(3, small_result(3, 8, {{"data_digest", "d2"}}));
  outputs.write(4, small_result(5, 8));
  outputs.write(5, small_result(5, 8, {{"history", {{"loss", {1.0}}}}}));
  testing::write_file(outputs.directory / "model_6.h5", "others");
  outputs.write(20, small_result(20, 8));
  const report::sweep_report told = outputs.read();
  CHECK(told.size == 8);
  CHECK(count_of(told, run_phase::done) == 2);
  CHECK(count_of(told, run_phase::damaged) == 6);
  REQUIRE(told.runs.size() == 2);
  CHECK(told.runs[0].index == 0);
  CHECK(told.runs[1].index == 7);
  CHECK(told.notes_in_all == 7);
  CHECK(told.notes ==
        std::vector<std::string>{
            outputs.place(1) + " is damaged",
            outputs.place(2) + " is of a sweep of 9 paramsets, expected 8",
            outputs.place(3) + " is of other data than most runs are: rows of the digest d2",
            outputs.place(4) + " is of another run: its index is 5",
            outputs.place(5) + " is damaged: its history is no table",
            outputs.directory / "model_6.h5 is not the model that the result describes",
            outputs.place(20) + " is of another sweep: this one has 8 paramsets"});
}

TEST_CASE("a sweep that still runs tells how far its runs are, by their states") {
  const small_outputs outputs;
  outputs.write(0, small_result(0, 5));
  outputs.write(1,
                small_result(1, 5, {{"model", nullptr}, {"error", "no epoch gave a finite loss"}}));
  outputs.write(2, small_result(2, 5,
                                {{"stopped",
                                  {{"by", "median"},
                                   {"metric", "val_accuracy"},
                                   {"band", 3},
                                   {"value", 0.2},
                                   {"threshold", 0.4}}}}));
  const ordered_json result = small_result(3, 5);
  const run_identity identity{
      .paramset = result["paramset"], .data = "rows", .data_digest = "d1", .sweep_size = 5};
  run_state state;
  for (const double value : {0.3, 0.9, 0.8}) {
    state.history.push_back({.epoch = std::ssize(state.history) + 1,
                             .train = {.loss = 1, .accuracy = value},
                             .validation = metrics{.loss = 1, .accuracy = value}});
  }
  for (const int index : {2, 3}) {
    testing::write_file(outputs.directory / fmt::format("state_{}.safetensors", index),
                        encode_run_state(state, identity, "cpu"));
  }
  const report::sweep_report told = outputs.read();
  CHECK(count_of(told, run_phase::done) == 1);
  CHECK(count_of(told, run_phase::failed) == 1);
  CHECK(count_of(told, run_phase::stopped) == 1);
  CHECK(count_of(told, run_phase::interrupted) == 1);
  CHECK(count_of(told, run_phase::missing) == 1);
  REQUIRE(told.runs.size() == 4);
  CHECK(told.runs[1].error == "no epoch gave a finite loss");
  CHECK(told.runs[2].stopped->threshold == 0.4);
  CHECK(told.runs[2].stopped->judged);
  CHECK(told.runs[3].history.size() == 3);
  CHECK(told.runs[3].best()->epoch == 2);
  CHECK(told.value_of(told.runs[3]) == 0.9);

  testing::write_file(outputs.directory / "state_3.safetensors", "torn");
  const report::sweep_report torn = outputs.read();
  CHECK(count_of(torn, run_phase::damaged) == 1);
  CHECK(torn.notes_in_all == 1);
  CHECK(torn.runs.size() == 3);
}

TEST_CASE("outputs that do not tell the sweep's size need it, another size's are foreign") {
  const small_outputs outputs;
  CHECK(testing::message_of<unknown_sweep_size>([&] { (void)outputs.read(); }) ==
        outputs.directory.path().string() +
            ": neither a result nor a state tells the sweep's size: give the sweep");
  const report::sweep_report empty = outputs.read({.name = "s.yml", .size = 3});
  CHECK(empty.runs.empty());
  CHECK(empty.method == "list");
  CHECK(empty.name == "s.yml");
  CHECK(count_of(empty, run_phase::missing) == 3);
  outputs.fill(2);
  CHECK(outputs.read({.size = 3}).notes_in_all == 2);
}

TEST_CASE("a search space tells ranges, scales, seed and repeats") {
  const auto sweep = parse_sweep<paramset>(
      "method: random\nrun_cap: 2\nrepeats: 2\nseed: 7\n"
      "metric: {name: val_loss, goal: minimize}\nparameters:\n"
      "  learning_rate: {distribution: log_uniform_values, min: 1.0e-4, max: 0.1}\n"
      "  input_units: {min: 1, max: 100}\n",
      "s.yml");
  const small_outputs outputs;
  outputs.fill(4);
  const report::sweep_report told = outputs.read({.size = 4, .space = sweep.space()});
  CHECK(told.method == "random");
  CHECK(told.draw_seed == 7U);
  CHECK(told.repeats == 2);
  CHECK(told.monitor == metric::val_loss);
  CHECK(told.value_of(told.runs[0]) == 1.0);
  CHECK(told.parameters[0].name == "learning_rate");
  CHECK(told.parameters[0].is_log);
  CHECK(told.parameters[0].low == 1e-4);
  CHECK(told.parameters[0].high == 0.1);
}

TEST_CASE("hostile names stay inside the page's data, whole and short") {
  const small_outputs outputs;
  outputs.fill(2);
  const std::string evil = "</script><img src=x onerror=alert(1)>\"'<!--\u2028\u2029" +
                           std::string(1, '\0') + "\x1b[2J" + std::string(10'000'000, 'x');
  ordered_json result = small_result(1, 2);
  result["paramset"][evil] = evil;
  result["paramset"]["optimizer"] = evil;
  result["version"] = evil;
  outputs.write(1, result);
  result = small_result(0, 2);
  result["paramset"][evil] = "mild";
  outputs.write(0, result);
  const report::sweep_report told = outputs.read();
  REQUIRE(told.runs.size() == 2);
  const std::string data = report::page_data({{.report = told, .command = evil.substr(0, 50)}});
  CHECK(data.size() < 10'000);
  for (const char* bad : {"<", "\u2028", "\u2029", "\x1b", "\n"}) {
    INFO(bad);
    CHECK(data.find(bad) == std::string::npos);
  }
  const ordered_json parsed = ordered_json::parse(data);
  const ordered_json& choices = parsed["sweeps"][0]["parameters"][2]["choices"];
  CHECK(choices[0].get<std::string>().starts_with("</script><img src=x onerror=alert(1)>"));
  CHECK(choices[0].get<std::string>().ends_with("x\u2026"));
}

TEST_CASE("a page's data have columns of one length, thinned curves, and the same bytes again") {
  const small_outputs outputs;
  outputs.fill(3);
  ordered_json result = small_result(2, 3);
  result["history"] = ordered_json::object();
  constexpr int epochs = 60'000;
  for (const char* key : {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"}) {
    for (int i = 0; i < epochs; ++i)
      result["history"][key].push_back(i == 12'345 ? 0.123456789 : 0.1);
  }
  result["best"]["epoch"] = 12'346;
  outputs.write(2, result);
  const report::sweep_report told = outputs.read();
  const std::string data = report::page_data({{.report = told}});
  CHECK(data == report::page_data({{.report = outputs.read()}}));
  const ordered_json sweep = ordered_json::parse(data)["sweeps"][0];
  for (const char* column : {"index", "state", "value", "best_epoch", "epochs", "seconds", "began",
                             "worker", "band", "threshold", "detail"}) {
    INFO(column);
    CHECK(sweep["runs"][column].size() == 3);
  }
  CHECK(sweep["runs"]["values"].size() == sweep["parameters"].size());
  CHECK(sweep["totals"]["runs"] == 3);
  CHECK(sweep["totals"]["done"] == 3);
  CHECK(sweep["totals"]["epochs"] == epochs + 6);
  CHECK(sweep["importance"].is_null());
  CHECK(sweep["command"].is_null());
  CHECK(sweep["best"].is_null());
  const ordered_json& curves = sweep["curves"];
  CHECK(curves["metrics"] == ordered_json{"loss", "accuracy", "val_loss", "val_accuracy"});
  CHECK_FALSE(curves["runs"][0].contains("epochs"));
  CHECK(curves["runs"][0]["values"][3] == ordered_json{0.1, 0.5, 0.2});
  const ordered_json& told_epochs = curves["runs"][2]["epochs"];
  CHECK(told_epochs.size() <= report::most_curve_values / 12 + 1);
  CHECK(told_epochs.front() == 1);
  CHECK(told_epochs.back() == epochs);
  std::size_t best = 0;
  while (best < told_epochs.size() && told_epochs[best] != 12'346) ++best;
  REQUIRE(best < told_epochs.size());
  CHECK(curves["runs"][2]["values"][3][best] == 0.12346);
}

TEST_CASE("the page of a thousand runs of 27 epochs takes less than 1 MB") {
  std::mt19937 draw(1);
  const auto share = [&] { return static_cast<double>(draw()) / 4294967296.0; };
  report::sweep_report told = testing::report_of(std::vector<double>(1000, 0.5));
  for (report::reported_run& run : told.runs) {
    const epoch_record first = run.history.front();
    for (std::int64_t epoch = 2; epoch <= 27; ++epoch) {
      run.history.push_back(first);
      run.history.back().epoch = epoch;
    }
    for (epoch_record& record : run.history) {
      record.train = {.loss = share(), .accuracy = share()};
      record.validation = metrics{.loss = share(), .accuracy = share()};
    }
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) run.paramset[name] = share();
    run.paramset["optimizer"] = draw() % 2 == 0 ? "adam" : "sgd";
    run.seconds = share();
    run.began = 1.7e9 + 1e5 * share();
    run.worker = static_cast<std::int64_t>(draw() % 4);
  }
  told.parameters = report::parameters_of(told.runs, nullptr);
  REQUIRE(told.parameters.size() == 7);
  const std::string page = report::page("made", report::page_data({{.report = told}}));
  CHECK(page.size() < 1'000'000);
  CHECK(page.size() > 300'000);
}
