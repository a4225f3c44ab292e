// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cuda/turns.hpp"

#include <atomic>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "support.hpp"

using sweepnet::cuda::turns;

TEST_CASE("one thread has its turn at a time, and all get theirs") {
  turns all;
  int inside = 0;
  int counted = 0;
  std::atomic<bool> overlapped{false};
  const auto count = [&](bool last) {
    const turns::turn mine = last ? all.take_last() : all.take();
    if (++inside > 1) overlapped = true;
    ++counted;
    std::this_thread::yield();
    --inside;
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 5; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 400; ++i) count(t == 0);
    });
  }
  for (std::thread& each : threads) each.join();
  CHECK_FALSE(overlapped);
  CHECK(counted == 2000);
}

TEST_CASE("who takes the last turn waits for all that want theirs") {
  turns all;
  std::optional<turns::turn> held(all.take());
  std::vector<int> order;
  std::thread last([&] {
    const turns::turn mine = all.take_last();
    order.push_back(2);
  });
  std::thread usual([&] {
    const turns::turn mine = all.take();
    order.push_back(1);
  });
  while (all.waiting() == 0) std::this_thread::yield();
  held.reset();
  usual.join();
  last.join();
  CHECK(order == std::vector<int>{1, 2});
}

TEST_CASE("a turn may be handed on, and ends once") {
  turns all;
  {
    turns::turn first = all.take();
    const turns::turn second = std::move(first);
  }
  const turns::turn third = all.take_last();
  CHECK(all.waiting() == 0);
}
