// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a run's state, with a digest that fits them: whoever writes one can make that, too.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/run/state_file.hpp"

using namespace sweepnet;

namespace {

/// The identity that JSON says, as far as it says one.
run_identity identity_in(const ordered_json& run) {
  const auto text = [&](const char* key) {
    const auto found = run.find(key);
    return found != run.end() && found->is_string() ? found->get<std::string>() : "";
  };
  return {.paramset = run.value("paramset", ordered_json()),
          .data = text("data"),
          .data_digest = text("data_digest"),
          .version = text("version")};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  try {
    safetensors_file file = read_safetensors(bytes, "fuzz");
    detail::seal_run_state(file);
    const std::string sealed = write_safetensors(std::move(file));
    const run_identity identity = identity_in(run_of_state(sealed, "fuzz"));
    const saved_run saved = decode_run_state(sealed, "fuzz", identity);
    const std::string written = encode_run_state(saved.state, identity, saved.device);
    const saved_run again = decode_run_state(written, "written", identity);
    if (encode_run_state(again.state, identity, again.device) != written) std::abort();
  } catch (const data_error&) {  // the one answer to a file that is no state
  }
  return 0;
}
