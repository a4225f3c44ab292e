// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Any text as a sweep file. What is read can be written as JSON, which a sweep file accepts; and a
// paramset that is chosen by its index is the one that all of them hold there.

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

using namespace sweepnet;

namespace {

void choose_one(std::string_view text, const ordered_json& all, std::size_t index) noexcept {
  const auto chosen = choose_paramsets<paramset>(text, "chosen", [&](std::size_t size) {
    if (size != all.size()) std::abort();
    return std::vector{index};
  });
  if (encode(chosen.paramsets.at(index)) != all[index]) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const sweep<paramset> read = parse_sweep<paramset>(text, "fuzz");
    ordered_json list = ordered_json::array();
    for (const paramset& p : read.paramsets) list.push_back(encode(p));
    const std::string written = dump(list);
    ordered_json again = ordered_json::array();
    for (const paramset& p : parse_sweep<paramset>(written, "written").paramsets) {
      again.push_back(encode(p));
    }
    if (dump(again) != written) std::abort();
    choose_one(text, list, 0);
    choose_one(text, list, list.size() - 1);
  } catch (const data_error&) {  // the one answer to a text that is no sweep
  }
  return 0;
}
