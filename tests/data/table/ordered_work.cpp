// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/data/table/ordered_work.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "support.hpp"

namespace {

struct counted_job {
  int number = 0;
  int result = 0;
};

using counted_work = sweepnet::csv::ordered_work<counted_job>;

void add_jobs(counted_work& work, int count) {
  for (int i = 0; i < count; ++i) {
    auto job = work.spare();
    job->number = i;
    work.add(std::move(job));
  }
}

/// Of uneven length, so that later jobs may be done before earlier ones.
void square(counted_job& job) {
  if (job.number % 5 == 0) std::this_thread::sleep_for(std::chrono::microseconds(300));
  job.result = job.number * job.number;
}

}  // namespace

TEST_CASE("jobs are taken up in the order in which they came, whoever does them") {
  for (const int threads : {1, 2, 4}) {
    std::vector<int> taken;
    const std::thread::id here = std::this_thread::get_id();
    bool elsewhere = false;
    counted_work work("a worker", threads, square, [&](counted_job& job) {
      taken.push_back(job.result);
      elsewhere = elsewhere || std::this_thread::get_id() != here;
    });
    add_jobs(work, 200);
    CHECK(taken.size() + 2 * static_cast<std::size_t>(threads) >= 200);
    work.finish();
    std::vector<int> expected;
    for (int i = 0; i < 200; ++i) expected.push_back(i * i);
    CHECK(taken == expected);
    CHECK_FALSE(elsewhere);
  }
}

TEST_CASE("what a job throws is thrown when its turn comes") {
  for (const int threads : {1, 3}) {
    std::vector<int> taken;
    std::atomic<int> done = 0;
    counted_work work(
        "a worker", threads,
        [&](counted_job& job) {
          ++done;
          square(job);
          if (job.number == 20 || job.number == 23) {
            throw sweepnet::data_error("job " + std::to_string(job.number));
          }
        },
        [&](counted_job& job) { taken.push_back(job.number); });
    CHECK(testing::message_of<sweepnet::data_error>([&] {
            add_jobs(work, 100);
            work.finish();
          }) == "job 20");
    CHECK(taken.size() == 20);
    CHECK(done < 40);
  }
}

TEST_CASE("jobs that nobody takes up any more are left") {
  std::atomic<int> done = 0;
  {
    counted_work work(
        "a worker", 3,
        [&](counted_job&) {
          ++done;
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        },
        [](counted_job&) { throw sweepnet::data_error("no more"); });
    CHECK(testing::message_of<sweepnet::data_error>([&] { add_jobs(work, 1000); }) == "no more");
  }
  CHECK(done < 20);
}
