// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cpu/machine/thread_pool.hpp"

#include <chrono>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support.hpp"

using namespace sweepnet;

namespace {

/// sum of t over [0, count), each summand from the thread that has its task.
std::int64_t sum_of_tasks(thread_pool& pool, std::int64_t count) {
  std::vector<std::int64_t> done(static_cast<std::size_t>(count));
  pool.run(count, [&](std::int64_t t) { done[static_cast<std::size_t>(t)] = t; });
  return std::accumulate(done.begin(), done.end(), std::int64_t{0});
}

}  // namespace

TEST_CASE("each task runs once, however many threads there are") {
  for (const int threads : {1, 2, 5}) {
    thread_pool pool(threads);
    for (const std::int64_t count : {0, 1, 2, 3, 100}) {
      CHECK(sum_of_tasks(pool, count) == count * (count - 1) / 2);
    }
    for (int again = 0; again < 2000; ++again) REQUIRE(sum_of_tasks(pool, 7) == 21);
  }
}

TEST_CASE("threads that have gone to sleep wake up") {
  thread_pool pool(3);
  for (int again = 0; again < 20; ++again) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    REQUIRE(sum_of_tasks(pool, 10) == 45);
  }
}

TEST_CASE("the caller takes the shares that nobody has begun") {
  thread_pool pool(2);
  bool alone = false;
  for (int again = 0; again < 200 && !alone; ++again) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // until the other thread sleeps
    std::vector<std::thread::id> by(2);
    pool.run(2,
             [&](std::int64_t t) { by[static_cast<std::size_t>(t)] = std::this_thread::get_id(); });
    alone = by == std::vector(2, std::this_thread::get_id());
  }
  CHECK(alone);
}

TEST_CASE("each block runs once") {
  for (const int threads : {1, 3}) {
    thread_pool pool(threads);
    for (const std::int64_t count : {0, 1, 9, 10, 11, 95}) {
      std::vector<int> hits(static_cast<std::size_t>(count));
      for_each_block(pool, count, 10, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i) ++hits[static_cast<std::size_t>(i)];
      });
      CHECK(hits == std::vector<int>(hits.size(), 1));
    }
  }
}

TEST_CASE("a task's exception reaches the caller, and the pool goes on") {
  thread_pool pool(3);
  const auto fail_at = [&](std::int64_t where) {
    return testing::message_of<std::runtime_error>([&] {
      pool.run(6, [&](std::int64_t t) {
        if (t == where) throw std::runtime_error("task " + std::to_string(t));
      });
    });
  };
  for (const std::int64_t where : {0, 1, 5})
    CHECK(fail_at(where) == "task " + std::to_string(where));
  CHECK(sum_of_tasks(pool, 10) == 45);
}

TEST_CASE("pools in different threads do not know of each other") {
  std::vector<std::int64_t> sums(4);
  std::vector<std::thread> owners;
  for (std::int64_t& sum : sums) {
    owners.emplace_back([&sum] {
      thread_pool pool(2);
      for (int again = 0; again < 200; ++again) sum += sum_of_tasks(pool, 5);
    });
  }
  for (std::thread& owner : owners) owner.join();
  CHECK(sums == std::vector<std::int64_t>(4, 2000));
}
