// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The states of a run, from every set of files that one may leave.

#include "sweepnet/run/condition.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "support.hpp"
#include "sweepnet/core/digest.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/storage/local.hpp"
#include "sweepnet/storage/store.hpp"

using namespace sweepnet;

namespace {

struct workplace {
  testing::temporary_directory directory{};
  run_files files{.model = {directory / "m.h5"},
                  .state = run_file(directory.path().string(), state_name, 3),
                  .result = run_file(directory.path().string(), result_name, 3),
                  .log = {}};

  void result(const ordered_json& stopped, const std::string& digest = "") const {
    ordered_json content = {{"size", 4}, {"model", nullptr}, {"stopped", stopped}};
    if (!digest.empty()) {
      content["model"] = "wherever it was";
      content["model_digest"] = digest;
    }
    storage::write_atomic(files.result.request_text(), content.dump());
  }
  void model(const std::string& bytes) const {
    storage::write_atomic(files.model.request_text(), bytes);
  }
  void state(const std::string& bytes = encode_run_state({}, {}, "cpu")) const {
    storage::write_atomic(files.state.request_text(), bytes);
  }
  [[nodiscard]] run_condition look(std::uintmax_t up_to = SIZE_MAX) const {
    return condition_of(files, read_result(files.result), storage::exists(files.state),
                        {.models_up_to = up_to, .states_up_to = up_to});
  }
};

const ordered_json budget = {{"by", "time_budget"}, {"seconds", 3}};

}  // namespace

TEST_CASE("a run without a result is missing, or interrupted if there is a state") {
  const workplace place;
  CHECK(place.look().phase == run_phase::missing);
  place.model("on the way");
  CHECK(place.look().phase == run_phase::missing);
  place.state();
  CHECK(place.look().phase == run_phase::interrupted);
  place.state("torn");
  CHECK(place.look().phase == run_phase::damaged);
  CHECK(place.look().reason == place.files.state.shown() + ": too short for a safetensors file");
  CHECK(place.look(3).phase == run_phase::interrupted);  // it is larger, and not read
}

TEST_CASE("a run with a result is done if its model is the result's, else damaged") {
  const workplace place;
  place.result(nullptr, digest_of("weights"));
  CHECK(place.look().phase == run_phase::damaged);
  CHECK(place.look().reason == place.files.model.shown() + " is missing");
  place.model("Weights");
  CHECK(place.look().phase == run_phase::damaged);
  CHECK(place.look().reason ==
        place.files.model.shown() + " is not the model that the result describes");
  CHECK(place.look(6).phase == run_phase::done);
  CHECK_FALSE(place.look(6).model_compared);
  CHECK(place.look(7).phase == run_phase::damaged);
  place.model("weights");
  CHECK(place.look().phase == run_phase::done);
  CHECK(place.look().model_compared);
  place.state("torn");  // of no use to anybody
  CHECK(place.look().phase == run_phase::done);
  place.result("early stopping", digest_of("weights"));
  CHECK(place.look().phase == run_phase::done);
}

TEST_CASE("a run without a model has failed, and one whose result is no result is damaged") {
  const workplace place;
  place.result(nullptr);
  CHECK(place.look().phase == run_phase::failed);
  for (const std::string content : {"", "{", "[]", "{}", "{\"model\": 3}", "{\"a\":1,\"a\":1}"}) {
    INFO(content);
    storage::write_atomic(place.files.result.request_text(), content);
    CHECK(place.look().phase == run_phase::damaged);
    CHECK(place.look().reason.starts_with(place.files.result.request_text()));
  }
}

TEST_CASE("a run that its budget stopped goes on from its state, or is damaged without one") {
  const workplace place;
  place.result(budget, digest_of("weights"));
  place.model("weights");
  CHECK(place.look().phase == run_phase::damaged);
  CHECK(place.look().reason ==
        place.files.state.shown() + " is missing, from which the run would go on");
  place.state("torn");
  CHECK(place.look().phase == run_phase::damaged);
  place.state();
  CHECK(place.look().phase == run_phase::budget);
  place.model("better weights");  // it went on
  CHECK(place.look().phase == run_phase::interrupted);
  std::filesystem::remove(place.files.model.request_text());
  CHECK(place.look().phase == run_phase::interrupted);
  place.result(budget);
  CHECK(place.look().phase == run_phase::budget);
}

TEST_CASE("a run that early termination stopped goes on from its state, as one of a budget does") {
  const workplace place;
  const ordered_json stopped = {{"by", "median"}, {"band", 3}, {"value", 0.5}};
  place.result(stopped, digest_of("weights"));
  place.model("weights");
  CHECK(place.look().phase == run_phase::damaged);
  place.state();
  CHECK(place.look().phase == run_phase::stopped);
  place.model("better weights");  // it went on
  CHECK(place.look().phase == run_phase::interrupted);
  place.result(stopped);
  CHECK(place.look().phase == run_phase::stopped);  // none was ever finite
  for (const ordered_json& odd :
       {ordered_json::object({{"by", 3}}), ordered_json::object({{"band", 3}})}) {
    place.result(odd);
    CHECK(place.look().phase == run_phase::failed);
  }
}

TEST_CASE(
    "what lies in the place of a run's file and is no file damages the run, and is not read") {
  const auto kind = GENERATE(as<std::string>{}, "pipe", "device", "directory");
  INFO(kind);
  const workplace place;
  const std::string root = place.directory.path().string();
  const auto put = [&](const storage::location& where) {
    const std::string path = where.request_text();
    std::filesystem::remove(path);
    if (kind == "pipe") REQUIRE(::mkfifo(path.c_str(), 0666) == 0);
    if (kind == "device") std::filesystem::create_symlink("/dev/zero", path);
    if (kind == "directory") std::filesystem::create_directory(path);
  };
  const auto told = [&](const storage::location& where) {
    if (kind == "device") return where.shown() + ": a symbolic link leads out of " + root;
    return where.shown() + (kind == "pipe" ? ": expected a file, found a device, pipe or socket"
                                           : ": is a directory, expected a file");
  };
  run_files files = place.files;
  put(files.state);
  const run_condition by_state = condition_of(files, {}, true, {.states_up_to = SIZE_MAX});
  CHECK(by_state.phase == run_phase::damaged);
  CHECK(by_state.reason == told(files.state));
  std::filesystem::remove(files.state.request_text());

  place.result(nullptr, digest_of("weights"));
  files.model.root = root;
  put(files.model);
  const auto look = [&] {
    return condition_of(files, read_result(files.result), false, {.models_up_to = SIZE_MAX});
  };
  CHECK(look().phase == run_phase::damaged);
  CHECK(look().reason == told(files.model));

  put(place.files.result);
  CHECK(place.look().phase == run_phase::damaged);
  CHECK(place.look().reason == told(place.files.result));
}
