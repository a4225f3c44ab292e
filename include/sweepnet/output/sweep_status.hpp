// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How far a sweep is, told by the files in its output directory alone: no coordinator, no database,
// no heartbeat.

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/output/untrusted_json.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/encode.hpp"
#include "sweepnet/sweep/job_index.hpp"

namespace sweepnet {

/// What the files say of one paramset.
struct run_status {
  enum class kind {
    missing,   ///< no file is there: not begun, or not saved yet
    saved,     ///< a state is there, and no result: running or interrupted
    damaged,   ///< there is a result, but it or its model is not whole
    no_model,  ///< finished, and no epoch gave a finite loss
    done,
  };
  kind state = kind::missing;
  std::string detail{};

  /// Whether the run is to be started again.
  [[nodiscard]] bool unfinished() const { return state < kind::no_model; }
};

/// In order of the index.
using sweep_status = std::vector<run_status>;

enum class model_check { none, digests };

namespace detail {

/// N of "result_N.json".
inline std::optional<std::size_t> index_in(std::string_view name, std::string_view prefix,
                                           std::string_view ending) {
  if (!name.starts_with(prefix) || !name.ends_with(ending) ||
      name.size() < prefix.size() + ending.size()) {
    return std::nullopt;
  }
  name.remove_prefix(prefix.size());
  name.remove_suffix(ending.size());
  if (name.empty() || name.find_first_not_of("0123456789") != name.npos) return std::nullopt;
  return parse_number<std::size_t>(name);
}

/// A member that is text, else empty.
inline std::string text_in(const json& object, const char* key) {
  const bool there = object.is_object() && object.contains(key) && object[key].is_string();
  return there ? object[key].get<std::string>() : "";
}

/// Where the model of a result lies, whatever the run called its output directory.
inline std::string model_beside(const json& result, std::size_t index,
                                const std::string& directory) {
  const std::string written = text_in(result, "model");
  std::string name = text_in(result.value("paramset", json()), "model_path");
  if (name.empty()) name = written.substr(written.rfind('/') + 1);
  return storage::join_location(directory, with_index(name, index));
}

inline run_status status_of_result(const std::string& directory, std::size_t index,
                                   model_check check, std::size_t& size) {
  const std::string path = storage::join_location(directory, fmt::format("result_{}.json", index));
  run_status status{.state = run_status::kind::damaged, .detail = path + " is damaged"};
  json result;
  try {
    result = parse_untrusted_json(storage::read(path), path);
  } catch (const data_error& e) {
    status.detail = e.what();
  }
  if (!result.is_object() || !result.contains("model") || !result.contains("size") ||
      !result["size"].is_number_unsigned()) {
    return status;
  }
  size = result["size"].get<std::size_t>();
  if (!result["model"].is_string()) {
    return {.state = run_status::kind::no_model, .detail = "no epoch gave a finite loss"};
  }
  const std::string model = model_beside(result, index, directory);
  if (storage::location(model).type != storage::location::kind::http) {
    if (!storage::exists(model)) {
      status.detail = model + " is missing";
      return status;
    }
    if (check == model_check::digests &&
        text_in(result, "model_digest") != digest_of(storage::read(model))) {
      status.detail = model + " has changed";
      return status;
    }
  }
  const json best = result.value("best", json());
  return {.state = run_status::kind::done, .detail = best.is_null() ? "" : dump(best)};
}

}  // namespace detail

/// Reads the results in `directory`. The sweep's size is what they say, or `size`. Throws
/// data_error if they disagree, or if it is not known.
[[nodiscard]] inline sweep_status read_sweep_status(const std::string& directory,
                                                    std::optional<std::size_t> size,
                                                    model_check check) {
  std::set<std::size_t> states;
  std::vector<std::size_t> results;
  for (const std::string& name : storage::list(directory)) {
    if (const auto i = detail::index_in(name, "state_", ".safetensors")) states.insert(*i);
    if (const auto i = detail::index_in(name, "result_", ".json")) results.push_back(*i);
  }

  // Results on S3 come many at a time.
  std::vector<run_status> found(results.size());
  std::vector<std::size_t> sizes(results.size(), 0);
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = 0; (i = next++) < results.size();) {
      try {
        found[i] = detail::status_of_result(directory, results[i], check, sizes[i]);
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
        next = results.size();
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < (storage::is_remote(directory) ? 16 : 1); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);

  for (std::size_t i = 0; i < results.size(); ++i) {
    if (sizes[i] == 0) continue;
    if (size && *size != sizes[i]) {
      throw data_error(fmt::format("{}/result_{}.json is of a sweep of {} paramsets, expected {}",
                                   directory, results[i], sizes[i], *size));
    }
    size = sizes[i];
  }
  if (!size) {
    throw data_error(directory + ": no result tells the sweep's size: give the sweep with --sweep");
  }
  sweep_status status(*size);
  for (const std::size_t i : states) {
    if (i < *size) status[i] = {.state = run_status::kind::saved};
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i] < *size) status[results[i]] = found[i];
  }
  return status;
}

/// Indices as schedulers take them: "0,3-5,9".
[[nodiscard]] inline std::string index_ranges(const std::vector<std::size_t>& indices) {
  std::vector<std::string> ranges;
  for (std::size_t i = 0; i < indices.size();) {
    std::size_t last = i;
    while (last + 1 < indices.size() && indices[last + 1] == indices[last] + 1) ++last;
    ranges.push_back(last == i ? std::to_string(indices[i])
                               : fmt::format("{}-{}", indices[i], indices[last]));
    i = last + 1;
  }
  return join(ranges, ",");
}

}  // namespace sweepnet
