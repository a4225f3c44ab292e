// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Groups of executors, as only the emulated device can look at them: what they launch, what they
// allocate, and what becomes of them when a call fails.

#include <cuda_runtime.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <latch>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "backend/epoch.hpp"
#include "emulated/device.hpp"
#include "gpu/members.hpp"
#include "gpu/on_gpu.hpp"
#include "support.hpp"
#include "sweepnet/backend/cuda/executor.cuh"
#include "sweepnet/backend/cuda/shared_device.cuh"
#include "sweepnet/backend/cuda/shared_rounds.cuh"

using namespace sweepnet;
using testing::group_on_gpu;
using testing::member_plan;

namespace {

/// While it lives, each kernel runs once.
struct in_one_order {
  in_one_order() { emulated::how().both_orders = false; }
  in_one_order(const in_one_order&) = delete;
  in_one_order& operator=(const in_one_order&) = delete;
  ~in_one_order() { emulated::how().both_orders = true; }
};

/// Trains the members of a group, each in its own thread, all from the same time on; what each
/// leaves, or the error that it met.
std::vector<std::string> train_members(const std::vector<member_plan>& plans, const dataset& data) {
  std::vector<std::string> left(plans.size());
  const auto group = group_on_gpu(data);
  std::latch all(std::ssize(plans));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    threads.emplace_back([&, i] {
      bool has_arrived = false;
      try {
        const auto member = group->make(plans[i].model, plans[i].options);
        has_arrived = true;
        all.arrive_and_wait();
        left[i] = testing::train_to_the_end(*member);
      } catch (const error& e) {
        left[i] = e.what();
        if (!has_arrived) all.count_down();
      }
    });
  }
  for (std::thread& each : threads) each.join();
  return left;
}

/// What an epoch launches, and the evaluation behind it.
struct epoch_launches {
  std::int64_t training = 0;
  std::int64_t evaluation = 0;
  bool operator==(const epoch_launches&) const = default;
};

/// Of members that begin both at the same time: the device is taken until all of them wait for it.
epoch_launches launches_of(const std::vector<member_plan>& plans, const dataset& data) {
  const valid_dataset checked(data);
  const auto device = std::make_shared<cuda::shared_device>(data, 0);
  const auto rounds = std::make_shared<cuda::shared_rounds>(device);
  std::vector<std::unique_ptr<cuda_executor>> members;
  for (const member_plan& each : plans) {
    members.push_back(
        std::make_unique<cuda_executor>(each.model, each.options, checked, cuda_options{}, rounds));
  }
  const std::vector<std::uint32_t> order = testing::epoch_order(data, 1);
  const auto launched_by = [&](const auto& work) {
    std::vector<std::thread> threads;
    {
      const cuda::turns::turn mine = device->take_turn();
      emulated::fail_call(0);
      for (const auto& member : members) threads.emplace_back([&] { work(*member); });
      using namespace std::chrono_literals;
      while (rounds->waiting() < members.size()) std::this_thread::sleep_for(1ms);
    }
    for (std::thread& each : threads) each.join();
    return emulated::launches();
  };
  return {.training = launched_by([&](executor& member) {
            pass_progress progress;
            member.train_epoch(order, progress);
          }),
          .evaluation = launched_by([](executor& member) { (void)member.evaluate(); })};
}

/// 1 to 3 layers deep and 4 to 10 units wide, all of as many steps an epoch.
std::vector<member_plan> sweep_of(std::size_t count, double l2) {
  std::vector<member_plan> plans;
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<std::int64_t> widths(1 + i % 3, 4 + static_cast<std::int64_t>(i % 7));
    model_spec model = testing::chain_of(widths, i % 2 == 0 ? "tanh" : "relu", i % 4 < 2 ? 0 : 0.2);
    std::get<dense>(model.layers.front()).l2 = l2;
    plans.push_back({model, {.batch_size = 20, .seed = i}});
  }
  return plans;
}

}  // namespace

TEST_CASE(
    "an epoch of many members takes the launches of the deepest one, and each product its own") {
  const in_one_order quick;
  const dataset data = testing::random_dataset(100, 12, 4);
  constexpr std::int64_t steps = 5;
  // Fused: three kernels a step; to evaluate a layer each, softmax, scores and their sum.
  CHECK(launches_of(sweep_of(1, 0), data) == epoch_launches{3 * steps, 2 + 3});
  CHECK(launches_of(sweep_of(10, 0), data) == epoch_launches{3 * steps, 4 + 3});
  CHECK(launches_of(sweep_of(100, 0), data) == epoch_launches{3 * steps, 4 + 3});
  // Plain: the libraries' calls of each model are its own.
  for (const std::size_t count : {1U, 10U, 100U}) {
    const std::vector<member_plan> plans = sweep_of(count, 0.01);
    std::int64_t training = 0;
    std::int64_t evaluation = 0;
    for (const member_plan& each : plans) {
      const std::int64_t layers = std::ssize(parameter_layout(each.model).weights);
      training += 3 * layers - 1 + 1;  // products and softmax
      evaluation += layers + 1;
    }
    const epoch_launches found = launches_of(plans, data);
    const std::int64_t shared = found.training / steps - training;
    INFO(count << ": " << found.training << " and " << found.evaluation);
    CHECK(found.training % steps == 0);
    // gather, score, penalty, update; of the deepest a layer's activation, its derivative, its sums
    // and its dropout
    CHECK(shared >= 4 + 1 + 1 + 2);
    CHECK(shared <= 4 + 4 * 4 + 3);
    // the same of a forward pass, the sum of the scores, and penalties, to which each comes for
    // itself
    CHECK(found.evaluation - evaluation <= 1 + 3 + 1 + 1 + static_cast<std::int64_t>(count));
  }
}

TEST_CASE("members that train at the same time share their launches") {
  const in_one_order quick;
  const dataset data = testing::random_dataset(1500, 12, 4);
  const std::vector<member_plan> plans(
      3, {testing::chain_of({8}, "tanh", 0), {.batch_size = 1, .epochs = 1}});
  const auto launched_by = [&](std::size_t members) {
    emulated::fail_call(0);
    (void)train_members({plans.begin(), plans.begin() + static_cast<std::ptrdiff_t>(members)},
                        data);
    return emulated::launches();
  };
  const std::int64_t alone = launched_by(1);
  CHECK(alone > 3 * 1500);
  CHECK(launched_by(3) < 2 * alone);
}

TEST_CASE("members are made while others are made, train and go") {
  const in_one_order quick;
  const dataset data = testing::random_dataset(20, 12, 4);
  member_plan plain = testing::mixed_plans()[5];
  plain.options.epochs = 1;
  const std::string expected =
      testing::train_to_the_end(*testing::on_gpu(plain.model, plain.options, data));
  const auto group = group_on_gpu(data);
  std::vector<std::string> found(40);
  std::vector<std::thread> threads;
  constexpr std::size_t count = 8;
  for (std::size_t t = 0; t < count; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < found.size(); i += count) {
        try {
          found[i] = testing::train_to_the_end(*group->make(plain.model, plain.options));
        } catch (const error& e) {
          found[i] = e.what();
        }
      }
    });
  }
  for (std::thread& each : threads) each.join();
  for (const std::string& each : found) CHECK((each == expected));
}

TEST_CASE("a member takes the memory that its group says, and gives it back") {
  dataset data = testing::rows_to_train();
  std::vector<member_plan> plans = testing::mixed_plans();
  plans.push_back({testing::chain_of({300, 200}, "relu", 0.5), {.batch_size = 64}});
  for (const bool has_validation : {true, false}) {
    if (!has_validation) data.validation = {};
    for (const auto path : {cuda::training_path::automatic, cuda::training_path::plain}) {
      const auto group = group_on_gpu(data, {.path = path});
      const std::size_t before = emulated::allocated();
      CHECK(group->memory() == 0.9 * static_cast<double>(emulated::capacity() - before));
      for (const member_plan& each : plans) {
        const auto member = group->make(each.model, each.options);
        CHECK(static_cast<double>(emulated::allocated() - before) ==
              group->memory_of(each.model, each.options));
      }
      CHECK(emulated::allocated() == before);
    }
  }
}

TEST_CASE("a call that fails is told to members that needed it, and the others end as alone") {
  const in_one_order quick;
  const dataset data = testing::random_dataset(20, 12, 4);
  std::vector<member_plan> plans = testing::mixed_plans();
  plans = {plans[0], plans[1], plans[5]};
  for (member_plan& each : plans) each.options.epochs = 2;
  emulated::fail_call(0);
  const std::int64_t before = emulated::live();
  const std::vector<std::string> expected = train_members(plans, data);
  const auto calls = static_cast<std::uint64_t>(emulated::calls());
  std::mt19937_64 random(1);
  int told = 0;
  int unharmed = 0;
  for (int attempt = 0; attempt < 60; ++attempt) {
    const auto nth = static_cast<std::int64_t>(1 + random() % calls);
    INFO("call " << nth << " of " << calls);
    emulated::fail_call(nth);
    std::vector<std::string> found;
    try {
      found = train_members(plans, data);
    } catch (const error&) {
      ++told;  // there was no group
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      const bool as_alone = found[i] == expected[i];
      (as_alone ? unharmed : told) += 1;
      CHECK((as_alone || found[i].find(".cuh:") != std::string::npos ||
             found[i].starts_with("the GPU has not enough memory: ")));
    }
    REQUIRE(emulated::live() == before);
    REQUIRE(cudaGetLastError() == cudaSuccess);
  }
  emulated::fail_call(0);
  CHECK(told > 20);
  CHECK(unharmed > 20);
  CHECK((train_members(plans, data) == expected));
}
