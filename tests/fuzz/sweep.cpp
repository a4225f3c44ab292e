// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Any text as a sweep file. What is read can be written as JSON, which a sweep file accepts; and a
// paramset that is read by itself is the one that all of them hold there.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

using namespace sweepnet;

namespace {

/// Of a list all; a space may have more than fit anywhere.
ordered_json first_paramsets(const sweep<paramset>& read) {
  const std::size_t most = read.space() == nullptr ? read.count() : 100;
  ordered_json list = ordered_json::array();
  for (std::size_t i = 0; i < std::min(read.known(), most); ++i) list.push_back(encode(read.at(i)));
  return list;
}

void read_one(std::string_view text, const ordered_json& all, std::size_t index) noexcept {
  const auto opened = open_sweep<paramset>(std::string(text), "opened");
  if (opened.space() == nullptr && opened.count() != all.size()) std::abort();
  if (encode(opened.at(index)) != all[index]) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const sweep<paramset> read = parse_sweep<paramset>(text, "fuzz");
    const ordered_json list = first_paramsets(read);
    const std::string written = dump(list);
    if (dump(first_paramsets(parse_sweep<paramset>(written, "written"))) != written) std::abort();
    read_one(text, list, 0);
    read_one(text, list, list.size() - 1);
    (void)read.at(read.known() - 1);
  } catch (const data_error&) {  // the one answer to a text that is no sweep
  }
  return 0;
}
