// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The commands from end to end, on a small generated data set and on the embedded MNIST.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"
#include "program.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/npz.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/model/model_file.hpp"

using sweepnet::ordered_json;
using testing::command_line;
using testing::outcome;
using testing::run_program;

namespace {

using words = std::vector<std::string>;

/// A directory with a sweep of three small paramsets and data to train them on.
struct workplace {
  testing::temporary_directory directory{};

  workplace() {
    testing::write_idx_directory(directory / "data", testing::random_dataset(60, 12, 3));
    testing::write_file(directory / "sweep.yml",
                        "- &base {batch_size: 16, epochs: 4, input_units: 8, hidden_nodes: [6], "
                        "dropout_rate: 0.1, final_dropout: 0}\n"
                        "- {<<: *base, activate_fn: tanh}\n"
                        "- {<<: *base, epochs: 2, learning_rate: 0.01}\n");
  }

  [[nodiscard]] outcome train(const words& options,
                              const sweepnet::environment_map& environment = {},
                              bool terminal = false) const {
    command_line line{.arguments = {"train", directory / "sweep.yml", "--data", directory / "data",
                                    "--threads", "1"},
                      .environment = environment,
                      .terminal = terminal};
    if (std::ranges::find(options, "--output") == options.end()) {
      line.arguments.insert(line.arguments.end(), {"--output", directory / "out"});
    }
    line.arguments.insert(line.arguments.end(), options.begin(), options.end());
    return run_program(line);
  }

  [[nodiscard]] std::set<std::string> output() const {
    return testing::files_below(directory / "out");
  }
  [[nodiscard]] ordered_json result(int index) const {
    return ordered_json::parse(
        testing::read_file(directory / ("out/result_" + std::to_string(index) + ".json")));
  }
};

void check_done(const outcome& o) {
  CHECK(o.err == "");
  CHECK(o.code == 0);
}

words lines_of(const std::string& text) {
  words lines;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

words keys_of(const ordered_json& object) {
  words keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  return keys;
}

/// The number behind "name: " in a command's output.
double printed(const std::string& out, const std::string& name) {
  for (const std::string& line : lines_of(out)) {
    if (!line.starts_with(name + ": ")) continue;
    const auto number = sweepnet::parse_number<double>(line.substr(name.size() + 2));
    REQUIRE(number);
    return *number;
  }
  FAIL("no " << name << " in: " << out);
  return 0;
}

#if defined(SWEEPNET_HAS_HDF5)
const std::string default_extension = ".h5";
#else
const std::string default_extension = ".safetensors";
#endif

}  // namespace

TEST_CASE("train writes the model and the result of its index, and nothing else") {
  const workplace place;
  check_done(place.train({"--index", "1"}));
  CHECK(place.output() == std::set<std::string>{"model_1" + default_extension, "result_1.json"});
}

TEST_CASE("the result tells index, scheduler, paramset, history, best epoch and seconds") {
  const workplace place;
  check_done(place.train({"--seed", "7"}, {{"AWS_BATCH_JOB_ARRAY_INDEX", "1"},
                                           {"AWS_BATCH_JOB_ARRAY_SIZE", "3"},
                                           {"AWS_BATCH_JOB_ATTEMPT", "2"}}));
  const ordered_json result = place.result(1);
  CHECK(keys_of(result) ==
        words{"index",    "size",    "scheduler",   "variable", "array_size", "attempt",
              "paramset", "data",    "data_digest", "task",     "model",      "model_digest",
              "best",     "stopped", "history",     "seconds",  "device",     "precision",
              "threads",  "seed",    "version"});
  CHECK(result["index"] == 1);
  CHECK(result["size"] == 3);
  CHECK(result["scheduler"] == "AWS Batch");
  CHECK(result["variable"] == "AWS_BATCH_JOB_ARRAY_INDEX");
  CHECK(result["array_size"] == 3);
  CHECK(result["attempt"] == 2);
  CHECK(result["paramset"]["activate_fn"] == "tanh");
  CHECK(result["paramset"]["seed"] == 7);
  CHECK(result["data"] == place.directory / "data");
  CHECK(result["model"] == place.directory / ("out/model_1" + default_extension));
  CHECK(keys_of(result["best"]) == words{"epoch", "val_accuracy", "val_loss"});
  CHECK(keys_of(result["seconds"]) ==
        words{"load", "train", "validate", "epochs", "total", "began", "worker"});
  const auto train_seconds = result["seconds"]["epochs"]["train"].get<std::vector<double>>();
  CHECK(train_seconds.size() == 4);
  CHECK(std::accumulate(train_seconds.begin(), train_seconds.end(), 0.0) ==
        result["seconds"]["train"]);
  CHECK(result["seconds"]["epochs"]["validate"].size() == 4);
  CHECK(result["stopped"].is_null());
  CHECK(result["threads"] == 1);
  CHECK(result["seed"] == 7);
  CHECK(result["version"].is_string());
  for (const char* column : {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"}) {
    INFO(column);
    CHECK(result["history"][column].size() == 4);
  }
  const auto accuracies = result["history"]["val_accuracy"].get<std::vector<double>>();
  const auto best = std::ranges::max_element(accuracies);
  CHECK(result["best"]["epoch"] == best - accuracies.begin() + 1);
  CHECK(result["best"]["val_accuracy"] == *best);
}

TEST_CASE("evaluate gives the loss and accuracy that training recorded, exactly") {
  const workplace place;
  const std::string model = GENERATE(as<std::string>{}, "m.h5", "m.safetensors");
#if !defined(SWEEPNET_HAS_HDF5)
  if (model == "m.h5") {
    WARN("skipped .h5: built without HDF5");
    return;
  }
#endif
  check_done(place.train({"--index", "2", "--set", "model_path=m{index}_" + model}));
  const std::string path = place.directory / ("out/m2_" + model);
  const outcome scored =
      run_program({.arguments = {"evaluate", path, "--data", place.directory / "data"}});
  check_done(scored);
  const ordered_json best = place.result(2)["best"];
  CHECK(printed(scored.out, "rows") == 30);
  CHECK(printed(scored.out, "loss") == best["val_loss"].get<double>());
  CHECK(printed(scored.out, "accuracy") == best["val_accuracy"].get<double>());
}

TEST_CASE("a second run, and one with more threads, write the same bytes") {
  const workplace place;
  const auto model = [&](const std::string& output, const std::string& threads) {
    check_done(run_program({.arguments = {"train", place.directory / "sweep.yml", "--data",
                                          place.directory / "data", "--index", "0", "--output",
                                          place.directory / output, "--threads", threads}}));
    return testing::read_file(place.directory / (output + "/model_0" + default_extension));
  };
  const std::string first = model("first", "1");
  CHECK(first.size() > 500);
  CHECK(model("second", "1") == first);
  CHECK(model("third", "2") == first);
}

TEST_CASE("another seed gives another model") {
  const workplace place;
  check_done(place.train({"--index", "0", "--set", "model_path=a_{index}.safetensors"}));
  check_done(place.train({"--index", "0", "--set", "model_path=b_{index}.safetensors", "--seed",
                          "5", "--start-over"}));
  CHECK(testing::read_file(place.directory / "out/a_0.safetensors") !=
        testing::read_file(place.directory / "out/b_0.safetensors"));
}

TEST_CASE("the embedded MNIST trains and evaluates") {
  const testing::temporary_directory directory;
  testing::write_file(directory / "sweep.yml", "- {epochs: 2, hidden_nodes: [10]}\n");
  const outcome trained = run_program({.arguments = {"train", directory / "sweep.yml", "--output",
                                                     directory / "out", "--train-rows", "1000"}});
  check_done(trained);
  const ordered_json result =
      ordered_json::parse(testing::read_file(directory / "out/result_0.json"));
  CHECK(result["data"] == "mnist");
  CHECK(result["scheduler"] == "none");
  CHECK(result["best"]["val_accuracy"].get<double>() > 0.5);
  const outcome scored =
      run_program({.arguments = {"evaluate", directory / ("out/model_0" + default_extension)}});
  check_done(scored);
  CHECK(printed(scored.out, "rows") == 10000);
  CHECK(printed(scored.out, "loss") == result["best"]["val_loss"].get<double>());
  CHECK(printed(scored.out, "accuracy") == result["best"]["val_accuracy"].get<double>());
}

TEST_CASE("an array smaller than the sweep trains all of it with --share, else notes the rest") {
  const workplace place;
  const sweepnet::environment_map first = {{"BATCH_TASK_INDEX", "0"}, {"BATCH_TASK_COUNT", "2"}};
  const outcome alone = place.train({"--verbose", "0"}, first);
  CHECK(alone.code == 0);
  CHECK(alone.err ==
        "note: the array has 2 children and the sweep 3 paramsets; --share makes the array train "
        "them all\n");
  CHECK(place.output().contains("result_0.json"));
  CHECK_FALSE(place.output().contains("result_2.json"));
  check_done(place.train({"--share", "--verbose", "0"}, first));
  CHECK(place.output().contains("result_2.json"));
  CHECK_FALSE(place.output().contains("result_1.json"));
}

TEST_CASE("an index beyond the sweep has nothing to do where the surplus is allowed") {
  const workplace place;
  const outcome surplus = place.train({"--allow-surplus"}, {{"JOB_COMPLETION_INDEX", "3"}});
  check_done(surplus);
  CHECK(surplus.out == "index 3 is beyond the sweep of 3 paramsets: nothing to do\n");
  CHECK(place.output().empty());
}

TEST_CASE("each line of an array job begins with its index and the sweep's size") {
  const workplace place;
  const auto [environment, prefix] = GENERATE(table<sweepnet::environment_map, std::string>({
      {{{"SWEEPNET_INDEX", "2"}}, "[2/3] "},
      {{{"SLURM_ARRAY_TASK_ID", "2"}, {"SLURM_RESTART_COUNT", "0"}}, "[2/3] "},
      {{{"SLURM_ARRAY_TASK_ID", "2"}, {"SLURM_RESTART_COUNT", "1"}}, "[2/3 attempt 2] "},
  }));
  const outcome trained = place.train({}, environment);
  check_done(trained);
  for (const std::string& line : lines_of(trained.out)) CHECK(line.starts_with(prefix));
  CHECK(place.result(2)["variable"] == environment.begin()->first);
}

TEST_CASE("a job by --index has no prefix, it shows paramset, summary, epochs and the best") {
  const workplace place;
  const outcome trained = place.train({"--index", "2"});
  check_done(trained);
  const words lines = lines_of(trained.out);
  CHECK(lines.at(0).starts_with("paramset 2: {\"batch_size\":16,\"epochs\":2,"));
  CHECK(std::ranges::count(lines, "Train on 60 samples, validate on 30 samples") == 1);
  CHECK(std::ranges::count_if(lines, [](auto& l) { return l.starts_with("Total params: 179"); }) ==
        1);
  CHECK(lines.at(lines.size() - 4).starts_with("Epoch 1/2 - "));
  CHECK(lines.at(lines.size() - 3).starts_with("Epoch 2/2 - "));
  CHECK(lines.at(lines.size() - 2).starts_with("Best epoch "));
  CHECK(lines.at(lines.size() - 1).starts_with("Seconds: load "));
  CHECK(lines.at(lines.size() - 1).ends_with(", 1 thread"));
}

TEST_CASE("the option --verbose and the terminal choose between silence, lines and a bar") {
  const workplace place;
  const auto out = [&](const std::string& level, bool terminal) {
    return place.train({"--index", "2", "--start-over", "--verbose", level}, {}, terminal).out;
  };
  CHECK(out("0", true) == "");
  const std::string bar = out("1", true);
  CHECK(bar.find("\x1b[J\r60/60 [==============================] - ") != bar.npos);
  CHECK(bar.find("Epoch 00001: val_accuracy improved from -inf to 0.") != bar.npos);
  const std::string lines = out("2", true);
  CHECK(lines.find('\r') == lines.npos);
  CHECK(lines.find("Epoch 2/2 - ") != lines.npos);
  CHECK(out("1", false).find('\r') == std::string::npos);
}

TEST_CASE("model_path may hold {index} and directories, and its ending chooses the form") {
  const workplace place;
  check_done(
      place.train({"--index", "1", "--set", "model_path=best/{index}/net{index}.safetensors"}));
  CHECK(place.output() == std::set<std::string>{"best/1/net1.safetensors", "result_1.json"});
  const std::string bytes = testing::read_file(place.directory / "out/best/1/net1.safetensors");
  CHECK(bytes.substr(8, 1) == "{");
}

TEST_CASE("the environment may name sweep, data and output, the command line overrides it") {
  const workplace place;
  const sweepnet::environment_map environment = {{"SWEEPNET_SWEEP", place.directory / "sweep.yml"},
                                                 {"SWEEPNET_DATA", place.directory / "data"},
                                                 {"SWEEPNET_OUTPUT", place.directory / "elsewhere"},
                                                 {"SWEEPNET_INDEX", "2"}};
  check_done(run_program({.arguments = {"train"}, .environment = environment}));
  CHECK(testing::files_below(place.directory / "elsewhere").size() == 2);
  check_done(run_program(
      {.arguments = {"train", "--output", place.directory / "out"}, .environment = environment}));
  CHECK(place.output().size() == 2);
}

TEST_CASE("the option --set overrides a key of every paramset, a whole mapping too") {
  const workplace place;
  check_done(place.train({"--index", "2", "--set", "optimizer={name: adam, beta_1: 0.8}", "--set",
                          "hidden_nodes=[4, 4]", "--set", "epochs=1"}));
  const ordered_json paramset = place.result(2)["paramset"];
  CHECK(paramset["optimizer"]["name"] == "adam");
  CHECK(paramset["optimizer"]["beta_1"] == 0.8);
  CHECK(paramset["hidden_nodes"] == ordered_json::array({4, 4}));
  CHECK(paramset["epochs"] == 1);
}

TEST_CASE("directories whose names are no UTF-8 are told in part, and all is written") {
  const workplace place;
  const std::string data = place.directory / "data\xff";
  const std::string output = place.directory / "out\xff";
  std::filesystem::rename(place.directory / "data", data);
  for (const std::string& model :
       {"m{index}" + default_extension, std::string("{index}.safetensors")}) {
    testing::write_file(place.directory / "one.yml",
                        "- {epochs: 1, input_units: 4, model_path: '" + model + "'}\n");
    check_done(run_program({.arguments = {"train", place.directory / "one.yml", "--data", data,
                                          "--output", output, "--start-over", "--verbose", "0"}}));
  }
  CHECK(testing::files_below(output).size() == 3);
  const ordered_json result = ordered_json::parse(testing::read_file(output + "/result_0.json"));
  CHECK(result["data"] == place.directory / "data\xef\xbf\xbd");
}

TEST_CASE("a run that never gives a finite loss says so and keeps its history") {
  const workplace place;
  const outcome diverged = place.train(
      {"--index", "0", "--verbose", "0", "--set", "optimizer=sgd", "--set", "learning_rate=1e38"});
  CHECK(diverged.code == 65);
  CHECK(diverged.err ==
        "sweepnet: paramset 0: no epoch gave a finite loss, so there is no model; see " +
            (place.directory / "out/result_0.json") + "\n");
  CHECK(place.output() == std::set<std::string>{"result_0.json"});
  const ordered_json result = place.result(0);
  CHECK(result["best"].is_null());
  CHECK(result["model"].is_null());
}

TEST_CASE("train checks the paramset of its index, plan all of them") {
  const workplace place;
  testing::write_file(place.directory / "sweep.yml",
                      "- {epochs: 2, input_units: 8, hidden_nodes: [6]}\n"
                      "- {epochs: -1, model_path: ../m.h5}\n"
                      "- {epochs: 1, input_units: 8, hidden_nodes: [6]}\n");
  const std::string at = place.directory / "sweep.yml:2:12: epochs must be at least 1, got -1";
  const outcome good = place.train({"--index", "2"});
  CHECK(good.err.empty());
  CHECK(good.code == 0);
  CHECK(place.result(2)["size"] == 3);
  const outcome wrong = place.train({"--index", "1"});
  CHECK(wrong.code == 65);
  CHECK(wrong.err == "sweepnet: " + at + "\n");
  const outcome plan = run_program({.arguments = {"plan", place.directory / "sweep.yml"}});
  CHECK(plan.code == 65);
  CHECK(plan.err.starts_with(at + " (paramset 1)\n"));
  const outcome none = place.train({"--index", "3"});
  CHECK(none.code == 78);
}

TEST_CASE("plan lists index, parameters, model and what varies, as many lines as asked") {
  const workplace place;
  const auto plan = [&](const words& options) {
    words all = {"plan", place.directory / "sweep.yml"};
    all.insert(all.end(), options.begin(), options.end());
    const outcome planned = run_program({.arguments = all});
    check_done(planned);
    return lines_of(planned.out);
  };
  const words all = plan({"--lines", "0"});
  REQUIRE(all.size() == 6);
  CHECK(all[0] == "index  parameters  model       epochs  activate_fn  learning_rate");
  CHECK(all[1].starts_with("0      6404        model_0" + default_extension));
  CHECK(all[2].ends_with("  4       tanh         null"));
  CHECK(all[3].ends_with("  2       relu         0.01"));
  CHECK(all[4].starts_with("The same in all of these: batch_size 16; hidden_nodes [6];"));
  CHECK(all[5] ==
        "3 paramsets, indices 0 to 2; up to 6404 parameters a model; 2.56e+09 multiply-adds in "
        "all, if each trains all of its epochs.");

  const words one = plan({"--lines", "1"});
  CHECK(one.at(2) == "... 2 more (--lines 0 shows all)");
  CHECK(plan({"--data", place.directory / "data"}).at(1).starts_with("0      179 "));
}

TEST_CASE("plan tells a hundred wrong paramsets, and reads no further") {
  const workplace place;
  std::string text;
  for (int i = 0; i < 150; ++i) text += "- {epochs: 0}\n";
  testing::write_file(place.directory / "wrong.yml", text);
  const std::string path = place.directory / "wrong.yml";
  const outcome told = run_program({.arguments = {"plan", path, "--lines", "1"}});
  CHECK(told.code == 65);
  CHECK(told.err == path + ":1:12: epochs must be at least 1, got 0 (paramset 0)\nsweepnet: " +
                        path + ": 100 paramsets are wrong: what follows them was not read\n");
}

TEST_CASE("no array of the data takes more than --data-limit") {
  const workplace place;
  const outcome told = place.train({"--index", "0", "--data-limit", "719"});
  CHECK(told.code == 65);
  CHECK(told.err == "sweepnet: " + (place.directory / "data/train-images-idx3-ubyte") +
                        ": expected at most 719 bytes, found 720\n");
  CHECK(place.train({"--index", "0", "--data-limit", "720"}).code == 0);
}

TEST_CASE("index shows where the index comes from") {
  const outcome shown = run_program(
      {.arguments = {"index"},
       .environment = {{"SGE_TASK_ID", "3"}, {"SGE_TASK_FIRST", "1"}, {"SGE_TASK_LAST", "8"}}});
  check_done(shown);
  CHECK(shown.out ==
        "index      2\n"
        "size       8\n"
        "attempt    unknown\n"
        "scheduler  Grid Engine\n"
        "variable   SGE_TASK_ID\n"
        "why        SGE_TASK_ID=3 is set, and Grid Engine counts from 1\n");
}

TEST_CASE("help and version are no errors") {
  const outcome version = run_program({.arguments = {"--version"}});
  check_done(version);
  CHECK(version.out.starts_with("sweepnet "));
  const outcome help = run_program({.arguments = {"train", "--help"}});
  check_done(help);
  CHECK(help.out.find("[SWEEPNET_OUTPUT]") != help.out.npos);
  CHECK(
      help.out.find("  dropout_rate           dropped before each hidden layer; in [0, 1); default "
                    "0.2\n") != help.out.npos);
}

TEST_CASE("a CSV log, a time budget and a stop at NaN are there where they are asked for") {
  const testing::temporary_directory directory;
  const auto train = [&](std::vector<std::string> more) {
    testing::command_line line{.arguments = {"train", directory / "sweep.yml", "--output",
                                             directory / "out", "--train-rows", "256"}};
    line.arguments.insert(line.arguments.end(), more.begin(), more.end());
    return testing::run_program(line);
  };
  testing::write_file(directory / "sweep.yml", "- {epochs: 3, hidden_nodes: [4]}\n");
  CHECK(train({"--csv-log"}).code == 0);
  const std::string log = testing::read_file(directory / "out/log_0.csv");
  CHECK(log.starts_with("epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\r\n0,"));
  CHECK(std::ranges::count(log, '\n') == 4);

  const testing::outcome stopped = train({"--time-budget", "1e-9", "--start-over"});
  CHECK(stopped.code == 0);
  CHECK(stopped.out.find(
            "the time budget of 1e-09 s is spent: a larger --time-budget, or none, goes on") !=
        std::string::npos);

  const testing::outcome diverged = train({"--set", "learning_rate=1e30", "--set",
                                           "terminate_on_nan=true", "--start-over", "--csv-log"});
  CHECK(diverged.code == 65);
  CHECK(diverged.out.find(" - loss: nan - ") != std::string::npos);
  CHECK(diverged.out.find("-nan") == std::string::npos);
  CHECK(testing::read_file(directory / "out/log_0.csv").find("-nan") == std::string::npos);
  CHECK(diverged.err ==
        "sweepnet: paramset 0: no epoch gave a finite loss, so there is no model; "
        "see " +
            (directory / "out/result_0.json") + "\n");
}

TEST_CASE("export writes a model in every form, inspect tells what is in it") {
  const workplace place;
  check_done(place.train({"--index", "1", "--set", "model_path=m_{index}.safetensors"}));
  const std::string model = place.directory / "out/m_1.safetensors";
  const auto run = [](const words& arguments) { return run_program({.arguments = arguments}); };
  const outcome scored = run({"evaluate", model, "--data", place.directory / "data"});
  check_done(scored);
  for (const auto& form : sweepnet::model_forms) {
    const std::string out = place.directory / ("copy" + std::string(form.extension));
    const outcome exported = run({"export", model, out});
    if (!form.lacking.empty()) {
      CHECK(exported.code == 78);
      WARN("skipped " << form.extension << ": this build lacks " << form.lacking);
      continue;
    }
    check_done(exported);
    CHECK(exported.out ==
          fmt::format("{}: {}, {} bytes\n", out, form.name, testing::read_file(out).size()));
    if (form.read == nullptr) continue;
    CHECK(run({"evaluate", out, "--data", place.directory / "data"}).out == scored.out);
    const outcome inspected = run({"inspect", out, "--json"});
    check_done(inspected);
    const ordered_json told = ordered_json::parse(inspected.out);
    CHECK(told["form"] == form.extension);
    CHECK(told["parameters"] == 12 * 8 + 8 + 8 * 6 + 6 + 6 * 3 + 3);
    CHECK(told["optimizer"]["name"] == "rmsprop");
    CHECK(told["training"]["index"] == 1);
    CHECK(told["training"]["paramset"]["activate_fn"] == "tanh");
    CHECK(run({"inspect", out}).out.find("dense_3 (Dense)") != std::string::npos);
  }
  const outcome refused = run({"export", model, place.directory / "copy.pt"});
  CHECK(refused.code == 64);
  CHECK(refused.err.ends_with(
      "copy.pt: a model's path must end in .h5, .keras, .safetensors or .onnx\n"));
}

TEST_CASE("inspect tells an epoch on a line, and leaves the middle of a long history out") {
  const workplace place;
  check_done(place.train({"--index", "2", "--set", "model_path=m_{index}.safetensors"}));
  const std::string model = place.directory / "out/m_2.safetensors";
  const outcome told = run_program({.arguments = {"inspect", model}});
  check_done(told);
  const words lines = lines_of(told.out);
  const auto history = std::ranges::find(lines, "history:");
  REQUIRE(history != lines.end());
  CHECK((history + 1)->starts_with("epoch  loss "));
  CHECK((history + 1)->ends_with(" learning_rate"));
  const std::string loss =
      fmt::format("{:.6g}", place.result(2)["history"]["loss"][0].get<double>());
  CHECK((history + 2)->starts_with("1      " + loss + " "));
  const std::int64_t best = place.result(2)["best"]["epoch"].get<std::int64_t>();
  CHECK(lines.end() - history == 2 + best);  // the model knows what came until its epoch
  CHECK(std::ranges::count_if(lines, [](auto& l) { return l.starts_with("paramset: {\"batch"); }) ==
        1);
  CHECK(std::ranges::count(lines, "data: " + (place.directory / "data")) == 1);

  sweepnet::trained_model trained = sweepnet::read_model(model);
  ordered_json metadata = ordered_json::parse(trained.metadata);
  metadata["history"] = {{"loss", std::vector<double>(50, 0.5)}, {"x\ny", std::vector<int>(50, 7)}};
  metadata["history"]["loss"][49] = nullptr;
  trained.metadata = metadata.dump();
  sweepnet::write_model(model, trained);
  const std::string text = run_program({.arguments = {"inspect", model}}).out;
  CHECK(text.find("history:\nepoch  loss  x\\x0ay\n1      0.5   7\n2      0.5   7\n"
                  "3      0.5   7\n...\n35     0.5   7\n") != text.npos);
  CHECK(text.ends_with("49     0.5   7\n50     null  7\n"));
  metadata["history"] = {{"loss", {1, 2}}, {"accuracy", {1}}};
  trained.metadata = metadata.dump();
  sweepnet::write_model(model, trained);
  CHECK(run_program({.arguments = {"inspect", model}})
            .out.ends_with("history: {\"loss\":[1,2],\"accuracy\":[1]}\n"));
}

#if defined(SWEEPNET_HAS_LIBZIP)
TEST_CASE("what was understood of the data is told by train, evaluate and plan") {
  const workplace place;
  const auto numbers = [](std::size_t count) {
    return testing::packed(std::vector<std::int64_t>(count, 100), std::endian::little);
  };
  const std::string x = testing::npy("<i8", "(4, 12)", numbers(48));
  const std::string y = testing::npy("|u1", "(4, 1)", {'\0', '\1', '\2', '\0'});
  const std::string data = place.directory / "own.npz";
  testing::write_file(
      data,
      testing::zip({{"x_train.npy", x}, {"y_train.npy", y}, {"x_test.npy", x}, {"y_test.npy", y}},
                   true));
  const std::string scaling = "note: " + data +
                              ":x_train: int64 features are taken as they are, only uint8 is "
                              "divided by 255\n";
  const std::string column =
      "note: " + data + ":y_train: a column of labels is a label for each row\n";
  const auto train = [&](words more) {
    words all{"train",
              place.directory / "sweep.yml",
              "--data",
              data,
              "--output",
              place.directory / "out",
              "--index",
              "2",
              "--start-over",
              "--set",
              "model_path=m_{index}.safetensors"};
    all.insert(all.end(), more.begin(), more.end());
    return run_program({.arguments = all});
  };
  const outcome told = train({});
  check_done(told);
  CHECK(told.out.find(scaling + column) != std::string::npos);
  CHECK(train({"--verbose", "0"}).out.empty());
  const std::string digest = place.result(2)["data_digest"];
  const outcome scaled = train({"--scale", "1/100"});
  check_done(scaled);
  CHECK(scaled.out.find(scaling) == std::string::npos);
  CHECK(scaled.out.find(column) != std::string::npos);
  CHECK(place.result(2)["data_digest"] != digest);

  const std::string model = place.directory / "out/m_2.safetensors";
  const auto evaluate = [&](words more) {
    words all{"evaluate", model, "--data", data};
    all.insert(all.end(), more.begin(), more.end());
    return run_program({.arguments = all}).out;
  };
  CHECK(evaluate({}).starts_with(scaling + column + "rows: 4\n"));
  CHECK(printed(evaluate({"--scale", "0.01"}), "loss") ==
        place.result(2)["best"]["val_loss"].get<double>());
  CHECK(run_program({.arguments = {"plan", place.directory / "sweep.yml", "--data", data}})
            .out.find(scaling + column) != std::string::npos);
  for (const std::string off : {"0", "-1", "1/0", "x", "1/", "/2", "nan", "1/2/3"}) {
    const outcome refused = train({"--scale=" + off});
    CHECK(refused.code == 64);
    CHECK(refused.err ==
          "sweepnet: --scale must be a number above 0, as N or N/M, got '" + off + "'\n");
  }
}
#endif

TEST_CASE("evaluate writes the outputs for each row on request") {
  const workplace place;
  check_done(place.train({"--index", "0", "--set", "model_path=m_{index}.safetensors"}));
  const std::string file = place.directory / "predictions.npy";
  check_done(
      run_program({.arguments = {"evaluate", place.directory / "out/m_0.safetensors", "--data",
                                 place.directory / "data", "--predictions", file}}));
  const std::string bytes = testing::read_file(file);
  const sweepnet::tensor outputs = sweepnet::read_npy(sweepnet::as_bytes(bytes), file);
  CHECK(outputs.shape == std::vector<std::int64_t>{30, 3});
  const auto& values = std::get<std::vector<float>>(outputs.elements);
  for (std::size_t r = 0; r < 30; ++r) {
    CHECK(std::abs(values[3 * r] + values[3 * r + 1] + values[3 * r + 2] - 1) < 1e-6F);
  }
}
