// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#if defined(SWEEPNET_HAS_S3)

#include "sweepnet/storage/aws/ecs_task.hpp"

#include <optional>
#include <string>

#include "catch.hpp"
#include "storage/loopback.hpp"

using sweepnet::storage::ecs_processors;

TEST_CASE("ECS tells how many processors a container was given") {
  std::string container;
  std::string task;
  const testing::loopback_server server([&](const testing::asked& request) {
    if (request.target == "/v4/id") return testing::answer(200, container);
    if (request.target == "/v4/id/task") return testing::answer(200, task);
    return testing::answer(404, "");
  });
  const auto processors = [&](const std::string& of_container, const std::string& of_task) {
    container = of_container;
    task = of_task;
    return ecs_processors({{"ECS_CONTAINER_METADATA_URI_V4", server.url() + "/v4/id"}});
  };
  CHECK(processors(R"({"Limits": {"CPU": 2048, "Memory": 512}})", R"({"Cluster": "c"})") == 2.0);
  CHECK(processors(R"({"Limits": {"CPU": 2}})", R"({"Limits": {"CPU": 0.5}})") == 0.5);
  CHECK(processors(R"({"Limits": {"CPU": 1024}})", R"({"Limits": {"CPU": 4}})") == 1.0);
  CHECK(processors(R"({"Limits": {"CPU": 0}})", "{}") == std::nullopt);
  CHECK(processors(R"({"Limits": {"CPU": "many"}})", "no JSON") == std::nullopt);
  CHECK(processors("[]", R"({"Limits": 7})") == std::nullopt);
}

TEST_CASE("an ECS endpoint that is not there, or refuses, bounds nothing") {
  CHECK(ecs_processors({}) == std::nullopt);
  CHECK(ecs_processors({{"ECS_CONTAINER_METADATA_URI_V4", "http://127.0.0.1:1/v4"}}) ==
        std::nullopt);
  CHECK(ecs_processors({{"ECS_CONTAINER_METADATA_URI_V4", "no URL"}}) == std::nullopt);
  const testing::loopback_server server(
      [](const testing::asked&) { return testing::answer(500, R"({"Limits": {"CPU": 1024}})"); });
  CHECK(ecs_processors({{"ECS_CONTAINER_METADATA_URI_V4", server.url()}}) == std::nullopt);
}

#endif
