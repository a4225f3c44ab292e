// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a safetensors file and as a model in one. What is read can be written and read
// again.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/model/safetensors/container.hpp"

using namespace sweepnet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  try {
    const safetensors_file file = read_safetensors(bytes, "fuzz");
    const std::string written = write_safetensors(file);
    if (write_safetensors(read_safetensors(written, "written")) != written) std::abort();
    const std::string model = write_model_safetensors(read_model_safetensors(bytes, "fuzz"));
    if (write_model_safetensors(read_model_safetensors(model, "written")) != model) {
      std::abort();
    }
  } catch (const data_error&) {  // the one answer to a file that is no model
  }
  return 0;
}
