// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as an .npz archive of labelled rows, and as one .npy array.

#include <cstdint>

#include "sweepnet/core/error.hpp"
#include "sweepnet/data/npz.hpp"
#include "sweepnet/data/tensor.hpp"

using namespace sweepnet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bytes_view content(data, size);
  try {
    (void)read_npy(content, "fuzz");
  } catch (const data_error&) {  // the one answer to bytes that are no array
  }
  try {
    const npz_archive archive(content, "fuzz");
    (void)make_labelled_rows(archive.array("x_train"), archive.array("y_train"));
  } catch (const data_error&) {  // and to those that are no archive
  }
  return 0;
}
