// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Outputs that others may have written: what cannot be is told of its run alone.

#include "sweepnet/run/sweep_status.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "support.hpp"
#include "sweepnet/core/digest.hpp"
#include "sweepnet/describe/json.hpp"

using namespace sweepnet;

namespace {

/// A sweep of two: run 0 is done, and what run 1 left is the test's own.
struct foreign_outputs {
  testing::temporary_directory directory{};

  foreign_outputs() {
    testing::write_file(directory / "m.h5", "weights");
    result(0, ordered_json::object());
  }
  void result(int index, const ordered_json& changes) const {
    ordered_json content = {{"size", 2},
                            {"model", "m.h5"},
                            {"model_digest", digest_of("weights")},
                            {"paramset", {{"model_path", "m.h5"}}}};
    content.update(changes);
    text(index, content.dump());
  }
  void text(int index, const std::string& content) const {
    testing::write_file(directory / fmt::format("result_{}.json", index), content);
  }
  [[nodiscard]] run_status look() const {
    const sweep_status status =
        read_sweep_status(directory.path().string(), std::nullopt,
                          {.models_up_to = SIZE_MAX, .states_up_to = SIZE_MAX});
    REQUIRE(status.size() == 2);
    CHECK(status[0].phase == run_phase::done);
    return status[1];
  }
};

}  // namespace

TEST_CASE("a result that no run wrote is damaged, whatever it says") {
  const foreign_outputs outputs;
  const std::string name = outputs.directory / "result_1.json";
  const auto told = [&](const std::string& content) {
    outputs.text(1, content);
    const run_status found = outputs.look();
    CHECK(found.phase == run_phase::damaged);
    return found.detail;
  };
  std::string keys;
  for (int i = 0; i < 60'000; ++i) keys += fmt::format(",\"{}\":0", i);
  std::string lists = "[";
  for (int i = 0; i < 100'000; ++i) lists += "[],";
  CHECK(told("{\"model\":" + std::string(200'000, '[')) == name + " is nested too deep");
  CHECK(told("{\"model\":null" + keys + "}") == name + " has an object of more than 1000 keys");
  CHECK(told("{\"model\":" + lists + "1]}") == name + " has more than 100000 lists and objects");
  for (const char* size : {"18446744073709551615", "200000000", "1000001", "-1", "2.0", "\"2\""}) {
    INFO(size);
    CHECK(told(fmt::format(R"({{"model":null,"size":{}}})", size)) ==
          name + " is damaged: its size must be a number from 1 to 1000000");
  }
  outputs.text(1, "");
  std::filesystem::resize_file(name, (std::uintmax_t{256} << 20) + 1);
  CHECK(outputs.look().detail == name + ": expected at most 268435456 bytes, found 268435457");
}

TEST_CASE(
    "a model_path is followed to no pipe, device or place that cannot be, and fails its run "
    "alone") {
  const foreign_outputs outputs;
  const std::string root = outputs.directory.path().string();
  std::filesystem::create_symlink("/dev/zero", outputs.directory / "zero");
  REQUIRE(::mkfifo((outputs.directory / "pipe").c_str(), 0666) == 0);
  std::filesystem::create_directory(outputs.directory / "folder");
  const auto told = [&](const std::string& path) {
    INFO(path);
    outputs.result(1, {{"paramset", {{"model_path", path}}}});
    const run_status found = outputs.look();
    return std::pair(found.phase, found.detail);
  };
  using std::pair;
  CHECK(told("zero") ==
        pair(run_phase::damaged, root + "/zero: a symbolic link leads out of " + root));
  CHECK(told("pipe") ==
        pair(run_phase::damaged, root + "/pipe: expected a file, found a device, pipe or socket"));
  CHECK(told("folder") ==
        pair(run_phase::damaged, root + "/folder: is a directory, expected a file"));
  const std::string long_name(5000, 'x');
  CHECK(told(long_name) ==
        pair(run_phase::damaged, root + "/" + long_name + ": cannot open: File name too long"));
  for (const char* elsewhere :
       {"/dev/zero", "../x", "foo://x", "s3://b/x", "s3://B_", "http://h:x/"}) {
    CHECK(told(elsewhere) == pair(run_phase::done, std::string("  (model not compared)")));
  }
}

TEST_CASE("a model of any size is compared in bounded memory") {
  const foreign_outputs outputs;
  outputs.result(1, {{"paramset", {{"model_path", "large"}}}});
  testing::write_file(outputs.directory / "large", "");
  std::filesystem::resize_file(outputs.directory / "large", (std::uintmax_t{1} << 20) + 7);
  CHECK(outputs.look().detail ==
        outputs.directory / "large" + " is not the model that the result describes");
  outputs.result(1, {{"paramset", {{"model_path", "large"}}},
                     {"model_digest", digest_of(std::string((std::size_t{1} << 20) + 7, '\0'))}});
  CHECK(outputs.look().phase == run_phase::done);
}
