// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Any text as AWS' profiles, of which no message shows a value.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"
#include "sweepnet/storage/aws/profile.hpp"

using namespace sweepnet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    std::size_t held = 0;
    for (const auto& [name, profile] : storage::parse_aws_profiles(text, "fuzz")) {
      held += name.size();
      for (const auto& [key, value] : profile) held += value.size();
    }
    if (held > size) std::abort();
  } catch (const configuration_error& e) {  // the one answer to a text that holds no profiles
    const std::string_view told = e.what();
    if (!told.starts_with("fuzz:") || told.size() > 60) std::abort();
  }
  return 0;
}
