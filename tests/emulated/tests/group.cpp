// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Groups of executors, as only the emulated device can look at them: what they launch, what they
// allocate, and what becomes of them when a call fails.

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>
#include <latch>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "backend/epoch.hpp"
#include "emulated/device.hpp"
#include "gpu/members.hpp"
#include "gpu/on_gpu.hpp"
#include "support.hpp"

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

}  // namespace

TEST_CASE("members that train at the same time share their launches") {
  const in_one_order quick;
  const dataset data = testing::random_dataset(1500, 12, 4);
  const std::vector<member_plan> plans(
      3, {testing::chain_of({8}, "tanh", 0), {.batch_size = 1, .epochs = 1}});
  const auto calls_of = [&](std::size_t members) {
    emulated::fail_call(0);
    (void)train_members({plans.begin(), plans.begin() + static_cast<std::ptrdiff_t>(members)},
                        data);
    return emulated::calls();
  };
  const std::int64_t alone = calls_of(1);
  CHECK(alone > 3 * 1500);
  CHECK(calls_of(3) < 2 * alone);
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
