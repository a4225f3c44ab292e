// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/run/state_file.hpp"

#include <fmt/format.h>

#include <limits>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/data/digest.hpp"

using namespace sweepnet;

namespace {

run_identity example_identity() {
  return {.paramset = {{"epochs", 3}, {"dropout_rate", 0.2}},
          .data = "mnist",
          .data_digest = "00ff",
          .version = "1.2.3"};
}

run_state example_state() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  run_state state;
  state.executor = {.parameters = {1, 2, 3},
                    .best_parameters = std::vector<float>{4, 5, 6},
                    .optimizer_slots = {{7, 8, 9}, {10, 11, 12}},
                    .step = 12345678901234567890U,
                    .rate_factor = 0.1};
  state.history = {{.epoch = 1, .train = {0.5, 0.25}, .validation = metrics{nan, 0.5}},
                   {.epoch = 2, .train = {0.1, 0.75}, .validation = metrics{0.2, 0.5}}};
  state.progress = {.rows = 64, .sums = {.loss = 1.5, .correct = 12}};
  state.stopped = true;
  state.stop_reason = "early \"stopping\"";
  state.callbacks = {{"early_stopping", {1, std::numeric_limits<double>::infinity()}}};
  return state;
}

}  // namespace

TEST_CASE("a run state comes back from its file bit by bit, infinities and all") {
  const run_state state = example_state();
  const std::string bytes = encode_run_state(state, example_identity(), "cpu");
  const saved_run back = decode_run_state(bytes, "state", example_identity());
  CHECK(back.device == "cpu");
  CHECK(encode_run_state(back.state, example_identity(), "cpu") == bytes);
  CHECK(back.state.executor.parameters == state.executor.parameters);
  CHECK(back.state.executor.best_parameters == state.executor.best_parameters);
  CHECK(back.state.executor.optimizer_slots == state.executor.optimizer_slots);
  CHECK(back.state.executor.step == state.executor.step);
  CHECK(back.state.executor.rate_factor == state.executor.rate_factor);
  CHECK(back.state.history.size() == 2);
  CHECK(std::isnan(back.state.history[0].validation->loss));
  CHECK(back.state.progress.rows == 64);
  CHECK(back.state.callbacks == state.callbacks);
  CHECK(back.state.stopped);
  CHECK(back.state.stop_reason == state.stop_reason);

  run_state before_the_best = state;
  before_the_best.executor.best_parameters.reset();
  const std::string fewer = encode_run_state(before_the_best, example_identity(), "cpu");
  CHECK_FALSE(decode_run_state(fewer, "state", example_identity()).state.executor.best_parameters);

  const saved_run fresh =
      decode_run_state(encode_run_state({}, example_identity(), ""), "state", example_identity());
  CHECK(fresh.state.history.empty());
}

TEST_CASE("a state of another run is refused with each difference") {
  const std::string bytes = encode_run_state(example_state(), example_identity(), "cpu");
  const auto message = [&](const run_identity& identity) {
    return testing::message_of<data_error>(
        [&] { (void)decode_run_state(bytes, "out/state_0", identity); });
  };
  run_identity other = example_identity();
  other.paramset = {{"epochs", 3}, {"dropout_rate", 0.3}, {"l2", 0.1}};
  CHECK(message(other) ==
        "out/state_0: belongs to another run: paramset.dropout_rate is 0.2 there, 0.3 here, "
        "paramset.l2 is unset there, 0.1 here");
  other.paramset = {{"epochs", 3}};
  CHECK(message(other) ==
        "out/state_0: belongs to another run: paramset.dropout_rate is 0.2 there, unset here");
  other = example_identity();
  other.data_digest = "00fe";
  other.version = "1.2.4";
  CHECK(message(other) ==
        "out/state_0: belongs to another run: data_digest is \"00ff\" there, \"00fe\" here, "
        "version is \"1.2.3\" there, \"1.2.4\" here");
  other = example_identity();
  other.data = "the same rows elsewhere";
  CHECK_NOTHROW(decode_run_state(bytes, "out/state_0", other));
}

TEST_CASE("a damaged state is refused") {
  const auto message = [](const auto& damage) {
    safetensors_file file =
        read_safetensors(encode_run_state(example_state(), example_identity(), "cpu"), "good");
    damage(file);
    detail::seal_run_state(file);
    const std::string bytes = write_safetensors(std::move(file));
    return testing::message_of<unusable_run>(
        [&] { (void)decode_run_state(bytes, "s", example_identity()); });
  };
  const auto change = [](safetensors_file& file, const std::string& name, const auto& what) {
    for (safetensor& t : file.tensors) {
      if (t.name == name) what(t);
    }
  };
  CHECK(message([](auto& file) { file.metadata["format"] = "sweepnet run state 9"; }) ==
        "s: the state's format is 'sweepnet run state 9', expected 'sweepnet run state 3'");
  CHECK(message([](auto& file) { file.metadata.erase("format"); }) ==
        "s: the state's format is '', expected 'sweepnet run state 3'");
  CHECK(message([](auto& file) { file.metadata["run"] = "[]"; }) ==
        "s: the state's metadata 'run' are no JSON object");
  CHECK(message([](auto& file) {
          file.metadata["run"] =
              "{\"a\":" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
        }) == "s: the state's metadata 'run' is nested too deep");
  CHECK(message([](auto& file) {
          std::string keys = "{";
          for (int i = 0; i < 60'000; ++i) keys += fmt::format("\"{}\":0,", i);
          file.metadata["run"] = keys + "\"x\":0}";
        }) == "s: the state's metadata 'run' has an object of more than 1000 keys");
  CHECK(message([](auto& file) {
          for (int i = 0; i < 1000; ++i) {
            file.tensors.push_back({.name = fmt::format("optimizer_slot_{}", i + 2),
                                    .dtype = "F32",
                                    .shape = {0},
                                    .bytes = ""});
          }
        }) == "s: the state has more than 1000 tensors");
  CHECK(message([](auto& file) { file.metadata["step"] = "12x"; }) ==
        "s: the state's step is '12x', expected a number");
  CHECK(message([](auto& file) { file.metadata["stopped"] = "{}"; }) ==
        "s: the state does not tell whether training was stopped");
  CHECK(message([&](auto& file) {
          change(file, "position", [](safetensor& t) { t.name = "elsewhere"; });
        }) == "s: the state lacks the F64 tensor 'position'");
  CHECK(message([&](auto& file) {
          change(file, "history", [](safetensor& t) { t.shape = {40}; });
        }) == "s: the state's history is no table");
  CHECK(message([&](auto& file) {
          change(file, "history", [](safetensor& t) {
            t.shape = {1'000'000'000'000, 0};
            t.bytes.clear();
          });
        }) == "s: the state's history is no table");
  CHECK(message([&](auto& file) {
          change(file, "history", [](safetensor& t) { t.shape = {20, 2}; });
        }) == "s: the saved state is too short");
}

TEST_CASE("a state that was changed anywhere is damaged, whatever it was changed into") {
  const safetensors_file good =
      read_safetensors(encode_run_state(example_state(), example_identity(), "cpu"), "good");
  const auto is_damaged = [](const auto& change) {
    safetensors_file file = change();
    const std::string bytes = write_safetensors(std::move(file));
    return testing::message_of<unusable_run>([&] { (void)run_of_state(bytes, "s"); }) ==
           "s: is damaged: its contents are not those of its digest";
  };
  CHECK(run_of_state(write_safetensors(good), "s") == example_identity().encoded());
  for (std::size_t t = 0; t < good.tensors.size(); ++t) {
    INFO(good.tensors[t].name);
    CHECK(is_damaged([&] {
      safetensors_file file = good;
      file.tensors[t].bytes.front() ^= 1;
      return file;
    }));
    CHECK(is_damaged([&] {
      safetensors_file file = good;
      file.tensors[t].name += "x";
      return file;
    }));
    CHECK(is_damaged([&] {
      safetensors_file file = good;
      file.tensors[t].shape.push_back(1);
      return file;
    }));
  }
  for (const auto& [key, value] : good.metadata) {
    if (key == "format") continue;
    INFO(key);
    CHECK(is_damaged([&, &name = key] {
      safetensors_file file = good;
      file.metadata[name] += " ";
      return file;
    }));
  }
}

TEST_CASE("the digest of data tells every row, label, shape, scale and type apart") {
  dataset data;
  data.name = "one";
  data.class_count = 3;
  data.train = {.features = std::vector<std::uint8_t>{1, 2, 3, 4}, .width = 2, .labels = {0, 1}};
  data.validation = {.features = std::vector<std::uint8_t>{5, 6}, .width = 2, .labels = {2}};
  const std::string digest = digest_of(data);
  CHECK(digest.size() == 32);
  dataset other = data;
  other.name = "another";
  CHECK(digest_of(other) == digest);
  const auto changed = [&](const auto& change) {
    dataset copy = data;
    change(copy);
    return digest_of(copy) != digest;
  };
  CHECK(changed([](dataset& d) { d.train.features.owned<std::uint8_t>()[3] = 5; }));
  CHECK(changed([](dataset& d) { d.validation.labels[0] = 1; }));
  CHECK(changed([](dataset& d) { d.train.scale = 0.5; }));
  CHECK(changed([](dataset& d) { d.class_count = 4; }));
  CHECK(changed([](dataset& d) { std::swap(d.train, d.validation); }));
  CHECK(changed([](dataset& d) { d.train.features = std::vector<float>{1, 2, 3, 4}; }));
}
