// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a legacy Keras model file.

#include <hdf5.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/model/keras/h5.hpp"

using namespace sweepnet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Memory that libhdf5 would keep for itself goes back, so that its late use is seen.
  static const herr_t at_once = H5set_free_list_limits(0, 0, 0, 0, 0, 0);
  if (at_once < 0) std::abort();
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  try {
    const trained_model model = read_keras_h5(bytes, "fuzz");
    if (read_keras_h5(write_keras_h5(model), "written").parameters != model.parameters)
      std::abort();
  } catch (const data_error&) {  // the one answer to a file that is no model
  }
  return 0;
}
