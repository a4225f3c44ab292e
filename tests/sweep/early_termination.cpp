// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A sweep file's early_terminate and its metric's target, and what is wrong with them.

#include "sweepnet/sweep/early_termination_reader.hpp"

#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

using namespace sweepnet;
namespace early_rules = early_terminations;

namespace {

std::string with(const std::string& early,
                 const std::string& metric = "metric: {name: val_loss}\n") {
  return "method: grid\nearly_terminate: " + early + "\n" + metric +
         "parameters: {l2: {values: [0, 0.1]}}\n";
}

search_space read_space(const std::string& text) {
  return *parse_sweep<paramset>(text, "s.yml").space();
}

}  // namespace

TEST_CASE("each rule is read with its defaults, and keys tell the two called hyperband apart") {
  const auto early = [](const std::string& text) { return read_space(with(text)).early; };
  const auto wandb =
      std::get<early_rules::wandb_hyperband>(early("{type: hyperband, min_iter: 3}"));
  CHECK(wandb.min_iter == 3);
  CHECK(wandb.eta == 3);
  CHECK(wandb.strict);
  const auto loose = std::get<early_rules::wandb_hyperband>(
      early("{type: hyperband, max_iter: 27, s: 2, eta: 2.5, strict: false}"));
  CHECK(loose.max_iter == 27);
  CHECK(loose.s == 2);
  CHECK(loose.eta == 2.5);
  CHECK_FALSE(loose.strict);
  const auto brackets =
      std::get<early_rules::hyperband>(early("{type: hyperband, max_epochs: 81}"));
  CHECK(brackets.min_epochs == 1);
  CHECK(brackets.max_epochs == 81);
  const auto halving =
      std::get<early_rules::successive_halving>(early("{type: successive_halving}"));
  CHECK(halving.min_epochs == 1);
  CHECK_FALSE(halving.max_epochs);
  CHECK(halving.eta == 3);
  CHECK(std::get<early_rules::i_epoch>(early("{type: i_epoch, keep: 4}")).keep == 4);
  CHECK(std::get<early_rules::i_epoch>(early("{type: i_epoch}")).epochs == 1);
  CHECK(std::get<early_rules::median>(early("{type: median, min_epochs: 5}")).min_epochs == 5);
  CHECK(std::get<early_rules::median>(early("{type: median}")).min_runs == 3);
  CHECK(std::get<early_rules::asha>(early("{type: asha, parallel: 16}")).parallel == 16);
  CHECK(name_of(early("{type: asha}")) == "asha");
}

TEST_CASE("what was decided for the file is told as notes") {
  CHECK(read_space(with("{type: hyperband, min_iter: 3}")).notes ==
        std::vector<std::string>{"early_terminate: strict is true where nothing says it, as in "
                                 "W&B's package, not as in its documentation"});
  CHECK(read_space(with("{type: hyperband, min_iter: 3, strict: true}")).notes.empty());
  CHECK(read_space(with("{type: hyperband, min_iter: 3, max_iter: 9, s: 2, strict: true}")).notes ==
        std::vector<std::string>{
            "early_terminate: max_iter and s give the bands, min_iter is not used"});
}

TEST_CASE("a rule that is none, or that no run could meet, is refused where it stands") {
  struct bad {
    std::string early;
    std::string message;
  };
  const std::vector<bad> rows{
      {"hyperband", "2:18: early_terminate must be a mapping with a type, got hyperband"},
      {"{min_iter: 3}", "2:18: early_terminate needs a type"},
      {"{type: envelope}",
       "2:25: early_terminate.type must be hyperband, successive_halving, i_epoch, median, asha, "
       "got envelope"},
      {"{type: [asha]}",
       "2:25: early_terminate.type must be hyperband, successive_halving, i_epoch, median, asha, "
       "got a list"},
      {"{type: hyperband}",
       "2:18: early_terminate: hyperband needs min_iter, or max_iter and s, which are W&B's; or "
       "min_epochs or max_epochs: then it has brackets"},
      {"{type: hyperband, strict: true}",
       "2:18: early_terminate: W&B's hyperband needs min_iter, or max_iter and s"},
      {"{type: hyperband, max_iter: 9}",
       "2:18: early_terminate: max_iter and s go together: bands are max_iter / eta^i, i from 1 to "
       "s"},
      {"{type: hyperband, max_iter: 9, min_iter: 3}",
       "2:18: early_terminate: max_iter and s go together: bands are max_iter / eta^i, i from 1 to "
       "s"},
      {"{type: hyperband, max_iter: 2, s: 3}",
       "2:18: early_terminate: max_iter / eta is below 1: there is no band"},
      {"{type: hyperband, max_iter: 9, s: 1.5}",
       "2:52: early_terminate.s must be an integer, got 1.5"},
      {"{type: hyperband, min_iter: 0}",
       "2:46: early_terminate.min_iter must be at least 1, got 0"},
      {"{type: hyperband, min_iter: 1, eta: 1}",
       "2:54: early_terminate.eta must be above 1, got 1"},
      {"{type: hyperband, min_iter: 1, strict: 1}",
       "2:57: early_terminate.strict must be true or false, got 1"},
      {"{type: hyperband, min_iter: 1, max_epochs: 9}",
       "2:49: early_terminate: min_iter is of W&B's hyperband, max_epochs of the one with "
       "brackets: expected one of them"},
      {"{type: hyperband, max_epochs: 9, strict: true}",
       "2:51: early_terminate: strict is of W&B's hyperband, max_epochs of the one with brackets: "
       "expected one of them"},
      {"{type: successive_halving, min_iter: 1}",
       "2:45: unknown key 'min_iter' in early_terminate (known: min_epochs, max_epochs, eta)"},
      {"{type: successive_halving, min_epochs: 9, max_epochs: 9}",
       "2:18: early_terminate: max_epochs must be above min_epochs, 9, got 9"},
      {"{type: successive_halving, eta: 1.05}",
       "2:50: early_terminate.eta must be at least 1.1, got 1.05"},
      {"{type: i_epoch, keep: 0}", "2:40: early_terminate.keep must be at least 1, got 0"},
      {"{type: asha, parallel: 0}",
       "2:41: early_terminate.parallel must be in [1, 1048576], got 0"},
  };
  for (const bad& row : rows) {
    INFO(row.early);
    CHECK(testing::message_of<data_error>([&] { (void)read_space(with(row.early)); }) ==
          "s.yml:" + row.message);
  }
  CHECK(testing::message_of<data_error>([&] { (void)read_space(with("{type: median}", "")); }) ==
        "s.yml:2:1: early_terminate needs a metric by which runs are compared");
}

TEST_CASE("a metric's target is a number") {
  const auto target = [](const std::string& written) {
    return "method: grid\nmetric: {name: val_acc, target: " + written +
           "}\nparameters: {l2: {value: 0}}\n";
  };
  CHECK(read_space(target("0.97")).target == 0.97);
  const search_rules read = rules_of(read_space(target("0.97")));
  CHECK(read.compared == metric::val_accuracy);
  CHECK(read.target == 0.97);
  CHECK_FALSE(read.is_plain());
  for (const std::string& written :
       {std::string("high"), std::string("'0.9'"), std::string(".inf"), std::string("nan")}) {
    CHECK(testing::message_of<data_error>([&] {
            (void)read_space(target(written));
          }).starts_with("s.yml:2:33: metric.target must be a finite number, got "));
  }
}
