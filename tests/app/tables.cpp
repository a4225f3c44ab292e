// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Tables through the commands: from a CSV file to predictions.

#include <cmath>
#include <string>
#include <vector>

#include "app/table_place.hpp"
#include "catch.hpp"
#include "data_files.hpp"
#include "program.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/data/npy.hpp"
#include "sweepnet/describe/json.hpp"

using sweepnet::ordered_json;
using testing::outcome;
using testing::run_program;

namespace {

/// Rows of two numbers and a category, which tell a class; `missing` leaves a cell of each tenth
/// row empty.
std::string made_up_patients(int rows, bool with_outcome = true, bool missing = false) {
  std::string text = with_outcome ? "id,age,site,dose,outcome\n" : "dose,site,age\n";
  for (int i = 0; i < rows; ++i) {
    const auto block = sweepnet::random_at(7, static_cast<std::uint64_t>(i), 0);
    const double age = 20 + 60 * sweepnet::unit_interval(block.word[0]);
    const double dose = 1000 * sweepnet::unit_interval(block.word[1]);
    const std::string site = block.word[2] % 3 == 0 ? "north, old" : "south";
    const bool ill = age / 80 + dose / 1000 + (site == "south" ? 0.3 : 0) > 1.2;
    const std::string shown = missing && i % 10 == 0 ? "" : fmt::format("{:.3f}", age);
    text += with_outcome ? fmt::format("{},{},\"{}\",{:.2f},{}\n", i, shown, site, dose,
                                       ill ? "ill" : "well")
                         : fmt::format("{:.2f},\"{}\",{}\n", dose, site, shown);
  }
  return text;
}

struct ward : testing::table_place {
  explicit ward(const std::string& sweep, const std::string& table = made_up_patients(400)) {
    testing::write_file(directory / "patients.csv", table);
    testing::write_file(directory / "sweep.yml", sweep);
  }
  /// Trains the sweep's paramset on the table, its outcome from all but its number, into "out".
  [[nodiscard]] outcome train(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"train",         "@sweep.yml", "--index",   "0",      "--data",
                                   "@patients.csv", "--target",   "outcome",   "--drop", "id",
                                   "--output",      "@out",       "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  [[nodiscard]] std::string text(const std::string& file) const {
    return testing::read_file(directory / file);
  }
};

const std::string small_net =
    "{batch_size: 16, epochs: 12, input_units: 8, hidden_nodes: [], dropout_rate: 0, "
    "final_dropout: 0, learning_rate: 0.01, optimizer: adam, activate_fn: relu, model_path: m.%s}";

std::string net(const std::string& extension) {
  std::string text = small_net;
  return text.replace(text.find("%s"), 2, extension);
}

std::vector<std::string> words_of_line(const std::string& line) {
  std::vector<std::string> words(1);
  for (const char c : line) {
    if (c == ',') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

}  // namespace

TEST_CASE("a table is trained on, evaluated and predicted from") {
  for (const std::string extension : {"safetensors", "h5", "keras"}) {
    CAPTURE(extension);
    const ward place("- " + net(extension) + "\n");
    const outcome trained = place.train();
    CHECK(trained.err == "");
    REQUIRE(trained.code == 0);
    CHECK(trained.out.find(
              "patients.csv: 4 inputs (2 numbers, 1 column of categories); 300 rows to "
              "train on, 100 to validate on (drawn within each class)") != std::string::npos);
    const ordered_json result = ordered_json::parse(place.text("out/result_0.json"));
    CHECK(result["best"]["val_accuracy"] > 0.85);
    CHECK(result["folding_difference"] < 1e-5);

    const outcome scored =
        place.run({"evaluate", "@out/m." + extension, "--data", "@patients.csv", "--threads", "1"});
    CHECK(scored.err == "");
    CHECK(scored.out.starts_with("rows: 400\nloss: "));

    testing::write_file(place.directory / "new.csv", made_up_patients(50, false));
    const outcome predicted =
        place.run({"predict", "@out/m." + extension, "@new.csv", "--threads", "2"});
    CHECK(predicted.err == "");
    CHECK(predicted.code == 0);
    const std::string head = "outcome,outcome_ill,outcome_well\n";
    REQUIRE(predicted.out.starts_with(head));
    CHECK(std::ranges::count(predicted.out, '\n') == 51);
    const auto first = words_of_line(
        predicted.out.substr(head.size(), predicted.out.find('\n', head.size()) - head.size()));
    REQUIRE(first.size() == 3);
    CHECK((std::stod(first[1]) > std::stod(first[2]) ? "ill" : "well") == first[0]);
    CHECK(std::abs(std::stod(first[1]) + std::stod(first[2]) - 1) < 1e-6);

    const outcome array = place.run(
        {"predict", "@out/m." + extension, "@new.csv", "--output", "@p.npy", "--threads", "1"});
    CHECK(array.out == (place.directory / "p.npy") + ": 50 rows\n");
    const std::string bytes = place.text("p.npy");
    CHECK(sweepnet::read_npy(sweepnet::as_bytes(bytes), "p.npy").shape ==
          std::vector<std::int64_t>{50, 2});
    const outcome file = place.run(
        {"predict", "@out/m." + extension, "@new.csv", "--output", "@p.csv", "--threads", "1"});
    CHECK(place.text("p.csv") == predicted.out);
    CHECK(file.code == 0);
  }
}

TEST_CASE("predictions of many blocks are the same as CSV and as an array") {
  const ward place("- " + net("safetensors") + "\n");
  REQUIRE(place.train().code == 0);
  constexpr int rows = 60'000;
  testing::write_file(place.directory / "new.csv", made_up_patients(rows, false));
  for (const std::string name : {"@p.csv", "@p.npy"}) {
    const outcome o = place.run({"predict", "@out/m.safetensors", "@new.csv", "--output", name});
    CHECK(o.out == (place.directory / name.substr(1)) + ": 60000 rows\n");
  }
  const std::string bytes = place.text("p.npy");
  const sweepnet::tensor array = sweepnet::read_npy(sweepnet::as_bytes(bytes), "p.npy");
  REQUIRE(array.shape == std::vector<std::int64_t>{rows, 2});
  const auto& outputs = std::get<std::vector<float>>(array.elements);
  std::string lines = "outcome,outcome_ill,outcome_well\n";
  for (std::size_t i = 0; i < outputs.size(); i += 2) {
    lines += fmt::format("{},{},{}\n", outputs[i] < outputs[i + 1] ? "well" : "ill", outputs[i],
                         outputs[i + 1]);
  }
  CHECK(place.text("p.csv") == lines);
}

TEST_CASE("what is no table is refused by each command, and nothing is left behind") {
  const ward place("- " + net("safetensors") + "\n");
  REQUIRE(place.train().code == 0);
  const std::string good = "age,site,dose,outcome\n1,south,2,ill\n2,south,3,well\n";
  struct bad {
    std::string text;
    std::string message;
  };
  using namespace std::string_literals;
  const std::vector<bad> all{
      {"", "expected the columns' names in the first line, found nothing"},
      {"age,site,dose,outcome\n", "expected rows below the columns' names, found none"},
      {good + "3,south,4\n", ":4: expected 4 cells, found 3"},
      {good + "3,south,4,ill,5\n", ":4: expected 4 cells, found 5"},
      {good + "3,\"south,4,ill\n4,south,5,ill\n",
       ":4:2: the quote that opens here is never closed"},
      {good + "3,\"south\"x,4,ill\n",
       ":4:2: expected ',' or the line's end behind the closing quote, found 'x'"},
      {good + "3,so\0uth,4,ill\n"s, ":4:2: expected text, found a NUL byte"},
      {good + "3,s\xfc"
              "d,4,ill\n",
       ":4:2: expected UTF-8, found the byte \\xfc"},
      {"age,site,dose,age\n1,south,2,3\n",
       ":1:4: the column's name 'age' is that of column 1, too"},
      {"age,site,,outcome\n1,south,2,ill\n", ":1:3: the column has no name"},
      {"\xff\xfe" + good, "found UTF-16"},
      {good + std::string(std::size_t{17} << 20, 'x'),
       ":4: expected a record of at most 16777216 bytes, found more"},
  };
  for (const bad& each : all) {
    CAPTURE(each.message);
    testing::write_file(place.directory / "bad.csv", each.text);
    const auto refused = [&](const std::vector<std::string>& words) {
      const outcome o = place.run(words);
      CAPTURE(words[0], o.err);
      CHECK(o.code == 65);
      CHECK(o.err.find(each.message) != std::string::npos);
    };
    refused({"describe", "@bad.csv", "--target", "outcome", "--threads", "1"});
    refused({"train", "@sweep.yml", "--index", "0", "--data", "@bad.csv", "--target", "outcome",
             "--output", "@bad"});
    refused({"predict", "@out/m.safetensors", "@bad.csv", "--output", "@p.csv"});
    refused({"predict", "@out/m.safetensors", "@bad.csv", "--output", "@p.npy"});
    CHECK(testing::files_below(place.directory / "bad").empty());
    CHECK_FALSE(std::filesystem::exists(place.directory / "p.csv"));
    CHECK_FALSE(std::filesystem::exists(place.directory / "p.npy"));
  }
}

TEST_CASE("cells that are no numbers are refused where the model was trained on numbers") {
  const ward place("- " + net("safetensors") + "\n");
  REQUIRE(place.train().code == 0);
  for (const std::string cell : {"inf", "\"3,5\"", "three"}) {
    CAPTURE(cell);
    testing::write_file(place.directory / "bad.csv",
                        "age,site,dose\n1,south,2\n" + cell + ",south,4\n");
    for (const std::string output : {"@p.csv", "@p.npy"}) {
      const outcome o =
          place.run({"predict", "@out/m.safetensors", "@bad.csv", "--output", output});
      CHECK(o.code == 65);
      CHECK(o.err.find("bad.csv:3:1: column 'age' expected a ") != std::string::npos);
    }
    CHECK_FALSE(std::filesystem::exists(place.directory / "p.csv"));
    CHECK_FALSE(std::filesystem::exists(place.directory / "p.npy"));
  }
}

TEST_CASE("a sweep's file says what is trained on, and the command line goes before it") {
  const std::string beside =
      "data:\n  source: DIR/patients.csv\n  target: outcome\n"
      "  drop: [id, dose]\n  missing: mean\n  validation_split: 0.5\n"
      "  shuffle_split: 3\nparamsets:\n- " +
      net("safetensors") + "\n";
  ward place("", made_up_patients(200, true, true));
  std::string text = beside;
  text.replace(text.find("DIR"), 3, place.directory.path().string());
  testing::write_file(place.directory / "sweep.yml", text);
  const outcome by_file = place.run({"train", "@sweep.yml", "--output", "@a", "--threads", "1"});
  CHECK(by_file.err == "");
  CHECK(by_file.out.find("patients.csv: 3 inputs (1 number, 1 column of categories); 100 rows to "
                         "train on, 100 to validate on (drawn)") != std::string::npos);
  const outcome by_line = place.run({"train", "@sweep.yml", "--output", "@b", "--threads", "1",
                                     "--drop", "id", "--validation-split", "0.25"});
  CHECK(by_line.out.find("4 inputs (2 numbers, 1 column of categories); 150 rows to train on") !=
        std::string::npos);
  const outcome planned = place.run({"plan", "@sweep.yml"});
  CHECK(planned.code == 0);
  CHECK(planned.out.find("3 inputs") != std::string::npos);
  text.replace(text.find("missing"), 7, "mising");
  testing::write_file(place.directory / "sweep.yml", text);
  CHECK(place.run({"plan", "@sweep.yml"})
            .err.find("sweep.yml:5:3: unknown key 'mising' in data (did you mean 'missing'?)") !=
        std::string::npos);
}

TEST_CASE("rows of a table that are cut off leave no class behind") {
  const std::string last = "400,50,south,1.0,neither\n";
  const ward place("- " + net("safetensors") + "\n", made_up_patients(400) + last);
  REQUIRE(place.train({"--train-rows", "400"}).code == 0);
  const outcome told = place.run({"inspect", "@out/m.safetensors"});
  CHECK(told.out.find("table: predicts outcome (ill, well) from\n") != std::string::npos);
}

TEST_CASE("a job's file has the options of a table that were given") {
  const ward place("- " + net("safetensors") + "\n- " + net("h5") + "\n");
  const outcome emitted =
      place.run({"plan", "@sweep.yml", "--data", "@patients.csv", "--target", "outcome", "--drop",
                 "id", "--stratify", "--emit", "slurm", "--output", "@out"});
  CHECK(emitted.err == "");
  CHECK(emitted.out.find("--target outcome") != std::string::npos);
  CHECK(emitted.out.find("--drop id") != std::string::npos);
  CHECK(emitted.out.find("--stratify") != std::string::npos);
  CHECK(emitted.out.find("--missing") == std::string::npos);
}

TEST_CASE("what is asked of a table and cannot be had is said before anything is trained") {
  const ward place("- " + net("safetensors") + "\n");
  struct bad {
    std::vector<std::string> words;
    std::string message;
    int code;
  };
  const std::vector<bad> all{
      {{"--data", "@patients.csv"}, "a table needs a target", 64},
      {{"--data", "@patients.csv", "--target", "outcom"},
       "has no column 'outcom', which target names (did you mean 'outcome'?)",
       65},
      {{"--data", "@patients.csv", "--target", "outcome", "--scale", "2"},
       "scale is for arrays, not for a table",
       64},
      {{"--data", "@patients.csv", "--target", "outcome", "--classes", "2"},
       "classes is for arrays, not for a table",
       64},
      {{"--data", "mnist", "--drop", "id"}, "mnist: drop is for tables", 64},
      {{"--data", "mnist", "--stratify"}, "mnist: stratify is for tables", 64},
      {{"--data", "@patients.csv", "--target", "outcome", "--missing", "medan"},
       "--missing: unknown value 'medan' (did you mean 'mean'?)",
       64},
      {{"--data", "@patients.csv", "--target", "outcome", "--delimiter", "||"},
       "the delimiter must be one character or the word tab, got '||'",
       64},
      {{"--data", "@none.csv", "--target", "outcome"},
       "none.csv: cannot open: No such file or directory",
       66},
      {{"--data", "@patients.csv", "--target", "outcome", "--train-rows", "4000"},
       "has 400 training rows, 4000 were asked for",
       64},
  };
  for (const bad& each : all) place.check_refused_training(each.words, each.message, each.code);
}

TEST_CASE("predictions need a table like the one that was trained on") {
  const ward place("- " + net("safetensors") + "\n");
  REQUIRE(place.train().code == 0);
  const auto refused = [&](const std::string& table, const std::string& message) {
    testing::write_file(place.directory / "bad.csv", table);
    const outcome o =
        place.run({"predict", "@out/m.safetensors", "@bad.csv", "--output", "@p.csv"});
    CAPTURE(table, o.err);
    CHECK(o.err.find(message) != std::string::npos);
    CHECK(o.code == 65);
    CHECK_FALSE(std::filesystem::exists(place.directory / "p.csv"));
  };
  refused("age,site\n1,south\n", "bad.csv: has no column 'dose', which the model names");
  refused("age,site,dose\n1,south,2\nold,south,3\n",
          "bad.csv:3:1: column 'age' expected a number, got 'old'");
  refused("age,site,dose\n,south,2\n",
          "bad.csv:2:1: column 'age' has no value here, which no training row lacks");
  testing::write_file(place.directory / "new.csv", "age,site,dose\n30,east,2\n");
  const outcome unseen = place.run({"predict", "@out/m.safetensors", "@new.csv"});
  CHECK(unseen.code == 0);
  CHECK(unseen.err.find("column 'site' has 1 cell of categories that no training row has: they "
                        "count as none") != std::string::npos);
}
