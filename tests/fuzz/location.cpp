// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Any text as a place, alone and below a directory, here and on S3.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/storage/local_path.hpp"
#include "sweepnet/storage/location.hpp"

using namespace sweepnet;
using storage::location;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_alone(const std::string& text) {
  const location where(text);
  require(where.request_text() == text);
  const std::string shown = where.shown();
  if (where.type == location::kind::http) {
    require(shown.find_first_of("?#") == shown.npos);
    require(location(shown).shown() == shown);
  } else if (where.type == location::kind::s3) {
    require(!where.bucket.empty() && where.bucket.size() <= 63);
  }
  (void)names_run_file(shown);
}

void check_below(const std::string& text) {
  for (const location& directory : {location("out"), location("/a/b"), location("s3://bucket/c")}) {
    const auto place = place_below(directory, text);
    if (!place) continue;
    require(place->type == directory.type && place->bucket == directory.bucket);
    require(!place->root.empty());
    if (place->type == location::kind::s3) {
      require(place->key.starts_with("c/") && place->key.find("/../") == std::string::npos);
      continue;
    }
    try {
      const storage::local::local_path path(*place);
      require(path.confined());
    } catch (const data_error& e) {  // of control bytes alone
      require(has_control_characters(text) || text.find('\0') != text.npos);
      require(std::string_view(e.what()).find("control bytes") != std::string_view::npos);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto check : {check_alone, check_below}) {
    try {
      check(text);
    } catch (const usage_error&) {  // the one answer to what is no place
    }
  }
  return 0;
}
