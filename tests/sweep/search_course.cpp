// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Which runs are trained next, how far, and which are stopped: told from results, whoever asks.

#include "sweepnet/sweep/search_course.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/random.hpp"

using namespace sweepnet;
namespace early_rules = early_terminations;

namespace {

double draw(std::uint64_t seed, std::uint64_t a, std::uint64_t b) {
  return open_unit_interval(bits_of(random_at(seed, a, b)));
}

/// Runs whose curves are known, some with ties, some that diverge, some that end by themselves.
struct world {
  search_rules how{};
  std::vector<searched_run> runs{};
  std::vector<std::vector<double>> curves{};  ///< as far as each run goes by itself

  world(const early_termination& early, std::size_t count, std::int64_t epochs,
        std::uint64_t seed = 0)
      : how{.early = early, .compared = metric::val_loss} {
    for (std::size_t i = 0; i < count; ++i) {
      runs.push_back({.epochs = epochs, .epoch_cost = 1 + std::floor(4 * draw(seed, i, 1000))});
      curves.emplace_back();
      const bool ends = draw(seed, i, 1001) < 0.1;
      const auto last =
          ends ? 1 + static_cast<std::int64_t>(draw(seed, i, 1002) * static_cast<double>(epochs))
               : epochs;
      const bool diverges = draw(seed, i, 1003) < 0.1;
      for (std::int64_t e = 0; e < last; ++e) {
        const double loss = std::floor(draw(seed, i, static_cast<std::uint64_t>(e)) * 20) / 10;
        curves.back().push_back(diverges && 2 * e >= last ? std::nan("") : loss);
      }
    }
  }
  /// Runs of so many epochs whose losses are these at all of them.
  static world flat(const early_termination& early, std::int64_t epochs,
                    const std::vector<double>& losses) {
    world w(early, losses.size(), epochs);
    for (std::size_t i = 0; i < losses.size(); ++i) {
      w.runs[i].epoch_cost = 1;
      w.curves[i].assign(static_cast<std::size_t>(epochs), losses[i]);
    }
    return w;
  }

  void train(std::vector<run_progress>& progress, std::size_t run, std::int64_t until) const {
    const auto last = std::min(until, std::ssize(curves[run]));
    if (progress[run].over || std::ssize(progress[run].values) >= last) return;
    progress[run].values.assign(curves[run].begin(), curves[run].begin() + last);
    progress[run].over = last == std::ssize(curves[run]);
  }

  /// Trains stage by stage, all of each.
  [[nodiscard]] search_course whole(std::vector<run_progress>& progress) const {
    progress.resize(runs.size());
    for (;;) {
      search_course course = course_of(how, runs, progress);
      if (course.finished) return course;
      for (const run_leg& leg : course.stages.back().legs) train(progress, leg.run, leg.until);
    }
  }
  [[nodiscard]] search_course whole() const {
    std::vector<run_progress> progress;
    return whole(progress);
  }

  /// Trains the legs that may be, up to `at_once` of them before it asks again, in an order of its
  /// own.
  [[nodiscard]] search_course in_disorder(std::uint64_t seed, std::size_t at_once) const {
    std::vector<run_progress> progress(runs.size());
    for (std::uint64_t turn = 0;; ++turn) {
      search_course course = course_of(how, runs, progress);
      if (course.finished) return course;
      std::vector<run_leg> open = course.ahead;
      for (const search_stage& stage : course.stages) {
        for (const run_leg& leg : stage.legs) {
          if (!progress[leg.run].has_come_to(leg.until)) open.push_back(leg);
        }
      }
      for (std::size_t i = 0; i < std::min(at_once, open.size()); ++i) {
        const auto which =
            static_cast<std::size_t>(draw(seed, turn, i) * static_cast<double>(open.size()));
        train(progress, open[which].run, open[which].until);
      }
    }
  }
};

std::string text_of(const search_course& course) {
  std::string text;
  for (const search_stage& stage : course.stages) {
    for (const run_leg& leg : stage.legs) text += fmt::format("{}>{} ", leg.run, leg.until);
    for (const stopped_run& stop : stage.stops) {
      text += fmt::format("{}x{}", stop.run, stop.why.band);
      if (stop.why.bracket) text += fmt::format("b{}", *stop.why.bracket);
      text += fmt::format("({}", stop.why.value);
      if (stop.why.threshold) text += fmt::format("/{}", *stop.why.threshold);
      text += ") ";
    }
    text += "; ";
  }
  return text;
}

const std::vector<early_termination>& all_rules() {
  static const std::vector<early_termination> all{
      early_rules::none{},
      early_rules::wandb_hyperband{.min_iter = 2},
      early_rules::wandb_hyperband{.max_iter = 13, .s = 3, .eta = 2, .strict = false},
      early_rules::successive_halving{},
      early_rules::successive_halving{.min_epochs = 2, .eta = 1.5},
      early_rules::hyperband{},
      early_rules::i_epoch{.epochs = 2, .keep = 3},
      early_rules::median{.min_epochs = 2},
      early_rules::asha{.eta = 2, .parallel = 3},
      early_rules::asha{.parallel = 1}};
  return all;
}

}  // namespace

TEST_CASE("without a rule there is one stage of everything") {
  const world w = world::flat(early_rules::none{}, 3, {1, 2, 3});
  CHECK(text_of(w.whole()) == "0>3 1>3 2>3 ; ");
  CHECK(course_of({}, {}, {}).finished);
}

TEST_CASE("successive halving: a stage for each rung, the best go on, the others say why not") {
  const world w = world::flat(early_rules::successive_halving{}, 9, {0.5, 0.3, 0.9, 0.1, 0.3, 0.7});
  CHECK(text_of(w.whole()) ==
        "0>1 1>1 2>1 3>1 4>1 5>1 0x1(0.5/0.3) 2x1(0.9/0.3) 4x1(0.3/0.3) 5x1(0.7/0.3) ; "
        "1>3 3>3 1x3(0.3/0.1) ; 3>9 ; ");
  // Fewer than eta: one goes on. Alone: it does.
  CHECK(text_of(world::flat(early_rules::successive_halving{}, 3, {2, 1}).whole()) ==
        "0>1 1>1 0x1(2/1) ; 1>3 ; ");
  CHECK(text_of(world::flat(early_rules::successive_halving{}, 3, {2}).whole()) == "0>1 ; 0>3 ; ");
  CHECK(text_of(world::flat(early_rules::successive_halving{}, 3, {std::nan(""), 7}).whole()) ==
        "0>1 1>1 0x1(nan/7) ; 1>3 ; ");
}

TEST_CASE("a metric that is to rise is told in its own sense") {
  world w = world::flat(early_rules::i_epoch{.epochs = 1, .keep = 1}, 4, {0.5, 0.75, 0.25});
  w.how.compared = metric::val_accuracy;
  CHECK(text_of(w.whole()) == "0>1 1>1 2>1 0x1(0.5/0.75) 2x1(0.25/0.75) ; 1>4 ; ");
}

TEST_CASE("hyperband: brackets of index ranges, each compared at its own rungs") {
  const world w = world::flat(early_rules::hyperband{}, 9, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
  // S = 2: 9, 5 and 3 runs of 17; of 10 there are 5, 3 and 2.
  CHECK(text_of(w.whole()) ==
        "0>1 1>1 2>1 3>1 4>1 5>3 6>3 7>3 8>9 9>9 "
        "0x1b2(9/6) 1x1b2(8/6) 2x1b2(7/6) 5x3b1(4/2) 6x3b1(3/2) ; "
        "3>3 4>3 7>9 3x3b2(6/5) ; 4>9 ; ");
}

TEST_CASE("W&B's rule in lock-step") {
  const world w = world::flat(early_rules::wandb_hyperband{.min_iter = 2}, 6, {5, 1, 4, 2, 3, 6});
  CHECK(text_of(w.whole()) ==
        "0>2 1>2 2>2 3>2 4>2 5>2 0x2(5/3) 2x2(4/3) 5x2(6/3) ; 1>6 3>6 4>6 ; ");
}

TEST_CASE("median compares at each epoch from its first one on") {
  const world w = world::flat(early_rules::median{.min_epochs = 2, .min_runs = 2}, 4, {1, 2, 3, 9});
  CHECK(text_of(w.whole()) == "0>2 1>2 2>2 3>2 2x2(3/2) 3x2(9/2) ; 0>3 1>3 ; 0>4 1>4 ; ");
}

TEST_CASE("asha: workers take on what is among the best of a rung, else begin another run") {
  const world w = world::flat(early_rules::asha{.eta = 2, .parallel = 2}, 4, {4, 3, 2, 1});
  // Rungs 1, 2 and the end at 4. Both workers begin; 0 ends first, nothing may go on, 2 begins.
  const std::string text = text_of(w.whole());
  CHECK(text == "0>1 1>1 ; 1>2 2>1 ; 2>2 3>1 ; 2>4 3>2 ; 3>4 0x1(4/3) 1x2(3/2) ; ");
  // Too few for a promotion: the best goes on to its end nevertheless.
  CHECK(text_of(world::flat(early_rules::asha{}, 3, {2, 1}).whole()) ==
        "0>1 1>1 ; 1>3 0x1(2/1) ; ");
  CHECK(text_of(world::flat(early_rules::asha{}, 3, {std::nan("")}).whole()).find(">3") ==
        std::string::npos);
}

TEST_CASE("one that reached the target ends the begin of others, not what is under way") {
  std::vector<double> losses(30, 1.0);
  losses[9] = 0.25;
  world w = world::flat(early_rules::none{}, 2, losses);
  w.how.target = 0.25;
  const search_course course = w.whole();
  REQUIRE(course.stages.size() == 2);
  CHECK(course.stages[1].legs.size() == w.how.at_once);
  CHECK(course.stages[1].legs.back().run == 2 * w.how.at_once - 1);
  w.how.target = 0.2;
  CHECK(w.whole().stages.size() == 4);
  w.how.early = early_rules::successive_halving{};
  w.how.target = 0.25;
  const search_course halved = w.whole();
  REQUIRE(halved.stages.size() == 3);
  CHECK(halved.stages[1].stops.size() == 2 * w.how.at_once - 6);
  CHECK(halved.stages[2].legs.size() == 6);
  w.how.early = early_rules::asha{.parallel = 2};
  std::set<std::size_t> begun;
  for (const search_stage& stage : w.whole().stages) {
    for (const run_leg& leg : stage.legs) begun.insert(leg.run);
  }
  CHECK(*begun.rbegin() < std::size_t{12});
}

TEST_CASE("decisions are equal in whatever order, and however many at once, results come") {
  const std::uint64_t seed = 3;
  INFO("seed " << seed);
  for (const early_termination& early : all_rules()) {
    for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{23}}) {
      for (const double target : {0.0, 0.1}) {
        INFO(name_of(early) << ", " << count << " runs, target " << target);
        world w(early, count, 13, seed + count);
        if (target > 0) w.how.target = target;
        const std::string whole = text_of(w.whole());
        for (const std::size_t at_once : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
          CHECK(text_of(w.in_disorder(seed + at_once, at_once)) == whole);
        }
      }
    }
  }
}

TEST_CASE("each run is trained or stopped, forwards only, and one comes to its end") {
  for (const early_termination& early : all_rules()) {
    INFO(name_of(early));
    const world w(early, 40, 13, 9);
    std::vector<run_progress> progress;
    const search_course course = w.whole(progress);
    std::vector<std::int64_t> reached(w.runs.size());
    std::vector<bool> stopped(w.runs.size());
    for (const search_stage& stage : course.stages) {
      for (const run_leg& leg : stage.legs) {
        CHECK(leg.until > reached[leg.run]);
        CHECK(leg.until <= w.runs[leg.run].epochs);
        CHECK_FALSE(stopped[leg.run]);
        reached[leg.run] = leg.until;
      }
      for (const stopped_run& stop : stage.stops) {
        CHECK_FALSE(stopped[stop.run]);
        CHECK(stop.why.judged);
        CHECK(stop.why.by == name_of(early));
        CHECK(stop.why.band == reached[stop.run]);
        stopped[stop.run] = true;
      }
    }
    std::size_t ended = 0;
    for (std::size_t i = 0; i < w.runs.size(); ++i) {
      CHECK(reached[i] > 0);
      CHECK(progress[i].over != stopped[i]);
      if (progress[i].over) ++ended;
    }
    CHECK(ended > 0);
    CHECK((std::holds_alternative<early_rules::none>(early) || ended < w.runs.size()));
  }
}

TEST_CASE("stopped runs that were trained on since change no decision") {
  for (const early_termination& early : all_rules()) {
    INFO(name_of(early));
    const world w(early, 25, 13, 4);
    std::vector<run_progress> progress;
    const std::string before = text_of(w.whole(progress));
    for (std::size_t i = 0; i < w.runs.size(); ++i) w.train(progress, i, 13);
    CHECK(text_of(course_of(w.how, w.runs, progress)) == before);
  }
}

TEST_CASE("a run that failed without a value is out, and nobody waits for it") {
  const world w = world::flat(early_rules::successive_halving{}, 3, {2, 1, 3, 4});
  std::vector<run_progress> progress(4);
  progress[1].over = true;
  const search_course course = w.whole(progress);
  CHECK(text_of(course) == "0>1 1>1 2>1 3>1 3x1(4/3) ; 0>3 2>3 ; ");
}

TEST_CASE("a run waits to be compared unless its leg is its last") {
  const world w = world::flat(early_rules::hyperband{}, 9, std::vector<double>(17, 1.0));
  std::vector<run_progress> nothing(17);
  const search_course course = course_of(w.how, w.runs, nothing);
  const run_leg& leg = course.stages.front().legs[10];
  const auto waiting = waiting_at(w.how, w.runs[10], leg);
  REQUIRE(waiting);
  CHECK(waiting->by == "hyperband");
  CHECK(waiting->bracket == 1);
  CHECK(waiting->band == 3);
  CHECK_FALSE(waiting->judged);
  CHECK_FALSE(waiting_at(w.how, w.runs[10], {.run = 10, .until = 9}));
}

TEST_CASE("a course that grows is the one that is gone through anew") {
  const std::uint64_t seed = 5;
  INFO("seed " << seed);
  for (const early_termination& early : all_rules()) {
    for (const std::size_t count : {std::size_t{0}, std::size_t{3}, std::size_t{40}}) {
      for (const double target : {0.0, 0.1}) {
        INFO(name_of(early) << ", " << count << " runs, target " << target);
        world w(early, count, 13, seed + count);
        if (target > 0) w.how.target = target;
        growing_course growing(w.how, w.runs);
        std::vector<run_progress> progress(count);
        for (std::uint64_t turn = 0;; ++turn) {
          const search_course anew = course_of(w.how, w.runs, progress);
          const search_course& grown = growing.at(progress);
          REQUIRE(text_of(grown) == text_of(anew));
          REQUIRE(grown.finished == anew.finished);
          std::vector<run_leg> open = anew.ahead;
          CHECK(text_of({.stages = {{.legs = grown.ahead}}}) ==
                text_of({.stages = {{.legs = open}}}));
          if (anew.finished) break;
          for (const search_stage& stage : anew.stages) {
            for (const run_leg& leg : stage.legs) {
              if (!progress[leg.run].has_come_to(leg.until)) open.push_back(leg);
            }
          }
          const auto which =
              static_cast<std::size_t>(draw(seed, turn, 0) * static_cast<double>(open.size()));
          w.train(progress, open[which].run, open[which].until);
        }
      }
    }
  }
}
