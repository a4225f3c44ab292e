// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/storage/patience.hpp"

#include <chrono>
#include <string>
#include <thread>

#include "storage/loopback.hpp"
#include "support.hpp"

#if defined(SWEEPNET_HAS_S3)
#include "sweepnet/storage/aws/s3.hpp"
#include "sweepnet/storage/web/web_client.hpp"
#endif

using namespace sweepnet;
using namespace sweepnet::storage;

namespace {

template <class F> double seconds_of(const F& f) {
  const auto start = patience::clock::now();
  f();
  return patience::seconds(patience::clock::now() - start).count();
}

}  // namespace

TEST_CASE("patience lasts until it is ended, here or further out") {
  patience outer;
  const patience inner(&outer);
  CHECK_FALSE(inner.over());
  outer.end_in(patience::seconds(100));
  CHECK(inner.seconds_left() > 99);
  CHECK(inner.seconds_left() <= 100);
  outer.end_in({});
  CHECK(inner.over());
}

TEST_CASE("a pause ends with the patience of its thread, whoever ends it") {
  CHECK(sleep_patiently(0.01));
  patience waiting;
  std::thread other([&] { waiting.end_in(patience::seconds(0.1)); });
  const double seconds = seconds_of([&] {
    const patience_scope scope(waiting);
    CHECK_FALSE(sleep_patiently(60));
  });
  other.join();
  CHECK(seconds < 5);
  CHECK(patience::current() == nullptr);
}

#if defined(SWEEPNET_HAS_S3)

TEST_CASE("requests to a server that stalls, or fails again and again, end with the patience") {
  const bool stalls = GENERATE(true, false);
  testing::loopback_server server([](const testing::asked&) { return testing::answer(503, ""); });
  if (stalls) server.stall();
  s3_client s3(environment_map{{"AWS_ENDPOINT_URL", server.url()},
                               {"AWS_ACCESS_KEY_ID", "AKID"},
                               {"AWS_SECRET_ACCESS_KEY", "secret"}},
               {.multipart_from = 10}, {.attempts = 1000, .first_pause = 20, .longest_pause = 20});
  const web_client web(environment_map{});
  const std::string what = GENERATE("read", "write", "parts", "read a URL");
  const double seconds = seconds_of([&] {
    patience waiting;
    waiting.end_in(patience::seconds(0.3));
    const patience_scope scope(waiting);
    const std::string message = testing::message_of<service_unavailable>([&] {
      if (what == "read") (void)s3.read("s3://bucket/key");
      if (what == "write") s3.write("s3://bucket/key", "content");
      if (what == "parts") s3.write("s3://bucket/key", "a longer content");
      if (what == "read a URL") (void)web.read(server.url() + "/x");
    });
    INFO(message);
    CHECK(message.find(stalls ? "no answer so far, and no time to wait for one, after 1 attempt"
                              : "503") != std::string::npos);
  });
  CHECK(seconds < 5);  // libcurl looks once a second
}

TEST_CASE("what a server last answered is told rather than that there was no time for more") {
  testing::loopback_server* self = nullptr;
  testing::loopback_server server([&](const testing::asked&) {
    self->stall();
    return testing::answer(503, "<Error><Code>SlowDown</Code></Error>");
  });
  self = &server;
  s3_client s3(environment_map{{"AWS_ENDPOINT_URL", server.url()},
                               {"AWS_ACCESS_KEY_ID", "AKID"},
                               {"AWS_SECRET_ACCESS_KEY", "secret"}},
               {}, {.attempts = 9, .first_pause = 0.001});
  patience waiting;
  waiting.end_in(patience::seconds(0.5));
  const patience_scope scope(waiting);
  CHECK(testing::message_of<service_unavailable>([&] { (void)s3.read("s3://bucket/key"); }) ==
        "s3://bucket/key: cannot read: 503 SlowDown, request id unknown, after 2 attempts");
}

#endif
