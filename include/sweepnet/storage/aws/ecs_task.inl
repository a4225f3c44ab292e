// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Asking ECS' metadata endpoint.

#include "sweepnet/storage/aws/ecs_task.hpp"

#include <algorithm>
#include <string>

#include "sweepnet/core/linkage.hpp"

#if defined(SWEEPNET_HAS_S3)
#include <nlohmann/json.hpp>

#include "sweepnet/storage/read_limit.hpp"
#include "sweepnet/storage/web/http.hpp"
#endif

namespace sweepnet::storage {

#if defined(SWEEPNET_HAS_S3)
namespace detail {

/// Limits.CPU of what lies behind the URL, if there is such an object.
inline std::optional<double> cpu_limit(const http_client& http, const std::string& url) {
  try {
    const http_response response = http.send(
        {.url = url, .direct = true, .connect_seconds = 1, .most_kept = longest_metadata});
    if (!response.ok()) return std::nullopt;
    const nlohmann::json answer = nlohmann::json::parse(response.body, nullptr, false);
    const auto cpu = nlohmann::json::json_pointer("/Limits/CPU");
    if (!answer.is_object() || !answer.contains(cpu) || !answer[cpu].is_number()) {
      return std::nullopt;
    }
    return answer[cpu].get<double>();
  } catch (const transport_error&) {
    return std::nullopt;
  }
}

}  // namespace detail

SWEEPNET_INLINE std::optional<double> ecs_processors(const environment_map& environment) {
  const std::string endpoint = variable_or_empty(environment, "ECS_CONTAINER_METADATA_URI_V4");
  if (endpoint.empty()) return std::nullopt;
  const http_client http({.stall_seconds = 2});
  // A container's are units, of which 1024 are a processor, and 2 where it was given none; a task's
  // are processors.
  constexpr double unit = 1.0 / 1024;
  std::optional<double> least;
  const auto keep = [&least](std::optional<double> processors) {
    if (!processors || *processors <= 2 * unit) return;
    least = std::min(least.value_or(*processors), *processors);
  };
  if (const auto units = detail::cpu_limit(http, endpoint)) keep(*units * unit);
  keep(detail::cpu_limit(http, endpoint + "/task"));
  return least;
}
#else
SWEEPNET_INLINE std::optional<double> ecs_processors(const environment_map&) {
  return std::nullopt;
}
#endif

}  // namespace sweepnet::storage
