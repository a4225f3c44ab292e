// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Groups of executors on a GPU: each member is the executor alone, whatever the others are.

#include <cstddef>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "backend/epoch.hpp"
#include "members.hpp"
#include "on_gpu.hpp"
#include "support.hpp"

using namespace sweepnet;
using testing::chain_of;
using testing::group_on_gpu;
using testing::has_gpu;
using testing::member_plan;
using testing::mixed_plans;
using testing::on_gpu;
using testing::rows_to_train;
using testing::train_to_the_end;

namespace {

std::vector<std::string> trained_alone(const std::vector<member_plan>& plans, const dataset& data) {
  std::vector<std::string> all;
  for (const member_plan& each : plans) {
    all.push_back(train_to_the_end(*on_gpu(each.model, each.options, data)));
  }
  return all;
}

}  // namespace

TEST_CASE("members of a group leave the bytes that each would leave alone", "[gpu]") {
  if (!has_gpu("members of a group leave the bytes that each would leave alone")) return;
  const dataset data = rows_to_train();
  const std::vector<member_plan> plans = mixed_plans();
  const std::vector<std::string> alone = trained_alone(plans, data);
  const auto group = group_on_gpu(data);
  std::vector<std::string> together(plans.size());
  std::vector<std::string> devices(plans.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto member = group->make(plans[i].model, plans[i].options);
      together[i] = train_to_the_end(*member);
      devices[i] = member->device();
    });
  }
  for (std::thread& each : threads) each.join();
  for (std::size_t i = 0; i < plans.size(); ++i) {
    INFO(i);
    CHECK((together[i] == alone[i]));
    CHECK(devices[i] == on_gpu(plans[i].model, plans[i].options, data)->device());
    CHECK((devices[i].find(i < 5 ? " fused " : " plain ") != std::string::npos));
  }
}

TEST_CASE("a member trains whatever other members do not do, and may come and go", "[gpu]") {
  if (!has_gpu("a member trains whatever other members do not do, and may come and go")) return;
  const dataset data = rows_to_train();
  const std::vector<member_plan> plans = mixed_plans();
  const std::vector<std::string> alone = trained_alone(plans, data);
  const auto group = group_on_gpu(data);
  const auto idle = group->make(plans[0].model, plans[0].options);
  for (const std::size_t i : {1U, 5U, 1U}) {
    CHECK((train_to_the_end(*group->make(plans[i].model, plans[i].options)) == alone[i]));
  }
  CHECK((train_to_the_end(*idle) == alone[0]));
}

TEST_CASE("a member that fails leaves the others as they are", "[gpu]") {
  if (!has_gpu("a member that fails leaves the others as they are")) return;
  const dataset data = rows_to_train();
  const std::vector<member_plan> plans = mixed_plans();
  const std::vector<std::string> alone = trained_alone(plans, data);
  const auto group = group_on_gpu(data, {.steps_per_observation = 1});
  std::vector<std::string> together(plans.size());
  std::vector<std::thread> threads;
  for (const std::size_t i : {0U, 2U, 5U}) {
    threads.emplace_back(
        [&, i] { together[i] = train_to_the_end(*group->make(plans[i].model, plans[i].options)); });
  }
  std::string left;
  std::string too_large;
  std::string malformed;
  threads.emplace_back([&] {
    const auto member = group->make(plans[1].model, plans[1].options);
    pass_progress progress;
    left = testing::message_of<std::runtime_error>([&] {
      member->train_epoch(testing::epoch_order(data, 1), progress, [](const pass_progress& so_far) {
        if (so_far.rows > 32) throw std::runtime_error("left");
      });
    });
  });
  const model_spec of_terabytes = chain_of({1'000'000, 1'000'000}, "relu", 0);
  threads.emplace_back([&] {
    too_large =
        testing::message_of<configuration_error>([&] { (void)group->make(of_terabytes, {}); });
    malformed = testing::message_of<argument_error>(
        [&] { (void)group->make(plans[0].model, {.batch_size = 0}); });
  });
  for (std::thread& each : threads) each.join();
  for (const std::size_t i : {0U, 2U, 5U}) CHECK((together[i] == alone[i]));
  CHECK(left == "left");
  CHECK(too_large.starts_with("the GPU has not enough memory: "));
  CHECK(malformed.find("batch_size") != std::string::npos);
}

TEST_CASE("members evaluate together what each evaluates alone", "[gpu]") {
  if (!has_gpu("members evaluate together what each evaluates alone")) return;
  // More rows than one step of an evaluation has, the last step's not as many.
  dataset data = testing::random_dataset(40, 12, 4);
  const dataset more = testing::random_dataset(4500, 12, 4);
  data.validation = more.train;
  const std::vector<member_plan> plans = mixed_plans();
  std::vector<metrics> expected;
  std::vector<metrics> found(plans.size());
  const auto evaluate = [&](executor& member) {
    pass_progress progress;
    member.train_epoch(testing::epoch_order(data, 1), progress);
    return member.evaluate();
  };
  for (const member_plan& each : plans) {
    expected.push_back(evaluate(*on_gpu(each.model, each.options, data)));
  }
  const auto group = group_on_gpu(data);
  std::string left;  // one is left when it is observed, and begins anew
  pass_progress seen;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto member = group->make(plans[i].model, plans[i].options);
      found[i] = evaluate(*member);
      if (i != 2) return;
      left = testing::message_of<std::runtime_error>([&] {
        (void)member->evaluate([&](const pass_progress& so_far) {
          seen = so_far;
          throw std::runtime_error("left");
        });
      });
      found[i] = member->evaluate();
    });
  }
  for (std::thread& each : threads) each.join();
  CHECK(left == "left");
  CHECK(seen.rows == 4500);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    INFO(i);
    CHECK(testing::same(found[i], expected[i]));
  }
}

TEST_CASE("a member's state goes on alone, and one that was left alone in a group", "[gpu]") {
  if (!has_gpu("a member's state goes on alone, and one that was left alone in a group")) return;
  const dataset data = rows_to_train();
  for (const std::size_t i : {0U, 5U}) {
    const auto [model, options] = mixed_plans()[i];
    const auto straight = on_gpu(model, options, data);
    testing::train_epoch(*straight, testing::epoch_order(data, 1));
    const executor_state middle = straight->export_state();
    testing::train_epoch(*straight, testing::epoch_order(data, 2));
    const executor_state end = straight->export_state();

    const auto group = group_on_gpu(data);
    const auto member = group->make(model, options);
    testing::train_epoch(*member, testing::epoch_order(data, 1));
    CHECK((member->export_state().parameters == middle.parameters));
    const auto alone = on_gpu(model, options, data);
    alone->import_state(member->export_state());
    const auto other = group->make(model, options);
    other->import_state(middle);
    for (executor* each : {alone.get(), other.get()}) {
      testing::train_epoch(*each, testing::epoch_order(data, 2));
      CHECK((each->export_state().parameters == end.parameters));
      CHECK((each->export_state().optimizer_slots == end.optimizer_slots));
    }
  }
}

TEST_CASE("a group tells what memory there is, and refuses data that are none", "[gpu]") {
  if (!has_gpu("a group tells what memory there is, and refuses data that are none")) return;
  const dataset data = rows_to_train();
  const auto group = group_on_gpu(data);
  const double small = group->memory_of(chain_of({4}, "relu", 0), {});
  const double large = group->memory_of(chain_of({400, 400}, "relu", 0), {});
  CHECK(small > 0);
  CHECK(large > 100 * small);
  CHECK(group->memory() > large);
  CHECK(group->useful_members() > 1);
  CHECK(group->memory_of(chain_of({4}, "relu", 0), {.batch_size = 0}) == 0);
  dataset malformed = data;
  malformed.train.labels.pop_back();
  CHECK_FALSE(testing::message_of<argument_error>([&] { (void)group_on_gpu(malformed); }).empty());
}
