// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// `sweepnet report`, `status --watch` and `--tensorboard`: what they print and leave behind.

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"
#include "program.hpp"
#include "sweepnet/describe/json.hpp"

using sweepnet::ordered_json;
using testing::outcome;
using words = std::vector<std::string>;

namespace {

/// A sweep of three trained runs, of which one paramset differs from the others by more than its
/// seed.
struct trained_sweep {
  testing::temporary_directory directory{};

  trained_sweep() {
    testing::write_idx_directory(directory / "data", testing::random_dataset(60, 16, 3));
    testing::write_file(directory / "sweep.yml",
                        "- &base {epochs: 2, input_units: 4, hidden_nodes: [], "
                        "model_path: 'm_{index}.safetensors'}\n"
                        "- {<<: *base, seed: 1}\n- {<<: *base, seed: 2, optimizer: sgd}\n");
    REQUIRE(run({"sweep", directory / "sweep.yml", "--data", directory / "data", "--output",
                 directory / "out", "--verbose", "0"})
                .code == 0);
  }
  [[nodiscard]] static outcome run(words arguments, bool terminal = false) {
    return testing::run_program({.arguments = std::move(arguments), .terminal = terminal});
  }
  [[nodiscard]] outcome report(words more = {}) const {
    words all{"report", directory / "out"};
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
  [[nodiscard]] ordered_json data() const {
    return ordered_json::parse(testing::read_file(directory / "data.json"));
  }
};

}  // namespace

TEST_CASE("report writes a page into the output, and other files where they are asked for") {
  const trained_sweep place;
  const outcome plain = place.report();
  CHECK(plain.err.empty());
  CHECK(plain.code == 0);
  CHECK(plain.out == "3 paramsets: 3 done\nReport: " + (place.directory / "out/report.html\n"));
  const std::string page = testing::read_file(place.directory / "out/report.html");
  CHECK(page.find("\"format\":1") != std::string::npos);
  CHECK(place.report().code == 0);
  CHECK(testing::read_file(place.directory / "out/report.html") == page);
  CHECK(place.run({"status", place.directory / "out"}).out.ends_with("3 paramsets: 3 done\n"));

  const outcome all = place.report(
      {"--sweep", place.directory / "sweep.yml", "--output", place.directory / "page.html",
       "--json", place.directory / "data.json", "--csv", place.directory / "runs.csv", "--jsonl",
       place.directory / "epochs.jsonl", "--optuna", place.directory / "journal", "--tensorboard",
       place.directory / "events", "--data", place.directory / "data"});
  CHECK(all.err.empty());
  CHECK(all.out.ends_with(
      "3 paramsets: 3 done\nReport: " + (place.directory / "page.html\nJSON: ") +
      (place.directory / "data.json\nCSV: ") + (place.directory / "runs.csv\nJSON lines: ") +
      (place.directory / "epochs.jsonl\nOptuna's journal: ") +
      (place.directory / "journal\nTensorBoard's events: ") + (place.directory / "events\n")));
  const ordered_json sweep = place.data()["sweeps"][0];
  CHECK(sweep["name"] == place.directory / "sweep.yml");
  CHECK(sweep["method"] == "list");
  CHECK(sweep["parameters"].size() == 2);
  CHECK(sweep["command"] == "sweepnet train " + (place.directory / "sweep.yml") +
                                " --index {index} --output " + (place.directory / "out") +
                                " --data " + (place.directory / "data"));
  CHECK(sweep["best"]["rows"] == 30);
  CHECK(sweep["best"]["mistakes"][0]["image"].get<std::string>().starts_with("data:image/png"));
  CHECK(testing::read_file(place.directory / "runs.csv").starts_with("index,state,val_accuracy,"));
  CHECK(testing::read_file(place.directory / "journal").starts_with("{\"op_code\":0,"));
  const std::set<std::string> events = testing::files_below(place.directory / "events");
  CHECK(events.size() == 9);
  CHECK(events.contains("2/validation/events.out.tfevents.0.sweepnet"));
}

TEST_CASE("report shows the predictions that the best run has kept, without data") {
  const trained_sweep place;
  const auto best = [&](words more) {
    more.insert(more.end(), {"--json", place.directory / "data.json"});
    const outcome told = place.report(more);
    CHECK(told.code == 0);
    return std::pair(told.out, place.data()["sweeps"][0]["best"]);
  };
  CHECK(best({}).second.is_null());
  REQUIRE(place
              .run({"sweep", place.directory / "sweep.yml", "--data", place.directory / "data",
                    "--output", place.directory / "out", "--verbose", "0", "--save-predictions"})
              .code == 0);
  const ordered_json kept = best({}).second;
  const ordered_json anew = best({"--data", place.directory / "data"}).second;
  REQUIRE(kept.is_object());
  CHECK(kept["confusion"] == anew["confusion"]);
  CHECK(kept["calibration"] == anew["calibration"]);
  CHECK(kept["mistakes"][0]["row"] == anew["mistakes"][0]["row"]);
  CHECK(kept["mistakes"][0]["image"].is_null());

  const std::string file =
      place.directory / fmt::format("out/predictions_{}.safetensors", kept["index"].get<int>());
  testing::write_file(file, "torn");
  const auto [said, none] = best({});
  CHECK(none.is_null());
  CHECK(said.starts_with("note: " + file + ": too short for a safetensors file\n"));
}

TEST_CASE("report says which results it left out, and of another's data that they are") {
  const trained_sweep place;
  testing::write_file(place.directory / "out/result_1.json", "{\"index\": 1");
  const outcome told = place.report({"--json", place.directory / "data.json"});
  CHECK(told.code == 0);
  CHECK(told.out.starts_with("left out: " + (place.directory / "out/result_1.json is damaged\n")));
  CHECK(told.out.find("3 paramsets: 2 done, 1 damaged\n") != std::string::npos);
  CHECK(place.data()["sweeps"][0]["runs"]["index"] == ordered_json{0, 2});
  CHECK(place.data()["sweeps"][0]["notes_in_all"] == 1);

  testing::write_idx_directory(place.directory / "other", testing::random_dataset(40, 16, 3));
  const outcome other = place.report({"--data", place.directory / "other"});
  CHECK(other.code == 0);
  CHECK(other.out.find(" has other rows than the sweep was trained with\n") != std::string::npos);
}

TEST_CASE("report compares small models with their digests, and the one that it predicts with") {
  const trained_sweep place;
  const std::string model = place.directory / "out/m_1.safetensors";
  const std::string bytes = testing::read_file(model);
  testing::write_file(model, bytes.substr(1));
  CHECK(place.report().out.starts_with("left out: " + model + " is not the model that the result"));
  testing::write_file(model, bytes);

  // A large one is taken on trust, as the results tell all that is shown, until it is to predict.
  for (const std::string index : {"0", "1", "2"}) {
    const std::string each = place.directory / ("out/m_" + index + ".safetensors");
    testing::write_file(each, std::string(std::size_t{1} << 17, 'x'));
  }
  CHECK(place.report().out.starts_with("3 paramsets: 3 done\n"));
  const outcome told = place.report({"--data", place.directory / "data"});
  CHECK(told.code == 0);
  CHECK(told.out.find("is not the model that its result describes\n3 paramsets: 3 done\n") !=
        std::string::npos);
}

TEST_CASE("report compares two sweeps") {
  const trained_sweep place;
  REQUIRE(place
              .run({"train", place.directory / "sweep.yml", "--index", "1", "--data",
                    place.directory / "data", "--output", place.directory / "b", "--verbose", "0"})
              .code == 0);
  const outcome told =
      place.report({"--compare", place.directory / "b", "--json", place.directory / "data.json"});
  CHECK(told.out.starts_with("3 paramsets: 3 done\n3 paramsets: 1 done, 2 missing\n"));
  REQUIRE(place.data()["sweeps"].size() == 2);
  CHECK(place.data()["sweeps"][1]["totals"]["missing"] == 2);
  CHECK(place.data()["sweeps"][1]["command"] == "sweepnet train SWEEP --index {index} --output " +
                                                    (place.directory / "b") + " --data " +
                                                    (place.directory / "data"));

  // Both may stand behind the option: the first one comes first.
  const ordered_json before = place.data();
  const words both{"report",
                   "--compare",
                   place.directory / "out",
                   place.directory / "b",
                   "--json",
                   place.directory / "data.json"};
  CHECK(place.run(both).out == told.out);
  CHECK(place.data() == before);
  const outcome many = place.run({"report", place.directory / "out", "--compare",
                                  place.directory / "out", place.directory / "b"});
  CHECK(many.code == 64);
  CHECK(many.err.starts_with("sweepnet: --compare takes one output where another one is given"));
}

TEST_CASE("the command that report gives for a row trains it again") {
  const trained_sweep place;
  CHECK(place
            .report(
                {"--sweep", place.directory / "sweep.yml", "--json", place.directory / "data.json"})
            .code == 0);
  const std::string command = place.data()["sweeps"][0]["command"];
  std::istringstream split(command);
  words spoken{std::istream_iterator<std::string>(split), {}};
  REQUIRE(spoken.front() == "sweepnet");
  spoken.erase(spoken.begin());
  std::ranges::replace(spoken, std::string("{index}"), std::string("1"));
  const auto model = testing::read_file(place.directory / "out/m_1.safetensors");
  spoken.push_back("--start-over");
  CHECK(place.run(spoken).code == 0);
  CHECK(testing::read_file(place.directory / "out/m_1.safetensors") == model);
}

TEST_CASE("report needs results, or the sweep's size") {
  const trained_sweep place;
  const outcome none = place.run({"report", place.directory / "none"});
  CHECK(none.code == 66);
  std::filesystem::create_directory(place.directory / "empty");
  const outcome empty = place.run({"report", place.directory / "empty"});
  CHECK(empty.code == 65);
  CHECK(empty.err == "sweepnet: " + (place.directory / "empty") +
                         ": neither a result nor a state tells the sweep's size: give the sweep "
                         "with --sweep\n");
  CHECK(place.run({"report", place.directory / "empty", "--sweep", place.directory / "sweep.yml"})
            .out.starts_with("3 paramsets: 3 missing\nReport: "));
}

TEST_CASE("status --watch tells of a sweep until it is over") {
  const trained_sweep place;
  const outcome over = place.run({"status", place.directory / "out", "--watch"});
  CHECK(over.code == 0);
  CHECK(over.out.starts_with("3 paramsets: 3 done; best: paramset "));

  const std::string result = place.directory / "out/result_1.json";
  const std::string model = place.directory / "out/m_1.safetensors";
  std::filesystem::rename(result, place.directory / "result");
  std::filesystem::rename(model, place.directory / "model");
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    std::filesystem::rename(place.directory / "model", model);
    std::filesystem::rename(place.directory / "result", result);
  });
  const outcome lines =
      place.run({"status", place.directory / "out", "--watch", "--every", "0.05"});
  later.join();
  CHECK(lines.out.starts_with("3 paramsets: 2 done, 1 missing; best: paramset "));
  CHECK(lines.out.find("\n3 paramsets: 3 done; best: paramset ") != std::string::npos);
  CHECK(std::ranges::count(lines.out, '\n') == 2);

  std::filesystem::rename(result, place.directory / "result");
  const outcome left = place.run(
      {"status", place.directory / "out", "--watch", "--every", "0.05", "--until-quiet", "0.2"});
  CHECK(left.code == 75);
  CHECK(left.out.starts_with("3 paramsets: 2 done, 1 missing; best: paramset "));
  CHECK(left.err.starts_with("sweepnet: nothing new for "));
  CHECK(left.err.ends_with(": waits for 1 run that is missing\n"));
  const outcome drawn = place.run(
      {"status", place.directory / "out", "--watch", "--every", "0.05", "--until-quiet", "0.2"},
      true);
  CHECK(drawn.code == 75);
  CHECK(drawn.out.find("waits for 1 run that is missing") != std::string::npos);
  std::filesystem::create_directory(place.directory / "none");
  CHECK(place
            .run({"status", place.directory / "none", "--watch", "--every", "0.05", "--until-quiet",
                  "0.1"})
            .err.ends_with(": no run has saved anything yet\n"));
  std::filesystem::rename(place.directory / "result", result);

  const outcome table = place.run({"status", place.directory / "out", "--watch"}, true);
  CHECK(table.out.find("\x1b[J") != std::string::npos);
  CHECK(table.out.find("3 paramsets: 3 done\nbest: paramset ") != std::string::npos);
}

TEST_CASE("status --watch waits for no runs that a target has made needless") {
  const trained_sweep place;
  testing::write_file(place.directory / "space.yml",
                      "method: random\nrun_cap: 40\nmetric: {name: val_accuracy, goal: maximize, "
                      "target: 0.01}\nparameters:\n  input_units: {values: [4, 5]}\n"
                      "  hidden_nodes: {value: []}\n  epochs: {value: 1}\n"
                      "  learning_rate: {min: 0.001, max: 0.1}\n");
  REQUIRE(place
              .run({"sweep", place.directory / "space.yml", "--data", place.directory / "data",
                    "--output", place.directory / "short", "--verbose", "0"})
              .code == 0);
  const words watching{"status", place.directory / "short", "--watch", "--every",
                       "0.05",   "--until-quiet",           "0.2"};
  const outcome unknown = place.run(watching);
  CHECK(unknown.code == 75);
  CHECK(unknown.err.ends_with(" runs that are missing\n"));
  words told = watching;
  told.insert(told.end(), {"--sweep", place.directory / "space.yml"});
  const outcome over = place.run(told);
  CHECK(over.code == 0);
  CHECK(over.err.empty());
  CHECK(over.out.starts_with("40 paramsets: "));
}

TEST_CASE("train and sweep write TensorBoard's events while they train") {
  const trained_sweep place;
  const auto has = [&](const std::string& directory, const std::string& begin) {
    const auto files = testing::files_below(place.directory / directory);
    return std::ranges::any_of(files, [&](const auto& name) { return name.starts_with(begin); });
  };
  REQUIRE(place
              .run({"sweep", place.directory / "sweep.yml", "--data", place.directory / "data",
                    "--output", place.directory / "again", "--tensorboard",
                    place.directory / "live", "--verbose", "0"})
              .code == 0);
  for (const std::string index : {"0", "1", "2"}) {
    INFO(index);
    CHECK(has("live", index + "/events.out.tfevents."));
    CHECK(has("live", index + "/train/events.out.tfevents."));
    CHECK(has("live", index + "/validation/events.out.tfevents."));
  }
  testing::write_file(place.directory / "file", "");
  const outcome failing = place.run(
      {"train", place.directory / "sweep.yml", "--index", "0", "--data", place.directory / "data",
       "--output", place.directory / "third", "--tensorboard", place.directory / "file/below"});
  CHECK(failing.code == 0);
  CHECK(failing.err.starts_with("TensorBoard's events: " + (place.directory / "file/below/0/")));
  CHECK(std::ranges::count(failing.err, '\n') == 1);
}
