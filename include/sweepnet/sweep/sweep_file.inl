// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/sweep_file.hpp"

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/yaml_reader.hpp"

namespace sweepnet {

SWEEPNET_INLINE void detail::for_each_item(std::string_view text, const std::string& source,
                                           const decoder& decode,
                                           const std::function<bool(const parsed_node&)>& visit) {
  struct enough {};
  std::size_t items = 0;
  std::optional<parsed_node> document;
  try {
    document = read_document(text, decode, [&](const shared_node& item) {
      if (++items > most_paramsets) {
        decode.fail(*item, fmt::format("expected at most {} paramsets", most_paramsets));
      }
      if (!visit(*item)) throw enough{};
    });
  } catch (enough) {
    return;
  }
  if (document && document->type != node_type::list && document->type != node_type::null) {
    decode.fail(*document,
                "a sweep must be a list of paramsets (- key: value ...), got " + found(*document));
  }
  if (items == 0) {
    throw data_error(source + ": expected a list of paramsets (- key: value ...), found none");
  }
}

SWEEPNET_INLINE std::string display_name(const storage::location& where) {
  const bool is_stream = where.type == storage::location::kind::standard_stream;
  return is_stream ? "standard input" : where.shown();
}

SWEEPNET_INLINE std::string read_sweep_text(const storage::location& where) {
  return storage::read(where, {.bytes = longest_sweep});
}

}  // namespace sweepnet
