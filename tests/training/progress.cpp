// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/training/progress.hpp"

#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "fake_executor.hpp"
#include "support.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/trainer.hpp"

using namespace sweepnet;

namespace {

/// What an epoch of 10,000 rows draws in a terminal of `columns`: the line within it and the last.
struct drawn_epoch {
  std::string within;
  std::string last;
};

drawn_epoch draw(std::int64_t columns, const std::string& prefix = "") {
  static const dataset data = testing::random_dataset(10'000, 3, 3);
  testing::fake_executor executor({.val_losses = {0.5}, .val_accuracies = {0.75}}, {.epochs = 1},
                                  data);
  std::ostringstream out;
  {
    progress_printer progress(out, progress_style::bar, prefix, [&] { return columns; });
    train(executor, progress);
  }
  const std::string text = out.str();
  const std::string begin = prefix + "Epoch 1/1\n";
  const std::string redrawn = "\x1b[J\r";
  const std::size_t first = text.find(begin) + begin.size();
  const std::size_t second = text.find(redrawn) + redrawn.size();
  REQUIRE(second > first);
  REQUIRE(text.ends_with("\x1b[J\n"));
  const std::string last = text.substr(second, text.size() - second - 4);
  REQUIRE(last.find_first_of("\r\n\x1b") == last.npos);
  return {text.substr(first, second - redrawn.size() - first), last};
}

}  // namespace

TEST_CASE("the bar and the numbers are Keras'") {
  CHECK(progress_bar(0, 100) == "[..............................]");
  CHECK(progress_bar(50, 100) == "[==============>...............]");
  CHECK(progress_bar(100, 100) == "[==============================]");
  CHECK(progress_bar(50, 100, 10) == "[====>.....]");
  CHECK(format_metric(0.24644) == "0.2464");
  CHECK(format_metric(0.0000123) == "1.2300e-05");
  CHECK(format_metric(0) == "0.0000");
  CHECK(format_metric(-std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("of a line that is too long the pieces of the highest rank go first") {
  const std::vector<line_piece> pieces{
      {.text = "aaaa", .rank = 1}, {.text = "bb", .rank = 2, .joint = " "}, {.text = "c"}};
  CHECK(fitted_line(pieces, 80) == "aaaa bb - c");
  CHECK(fitted_line(pieces, 11) == "aaaa bb - c");
  CHECK(fitted_line(pieces, 10) == "aaaa - c");
  CHECK(fitted_line(pieces, 7) == "c");
  CHECK(fitted_line(pieces, 0).empty());
  CHECK(fitted_line({{.text = "alone"}}, 3) == "alo");
  CHECK(fitted_line({}, 3).empty());
}

TEST_CASE("within an epoch the bar goes first, then loss, time left, accuracy and rows") {
  const std::string rows = "10000/10000";
  CHECK(draw(200).within ==
        rows + " " + progress_bar(1, 1) + " - ETA: 0s - loss: 2.0000 - acc: 0.2500");
  CHECK(draw(80).within ==
        rows + " " + progress_bar(1, 1, 26) + " - ETA: 0s - loss: 2.0000 - acc: 0.2500");
  CHECK(draw(62).within == rows + " - ETA: 0s - loss: 2.0000 - acc: 0.2500");
  CHECK(draw(40).within == rows + " - ETA: 0s - acc: 0.2500");
  CHECK(draw(30).within == rows + " - acc: 0.2500");
  CHECK(draw(20).within == rows);
  CHECK(draw(5).within == "1000");
}

TEST_CASE("at an epoch's end the validation's metrics stay longest") {
  CHECK(draw(200).last.starts_with("10000/10000 " + progress_bar(1, 1) + " - "));
  CHECK(draw(40).last == "val_loss: 0.5000 - val_acc: 0.7500");
  CHECK(draw(20).last == "val_acc: 0.7500");
}

TEST_CASE("a line that is drawn anew fits every window, and says which run's it is where it may") {
  for (std::int64_t columns = 1; columns <= 200; ++columns) {
    INFO(columns);
    const drawn_epoch drawn = draw(columns, "[3/8 attempt 2] ");
    CHECK(std::ssize(drawn.within) < columns);
    CHECK(std::ssize(drawn.last) < columns);
    CHECK(drawn.within.starts_with("[3/8 attempt 2] ") == (columns > 56));
  }
}

TEST_CASE("what is printed in between, or behind a bar that is left, does not end in its line") {
  const dataset data = testing::random_dataset(8, 3, 3);
  struct speaker : callback {
    progress_printer* progress = nullptr;
    bool erase = false;
    void on_step(training_context&, const pass_progress&) override {
      if (!erase) throw argument_error("left");
      progress->erase_bar();
      progress->erase_bar();
    }
  };
  std::ostringstream out;
  const auto run = [&](bool erase) {
    out.str("");
    testing::fake_executor executor({.val_losses = {0.5}}, {.epochs = 1}, data);
    progress_printer progress(out, progress_style::bar, "");
    speaker talks;
    talks.progress = &progress;
    talks.erase = erase;
    train(executor, progress, talks);
  };
  CHECK_THROWS_AS(run(false), argument_error);
  CHECK(out.str().ends_with(" - acc: 0.2500\x1b[J\r\n"));
  run(true);
  CHECK(out.str().find("\x1b[J\r\x1b[J8/8 [") != std::string::npos);
}

TEST_CASE("checkpoint lines are Keras'") {
  epoch_record first;
  first.epoch = 1;
  first.validation = metrics{.loss = 1, .accuracy = 0.18};
  epoch_record second = first;
  second.epoch = 2;
  CHECK(checkpoint_line(first, metric::val_accuracy, {}, true, "x.h5") ==
        "Epoch 00001: val_accuracy improved from -inf to 0.18000, saving model to x.h5");
  CHECK(checkpoint_line(second, metric::val_accuracy, first, false, "x.h5") ==
        "Epoch 00002: val_accuracy did not improve from 0.18000");
  CHECK(checkpoint_line(first, metric::val_loss, {}, true, "x.h5") ==
        "Epoch 00001: val_loss improved from inf to 1.00000, saving model to x.h5");
}
