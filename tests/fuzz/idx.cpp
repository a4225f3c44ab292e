// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as an IDX file, plain or gzip-compressed, read in full and in part, as features and as
// labels.

#include <cstdint>

#include "sweepnet/core/error.hpp"
#include "sweepnet/data/idx.hpp"
#include "sweepnet/data/tensor.hpp"

using namespace sweepnet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bytes_view content(data, size);
  for (const std::int64_t rows : {0, 3}) {
    try {
      const tensor array = read_idx(content, "fuzz", rows);
      const tensor counted{
          .source = "fuzz",
          .shape = {array.shape[0]},
          .elements = std::vector<std::uint8_t>(
              array.shape[0] > 1000 ? 0 : static_cast<std::size_t>(array.shape[0]))};
      (void)make_labelled_rows(array.shape.size() > 1 ? array : counted, array);
    } catch (const data_error&) {  // the one answer to bytes that are no IDX file
    }
  }
  return 0;
}
