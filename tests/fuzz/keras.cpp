// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a .keras file.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/model/keras/v3.hpp"

using namespace sweepnet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  try {
    const trained_model model = read_keras_v3(bytes, "fuzz");
    if (read_keras_v3(write_keras_v3(model), "written").parameters != model.parameters)
      std::abort();
  } catch (const data_error&) {  // the one answer to a file that is no model
  }
  return 0;
}
