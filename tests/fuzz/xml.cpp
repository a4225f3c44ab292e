// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as what AWS answers.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sweepnet/storage/aws/xml.hpp"

using namespace sweepnet::storage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view answer(reinterpret_cast<const char*>(data), size);
  if (xml_unescaped(answer).size() > answer.size()) std::abort();
  for (const char* name : {"Contents", "Key", "Code", "E"}) {
    std::size_t within = 0;
    for (const std::string_view found : xml_elements(answer, name)) {
      if (found.data() < answer.data() || found.data() + found.size() > answer.data() + size) {
        std::abort();
      }
      within += found.size();
    }
    if (within > size || xml_text(answer, name).size() > size) std::abort();
  }
  return 0;
}
