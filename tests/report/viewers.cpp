// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The files that people's viewers open. The viewers themselves read them in tests/search.

#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "small_reports.hpp"
#include "support.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/report/crc32.hpp"
#include "sweepnet/report/csv.hpp"
#include "sweepnet/report/epoch_lines.hpp"
#include "sweepnet/report/optuna_journal.hpp"
#include "sweepnet/report/tensorboard.hpp"

using namespace sweepnet;
using testing::small_outputs;
using testing::small_result;

namespace {

std::vector<std::string> lines_of(std::string_view text, std::string_view end) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t at = text.find(end);
    REQUIRE(at != text.npos);
    lines.emplace_back(text.substr(0, at));
    text.remove_prefix(at + end.size());
  }
  return lines;
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

/// The events in a file, whose check sums hold.
std::vector<std::string> events_of(std::string_view file) {
  const auto masked = [](std::string_view of) {
    return std::rotr(report::crc32<report::crc_polynomial::castagnoli>(of), 15) + 0xa282ead8U;
  };
  std::vector<std::string> events;
  while (!file.empty()) {
    const std::string_view length = file.substr(0, 8);
    const std::uint64_t size = little_endian(length);
    REQUIRE(file.size() >= size + 16);
    CHECK(little_endian(file.substr(8, 4)) == masked(length));
    events.emplace_back(file.substr(12, size));
    CHECK(little_endian(file.substr(12 + size, 4)) == masked(events.back()));
    file.remove_prefix(size + 16);
  }
  return events;
}

}  // namespace

TEST_CASE("the table has the best run first, all digits, and quotes what RFC 4180 quotes") {
  const small_outputs outputs;
  outputs.fill(2);
  ordered_json result =
      small_result(2, 3, {{"model", nullptr}, {"error", "it said \"no\",\nand fell"}});
  result["best"] = nullptr;
  result["paramset"]["optimizer"] = "a,b";
  result["seconds"]["total"] = 1.0 / 3;
  outputs.write(2, result);
  outputs.write(0, small_result(0, 3));
  outputs.write(1, small_result(1, 3));
  CHECK(report::csv_table(outputs.read()) ==
        "index,state,val_accuracy,best_epoch,best.loss,best.accuracy,best.val_loss,"
        "best.val_accuracy,epochs,seconds,paramset.learning_rate,paramset.optimizer,"
        "paramset.units,detail\r\n"
        "1,done,0.51,2,0.5,0.5,1,0.51,3,2.5,0.002,sgd,16,\r\n"
        "0,done,0.5,2,0.5,0.5,1,0.5,3,2.5,0.001,adam,8,\r\n"
        "2,failed,,,,,,,3,0.3333333333333333,0.003,\"a,b\",24,"
        "\"it said \"\"no\"\",\nand fell\"\r\n");
}

TEST_CASE("every epoch is a line of JSON, null what is not finite") {
  const small_outputs outputs;
  ordered_json result = small_result(0, 1);
  result["history"]["val_loss"][1] = nullptr;
  outputs.write(0, result);
  const std::vector<std::string> lines = lines_of(report::epoch_lines(outputs.read()), "\n");
  REQUIRE(lines.size() == 3);
  CHECK(lines[1] ==
        "{\"index\":0,\"epoch\":2,\"loss\":0.5,\"accuracy\":0.5,\"val_loss\":null,"
        "\"val_accuracy\":0.5,\"learning_rate\":0.001,\"train_seconds\":0.5,"
        "\"validate_seconds\":0.25}");
}

TEST_CASE("the journal has a study and a trial for each run") {
  const small_outputs outputs;
  outputs.fill(2);
  outputs.write(0, small_result(0, 4));
  outputs.write(1, small_result(1, 4));
  outputs.write(2, small_result(2, 4, {{"model", nullptr}, {"error", "no"}, {"best", nullptr}}));
  const std::vector<std::string> lines = lines_of(report::optuna_journal(outputs.read()), "\n");
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] ==
        "{\"op_code\":0,\"worker_id\":\"sweepnet\",\"study_name\":\"sweep\",\"directions\":[2]}");
  CHECK(ordered_json::parse(lines[2]) ==
        ordered_json{
            {"op_code", 4},
            {"worker_id", "sweepnet"},
            {"study_id", 0},
            {"state", 1},
            {"value", 0.51},
            {"values", nullptr},
            {"datetime_start", "2023-11-14T22:13:20.250000+00:00"},
            {"datetime_complete", "2023-11-14T22:13:22.750000+00:00"},
            {"distributions",
             {{"learning_rate",
               "{\"name\":\"FloatDistribution\",\"attributes\":{\"step\":null,\"low\":0.001,"
               "\"high\":0.003,\"log\":false}}"},
              {"optimizer",
               "{\"name\":\"CategoricalDistribution\",\"attributes\":{\"choices\":[\"adam\","
               "\"sgd\"]}}"},
              {"units",
               "{\"name\":\"IntDistribution\",\"attributes\":{\"log\":false,\"step\":1,\"low\":8,"
               "\"high\":24}}"}}},
            {"params", {{"learning_rate", 0.002}, {"optimizer", 1}, {"units", 16}}},
            {"user_attrs", {{"index", 1}, {"state", "done"}}},
            {"system_attrs", ordered_json::object()},
            {"intermediate_values", {{"1", 0.1}, {"2", 0.51}, {"3", 0.2}}}});
  CHECK(ordered_json::parse(lines[3])["state"] == 3);
  CHECK(ordered_json::parse(lines[3])["value"].is_null());
}

TEST_CASE("a run has three event files, whose records hold and are the same again") {
  const small_outputs outputs;
  outputs.fill(2);
  std::map<std::string, std::string> files;
  const auto read = [&] {
    std::map<std::string, std::string> made;
    const report::sweep_report told = outputs.read();
    for (std::size_t i = 0; i < told.runs.size(); ++i) {
      for (const report::named_file& file : report::event_files_of(told, i)) {
        CHECK(made.emplace(file.name, file.bytes).second);
      }
    }
    return made;
  };
  files = read();
  CHECK(files == read());
  REQUIRE(files.size() == 6);
  const std::string name = "events.out.tfevents.0.sweepnet";
  // Each time is a double of field 1: the key 9 and eight bytes.
  const std::vector<std::string> train = events_of(files.at("1/train/" + name));
  REQUIRE(train.size() == 1 + 3 * 3);
  CHECK(train[0].substr(9) ==
        "\x1a\x0d"
        "brain.Event:2");
  CHECK(little_endian(std::string_view(train[0]).substr(1, 8)) ==
        std::bit_cast<std::uint64_t>(1700000000.25));
  const float loss = 0.5F;
  std::string scalar =
      "\x10\x01\x2a\x13\x0a\x11\x0a\x0a"
      "epoch_loss\x15";
  for (int shift = 0; shift < 32; shift += 8) {
    scalar += static_cast<char>(std::bit_cast<std::uint32_t>(loss) >> shift & 0xffU);
  }
  CHECK(train[4].substr(9) == scalar);
  CHECK(little_endian(std::string_view(train[4]).substr(1, 8)) ==
        std::bit_cast<std::uint64_t>(1700000000.25 + 1.5));
  CHECK(events_of(files.at("1/validation/" + name)).size() == 1 + 3 * 2);
  const std::vector<std::string> session = events_of(files.at("1/" + name));
  REQUIRE(session.size() == 3);
  CHECK(session[1].find("_hparams_/session_start_info") != std::string::npos);
  CHECK(session[1].find("learning_rate") != std::string::npos);
  CHECK(session[2].find("_hparams_/session_end_info") != std::string::npos);
}
