// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Two attempts at one run, step by step in one process; as processes they are in tests/crash.

#include "sweepnet/run/fence.hpp"

#include <string>

#include "support.hpp"

using namespace sweepnet;

namespace {

struct two_identities {
  testing::temporary_directory directory{};
  run_identity identity{.paramset = {{"seed", 1}}, .data = "d", .data_digest = "0"};
  run_identity other{.paramset = {{"seed", 2}}, .data = "d", .data_digest = "0"};
  run_files files{.model = {directory / "m.h5"},
                  .state = {directory / "s"},
                  .result = {directory / "r"},
                  .log = {directory / "l"}};

  [[nodiscard]] static std::string result_of(const run_identity& who,
                                             const ordered_json& stopped = nullptr) {
    ordered_json result = who.encoded();
    result["model"] = "m.h5";
    result["stopped"] = stopped;
    return result.dump();
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    return testing::read_file(directory / name);
  }
};

}  // namespace

TEST_CASE("once a run is finished no other attempt writes model, state, log or result") {
  const two_identities place;
  run_fence slow(place.files, place.identity);
  run_fence fast(place.files, place.identity);
  slow.write_model("epoch 3");
  slow.write_state(encode_run_state({}, place.identity, "slow"));
  fast.write_last_model("epoch 67");
  const std::string result = place.result_of(place.identity);
  fast.write_result(result);
  for (const auto& write :
       {&run_fence::write_model, &run_fence::write_last_model, &run_fence::write_state,
        &run_fence::write_log, &run_fence::write_result}) {
    CHECK_THROWS_AS((slow.*write)("epoch 4"), finished_elsewhere);
  }
  CHECK(place.file("m.h5") == "epoch 67");
  CHECK(place.file("r") == result);
  CHECK(place.file("l").empty());
  CHECK_NOTHROW(fast.write_log("its own result hinders no one"));
}

TEST_CASE(
    "an attempt leaves the models on the way to the one that writes them, and ends with its own") {
  const two_identities place;
  run_fence a(place.files, place.identity);
  run_fence b(place.files, place.identity);
  a.write_model("a1");
  CHECK(a.holds_model());
  b.write_model("b1");  // it began when there was none
  CHECK(place.file("m.h5") == "a1");
  CHECK_FALSE(b.holds_model());
  a.write_model("a2");
  b.write_model("b2");
  CHECK(place.file("m.h5") == "a2");
  b.write_last_model("b3");
  CHECK(b.holds_model());
  CHECK_FALSE(a.holds_model());
  CHECK(place.file("m.h5") == "b3");
}

TEST_CASE("a log is left to the attempt that writes it, and ends as the one that finishes has it") {
  const two_identities place;
  run_fence a(place.files, place.identity);
  run_fence b(place.files, place.identity);
  a.write_log("1\n");
  a.write_log("1\n2\n");
  b.write_log("1\n");
  CHECK(place.file("l") == "1\n2\n");
  b.write_last_log("1\n2\n3\n");
  a.write_log("1\n2\n");
  CHECK(place.file("l") == "1\n2\n3\n");
}

TEST_CASE("of two runs of one index the one that meets the other's state or result says so") {
  const two_identities place;
  run_fence first(place.files, place.identity);
  run_fence second(place.files, place.other);
  const std::string state = encode_run_state({}, place.identity, "cpu");
  first.write_state(state);
  const auto message = [](const auto& body) { return testing::message_of<unusable_run>(body); };
  const std::string differs = ": belongs to another run: paramset.seed is 1 there, 2 here";
  for (int i = 0; i < 2; ++i) {  // a save may be under way already when the first one fails
    CHECK(message([&] { second.write_state("its own"); }) == place.files.state.shown() + differs);
  }
  CHECK(place.file("s") == state);
  first.write_result(place.result_of(place.identity));
  CHECK(message([&] { second.look(); }) == place.files.result.shown() + differs);
  CHECK(message([&] { second.write_model("its own"); }) == place.files.result.shown() + differs);
  CHECK(message([&] { second.write_result("{}"); }) == place.files.result.shown() + differs);
}

TEST_CASE("attempts at the same run take turns with its state, and replace a damaged one") {
  const two_identities place;
  run_fence a(place.files, place.identity);
  run_fence b(place.files, place.identity);
  for (int i = 0; i < 3; ++i) {
    a.write_state(encode_run_state({}, place.identity, "a"));
    b.write_state(encode_run_state({}, place.identity, "b"));
    CHECK(run_of_state(place.file("s"), "s") == place.identity.encoded());
    CHECK(place.file("s") == encode_run_state({}, place.identity, "b"));
  }
  testing::write_file(place.files.state.request_text(), "torn");
  a.write_state(encode_run_state({}, place.identity, "a"));
  CHECK(place.file("s") == encode_run_state({}, place.identity, "a"));
}

TEST_CASE("a result of a run that waits or was stopped is replaced by one that goes on") {
  const two_identities place;
  run_fence waiting(place.files, place.identity);
  waiting.write_result(place.result_of(place.identity, {{"by", "median"}, {"band", 1}}));
  run_fence one(place.files, place.identity);
  run_fence other(place.files, place.identity);
  one.write_result(place.result_of(place.identity, {{"by", "median"}, {"threshold", 3}}));
  other.write_result(place.result_of(place.identity));
  CHECK_THROWS_AS(one.write_result(place.result_of(place.identity)), finished_elsewhere);
}

TEST_CASE("no attempt replaces a state that is later in the run than its own") {
  const two_identities place;
  const auto state = [&](std::uint64_t step, std::size_t epochs) {
    return encode_run_state({.executor = {.step = step}, .history = training_history(epochs)},
                            place.identity, "cpu");
  };
  run_fence fast(place.files, place.identity);
  run_fence slow(place.files, place.identity);
  fast.write_state(state(20, 2));
  slow.write_state(state(5, 0));
  CHECK(place.file("s") == state(20, 2));
  slow.write_state(state(20, 1));  // its second epoch is trained, but not validated
  CHECK(place.file("s") == state(20, 2));
  slow.write_state(state(21, 2));
  CHECK(place.file("s") == state(21, 2));
  fast.write_state(state(30, 3));
  fast.write_result(place.result_of(place.identity));
  CHECK_THROWS_AS(slow.write_state(state(25, 2)), finished_elsewhere);
  CHECK(place.file("s") == state(30, 3));
}

TEST_CASE("a result of a spent budget is replaced by a run that goes on, never a final one") {
  const two_identities place;
  const ordered_json budget = {{"by", "time_budget"}};
  run_fence begun(place.files, place.identity);
  run_fence stopped(place.files, place.identity);
  stopped.write_result(place.result_of(place.identity, budget));
  CHECK_NOTHROW(begun.write_model("on it goes"));
  run_fence later(place.files, place.identity);
  begun.write_result(place.result_of(place.identity));
  CHECK_THROWS_AS(later.look(), finished_elsewhere);
  CHECK_THROWS_AS(later.write_result(place.result_of(place.identity, budget)), finished_elsewhere);
  CHECK(place.file("r") == place.result_of(place.identity));
}
