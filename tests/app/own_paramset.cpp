// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The program for a paramset type of one's own, with a network of one's own.

#include <sstream>
#include <string>

#include "catch.hpp"
#include "data_files.hpp"
#include "program.hpp"
#include "sweepnet/app/program.hpp"

namespace {

struct ladder {
  std::int64_t rungs = 2;
  std::int64_t width = 5;
  double rate = 0.01;
};

sweepnet::model_spec build_model(const ladder& p, std::int64_t inputs, std::int64_t classes) {
  sweepnet::model_spec model{.inputs = inputs};
  for (std::int64_t i = 0; i < p.rungs; ++i) {
    model.layers.emplace_back(
        sweepnet::dense{.units = p.width, .activate = {sweepnet::activations::elu{}}});
  }
  model.layers.emplace_back(
      sweepnet::dense{.units = classes, .activate = {sweepnet::activations::softmax{}}});
  return model;
}

sweepnet::training_options training_options_of(const ladder& p) {
  sweepnet::training_options options{.batch_size = 10, .epochs = 2};
  options.optimizer.learning_rate = p.rate;
  return options;
}

}  // namespace

template <>
inline constexpr auto sweepnet::fields<ladder> =
    std::tuple(field("rungs", &ladder::rungs, closed_range(0, 9), "hidden layers"),
               field("width", &ladder::width, "units of each; below 1 is no network"),
               field("rate", &ladder::rate, above(0), "learning rate"));

namespace {

testing::outcome run(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  const sweepnet::app::context world{.out = out, .err = err, .environment = {}, .embedded = {}};
  const int code = sweepnet::app::run<ladder>(arguments, world);
  return {code, out.str(), err.str()};
}

}  // namespace

TEST_CASE("a paramset type of one's own is trained, planned and helped like the built-in one") {
  const testing::temporary_directory directory;
  testing::write_idx_directory(directory / "data", testing::random_dataset(30, 4, 3));
  const std::string sweep = directory / "sweep.yml";
  testing::write_file(sweep, "- {}\n- rungs: 0\n");

  const testing::outcome trained =
      run({"train", sweep, "--index", "0", "--data", directory / "data", "--output",
           directory / "out", "--set", "width=7", "--verbose", "0"});
  CHECK(trained.err == "");
  CHECK(trained.code == 0);
  CHECK(testing::files_below(directory / "out").size() == 2);
  CHECK(testing::read_file(directory / "out/result_0.json").find("\"width\": 7") !=
        std::string::npos);

  const testing::outcome planned = run({"plan", sweep, "--data", directory / "data"});
  CHECK(planned.code == 0);
  CHECK(planned.out.find("0      73 ") != std::string::npos);
  CHECK(planned.out.find("The same in all of these: width 5; rate 0.01.") != std::string::npos);

  CHECK(run({"train", "--help"})
            .out.find("  rungs                  hidden layers; in [0, 9]; "
                      "default 2\n") != std::string::npos);
}

TEST_CASE("a network of one's own that is unsound is an error of its paramset") {
  const testing::temporary_directory directory;
  const std::string sweep = directory / "sweep.yml";
  testing::write_file(sweep, "- {}\n- width: 0\n");
  CHECK(run({"plan", sweep, "--data", "mnist"}).err ==
        "sweepnet: " + sweep + ": paramset 1: model: layer 0: units must be positive, got 0\n");
  testing::write_file(sweep, "- rungs: 10\n");
  CHECK(run({"train", sweep}).err ==
        "sweepnet: " + sweep + ":1:10: rungs must be in [0, 9], got 10\n");
}
