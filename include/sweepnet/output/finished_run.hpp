// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether a run was finished before, told by its outputs alone.

#include <fmt/format.h>

#include <string>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/output/run_identity.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/encode.hpp"

namespace sweepnet {

/// What a result file says of its run.
struct finished_run {
  enum class kind {
    unknown,     ///< there is no result: the run has not finished
    incomplete,  ///< there is one, but it or its model is damaged: see `reason`
    complete,
  };
  kind state = kind::unknown;
  bool has_model = false;
  std::string reason{};
};

/// Reads the result at `path` and compares the file `model` with the digest in it. Throws
/// data_error if the result is another run's.
[[nodiscard]] inline finished_run find_finished_run(const std::string& path,
                                                    const std::string& model,
                                                    const run_identity& identity) {
  if (!storage::exists(path)) return {};
  finished_run run{.state = finished_run::kind::incomplete};
  const json result = json::parse(storage::read(path), nullptr, false);
  if (!result.is_object()) {
    run.reason = path + " is damaged";
    return run;
  }
  require_same_run(identity, result, path);
  const auto text = [&](const char* key) {
    const auto found = result.find(key);
    return found != result.end() && found->is_string() ? found->get<std::string>() : "";
  };
  run.has_model = !text("model").empty();
  const bool readable = storage::location(model).type != storage::location::kind::http;
  if (run.has_model && readable) {  // a URL that is presigned for PUT cannot be read
    if (!storage::exists(model)) {
      run.reason = model + " is missing";
      return run;
    }
    if (digest_of(storage::read(model)) != text("model_digest")) {
      run.reason = model + " has changed";
      return run;
    }
  }
  run.state = finished_run::kind::complete;
  return run;
}

}  // namespace sweepnet
